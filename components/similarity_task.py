"""A result that takes long: made once in the background, shown when it is there, made anew when its input changes."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import streamlit as st

from components.cache import text_encoder
from components.guard import show_error
from components.jobs import Job, job_running, show_job, start_job, take_finished
from models.errors import CancelledError, PolyglotError
from models.model_names import offered_text_models
from models.text.encoder import TextEncoder

Result = TypeVar("Result")


def result_of(slot: str, wanted: Hashable, title: str, work: Callable[[Job[Any]], Result]) -> Result | None:
    """The result of ``work``; None while it is on its way, or when it cannot be had: then the page says which.

    Args:
        slot: its place in the session; one result is kept in each.
        wanted: what it depends on; another value starts the work again.
        title: what is done, for the person who waits.
        work: runs in a thread and calls no ``st.*``.
    """
    key, asked = f"similarity_{slot}", f"similarity_{slot}_asked"
    job_key = f"{key}_job"
    _settle(key, job_key, asked)
    if _held(key)[0] != wanted and not (job_running(job_key) and st.session_state[asked] == wanted):
        st.session_state[asked] = wanted
        start_job(job_key, title, work)
        _settle(key, job_key, asked)
    made_for, outcome = _held(key)
    if made_for != wanted:
        show_job(job_key)
        return None
    if isinstance(outcome, PolyglotError):
        show_error(outcome)
        st.button("Try again", key=f"{key}_again", icon=":material/refresh:", on_click=_forget, args=(key,))
        return None
    return cast("Result", outcome)


def model_title(name: str) -> str:
    """Title of an offered model; the name of another."""
    return next((spec.title for spec in offered_text_models() if spec.name == name), name)


def encoder_for(job: Job[Any], name: str) -> TextEncoder:
    """The encoder for a task, loaded on the way if it has to be; raises CancelledError when the visitor stops it."""
    title = model_title(name)

    def report(share: float | None, text: str) -> None:
        if job.cancelled:
            raise CancelledError(f"Loading {title} was stopped.")
        job.report(share, text or f"Loading {title}")

    return text_encoder(name, report)


def _settle(key: str, job_key: str, asked: str) -> None:
    """Keep what a finished job has made, or why it could not."""
    job = take_finished(job_key)
    if job is not None:
        st.session_state[key] = (st.session_state[asked], job.error if job.result is None else job.result)


def _held(key: str) -> tuple[Hashable, object]:
    return cast("tuple[Hashable, object]", st.session_state.get(key, (None, None)))


def _forget(key: str) -> None:
    st.session_state.pop(key, None)
