"""The answer to a query: how far to trust it, and the passages."""

from collections.abc import Sequence

import streamlit as st

from components.guard import plain
from components.passage_html import passage_html
from components.wording import confidence_words, language_name, source_of
from models.text.export import answer_to_json, hits_to_csv
from models.text.highlighting import Highlight
from models.text.search import Answer, Hit


def show_answer(answer: Answer, highlights: Sequence[Highlight], model: str) -> None:
    """Draw the hits; where none is a confident match, say so first, and fold those that are hardly worth a look."""
    if not answer.hits:
        st.info(
            "No passage passes the filters. Lower the minimum score or allow more languages.",
            icon=":material/filter_alt_off:",
        )
        return
    if answer.confident:
        _cards(answer.hits, highlights)
    elif answer.possible:
        _doubt(
            "Possible matches",
            ":material/help:",
            "No confident match: these passages may answer the query, or only be near it. See for yourself, or ask in "
            "other words.",
        )
        _cards(answer.hits, highlights)
    else:
        _doubt(
            "No confident match",
            ":material/search_off:",
            "The nearest passages are hardly closer to this query than unrelated ones. The corpus may have nothing on "
            "it: ask in other words, or add documents that do.",
        )
        with st.expander("Show the nearest passages all the same", key="search_nearest"):
            _cards(answer.hits, highlights)
    _downloads(answer, model)


def _doubt(title: str, icon: str, why: str) -> None:
    with st.container(border=True):
        st.subheader(title, icon=icon, anchor=False)
        st.markdown(why)


def _cards(hits: Sequence[Hit], highlights: Sequence[Highlight]) -> None:
    for hit, highlight in zip(hits, highlights, strict=True):
        with st.container(border=True, key=f"search_hit_{hit.rank}", gap="small"):
            _card(hit, highlight)


def _card(hit: Hit, highlight: Highlight) -> None:
    passage = hit.passage
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{hit.rank} · {language_name(passage.language)}** :gray[{plain(source_of(passage))}]")
        # A negative cosine is an empty bar; the number stays as it is.
        score = f"**{hit.similarity:.2f}** {confidence_words(hit.confidence)}"
        st.progress(min(max(hit.similarity, 0.0), 1.0), text=score, width=170)
    st.html(passage_html(passage.text, passage.language, highlight.start, highlight.end))


def _downloads(answer: Answer, model: str) -> None:
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "CSV",
            lambda: hits_to_csv(answer.hits),
            "results.csv",
            "text/csv",
            key="search_csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            help="Download these results as a table",
        )
        st.download_button(
            "JSON",
            lambda: answer_to_json(answer, model),
            "results.json",
            "application/json",
            key="search_json",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            help="Download these results for a program",
        )
