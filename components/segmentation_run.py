"""The network in the background: started when image, contrast or task change, watched, stopped, and its maps kept."""

from collections.abc import Hashable
from dataclasses import replace
from functools import partial

import streamlit as st

from components.cache import encoder_state
from components.guard import plain, show_error
from components.jobs import Job, job_running, show_job, start_job, take_finished
from components.model_picker import active_model, show_waiting
from components.segmentation_memory import Outcome, outcome_key, outcomes
from components.segmentation_network import Network, network_of
from models.errors import CancelledError, PolyglotError
from models.imaging.image import MedicalImage
from models.imaging.preprocessing import ClaheSettings
from models.imaging.tasks import SegmentationTask

MAIN = "seg_job"


def predicted(
    task: SegmentationTask, image: MedicalImage, clahe: ClaheSettings, second_look: bool, job: str = MAIN
) -> tuple[Hashable, Outcome] | None:
    """Return the network's maps with their key; until they are there, say what is going on.

    Args:
        task: what to find.
        image: where.
        clahe: applied before.
        second_look: whether the network is asked twice.
        job: name of the task in the session; two that may run at the same time need two.
    """
    network = network_of(task)
    key = outcome_key(task, network.key, image, clahe, second_look)
    _settle(job)
    kept = outcomes().get(key)
    if kept is not None:
        return key, replace(kept, prediction=replace(kept.prediction, image=image))
    whose, error = st.session_state.get(f"{job}_error", (None, None))
    if whose == key:
        _show_failure(error, job)
    elif job_running(job) and st.session_state.get(f"{job}_asked") == key:
        show_job(job)
    elif tensorflow_is_there():
        st.session_state[f"{job}_asked"] = key
        work = partial(segment_once, network, image, clahe, second_look)
        start_job(job, f"Looking for {task.object_plural} in {plain(image.name)}", work)
        if st.session_state[job].ended_at_once():
            st.rerun()
        show_job(job)
    return None


def tensorflow_is_there() -> bool:
    """Whether the first model has been loaded; else say so. A bar that polls would hold up the import of TensorFlow."""
    if encoder_state(active_model()).status in ("ready", "failed"):
        return True
    show_waiting()
    return False


def segment_once(
    network: Network, image: MedicalImage, clahe: ClaheSettings, second_look: bool, job: Job[Outcome]
) -> Outcome:
    """Run the network on one image; for a task in the background.

    Raises:
        CancelledError: the visitor stopped it.
        ModelUnavailableError: the network cannot be loaded.
    """
    model = network.load()
    familiarity = model.familiarity(image)
    prediction = model.predict(image, clahe, second_look=second_look, progress=job.count, cancel=lambda: job.cancelled)
    return Outcome(prediction, familiarity)


def _settle(job: str) -> None:
    """Take over what a finished task has made, or why it could not."""
    finished = take_finished(job)
    if finished is None:
        return
    asked = st.session_state[f"{job}_asked"]
    if finished.result is not None:
        outcomes().put(asked, finished.result)
    else:
        st.session_state[f"{job}_error"] = (asked, finished.error)


def _show_failure(error: PolyglotError, job: str) -> None:
    stopped = isinstance(error, CancelledError)
    if stopped:
        st.info(plain(str(error)), icon=":material/cancel:")
    else:
        show_error(error)
    label = "Start again" if stopped else "Try again"
    st.button(label, key=f"{job}_again", icon=":material/refresh:", on_click=_forget, args=(job,))


def _forget(job: str) -> None:
    st.session_state.pop(f"{job}_error", None)
