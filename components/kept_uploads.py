"""Uploads that outlive their field: Streamlit forgets the files of a field that a page stops drawing."""

import streamlit as st
from streamlit.typing import UploadedFile

from components.guard import plain
from components.wording import counted, enumerated

_NAMED = 3  # files that are named one by one


def keep_uploads(*keys: str) -> None:
    """Put the files of these fields aside; to be called in the callback of what hides them."""
    for key in keys:
        kept = [*st.session_state.get(_kept(key), []), *(st.session_state.get(key) or [])]
        if kept:
            st.session_state[_kept(key)] = kept


def kept_uploads(key: str) -> list[UploadedFile]:
    """Return the files that were put aside for a field, and say under it that they are still there."""
    files: list[UploadedFile] = st.session_state.get(_kept(key), [])
    if files:
        names = [file.name for file in files[:_NAMED]]
        more = [f"{len(files) - _NAMED:,} more"] if len(files) > _NAMED else []
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"{counted(len(files), 'file')} from before: {plain(enumerated([*names, *more]))}")
            st.button("Remove", key=f"{key}_forget", type="tertiary", on_click=_forget, args=(key,))
    return files


def any_kept(key: str) -> bool:
    """Whether files were put aside for a field."""
    return bool(st.session_state.get(_kept(key)))


def _forget(key: str) -> None:
    st.session_state.pop(_kept(key), None)


def _kept(key: str) -> str:
    return f"{key}_kept"
