"""The place where a result comes that somebody has waited for: it is read out, and scrolled to if it is not seen."""

from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).parent / "assets" / "arrival.js"
_STYLE = """
p {
    margin: 0;
    height: 1px;
    overflow: hidden;
    white-space: nowrap;
    clip-path: inset(50%);
    scroll-margin-top: 4.5rem;
}
"""
_draw = st.components.v2.component(
    "arrival", html="<p role='status'></p>", css=_STYLE, js=_SCRIPT.read_text(encoding="utf-8")
)


def mark_arrival(words: str, *, which: str, key: str) -> None:
    """Mark the place above a result; a visitor who scrolls or types meanwhile is left alone.

    Args:
        words: what a screen reader says when they change, in plain text.
        which: tells this result from the one that was here before; each is scrolled to once.
        key: of the widget.
    """
    _draw(key=key, data={"place": key, "which": which, "words": words})
