"""What a comparison shows, in tabs; and, before there is one, what to do."""

import streamlit as st

from components.guard import guard
from components.similarity_alignment import show_alignment
from components.similarity_examples import Mode
from components.similarity_input import SentenceLists
from components.similarity_list import show_pairs
from components.similarity_matrix import show_matrix
from components.similarity_models import show_models
from components.similarity_vectors import comparison_of

_PART = "part"  # name in the URL


def invite(mode: Mode, lists: SentenceLists) -> None:
    """Say what is missing for a comparison."""
    with st.container(border=True):
        if mode is Mode.ONE and lists.left:
            st.markdown("One sentence has nothing to be compared with. Add a second one, on a line of its own.")
        elif mode is Mode.TWO and (lists.left or lists.right):
            empty = "B" if lists.left else "A"
            st.markdown(f"List {empty} is empty. Type or paste sentences, one a line, or add a file.")
        else:
            st.markdown(
                "Type or paste sentences above, one a line, or click an example. You see which of them mean the same, "
                "in any of 16 languages and across them."
            )


def show_comparison(lists: SentenceLists, model: str) -> None:
    """Draw the tabs of a comparison."""
    comparison = comparison_of("first", lists, model)
    if comparison is None:
        return
    names = ["Matrix", "Most similar pairs", *([] if comparison.one_list else ["Translations"]), "Two models"]
    tabs = dict(zip(names, st.tabs(names, key=_PART, on_change="rerun", bind="query-params"), strict=True))
    for name, tab in tabs.items():
        if not tab.open:
            continue
        with tab, guard():
            if name == "Matrix":
                show_matrix(comparison, lists.key)
            elif name == "Most similar pairs":
                show_pairs(comparison, lists.key)
            elif name == "Translations":
                show_alignment(comparison, lists.key)
            else:
                show_models(comparison, lists)
