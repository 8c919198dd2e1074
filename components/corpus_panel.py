"""The corpus of a visitor: what is in it, what to add, what to remove, and how to keep it."""

from io import BytesIO

import streamlit as st

from components import workspace
from components.add_documents import add_documents, adding
from components.guard import guard, plain
from components.wording import counted, enumerated, language_name
from components.workspace import DocumentSummary, Overview
from models.text.encoder import TextEncoder
from models.text.search import MultilingualSemanticSearch

_SAMPLE = "search_with_sample"
_REMOVE = "search_remove"
_INDEX_FILE = "search_index_file"
_INDEX_MEGABYTES = 200
_UPLOADS = "search_index_uploads"


def corpus_panel(encoder: TextEncoder) -> None:
    """Draw the panel for the corpus that is searched with ``encoder``."""
    left, right = st.columns([3, 2], gap="medium")
    with left, guard():
        add_documents(encoder)
    with right, guard():
        index = workspace.current_index(encoder)
        summary = workspace.overview(index)
        _contents(summary, encoder)
        with st.container(horizontal=True, gap="small"):
            _save(index)
            _load(encoder)
        _start_over(encoder)
        st.caption(
            "What you add is held in memory for this browser tab and nowhere else: it ends when you close or reload "
            "the page. Save the index to keep it."
        )


def _contents(summary: Overview, encoder: TextEncoder) -> None:
    st.subheader(counted(summary.passages, "passage"), anchor=False)
    if summary.languages:
        st.caption(", ".join(f"{language_name(code)} {count:,}" for code, count in summary.languages.items()))
    else:
        st.caption("The corpus is empty. Add documents, or switch the sample corpus on.")
    # Set before the switch is drawn: it shows the corpus, also after one was loaded from a file.
    st.session_state[_SAMPLE] = summary.sample > 0
    st.toggle(
        "Sample corpus",
        key=_SAMPLE,
        help="27 topics in 16 languages, written for this app. Your own documents stay when you switch it.",
        on_change=_switch_sample,
        args=(encoder,),
        disabled=adding(),
    )
    if summary.documents:
        _documents(summary.documents)


def _documents(documents: list[DocumentSummary]) -> None:
    st.dataframe(
        {
            "Document": [document.name for document in documents],
            "Passages": [document.passages for document in documents],
            "Languages": [enumerated([language_name(code) for code in document.languages]) for document in documents],
        },
        hide_index=True,
        column_config={"Passages": st.column_config.NumberColumn(width="small")},
        height=min(36 * (len(documents) + 1), 300),
        alt="Your documents, with the number of passages and the languages of each",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Document to remove",
            [document.name for document in documents],
            index=None,
            key=_REMOVE,
            placeholder="Choose a document to remove",
            label_visibility="collapsed",
        )
        st.button(
            "Remove",
            key="search_remove_button",
            icon=":material/delete:",
            on_click=_remove,
            disabled=adding() or not st.session_state.get(_REMOVE),
        )


def _save(index: MultilingualSemanticSearch) -> None:
    st.download_button(
        "Save the index",
        lambda: _as_bytes(index),
        "corpus.npz",
        "application/zip",
        key="search_save",
        icon=":material/save:",
        on_click="ignore",
        disabled=not len(index),
        help="Passages and vectors in one file, to load here again.",
    )


def _as_bytes(index: MultilingualSemanticSearch) -> bytes:
    buffer = BytesIO()
    index.save(buffer)
    return buffer.getvalue()


def _load(encoder: TextEncoder) -> None:
    with st.popover("Load an index", icon=":material/folder_open:", key="search_load", disabled=adding()):
        upload = st.file_uploader(
            "A file that was saved here",
            type=["npz"],
            key=f"{_INDEX_FILE}_{st.session_state.get(_UPLOADS, 0)}",
            max_upload_size=_INDEX_MEGABYTES,
        )
        st.caption("It takes the place of the corpus that you have now.")
    if upload is None:
        return
    with guard(), st.spinner(f"Loading {plain(upload.name)}"):
        file = BytesIO(upload.getvalue())
        file.name = upload.name  # what messages call it
        workspace.keep_index(MultilingualSemanticSearch.load(file, encoder))
        # A new key empties the uploader: the file is not read again at the next click.
        st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1
        st.rerun()


def _start_over(encoder: TextEncoder) -> None:
    if workspace.own_index() is None and not adding():
        return
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Back to the sample corpus",
            key="search_back",
            icon=":material/restart_alt:",
            type="tertiary",
            on_click=workspace.back_to_sample,
            disabled=adding(),
            help="Removes your documents and shows what the app came with.",
        )
        st.button(
            "Clear everything",
            key="search_clear",
            icon=":material/delete_sweep:",
            type="tertiary",
            on_click=_clear,
            args=(encoder,),
            disabled=adding(),
        )


def _switch_sample(encoder: TextEncoder) -> None:
    with guard():
        index = workspace.set_sample(workspace.current_index(encoder), st.session_state[_SAMPLE])
        summary = workspace.overview(index)
        if summary.sample and not summary.documents:
            workspace.back_to_sample()
        else:
            workspace.keep_index(index)


def _remove() -> None:
    index = workspace.own_index()
    if index is not None:
        with guard():
            index.remove(st.session_state[_REMOVE])
    st.session_state[_REMOVE] = None


def _clear(encoder: TextEncoder) -> None:
    workspace.keep_index(MultilingualSemanticSearch(encoder))
