"""The query, examples in every language, and what narrows a search. All of it lives in the URL."""

from dataclasses import dataclass

import streamlit as st

from components.wording import language_label, language_name
from models.languages import LANGUAGES
from models.text.queries import MAX_QUERY_CHARACTERS
from models.text.sample_corpus import ExampleQuery, load_example_queries

# Keys are names in the URL; other pages have others.
QUERY = "q"
RESULTS = "n"
LANGUAGE_FILTER = "in"
MINIMUM = "min"
EXAMPLES_IN = "examples"

MOST_RESULTS = 50
DEFAULT_RESULTS = 5
_EXAMPLES = 3
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
            max_chars=MAX_QUERY_CHARACTERS,
            placeholder="Ask in your language; answers come in all of them",
            label_visibility="collapsed",
            icon=":material/search:",
        )
        st.button("Search", key="search_submit")
    return (query or "").strip()


def example_queries() -> str:
    """Draw a choice of languages and three queries in it, each a click away; return the language."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.session_state.setdefault(EXAMPLES_IN, _visitors_language())
        language = st.selectbox(
            "Language of the examples",
            list(LANGUAGES),
            key=EXAMPLES_IN,
            format_func=language_label,
            label_visibility="collapsed",
            icon=":material/translate:",
            width=230,
            persist_state="session",
        )
        key = f"search_examples_{language}"
        # A chip is lit only while its query is the one in the box.
        if st.session_state.get(key) != st.session_state.get(QUERY):
            st.session_state[key] = None
        st.pills(
            "Example queries",
            [example.text for example in examples_in(language)],
            key=key,
            on_change=_ask_example,
            args=(key,),
            label_visibility="collapsed",
            width="stretch",
        )
    return language


def _ask_example(key: str) -> None:
    if st.session_state[key]:
        st.session_state[QUERY] = st.session_state[key]


def examples_in(language: str) -> list[ExampleQuery]:
    """Three example queries in one language, of other topics than those in the next language."""
    queries = load_example_queries(language)
    first = list(LANGUAGES).index(language)
    step = max(1, len(queries) // _EXAMPLES)
    return [queries[(first + number * step) % len(queries)] for number in range(min(_EXAMPLES, len(queries)))]


def _visitors_language() -> str:
    """The language of the visitor's browser, if it is one of the 16, else English."""
    locale = (st.context.locale or "").replace("_", "-").lower()
    if locale.startswith(("zh-tw", "zh-hk", "zh-hant")):
        return "zh_tw"
    code = locale.split("-")[0]
    return code if code in LANGUAGES else "en"


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
