"""Embedding in the background: started when the inputs or the model change, watched, stopped, and kept."""

from typing import Any, cast

import streamlit as st

from components.cache import encoder_state
from components.features_model import Settings, load_shared, needs_download
from components.features_source import NOUNS, Source
from components.guard import plain, show_error
from components.jobs import Job, job_running, show_job, start_job, take_finished
from components.model_picker import active_model, show_waiting
from components.wording import counted, megabytes
from models.errors import CancelledError, PolyglotError
from models.features import DynamicFeatureExtractor, Features
from models.model_spec import ModelSpec

_JOB = "features_job"
_ASKED = "features_asked"
_OUTCOME = "features_outcome"
_AGREED = "features_agreed"


def embedded(source: Source, settings: Settings) -> Features | None:
    """Return the embeddings of the inputs; until they are there, say what is going on."""
    key = (source.modality, source.key, settings.model.name, settings.max_length, settings.batch_size)
    _settle()
    whose, outcome = st.session_state.get(_OUTCOME, (None, None))
    if whose == key:
        if isinstance(outcome, PolyglotError):
            _show_failure(outcome, settings.model)
            return None
        return cast("Features", outcome)
    if job_running(_JOB) and st.session_state.get(_ASKED) == key:
        show_job(_JOB)
    elif _may_load(settings.model) and _tensorflow_is_there():
        st.session_state[_ASKED] = key
        start_job(_JOB, f"Embedding {counted(source.count, *NOUNS[source.modality])}", _work(source, settings))
        if st.session_state[_JOB].ended_at_once():
            st.rerun()
        show_job(_JOB)
    return None


def _tensorflow_is_there() -> bool:
    """Whether the first model has been loaded; else say so. A bar that polls would hold up the import of TensorFlow."""
    if encoder_state(active_model()).status in ("ready", "failed"):
        return True
    show_waiting()
    return False


def _may_load(spec: ModelSpec) -> bool:
    """Whether the model is here, or the visitor agreed to download it."""
    if not needs_download(spec) or spec.name in st.session_state.get(_AGREED, ()):
        return True
    st.info(
        f"{plain(spec.title)} is not on this server yet ({megabytes(spec.size_mb)}). The model that ships with the app "
        "needs no download.",
        icon=":material/cloud_download:",
    )
    st.button(
        "Download and use it", key="features_download", icon=":material/download:", on_click=_agree, args=(spec.name,)
    )
    return False


def _agree(name: str) -> None:
    st.session_state[_AGREED] = {*st.session_state.get(_AGREED, ()), name}


def _work(source: Source, settings: Settings) -> Any:
    def work(job: Job[Features]) -> Features:
        def report(share: float | None, text: str) -> None:
            if job.cancelled:
                raise CancelledError("Loading the model was stopped.")
            job.report(share, text)

        def load(spec: ModelSpec) -> Any:
            model = load_shared(spec, report)
            job.report(0.0, job.title)
            return model

        return DynamicFeatureExtractor(load).extract_features(
            source.read(),
            source.modality,
            settings.model,
            settings.batch_size,
            settings.max_length,
            skip_unreadable=True,
            progress=job.count,
            cancel=lambda: job.cancelled,
        )

    return work


def _settle() -> None:
    """Take over what a finished task has made, or why it could not."""
    job = take_finished(_JOB)
    if job is not None:
        st.session_state[_OUTCOME] = (st.session_state[_ASKED], job.error if job.result is None else job.result)


def _show_failure(error: PolyglotError, spec: ModelSpec) -> None:
    if isinstance(error, CancelledError):
        st.info(plain(str(error)), icon=":material/cancel:")
    else:
        show_error(error)
    label = "Start again" if isinstance(error, CancelledError) else "Try again"
    st.button(label, key="features_again", icon=":material/refresh:", on_click=_forget, args=(spec.name,))


def _forget(name: str) -> None:
    st.session_state.pop(_OUTCOME, None)
    _agree(name)
