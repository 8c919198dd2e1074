"""A form made from a signature, which runs a trusted model and shows what comes out."""

import time
from typing import Any

import numpy as np
import streamlit as st

from components.cache import runnable_model
from components.guard import plain, show_error
from components.jobs import Job, job_running, start_job, take_finished
from components.signature_source import Explored
from models.errors import PolyglotError
from models.savedmodel.description import SignatureDescription, TensorDescription, shape_text
from models.savedmodel.inputs import (
    InputKind,
    image_tensor,
    numbers_tensor,
    open_dimensions,
    possible_kinds,
    random_tensor,
    texts_tensor,
)
from models.savedmodel.running import OutputReport, RunReport, run_signature

_JOB = "explored_run_job"
_RESULT = "explored_run_result"
_IMAGE_MEGABYTES = 20
_POLL = 0.1
_EXAMPLE = "The sun warms the house.\nDie Sonne wärmt das Haus."


def show_run(explored: Explored, signature: SignatureDescription) -> None:
    """Draw the form and the result of the last run; for a model that is not trusted, say why there is none."""
    if not explored.trusted or explored.spec is None:
        st.info(
            "Only models of this app's list are run. A model is a program, and this one is a stranger's: it was read "
            "and not executed. The code on the Signatures tab runs it on your own machine.",
            icon=":material/lock:",
        )
        return
    if unfit := [tensor.name for tensor in signature.inputs if not possible_kinds(tensor)]:
        st.info(f"No form can fill {plain(', '.join(unfit))}: its type cannot be typed.", icon=":material/info:")
        return
    _settle()
    model = explored.spec.name
    inputs: dict[str, Any] = {}
    problem: PolyglotError | None = None
    for tensor in signature.inputs:
        try:
            inputs[tensor.name] = _ask(f"{model}_{signature.name}_{tensor.name}", tensor)
        except PolyglotError as error:
            problem = problem or error
    waiting = any(value is None for value in inputs.values())
    pressed = st.button("Run", key="explored_run", icon=":material/play_arrow:", disabled=waiting or job_running(_JOB))
    if pressed and problem is not None:
        show_error(problem)
    elif pressed:
        _start(model, signature, inputs)
    if job_running(_JOB):
        _wait()
    whose, outcome = st.session_state.get(_RESULT, (None, None))
    if whose == (model, signature.name) and not (pressed and problem):
        _show(outcome)


def _ask(key: str, tensor: TensorDescription) -> np.ndarray[Any, Any] | None:
    """Draw the fields of one input and return its tensor; None while something is still to be chosen."""
    kinds = possible_kinds(tensor)
    label = f"{plain(tensor.name)} :gray[{tensor.dtype} {plain(shape_text(tensor.shape))}]"
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{label}**", width="content")
            kind = kinds[0]
            if len(kinds) > 1:
                names = [kind.value for kind in kinds]
                kind = InputKind(
                    st.segmented_control(
                        f"How to fill {plain(tensor.name)}",
                        names,
                        default=names[0],
                        required=True,
                        key=f"run_kind_{key}",
                        label_visibility="collapsed",
                    )
                )
        if kind is InputKind.TEXT:
            lines = "One text a line" if tensor.shape != () else "One text"
            typed = st.text_area(lines, _EXAMPLE, key=f"run_text_{key}", height=110)
            return texts_tensor(tensor, typed or "")
        if kind is InputKind.NUMBERS:
            typed_numbers = st.text_input(
                "Numbers", "0" if tensor.dtype != "bool" else "true", key=f"run_numbers_{key}"
            )
            return numbers_tensor(tensor, typed_numbers or "")
        if kind is InputKind.IMAGE:
            upload = st.file_uploader(
                "Image", type=["png", "jpg", "jpeg"], key=f"run_image_{key}", max_upload_size=_IMAGE_MEGABYTES
            )
            return image_tensor(tensor, upload.name, upload.getvalue()) if upload else None
        return _random(key, tensor)


def _random(key: str, tensor: TensorDescription) -> np.ndarray[Any, Any]:
    sizes = []
    with st.container(horizontal=True, gap="small"):
        for place in open_dimensions(tensor):
            default = 1 if place == 0 and len(tensor.shape or ()) > 1 else 16
            sizes.append(
                int(
                    st.number_input(
                        f"Length of dimension {place + 1}", 1, 100_000, default, key=f"run_size_{key}_{place}"
                    )
                )
            )
        seed = int(st.number_input("Seed", 0, 1_000_000, 0, key=f"run_seed_{key}"))
    return random_tensor(tensor, sizes, seed)


def _start(model: str, signature: SignatureDescription, inputs: dict[str, Any]) -> None:
    def work(job: Job[tuple[tuple[str, str], RunReport]]) -> tuple[tuple[str, str], RunReport]:
        job.report(None, "Loading the model; the first one takes some seconds")
        loaded = runnable_model(model)
        job.report(None, f"Running {signature.name}")
        return (model, signature.name), run_signature(loaded, signature, inputs)

    st.session_state[_RESULT] = ((model, signature.name), None)
    start_job(_JOB, "Running the model", work)
    if st.session_state[_JOB].ended_at_once():
        _settle()


def _wait() -> None:
    """Wait here, at the end of the page, and draw it again with the result; a click interrupts only the waiting.

    Not a fragment that looks again and again: Streamlit collects garbage after each of its runs, which holds up the
    import of TensorFlow.
    """
    job: Job[Any] = st.session_state[_JOB]
    slot = st.empty()
    while job.running:
        slot.markdown(f":material/hourglass_top: {plain(job.text)}")
        time.sleep(_POLL)
    st.rerun()


def _settle() -> None:
    job = take_finished(_JOB)
    if job is not None:
        whose, _ = st.session_state.get(_RESULT, (None, None))
        st.session_state[_RESULT] = job.result if job.result is not None else (whose, job.error)


def _show(outcome: RunReport | PolyglotError | None) -> None:
    if isinstance(outcome, PolyglotError):
        show_error(outcome)
    if not isinstance(outcome, RunReport):
        return
    st.markdown(
        f"**{outcome.median_ms:,.1f} ms** "
        f":gray[median of {outcome.calls} calls; the first took {outcome.first_ms:,.0f} ms]"
    )
    for output in outcome.outputs:
        _output(output)


def _output(output: OutputReport) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(f"**{plain(output.name)}** :gray[{output.dtype} {plain(shape_text(output.shape))}]")
        figures = (
            ("Smallest", output.minimum),
            ("Largest", output.maximum),
            ("Mean", output.mean),
            ("Deviation", output.deviation),
        )
        with st.container(horizontal=True, gap="medium"):
            for label, figure in figures:
                if figure is not None:
                    st.metric(label, f"{figure:.4g}", width="content")
        if output.not_finite:
            st.warning(f"{output.not_finite:,} numbers are NaN or infinite.", icon=":material/warning:")
        if output.preview:
            st.caption("First elements")
            st.code(", ".join(output.preview), language=None, wrap_lines=True)
