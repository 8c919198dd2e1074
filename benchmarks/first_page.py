"""How long a visitor waits for the first page, next to an empty Streamlit app: ``python -m benchmarks.first_page``.

Each visit has a server that was just started and a browser that has never been there, so it pays for every import. The
two apps take turns, because a busy moment of the machine should hit both; medians are compared.
"""

import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from benchmarks.browser import APP, QUERY_BOX, chromium, serve, visitor
from benchmarks.report import Measurement, run_alone

REPEATS = 5
EMPTY_APP = 'import streamlit as st\n\nst.title("Empty")\n'


def first_visit(browser: Browser, script: Path, awaited: tuple[str, ...]) -> tuple[float, float]:
    """Seconds from the request to the page with everything ``awaited``, and from the start of the server to that."""
    with serve(script) as server, visitor(browser) as page:
        start = time.perf_counter()
        page.goto(server.url, wait_until="commit")
        for selector in awaited:
            page.locator(selector).first.wait_for()
        seconds = time.perf_counter() - start
        return seconds, server.seconds + seconds


def measure(repeats: int = REPEATS) -> list[Measurement]:
    """The visit to a running server, which is bounded, and the same with the start of the server."""
    visits: dict[str, list[tuple[float, float]]] = {"empty": [], "ours": []}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        empty = Path(folder, "empty.py")
        empty.write_text(EMPTY_APP, encoding="utf-8")
        for _ in range(repeats):
            visits["empty"].append(first_visit(browser, empty, ("h1",)))
            visits["ours"].append(first_visit(browser, APP, ("h1", QUERY_BOX)))
    names = ("First page of a fresh server, next to an empty app", "The same with the start of the server")
    measurements = []
    for part, (name, bound) in enumerate(zip(names, (1.5, None), strict=True)):
        ours, other = (median(visit[part] for visit in visits[app]) for app in ("ours", "empty"))
        detail = f"{ours:.2f} s to {other:.2f} s, medians of {repeats}"
        measurements.append(Measurement(name, ours / other, "times", bound, detail=detail))
    return measurements


if __name__ == "__main__":
    run_alone(measure, __doc__)
