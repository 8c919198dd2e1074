"""Polyglot Lens: page settings, logo, navigation. The pages are in pages/, the models in models/."""

from pathlib import Path

import streamlit as st

from components.cache import warm_up
from components.guard import guard
from components.model_picker import wait_for_model
from components.navigation import choose_page

ASSETS = Path(__file__).parent / "components" / "assets"

st.set_page_config(
    page_title="Polyglot Lens",
    page_icon=str(ASSETS / "favicon.svg"),
    layout="wide",
    menu_items={"About": "Polyglot Lens: pretrained TensorFlow models for text and images, without writing code."},
)
st.logo(str(ASSETS / "logo.svg"), size="large")

page = choose_page()
with guard():
    page.run()

# Last, because drawing the page needs the processor first.
warm_up()
with guard():
    wait_for_model()
