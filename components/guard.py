"""The one place where errors become messages: what is known is explained, what is not is logged."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from models.errors import PolyglotError

UNEXPECTED = (
    "Something went wrong here, and the details are in the server's log. "
    "Nothing of yours is lost: try again, or reload the page."
)


@contextmanager
def guard() -> Iterator[None]:
    """Show a sentence in place of whatever fails inside, and let the rest of the page go on.

    Streamlit's own signals (rerun, stop) are no errors and pass.
    """
    try:
        yield
    except PolyglotError as error:
        show_error(error)
    except Exception:
        logging.getLogger(__name__).exception("A page failed")
        st.error(UNEXPECTED, icon=":material/error:")


def show_error(error: PolyglotError) -> None:
    """Show an expected failure."""
    st.error(plain(str(error)), icon=":material/error:")


def plain(text: str) -> str:
    """``text`` with Markdown made harmless: what visitors and their files say is shown, never interpreted."""
    return "".join(f"\\{character}" if character in "\\`*_{}[]()<>#+-.!|~:$&" else character for character in text)
