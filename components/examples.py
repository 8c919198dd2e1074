"""Example queries, three in each of the 16 languages, a click away."""

import streamlit as st

from components.search_box import QUERY, ask
from components.wording import language_label
from models.languages import LANGUAGES
from models.text.sample_corpus import ExampleQuery, load_example_queries

_LANGUAGE = "search_examples_in"

# Topics whose example query the smallest bundled model answers well in that language, each from another category.
# A test asks them all.
EXAMPLE_TOPICS = {
    "ar": ("password_security", "night_trains", "diabetes"),
    "de": ("data_protection", "password_security", "antibiotic_resistance"),
    "en": ("night_trains", "password_security", "diabetes"),
    "es": ("antibiotic_resistance", "lost_passport", "electric_cars"),
    "fr": ("antibiotic_resistance", "tenancy_deposit", "night_trains"),
    "it": ("night_trains", "coffee", "password_security"),
    "ja": ("washing_clothes", "antibiotic_resistance", "night_trains"),
    "ko": ("consumer_returns", "night_trains", "diabetes"),
    "nl": ("diabetes", "tenancy_deposit", "beach_holiday"),
    "pl": ("consumer_returns", "machine_translation", "lost_passport"),
    "pt": ("sleep", "password_security", "night_trains"),
    "ru": ("consumer_returns", "hand_luggage", "machine_translation"),
    "th": ("night_trains", "tenancy_deposit", "sleep"),
    "tr": ("sleep", "night_trains", "consumer_returns"),
    "zh": ("tenancy_deposit", "washing_clothes", "black_holes"),
    "zh_tw": ("tenancy_deposit", "diabetes", "washing_clothes"),
}


def example_queries() -> str:
    """Draw a choice of languages and three queries in it, each a click away; return the language."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.session_state.setdefault(_LANGUAGE, browser_language(st.context.locale))
        language = st.selectbox(
            "Language of the examples",
            list(LANGUAGES),
            key=_LANGUAGE,
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
            on_change=_ask,
            args=(key,),
            label_visibility="collapsed",
            width="stretch",
        )
    return language


def _ask(key: str) -> None:
    if st.session_state[key]:
        ask(st.session_state[key])


def examples_in(language: str) -> list[ExampleQuery]:
    """Three example queries in one language, of three categories."""
    queries = {query.topic: query for query in load_example_queries(language)}
    return [queries[topic] for topic in EXAMPLE_TOPICS[language]]


def browser_language(locale: str | None) -> str:
    """The language of a browser's locale such as "pt-BR", if it is one of the 16, else English."""
    wanted = (locale or "").replace("_", "-").lower()
    if wanted.startswith(("zh-tw", "zh-hk", "zh-mo", "zh-hant")):
        return "zh_tw"
    code = wanted.split("-")[0]
    return code if code in LANGUAGES else "en"
