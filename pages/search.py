import streamlit as st

from components.model_picker import model_picker, model_status, ready_encoder
from components.search_box import example_queries, query_box, search_filters
from components.search_view import search_view

st.title("Search by meaning", anchor=False)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    query = query_box()
    with st.container(horizontal=True, width="content", gap="small"):
        filters = search_filters()
        model_picker()
language = example_queries()
model_status()

encoder = ready_encoder()
results_tab, documents_tab, check_tab = st.tabs(
    ["Results", "Documents", "Language check"], key="view", on_change="rerun", bind="query-params"
)
if results_tab.open:
    with results_tab:
        search_view(encoder, query, filters, language)
