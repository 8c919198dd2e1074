"""The choice of the column of an uploaded table that holds its text."""

from pathlib import PurePath

import streamlit as st
from streamlit.typing import UploadedFile

from components.guard import plain
from models.errors import PolyglotError
from models.text.documents import TABULAR_EXTENSIONS, tabular_columns

_COLUMNS = "search_columns"
_GUESS = "The one with the longest text"


def text_column(upload: UploadedFile) -> str | None:
    """Ask which column of a table holds the text; None lets the reader find it."""
    if PurePath(upload.name).suffix.lower().removeprefix(".") not in TABULAR_EXTENSIONS:
        return None
    known: dict[str, list[str]] = st.session_state.setdefault(_COLUMNS, {})
    if upload.file_id not in known:
        try:
            known[upload.file_id] = tabular_columns(upload.name, upload.getvalue())
        except PolyglotError:
            known[upload.file_id] = []  # the reader says what is wrong, beside the other files
    columns = known[upload.file_id]
    if len(columns) < 2:
        return None
    chosen = st.selectbox(
        f"Column of {plain(upload.name)} that holds the text", [_GUESS, *columns], key=f"search_column_{upload.file_id}"
    )
    return None if chosen == _GUESS else chosen
