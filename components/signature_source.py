"""The choice of a model to explore, and reading it in the background; used twice where two models are compared."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

import streamlit as st

from components.guard import plain, show_error
from components.jobs import Job, job_running, show_job, start_job, take_finished
from components.wording import megabytes
from models.errors import CancelledError, PolyglotError
from models.hub import is_cached
from models.model_spec import ModelSpec
from models.savedmodel.archive_entries import ArchiveLimits
from models.savedmodel.archives import ARCHIVE_TYPES, SeveralModelsError, read_archive
from models.savedmodel.description import ModelDescription
from models.savedmodel.reading import ModelFiles, describe
from models.savedmodel.sources import find_source, open_model, trusted_models

MAX_MEGABYTES = ArchiveLimits().max_bytes >> 20
_CATALOGUE, _UPLOAD, _TYPED = "In this app", "Upload", "Address or folder"

_UPLOAD_WORDS = (
    f"Choose a .zip or .tar.gz of the folder that tf.saved_model.save wrote, up to {MAX_MEGABYTES} MB. "
    "It is read in memory: never unpacked, never run, and gone when you leave."
)
_WIDTH = 480  # pixels; on a phone the field then takes a line of its own
_FIRST = {"other": 1}  # the second choice opens on another model


@dataclass(frozen=True)
class Explored:
    """A model that was read.

    Args:
        description: what its files say.
        spec: what the catalogue or the owner says about it; None for an upload.
        trusted: whether it may be run.
    """

    description: ModelDescription
    spec: ModelSpec | None
    trusted: bool

    @property
    def place(self) -> str:
        """Where a program on somebody's own machine finds it: an address, or a folder to fill in."""
        if self.spec is not None and self.spec.handle:
            return self.spec.handle
        if self.spec is not None and self.trusted and self.spec.source.startswith("models/bundled/"):
            return f"models/bundled/{self.spec.name}/1"
        return "path/to/the/model"


@dataclass(frozen=True)
class _Request:
    """One way to get a model: ``key`` says whether it is the one that was read last."""

    key: str
    title: str
    spec: ModelSpec | None
    read: Callable[[Job[Explored]], Explored]
    wait: bool = False


def choose_model(slot: str, label: str) -> Explored | None:
    """Draw the choice and return the model, once it was read; until then say what is going on.

    Args:
        slot: "explored" or "other": its name in the URL and in the session.
        label: what is chosen, for screen readers too.
    """
    _settle(slot)
    ways = [_CATALOGUE, _UPLOAD, _TYPED]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        way = st.segmented_control(label, ways, default=_CATALOGUE, required=True, key=f"{slot}_from")
        problem = request = None
        try:
            request = {_CATALOGUE: _from_catalogue, _UPLOAD: _from_upload, _TYPED: _from_typed}[way or _CATALOGUE](slot)
        except PolyglotError as error:
            problem = error
    if problem is not None:
        show_error(problem)
    if request is None:
        if way == _UPLOAD:
            st.caption(_UPLOAD_WORDS)
        return None
    key, outcome = st.session_state.get(f"{slot}_outcome", ("", None))
    if key != request.key:
        _ask_or_start(slot, request)
        return None
    if isinstance(outcome, PolyglotError):
        show_error(outcome)
        st.button("Try again", key=f"{slot}_again", icon=":material/refresh:", on_click=_forget, args=(slot,))
        return None
    return cast("Explored", outcome)


def _forget(slot: str) -> None:
    st.session_state.pop(f"{slot}_outcome", None)


def _ask_or_start(slot: str, request: _Request) -> None:
    if job_running(f"{slot}_job") and st.session_state.get(f"{slot}_asked") == request.key:
        show_job(f"{slot}_job")
        return
    if request.wait:
        size = megabytes(request.spec.size_mb) if request.spec else "size unknown"
        st.info(f"{plain(request.title)} is not on this server yet ({size}).", icon=":material/cloud_download:")
        if not st.button("Download and read it", key=f"{slot}_download", icon=":material/download:"):
            return
    st.session_state[f"{slot}_asked"] = request.key
    start_job(f"{slot}_job", f"Reading {request.title}", request.read)
    if not st.session_state[f"{slot}_job"].ended_at_once():
        show_job(f"{slot}_job")
        return
    st.rerun()


def _settle(slot: str) -> None:
    """Take over what a finished job has read, or why it could not."""
    job = take_finished(f"{slot}_job")
    if job is None:
        return
    if isinstance(job.error, SeveralModelsError):
        st.session_state[f"{slot}_folders"] = (st.session_state[f"{slot}_asked"], job.error.folders)
        return
    if job.error is not None:
        # its traceback would keep the whole upload in memory
        job.error.__traceback__ = job.error.__cause__ = job.error.__context__ = None
    outcome = job.error if job.result is None else job.result
    st.session_state[f"{slot}_outcome"] = (st.session_state[f"{slot}_asked"], outcome)


def _from_catalogue(slot: str) -> _Request | None:
    specs = trusted_models()
    name = st.selectbox(
        "Model",
        list(specs),
        index=min(_FIRST.get(slot, 0), len(specs) - 1),
        key=slot,
        format_func=lambda name: specs[name].title,  # the address holds it, so it must not change with the cache
        bind="query-params",
        label_visibility="collapsed",
        width=_WIDTH,
    )
    if name not in specs:
        return None
    spec = specs[name]
    return _Request(f"model {name}", spec.title, spec, partial(_open, spec, True), wait=not is_cached(spec))


def _open(spec: ModelSpec, trusted: bool, job: Job[Explored]) -> Explored:
    def report(share: float | None, text: str) -> None:
        if job.cancelled:
            raise CancelledError(f"Reading {spec.title} was stopped.")
        job.report(share, text)

    return Explored(describe(open_model(spec, report)), spec, trusted)


def _from_upload(slot: str) -> _Request | None:
    upload = st.file_uploader(
        "Archive of a SavedModel",
        type=list(ARCHIVE_TYPES),
        key=f"{slot}_upload",
        max_upload_size=MAX_MEGABYTES,
        label_visibility="collapsed",
    )
    if upload is None:
        return None
    key, folder = f"upload {upload.file_id}", None
    whose, folders = st.session_state.get(f"{slot}_folders", ("", []))
    if whose == key:
        shown = {folder: folder or "(top)" for folder in folders}
        folder = st.selectbox("Model in the archive", list(shown), key=f"{slot}_folder", format_func=shown.__getitem__)
        key = f"{key} {folder}"
    return _Request(key, upload.name, None, partial(_read, upload.name, upload.getvalue, folder))


def _read(name: str, data: Callable[[], bytes], folder: str | None, job: Job[Explored]) -> Explored:
    files: ModelFiles = read_archive(name, data(), chosen=folder)
    return Explored(describe(files), None, trusted=False)


def _from_typed(slot: str) -> _Request | None:
    typed = st.text_input(
        "Address or folder",
        key=f"{slot}_typed",
        placeholder="https://tfhub.dev/google/... or a folder on this server",
        label_visibility="collapsed",
        width=_WIDTH,
    )
    if not (typed or "").strip():
        return None
    spec = find_source(typed)
    trusted = spec.name in trusted_models()
    return _Request(f"typed {typed}", spec.title, spec, partial(_open, spec, trusted), wait=not is_cached(spec))
