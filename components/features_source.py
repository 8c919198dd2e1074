"""What the visitor wants embedded: typed lines, files, recordings of the microphone, or examples, all in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.typing import UploadedFile

from components.wording import counted
from models.feature_inputs import NamedFile
from models.feature_inputs.examples import example_pictures, example_sounds, example_texts
from models.model_spec import Modality
from models.text.documents import SUPPORTED_EXTENSIONS

KIND = "kind"  # its name in the URL
KINDS = {"Texts": Modality.TEXT, "Pictures": Modality.IMAGE, "Sounds": Modality.AUDIO}
NOUNS = {
    Modality.TEXT: ("text", "texts"),
    Modality.IMAGE: ("picture", "pictures"),
    Modality.AUDIO: ("sound", "sounds"),
}
# How many inputs at a time: what a small host embeds within a minute.
MOST = {Modality.TEXT: 2_000, Modality.IMAGE: 200, Modality.AUDIO: 50}

_LINES = "features_lines"
_RECORDINGS = "features_recordings"
_HEARD = "features_heard"  # the last recording that was kept
_MOST_RECORDINGS = 20
_MEGABYTES = {Modality.TEXT: 20, Modality.IMAGE: 30, Modality.AUDIO: 50}
_TYPES: dict[Modality, Sequence[str]] = {
    Modality.TEXT: SUPPORTED_EXTENSIONS,
    Modality.IMAGE: ("png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff"),
    Modality.AUDIO: ("wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au"),
}
_EXAMPLES: dict[Modality, tuple[str, str, Callable[[], Sequence[Any]]]] = {
    Modality.TEXT: ("text_example", "Four questions in five languages", example_texts),
    Modality.IMAGE: ("picture_example", "Halves of eight photographs", example_pictures),
    Modality.AUDIO: ("sound_example", "Nine kinds of sound, twice each", example_sounds),
}


@dataclass(frozen=True)
class Source:
    """Inputs that were chosen, and not read yet.

    Args:
        modality: of all of them.
        key: another one where anything changed.
        count: how many strings and files; a document counts once.
        read: returns them; strings or ``NamedFile``.
        files: whether there are files among them.
        notes: what was left out.
    """

    modality: Modality
    key: tuple[Any, ...]
    count: int
    read: Callable[[], list[str | NamedFile]]
    files: bool
    notes: tuple[str, ...] = ()


def choose_kind() -> Modality:
    """Draw the choice between texts, pictures and sounds."""
    # Not a segmented control: it would need a default, which an address must be able to change.
    kind = st.radio(
        "What to embed", list(KINDS), horizontal=True, key=KIND, bind="query-params", label_visibility="collapsed"
    )
    return KINDS.get(kind or "", Modality.TEXT)


def choose_inputs(modality: Modality) -> Source:
    """Draw the ways to give inputs of one modality, and return what was given."""
    with st.container(border=True, gap="small"):
        example = _example(modality)
        if modality is Modality.TEXT:
            fields = st.columns([3, 2], gap="medium")
            with fields[0]:
                lines = _typed_lines()
            with fields[1]:
                uploads = _uploads(modality)
            return _texts(lines, uploads)
        recordings: list[NamedFile] = []
        if modality is Modality.AUDIO:
            fields = st.columns([3, 2], gap="medium")
            with fields[0]:
                uploads = _uploads(modality)
            with fields[1]:
                recordings = _microphone()
        else:
            uploads = _uploads(modality)
    return _files(modality, uploads, recordings, example)


def use_example(modality: Modality) -> None:
    """Light the example of a modality; for callbacks."""
    key, label, _ = _EXAMPLES[modality]
    st.session_state[key] = label
    if modality is Modality.TEXT:
        _fill_lines()


def example_label(modality: Modality) -> str:
    """What the example of a modality is."""
    return _EXAMPLES[modality][1]


def _example(modality: Modality) -> bool:
    """Draw the example as a chip; lit while it is in use, and in the URL."""
    key, label, _ = _EXAMPLES[modality]
    typed = st.session_state.get(_LINES) or ""
    if modality is Modality.TEXT and typed.strip() and typed != _example_lines():
        st.session_state[key] = None  # lit only while the lines are those of the example
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(":gray[Example]", width="content")
        chosen = st.pills(
            "Example",
            [label],
            key=key,
            bind="query-params",
            on_change=_toggle_lines if modality is Modality.TEXT else "rerun",
            label_visibility="collapsed",
        )
    if modality is Modality.TEXT and chosen and not typed.strip():
        _fill_lines()  # the address asked for it
    return bool(chosen)


def _example_lines() -> str:
    return "\n".join(example_texts())


def _fill_lines() -> None:
    st.session_state[_LINES] = _example_lines()


def _toggle_lines() -> None:
    key = _EXAMPLES[Modality.TEXT][0]
    if st.session_state[key]:
        _fill_lines()
    elif st.session_state.get(_LINES) == _example_lines():
        st.session_state[_LINES] = ""


def _typed_lines() -> str:
    return (
        st.text_area(
            "Texts, one a line",
            key=_LINES,
            height=170,
            placeholder="One text a line, in any language that the model reads",
            persist_state="page",
        )
        or ""
    )


def _uploads(modality: Modality) -> list[UploadedFile]:
    labels = {
        Modality.TEXT: "Or files; each passage becomes one text",
        Modality.IMAGE: "Pictures",
        Modality.AUDIO: "Recordings",
    }
    return st.file_uploader(
        labels[modality],
        type=list(_TYPES[modality]),
        accept_multiple_files=True,
        key=f"features_files_{modality}",
        max_upload_size=_MEGABYTES[modality],
        help="Files are read in memory and forgotten when you leave.",
    )


def _microphone() -> list[NamedFile]:
    """Draw the recorder; each recording joins the ones before, so that they can be compared."""
    heard = st.audio_input("Or your microphone", key="features_microphone", sample_rate=16_000)
    kept: list[NamedFile] = st.session_state.setdefault(_RECORDINGS, [])
    if heard is not None and heard.file_id != st.session_state.get(_HEARD):
        st.session_state[_HEARD] = heard.file_id
        number = int(kept[-1].name.split()[1]) + 1 if kept else 1
        kept = [*kept, NamedFile(f"Recording {number}", heard.getvalue())][-_MOST_RECORDINGS:]
        st.session_state[_RECORDINGS] = kept
    if kept:
        st.button(
            f"Forget {counted(len(kept), 'recording')}",
            key="features_forget",
            icon=":material/delete:",
            on_click=_forget_recordings,
        )
    return kept


def _forget_recordings() -> None:
    st.session_state[_RECORDINGS] = []


def _texts(typed: str, uploads: list[UploadedFile]) -> Source:
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    kept = lines[: MOST[Modality.TEXT]]
    notes = _left_out(Modality.TEXT, len(lines), len(kept))
    return Source(
        Modality.TEXT,
        (tuple(kept), *(upload.file_id for upload in uploads)),
        len(kept) + len(uploads),
        lambda: [*kept, *(NamedFile(upload.name, upload.getvalue()) for upload in uploads)],
        bool(uploads),
        notes,
    )


def _files(modality: Modality, uploads: list[UploadedFile], recordings: list[NamedFile], example: bool) -> Source:
    kept = uploads[: MOST[modality] - len(recordings)]
    examples = _EXAMPLES[modality][2] if example else tuple
    return Source(
        modality,
        (example, *(upload.file_id for upload in kept), *(f"{r.name} {len(r.data)}" for r in recordings)),
        len(kept) + len(recordings) + (len(examples()) if example else 0),
        lambda: [*(NamedFile(upload.name, upload.getvalue()) for upload in kept), *recordings, *examples()],
        True,
        _left_out(modality, len(uploads), len(kept)),
    )


def _left_out(modality: Modality, given: int, kept: int) -> tuple[str, ...]:
    if given == kept:
        return ()
    noun = NOUNS[modality][1]
    return (f"Only the first {kept:,} of {given:,} {noun} are used here; the code below has no such limit.",)
