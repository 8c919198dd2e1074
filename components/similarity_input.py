"""The sentences to compare: typed, pasted or from files, in one list or two."""

import hashlib
from dataclasses import dataclass
from functools import partial

import streamlit as st

from components.guard import guard, plain
from components.similarity_examples import LEFT, MODE, RIGHT, Mode
from components.table_column import text_column
from components.wording import counted
from models.errors import PolyglotError
from models.languages import UNKNOWN
from models.text.documents import SUPPORTED_EXTENSIONS
from models.text.passages import Passage
from models.text.sentence_lists import SentenceList, join_lists, read_sentences, sentences_from_lines

_READ = "similarity_read"  # what was read, by text or file, so that a click elsewhere does not read it again
_MEGABYTES = 20
_HEIGHT = 150
_MOST_READ = 12


@dataclass(frozen=True)
class SentenceLists:
    """What the visitor wants to compare.

    Args:
        left: sentences of the only list, or of list A.
        right: list B; None with one list.
        notes: what was left out or assumed.
        key: differs when any sentence does.
    """

    left: list[Passage]
    right: list[Passage] | None
    notes: list[str]
    key: str

    @property
    def complete(self) -> bool:
        """Whether there is something to compare with something."""
        return len(self.left) > 1 if self.right is None else bool(self.left and self.right)


def choose_mode() -> Mode:
    """Draw the choice of what is compared with what."""
    # Not a segmented control: it would need a default, and Streamlit logs a warning where an example sets its value.
    chosen = st.radio(
        "What to compare",
        list(Mode),
        horizontal=True,
        key=MODE,
        bind="query-params",
        label_visibility="collapsed",
        width="content",
    )
    return Mode(chosen or Mode.ONE)


def sentence_lists(mode: Mode) -> SentenceLists:
    """Draw the fields for one list or for two, and return what is in them."""
    if mode is Mode.ONE:
        found = [_sentence_list(LEFT, "Sentences", "The list")]
    else:
        found = [
            _sentence_list(key, name, name, column)
            for key, name, column in zip((LEFT, RIGHT), ("List A", "List B"), st.columns(2, gap="medium"), strict=True)
        ]
    left, right = found[0], (found[1] if len(found) > 1 else None)
    notes = [note for part in found for note in part.notes]
    texts = [mode, *(s.text for s in left.sentences), "\0", *(s.text for s in (right.sentences if right else []))]
    key = hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()
    return SentenceLists(left.sentences, right.sentences if right else None, notes, key)


def show_notes(lists: SentenceLists) -> None:
    """Say what was left out or assumed."""
    if lists.notes:
        st.info("  \n".join(plain(note) for note in dict.fromkeys(lists.notes)), icon=":material/info:")


def _sentence_list(
    key: str, label: str, name: str, place: "st.delta_generator.DeltaGenerator | None" = None
) -> SentenceList:
    with place or st.container(), guard():
        text = st.text_area(
            f"{label}, one a line",
            key=key,
            height=_HEIGHT,
            placeholder="Type or paste sentences in any language, one a line",
            persist_state="session",
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            files = _files(key, label)
            joined = join_lists([*_typed(text or ""), *files], name)
            st.markdown(f":gray[{_summary(joined.sentences)}]")
        return joined
    return SentenceList([])


def _typed(text: str) -> list[SentenceList]:
    return [_remembered(text, partial(sentences_from_lines, text))] if text.strip() else []


def _files(key: str, label: str) -> list[SentenceList]:
    """Draw the upload behind a button and return the sentences of the files that can be read."""
    with st.popover("Add files", icon=":material/upload_file:", key=f"{key}_files"), st.container(width=340):
        uploads = st.file_uploader(
            f"Files for: {label}",
            type=SUPPORTED_EXTENSIONS,
            accept_multiple_files=True,
            key=f"{key}_upload",
            max_upload_size=_MEGABYTES,
            help="Lines of TXT, rows of CSV, TSV and JSONL, sentences of Markdown, PDF and DOCX.",
        )
        columns = [text_column(upload) for upload in uploads]
    found = []
    for upload, column in zip(uploads, columns, strict=True):
        with guard():
            read = partial(read_sentences, upload.name, upload.getvalue(), column)
            found.append(_remembered(f"{upload.file_id} {column}", read))
    return found


def _remembered(key: str, read: "partial[SentenceList]") -> SentenceList:
    known: dict[str, SentenceList | PolyglotError] = st.session_state.setdefault(_READ, {})
    if key not in known:
        try:
            known[key] = read()
        except PolyglotError as error:
            known[key] = error
    value = known[key] = known.pop(key)  # the most recent last
    while len(known) > _MOST_READ:
        del known[next(iter(known))]
    if isinstance(value, PolyglotError):
        raise value
    return value


def _summary(sentences: list[Passage]) -> str:
    if not sentences:
        return "No sentences yet"
    languages = len({sentence.language for sentence in sentences} - {UNKNOWN})
    words = counted(len(sentences), "sentence")
    return f"{words} in {counted(languages, 'language')}" if languages else words
