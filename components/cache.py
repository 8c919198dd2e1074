"""What all visitors share: the loaded text encoders, and the thread that loads the default one early.

The only module that uses Streamlit's caches. Nothing here imports TensorFlow in the page's thread before it is needed.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import streamlit as st

from components.after_run import spare_tensorflow
from models.catalog import DEFAULT_TEXT_MODEL
from models.errors import InvalidInputError, PolyglotError
from models.hub import Progress, load_model
from models.imaging.segmenter import MedicalImageSegmenter
from models.imaging.tasks import TASKS
from models.model_names import offered_text_models
from models.savedmodel.sources import trusted_models
from models.text.encoder import TextEncoder, load_text_encoder
from models.text.sample_corpus import load_sample_corpus
from models.text.search import MultilingualSemanticSearch

_POLL_SECONDS = 0.1
_FIRST_WORDS = "Preparing the model"
# Between the end of the first page's script and the first import: importing TensorFlow takes the processor from the
# thread that sends the page and, where both are one machine, from the browser that draws it.
_HEAD_START_SECONDS = 1.5


@dataclass(frozen=True)
class LoadState:
    """How far the loading of a model is.

    Args:
        status: "absent" before it was asked for, and after it had to make room for another model.
        share: 0 to 1 during a download of known size, else None.
        text: a sentence for the person who waits, or the reason of the failure.
        seconds: how long the load took.
    """

    status: Literal["absent", "loading", "ready", "failed"] = "absent"
    share: float | None = None
    text: str = ""
    seconds: float | None = None


@dataclass
class _Board:
    """The load states of all models, by name; written by loading threads, read by pages."""

    states: dict[str, LoadState] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, name: str, **changes: object) -> None:
        with self.lock:
            self.states[name] = replace(self.states.get(name, LoadState()), **changes)  # type: ignore[arg-type]

    def get(self, name: str) -> LoadState:
        with self.lock:
            return self.states.get(name, LoadState())


@st.cache_resource(show_spinner=False)
def _board() -> _Board:
    return _Board()


def _forget(encoder: TextEncoder) -> None:
    _board().set(encoder.name, status="absent", share=None, text="")


# Two: the default and one that a visitor chose. The largest takes a gigabyte, and free hosts have little more.
@st.cache_resource(max_entries=2, show_spinner=False, on_release=_forget)
def _encoder(name: str) -> TextEncoder:
    board, started = _board(), time.perf_counter()
    board.set(name, status="loading", share=None, text=_FIRST_WORDS)
    try:
        encoder = load_text_encoder(name, lambda share, text: board.set(name, share=share, text=text))
    except Exception as error:
        text = str(error) if isinstance(error, PolyglotError) else f"{name} cannot be loaded. Choose another model."
        board.set(name, status="failed", share=None, text=text)
        raise
    spare_tensorflow()
    board.set(name, status="ready", share=1.0, text="", seconds=time.perf_counter() - started)
    return encoder


def text_encoder(name: str = DEFAULT_TEXT_MODEL, progress: Progress | None = None) -> TextEncoder:
    """Return the encoder that all visitors share; loads it at the first call and waits for it.

    Args:
        name: of a model that ``offered_text_models`` lists.
        progress: called in this thread, about ten times a second while it waits; may write to the page.

    Raises:
        InvalidInputError: not an offered model.
        ModelUnavailableError: it cannot be loaded; the next call tries again.
    """
    # The default passes even where its folder is missing: then the loader explains what to do about that.
    if name != DEFAULT_TEXT_MODEL and name not in {spec.name for spec in offered_text_models()}:
        raise InvalidInputError(f"The model {name[:100]!r} is not offered here. Choose one from the list.")
    if progress is None or encoder_state(name).status == "ready":
        return _encoder(name)
    # In a thread of its own: Streamlit records what a cached function writes to the page, to replay it for others.
    future = _in_thread(lambda: _encoder(name), f"load-{name}")
    while not future.done():
        state = encoder_state(name)
        progress(state.share, state.text or _FIRST_WORDS)
        time.sleep(_POLL_SECONDS)
    return future.result()


@st.cache_resource(max_entries=2, show_spinner=False)
def sample_index(name: str) -> MultilingualSemanticSearch:
    """Return the sample corpus in the space of the model ``name``; shared by all visitors, so never change it."""
    index = MultilingualSemanticSearch(_encoder(name))
    index.add_documents(load_sample_corpus())
    return index


# One: it is run a few times while somebody looks at it. A text encoder that is loaded already is shared, not doubled.
@st.cache_resource(max_entries=1, show_spinner=False)
def runnable_model(name: str) -> Any:
    """Return the loaded model ``name``, to run its signatures; only what the app or its owner offers is ever loaded.

    Raises:
        InvalidInputError: not an offered model.
        ModelUnavailableError: it cannot be loaded; the next call tries again.
    """
    specs = trusted_models()
    if name not in specs:
        raise InvalidInputError("Only models of this app's list can be run here.")
    model = load_model(specs[name], modality=specs[name].modality).model
    spare_tensorflow()
    return model


# As many as there are tasks: 15 MB each on disk.
@st.cache_resource(max_entries=3, show_spinner=False)
def segmenter(task: str) -> MedicalImageSegmenter:
    """Return the segmentation network of a task, which all visitors share.

    Raises:
        InvalidInputError: no such task.
        ModelUnavailableError: its network cannot be loaded; the next call tries again.
    """
    if task not in TASKS:
        raise InvalidInputError(f"There is no task called {task[:100]!r}. Choose one of: {', '.join(TASKS)}.")
    found = MedicalImageSegmenter(task)
    spare_tensorflow()
    return found


def encoder_state(name: str = DEFAULT_TEXT_MODEL) -> LoadState:
    """Return how far the loading of ``name`` is, without waiting and without starting it."""
    return _board().get(name)


def warm_up() -> None:
    """Start loading the default encoder in the background, unless it is there or on its way; returns at once.

    Call it at the end of the first page: until the page is drawn, the processor is needed there.
    """
    if _warm_up_once().done() and encoder_state(DEFAULT_TEXT_MODEL).status == "absent":
        # It had to make room for two models that visitors chose, and somebody wants it again.
        _warm_up_once.clear()
        _warm_up_once()


def warm_up_state() -> LoadState:
    """Return how far the default encoder is, so that a page can say so instead of waiting."""
    return encoder_state(DEFAULT_TEXT_MODEL)


@st.cache_resource(show_spinner=False)
def _warm_up_once() -> "Future[TextEncoder]":
    # The same cached functions as a search calls: one that arrives early waits for this load, and starts no second one.
    def warm() -> TextEncoder:
        time.sleep(_HEAD_START_SECONDS)
        encoder = _encoder(DEFAULT_TEXT_MODEL)
        sample_index(DEFAULT_TEXT_MODEL)
        return encoder

    return _in_thread(warm, "warm-up")


def _in_thread(work: Callable[[], TextEncoder], name: str) -> "Future[TextEncoder]":
    # Not an executor: its threads would keep a stopped server waiting for a download.
    future: Future[TextEncoder] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
