import logging
import threading
import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.guard import UNEXPECTED
from components.jobs import Job
from models.errors import CancelledError, InvalidInputError, PolyglotError


def ended(job: Job[Any]) -> Job[Any]:
    job._thread.join(10)
    assert not job.running
    return job


def test_result_and_progress() -> None:
    def work(job: Job[int]) -> int:
        job.report(0.0, "Counting")
        job.count(1, 4)
        return 42

    job = ended(Job("Counting things", work))
    assert (job.result, job.error, job.share, job.text) == (42, None, 0.25, "Counting")


def test_nothing_to_count_is_no_division_by_zero() -> None:
    job = ended(Job("Nothing", lambda job: job.count(0, 0)))
    assert job.error is None and job.share is None


def test_expected_error_is_kept() -> None:
    def work(job: Job[None]) -> None:
        raise InvalidInputError("That is not possible.")

    assert str(ended(Job("Trying", work)).error) == "That is not possible."


def test_unexpected_error_is_logged_and_hidden(caplog: pytest.LogCaptureFixture) -> None:
    def work(job: Job[None]) -> None:
        raise KeyError("inner detail")

    with caplog.at_level(logging.ERROR):
        job = ended(Job("Trying", work))
    assert isinstance(job.error, PolyglotError) and str(job.error) == UNEXPECTED
    assert "inner detail" in caplog.text


def test_cancel_reaches_the_task() -> None:
    started = threading.Event()

    def work(job: Job[None]) -> None:
        started.set()
        while not job.cancelled:
            time.sleep(0.01)
        raise CancelledError("Stopped.")

    job = Job("Waiting", work)
    assert started.wait(5) and job.running
    job.cancel()
    assert isinstance(ended(job).error, CancelledError)


def page_with_a_job() -> None:
    import time

    import streamlit as st

    from components.jobs import job_running, show_job, start_job, take_finished

    def work(job):  # type: ignore[no-untyped-def]
        job.report(0.5, "Half way")
        while not job.cancelled:
            time.sleep(0.01)

    if st.button("Start", key="start"):
        start_job("job", "Waiting", work)
    if st.button("Quick", key="quick"):
        start_job("job", "Being quick", lambda job: "done")
    job = take_finished("job")
    if job is not None:
        st.text(f"{job.result} {job.error}")
    elif job_running("job"):
        show_job("job")


def test_page_shows_a_running_job_and_stops_it() -> None:
    page = AppTest.from_function(page_with_a_job, default_timeout=20).run()
    page.button(key="start").click().run()
    assert page.get("progress")[0].value == 50 and page.get("progress")[0].text == "Half way"
    page.button(key="job_cancel").click().run()
    for _ in range(20):
        if page.text:
            break
        page.run()
    assert page.text[0].value == "None Waiting was stopped."
    assert "job" not in page.session_state


def test_quick_job_needs_no_bar() -> None:
    page = AppTest.from_function(page_with_a_job, default_timeout=20).run()
    page.button(key="quick").click().run()
    assert page.text[0].value == "done None"
    assert not page.get("progress")
