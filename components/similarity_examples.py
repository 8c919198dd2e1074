"""Examples for the similarity page, each a click or an address away, and the mode that each belongs to."""

from enum import StrEnum

import streamlit as st

from models.text.similarity_examples import SCORED, load_sentence_examples

# Keys are names in the URL; other pages have others.
MODE = "lists"
EXAMPLE = "sample"
LEFT = "similarity_left"
RIGHT = "similarity_right"
_APPLIED = "similarity_applied"


class Mode(StrEnum):
    """What is compared with what."""

    ONE = "One list"
    TWO = "A against B"
    SCORED = "Scored pairs"


def mode_of(example: str) -> Mode:
    """The mode in which an example is shown."""
    if example == SCORED:
        return Mode.SCORED
    return Mode.ONE if load_sentence_examples()[example].right is None else Mode.TWO


def examples() -> str | None:
    """Draw the examples; a chosen one fills the lists. Call it before the widgets that it fills.

    Returns:
        The name of the example that is on the page, unchanged; None when the visitor has changed it or has none.
    """
    titles = {name: example.title for name, example in load_sentence_examples().items()}
    titles[SCORED] = "Twenty scored pairs"
    applied = st.session_state.get(_APPLIED)
    if applied is not None and not _unchanged(applied):
        # The chip is lit only while the page shows its example.
        st.session_state[EXAMPLE] = st.session_state[_APPLIED] = None
    chosen = st.pills(
        "Examples",
        list(titles),
        key=EXAMPLE,
        format_func=titles.__getitem__,
        bind="query-params",
        label_visibility="collapsed",
        wrap=True,
    )
    if chosen in titles and chosen != st.session_state.get(_APPLIED):
        _apply(chosen)
    st.session_state[_APPLIED] = chosen if chosen in titles else None
    return st.session_state[_APPLIED]


def _apply(name: str) -> None:
    st.session_state[MODE] = mode_of(name)
    if name != SCORED:
        example = load_sentence_examples()[name]
        st.session_state[LEFT] = example.left
        st.session_state[RIGHT] = example.right or ""


def _unchanged(name: str) -> bool:
    if st.session_state.get(EXAMPLE) != name:
        return True  # another one was chosen, which will be filled in
    if st.session_state.get(MODE, Mode.ONE) != mode_of(name):
        return False
    if name == SCORED:
        return True
    example = load_sentence_examples()[name]
    return st.session_state.get(LEFT) == example.left and (
        example.right is None or st.session_state.get(RIGHT) == example.right
    )
