"""Memory of the running app and its first search, both through the browser: ``python -m benchmarks.memory``."""

import time

import psutil
from playwright.sync_api import Page

from benchmarks.browser import APP, QUERY_BOX, chromium, serve, visitor
from benchmarks.report import Measurement, run_alone

QUERIES = ("ระบบพลังงานแสงอาทิตย์", "electric cars", "رحلة بالقطار")
FIRST_HIT = ".st-key-search_hit_1"
_GB = 1e9


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and all that it started."""
    process = psutil.Process(pid)
    return sum(member.memory_info().rss for member in (process, *process.children(recursive=True)))


def search(page: Page, query: str) -> float:
    """Type a query; seconds from Enter until the URL and a first hit show its answer."""
    box = page.locator(QUERY_BOX).first
    box.fill(query)
    start = time.perf_counter()
    box.press("Enter")
    page.wait_for_function("text => new URLSearchParams(location.search).get('q') === text", arg=query)
    page.locator(FIRST_HIT).wait_for()
    _wait_until_idle(page)
    return time.perf_counter() - start


def measure() -> list[Measurement]:
    """Seconds of the first search once the model is loaded, and resident memory after it and two more."""
    with serve(APP) as server, chromium() as browser, visitor(browser) as page:
        page.goto(server.url)
        page.locator(QUERY_BOX).first.wait_for()
        before = resident_bytes(server.pid)
        _wait_until_warm(page)
        seconds = [search(page, query) for query in QUERIES]
        after = resident_bytes(server.pid)
    return [
        Measurement(
            "First search in the browser, model loaded",
            seconds[0],
            "s",
            1.0,
            detail=f"the next ones {', '.join(f'{second:.2f}' for second in seconds[1:])} s",
        ),
        Measurement(
            "Memory of the app after the first searches",
            after / _GB,
            "GB",
            1.2,
            detail=f"{before / _GB:.2f} GB when the first page was drawn",
        ),
    ]


def _wait_until_idle(page: Page) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def _wait_until_warm(page: Page) -> None:
    """Until the page no longer says that the model is starting, and has drawn itself anew."""
    _wait_until_idle(page)
    page.get_by_text("The model is starting").wait_for(state="hidden")
    _wait_until_idle(page)


if __name__ == "__main__":
    run_alone(measure, __doc__)
