"""The embeddings of the lists, made in the background and kept until a sentence or the model changes."""

from typing import cast

import streamlit as st

from components.cache import text_encoder
from components.guard import show_error
from components.jobs import Job, job_running, show_job, start_job, take_finished
from components.similarity_input import SentenceLists
from components.wording import counted
from models.errors import CancelledError, PolyglotError
from models.text.comparison import Comparison, compare_sentences
from models.text.ordered_matrix import OrderedMatrix, order_matrix
from models.text.similarity import Measure

_MATRIX = "similarity_matrix"


def comparison_of(slot: str, lists: SentenceLists, model: str, title: str) -> Comparison | None:
    """The lists in the space of a model; None while they are on their way, or when they cannot be had.

    Draws the progress, or the reason. A model that is not loaded is loaded on the way.

    Args:
        slot: "first" or "second", its place in the session.
        lists: complete.
        model: name of an offered model.
        title: of the model, for a person.
    """
    job_key, wanted = f"similarity_{slot}_job", (lists.key, model)
    _settle(slot)
    if _held(slot)[0] != wanted and not (job_running(job_key) and st.session_state[f"{job_key}_for"] == wanted):
        st.session_state[f"{job_key}_for"] = wanted
        _start(job_key, lists, model, title)
        _settle(slot)
    key, outcome = _held(slot)
    if key != wanted:
        show_job(job_key)
        return None
    if isinstance(outcome, PolyglotError):
        show_error(outcome)
        st.button("Try again", key=f"{job_key}_again", icon=":material/refresh:", on_click=_forget, args=(slot,))
        return None
    return cast("Comparison", outcome)


def matrix_of(comparison: Comparison, measure: Measure, *, clustered: bool) -> OrderedMatrix:
    """The matrix of a comparison; computed again only when something changes."""
    held = st.session_state.get(_MATRIX)
    if held is None or held[0] is not comparison or held[1:3] != (measure, clustered):
        held = (comparison, measure, clustered, order_matrix(comparison, measure, clustered=clustered))
        st.session_state[_MATRIX] = held
    return cast("OrderedMatrix", held[3])


def _start(job_key: str, lists: SentenceLists, model: str, title: str) -> None:
    def work(job: Job[Comparison]) -> Comparison:
        def report(share: float | None, text: str) -> None:
            if job.cancelled:
                raise CancelledError(f"Loading {title} was stopped.")
            job.report(share, text or f"Loading {title}")

        encoder = text_encoder(model, report)
        job.report(0.0, f"Reading {counted(len(lists.left) + len(lists.right or []), 'sentence')} with {title}")
        return compare_sentences(lists.left, lists.right, encoder, job.count, lambda: job.cancelled)

    start_job(job_key, f"Comparing with {title}", work)


def _settle(slot: str) -> None:
    """Keep what a finished job has made, or why it could not."""
    job_key = f"similarity_{slot}_job"
    job = take_finished(job_key)
    if job is not None:
        outcome = job.error if job.result is None else job.result
        st.session_state[f"similarity_{slot}"] = (st.session_state[f"{job_key}_for"], outcome)


def _held(slot: str) -> tuple[tuple[str, str] | None, object]:
    return cast("tuple[tuple[str, str] | None, object]", st.session_state.get(f"similarity_{slot}", (None, None)))


def _forget(slot: str) -> None:
    st.session_state.pop(f"similarity_{slot}", None)
