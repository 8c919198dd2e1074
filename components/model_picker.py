"""The choice of the language model, and its loading, which never takes away what works."""

import logging
import time
from dataclasses import dataclass
from typing import cast

import streamlit as st

from components import workspace
from components.cache import encoder_state, sample_index, text_encoder
from components.guard import guard, plain
from components.jobs import Job, job_running, show_job, start_job, take_finished
from components.model_table import origin
from components.wording import counted, megabytes
from models.catalog import DEFAULT_TEXT_MODEL
from models.errors import CancelledError, PolyglotError
from models.model_names import offered_text_models
from models.model_spec import ModelSpec
from models.text.encoder import TextEncoder
from models.text.search import MultilingualSemanticSearch

MODEL = "model"  # its name in the URL
_ACTIVE = "search_active_model"
_JOB = "search_model_job"
_FAILURE = "search_model_failure"
_SLOT = "search_model_slot"
_POLL = 0.05
_PATIENCE = 3.0  # seconds until the warm-up must have begun


@dataclass(frozen=True)
class _Switch:
    """The model that is loaded now, and the visitor's own corpus in its space, if they have one."""

    name: str
    index: MultilingualSemanticSearch | None


def model_picker() -> None:
    """Draw the choice of the model behind a button that names the current one, and start to load a new choice."""
    specs = {spec.name: spec for spec in offered_text_models()}
    _settle()
    active = active_model()
    # The active model stays in the list even where its folder is missing: to fall back on another one would load that
    # one, and, where this fails too, again and again.
    titles = {active: active} | {name: spec.title for name, spec in specs.items()}
    title = titles[active]
    with st.popover(title, icon=":material/neurology:", key="search_model_popover"), st.container(width=320):
        chosen = st.selectbox(
            "Language model", list(titles), key=MODEL, format_func=titles.__getitem__, bind="query-params"
        )
        if chosen in specs:
            _describe(specs[chosen])
    if chosen == active:
        return
    if chosen in specs and not job_running(_JOB):
        st.session_state.pop(_FAILURE, None)
        _start(chosen, specs[chosen].title)
        st.rerun()


def model_status() -> None:
    """Show how far a newly chosen model is, or why it cannot be had; the old one stays in use."""
    if st.session_state.get(_JOB) is not None:
        show_job(_JOB)
    elif failure := st.session_state.get(_FAILURE):
        st.warning(f"{plain(failure)} The model that you had stays in use.", icon=":material/cloud_off:")


def active_model() -> str:
    """Name of the model that searches now; the default one until another has loaded."""
    return st.session_state.get(_ACTIVE, DEFAULT_TEXT_MODEL)


def _describe(spec: ModelSpec) -> None:
    """Size, languages, origin and licence in short lines."""
    st.markdown(spec.description or "Nothing is known about this model yet.")
    languages = counted(len(spec.languages), "language") if spec.languages else "languages unknown"
    st.caption(f"{megabytes(spec.size_mb)} · {languages} · {origin(spec)} · {spec.licence or 'licence unknown'}")


def _start(name: str, title: str) -> None:
    own = workspace.own_index()

    def load(job: Job[_Switch]) -> _Switch:
        def report(share: float | None, text: str) -> None:
            if job.cancelled:
                raise CancelledError(f"Loading {title} was stopped.")
            job.report(share, text or f"Loading {title}")

        encoder = text_encoder(name, report)
        if own is None:
            sample_index(name)
            return _Switch(name, None)
        job.report(0.0, f"Indexing {counted(len(own), 'passage')} with {title}")
        return _Switch(name, workspace.reindexed(own.passages, encoder, job.count, lambda: job.cancelled))

    start_job(_JOB, f"Loading {title}", load)


def _settle() -> None:
    """Take over a model that has finished loading, or go back to the one that works."""
    job = take_finished(_JOB)
    if job is None:
        return
    if job.error is None:
        switch = cast("_Switch", job.result)
        st.session_state[_ACTIVE] = switch.name
        if switch.index is not None:
            workspace.keep_index(switch.index)
        return
    st.session_state[MODEL] = active_model()
    if not isinstance(job.error, CancelledError):
        st.session_state[_FAILURE] = str(job.error)


def ready_encoder() -> TextEncoder | None:
    """The encoder to search with, or None while it is still loading; see ``show_waiting``."""
    name = active_model()
    return text_encoder(name) if encoder_state(name).status == "ready" else None


def show_waiting() -> None:
    """Say how far the loading of the model is, or why it failed, with a way to try again.

    The words follow the load from ``wait_for_model``, which belongs at the end of the script.
    """
    state = encoder_state(active_model())
    if state.status != "failed":
        slot = st.empty()
        slot.markdown(_waiting_text(state.text))
        st.session_state[_SLOT] = slot
        return
    st.error(plain(state.text), icon=":material/error:")
    if st.button("Try again", key="search_model_retry", icon=":material/refresh:"):
        with st.spinner("Loading the language model"), guard():
            text_encoder(active_model())
            st.rerun()


def wait_for_model() -> None:
    """Wait for the model, if a part of the page is waiting for it, and draw the page again when it has come.

    Everything else is drawn by then, and a click interrupts the waiting. Not a fragment that looks again and again:
    Streamlit collects garbage after each of its runs, which holds up the import of TensorFlow more than once over.
    """
    slot = st.session_state.pop(_SLOT, None)
    if slot is None:
        return
    name = active_model()
    deadline = time.monotonic() + _PATIENCE
    while name == DEFAULT_TEXT_MODEL and encoder_state(name).status == "absent":
        if time.monotonic() > deadline:
            return  # nobody has started to load it
        time.sleep(_POLL)
    with guard():
        try:
            text_encoder(name, lambda share, text: slot.markdown(_waiting_text(text)))
        except PolyglotError:
            logging.getLogger(__name__).warning("The model %s cannot be loaded", name)  # show_waiting says why
        st.rerun()


def _waiting_text(step: str) -> str:
    step = f" {plain(step)}." if step else ""
    return f":material/hourglass_top: The model is starting; this takes some seconds, once.{step}"
