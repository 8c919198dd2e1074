import streamlit as st

from components.features_model import choose_settings
from components.features_results import show_results
from components.features_source import choose_inputs, choose_kind
from components.guard import guard
from components.navigation import enter

enter("pages/features.py")
st.title("Feature extractor", anchor=False)
st.markdown("Texts, pictures or sounds as vectors: see which of them lie close together, and take the numbers along.")
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    kind = choose_kind()
    settings = choose_settings(kind)
source = choose_inputs(kind)
with guard():
    show_results(source, settings)
