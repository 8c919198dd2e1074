"""Long tasks that a page starts, watches and can stop.

A task runs in a thread of its own and calls no ``st.*``: a click reruns the script, and must not kill what it started.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import streamlit as st

from components.guard import UNEXPECTED, guard
from models.errors import CancelledError, PolyglotError

Result = TypeVar("Result")

_QUICK = 0.4  # seconds; a task that ends within them needs no progress bar
_POLL = 0.3  # seconds between two looks at a running task


class Job(Generic[Result]):
    """One task in a thread.

    Args:
        title: what it does, for the person who waits.
        work: does it; is given the job, to report to and to ask whether to stop.
    """

    def __init__(self, title: str, work: Callable[["Job[Result]"], Result]) -> None:
        self.title = title
        self.share: float | None = None
        self.text = title
        self.result: Result | None = None
        self.error: PolyglotError | None = None
        self._started = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True, name=title)
        self._thread.start()

    def _run(self, work: Callable[["Job[Result]"], Result]) -> None:
        try:
            self.result = work(self)
        except PolyglotError as error:
            self.error = error
        except Exception:
            logging.getLogger(__name__).exception("%s failed", self.title)
            self.error = PolyglotError(UNEXPECTED)

    def report(self, share: float | None, text: str) -> None:
        """Say how much is done, in [0, 1] or None if nobody knows, and what is being done."""
        self.share, self.text = share, text

    def count(self, done: int, total: int) -> None:
        """Say how much is done, in units; the signature of ``progress`` in the library."""
        self.share = min(done / total, 1.0) if total else None

    def cancel(self) -> None:
        """Ask the task to stop; it does so at its next step."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._thread.is_alive()

    def ended_at_once(self) -> bool:
        """Whether it has ended; waits for it in its first moments only, so that a quick task needs no bar."""
        self._thread.join(max(0.0, self._started + _QUICK - time.monotonic()))
        return not self.running


def start_job(key: str, title: str, work: Callable[[Job[Any]], Any]) -> None:
    """Start a task for this visitor; ``key`` names it in the session. A task that still runs under it is stopped."""
    running = st.session_state.get(key)
    if running is not None:
        running.cancel()
    st.session_state[key] = Job(title, work)


def job_running(key: str) -> bool:
    """Whether the task under ``key`` has started and not ended."""
    job = st.session_state.get(key)
    return job is not None and job.running


def take_finished(key: str) -> Job[Any] | None:
    """Return the task under ``key`` once, after it has ended.

    A cancelled task comes back with ``CancelledError`` in ``error``.
    """
    job: Job[Any] | None = st.session_state.get(key)
    if job is None or not job.ended_at_once():
        return None
    del st.session_state[key]
    if job.cancelled and job.error is None and job.result is None:
        job.error = CancelledError(f"{job.title} was stopped.")
    return job


@st.fragment(run_every=_POLL)
def show_job(key: str) -> None:
    """Show how far the task under ``key`` is, with a button that stops it; reruns the page when it has ended."""
    with guard():
        job: Job[Any] | None = st.session_state.get(key)
        if job is None or not job.running:
            st.rerun()
        text = "Stopping" if job.cancelled else job.text
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.progress(job.share or 0.0, text=text, width="stretch")
            st.button(
                "Cancel", key=f"{key}_cancel", icon=":material/close:", on_click=job.cancel, disabled=job.cancelled
            )
