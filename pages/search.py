import streamlit as st

from components.add_documents import collect_added
from components.corpus_panel import corpus_panel
from components.examples import example_queries
from components.guard import guard
from components.language_check import language_check
from components.model_picker import model_picker, model_status, ready_encoder, show_waiting
from components.navigation import enter
from components.search_box import query_box, query_note, search_filters
from components.search_view import search_view

enter("pages/search.py")
st.title("Search by meaning", anchor=False)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    query = query_box()
    with st.container(horizontal=True, width="content", gap="small"):
        filters = search_filters()
        model_picker()
language = example_queries()
query_note()
model_status()

collect_added()
encoder = ready_encoder()
results_tab, documents_tab, check_tab = st.tabs(
    ["Results", "Documents", "Language check"], key="view", on_change="rerun", bind="query-params"
)
if results_tab.open:
    with results_tab:
        search_view(encoder, query, filters, language)
if documents_tab.open:
    with documents_tab, guard():
        corpus_panel(encoder) if encoder is not None else show_waiting()
if check_tab.open:
    with check_tab, guard():
        language_check(encoder) if encoder is not None else show_waiting()
