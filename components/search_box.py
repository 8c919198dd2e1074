"""The query and what narrows a search; all of it lives in the URL."""

from dataclasses import dataclass

import streamlit as st

from components.wording import language_name
from models.languages import LANGUAGES
from models.text.queries import MAX_QUERY_CHARACTERS

# Keys are names in the URL; other pages have others.
QUERY = "q"
RESULTS = "n"
LANGUAGE_FILTER = "in"
MINIMUM = "min"
_TOO_LONG = "search_query_length"

MOST_RESULTS = 50
DEFAULT_RESULTS = 5
_POPOVER_WIDTH = 340


@dataclass(frozen=True)
class SearchSettings:
    """What narrows a search.

    Args:
        count: number of results, 1 to 50.
        languages: codes of the passages to search; empty for all.
        minimum: smallest similarity in (0, 1], or None.
    """

    count: int
    languages: tuple[str, ...]
    minimum: float | None


def query_box() -> str:
    """Draw the query box and its button; return what the box holds, without surrounding white space."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="stretch"):
        query = st.text_input(
            "Your question or a few words, in any of 16 languages",
            key=QUERY,
            type="search",
            bind="query-params",
            on_change=_shorten,
            placeholder="Ask in any of 16 languages",
            label_visibility="collapsed",
            icon=":material/search:",
        )
        st.button("Search", key="search_submit")
    return (query or "").strip()


def ask(query: str) -> None:
    """Put a query into the box; for callbacks."""
    st.session_state[QUERY] = query
    _shorten()


def _shorten() -> None:
    """Keep the beginning of a text that is too long for a query, and for an address, and remember to say so.

    Not ``max_chars``: with it, the browser swallows a long text that somebody pastes, without a word.
    """
    query = st.session_state[QUERY] or ""
    st.session_state[_TOO_LONG] = len(query) if len(query) > MAX_QUERY_CHARACTERS else 0
    st.session_state[QUERY] = query[:MAX_QUERY_CHARACTERS]


def query_note() -> None:
    """Say that a query was shortened, if it was."""
    length = st.session_state.get(_TOO_LONG, 0)
    if length:
        st.warning(
            f"Your text has {length:,} characters; a query takes {MAX_QUERY_CHARACTERS:,}, and only its beginning was "
            "kept. Shorten it, or add the text under Documents and ask about it.",
            icon=":material/content_cut:",
        )


def search_filters() -> SearchSettings:
    """Draw the filters behind a button and return them."""
    with st.popover("Filters", icon=":material/tune:", key="search_filters"), st.container(width=_POPOVER_WIDTH):
        languages = st.pills(
            "Languages of the results (none chosen: all)",
            list(LANGUAGES),
            selection_mode="multi",
            key=LANGUAGE_FILTER,
            format_func=language_name,
            bind="query-params",
        )
        count = st.slider("Number of results", 1, MOST_RESULTS, DEFAULT_RESULTS, key=RESULTS, bind="query-params")
        minimum = st.slider(
            "Minimum score",
            0.0,
            1.0,
            0.0,
            0.05,
            key=MINIMUM,
            bind="query-params",
            help="Leaves out passages whose cosine similarity with the query is lower.",
        )
    return SearchSettings(
        count=min(max(int(count), 1), MOST_RESULTS),
        languages=tuple(code for code in languages if code in LANGUAGES),
        minimum=float(minimum) if minimum > 0 else None,
    )
