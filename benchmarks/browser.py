"""A Streamlit server of its own and a headless Chromium to visit it with."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
APP = ROOT / "app.py"
QUERY_BOX = '[data-testid="stTextInput"] input'
_SECONDS_TO_START = 90


@dataclass(frozen=True)
class Server:
    """A running Streamlit server.

    Args:
        url: its address on this machine.
        pid: its process.
        seconds: from the start of the process to its first healthy answer.
    """

    url: str
    pid: int
    seconds: float


@contextmanager
def serve(script: Path) -> Iterator[Server]:
    """Start ``streamlit run`` on a free port, wait until it is healthy, and stop it at the end.

    Raises:
        RuntimeError: it ended, or did not answer within 90 s.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # The same settings for every app that is compared; the project's own come from its folder.
    options = ["--server.headless=true", "--server.fileWatcherType=none", "--browser.gatherUsageStats=false"]
    command = [sys.executable, "-m", "streamlit", "run", script.name, "--server.address=127.0.0.1"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, f"--server.port={port}", *options],
        cwd=script.parent,
        env={**os.environ, "POLYGLOT_OFFLINE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        while not _healthy(url):
            if process.poll() is not None or time.perf_counter() - started > _SECONDS_TO_START:
                raise RuntimeError(f"{script.name} did not start; try: streamlit run {script.name}")
            time.sleep(0.02)
        yield Server(url, process.pid, time.perf_counter() - started)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless.

    Raises:
        RuntimeError: there is none.
    """
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        raise RuntimeError("There is no Chromium here. Install it (Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        # Without its sandbox, which needs rights that containers withhold; it visits nothing but this machine.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """A page of somebody who has never been here: no cache, no cookies."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(_SECONDS_TO_START * 1000)
    try:
        yield context.new_page()
    finally:
        context.close()


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
