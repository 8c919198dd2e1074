"""A visitor embeds texts, pictures and sounds, in a real browser."""

import io
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from components.features_source import example_label
from models.model_spec import Modality
from tests.e2e.conftest import FLAGS, PATIENCE
from tests.models.feature_inputs.makers import mp4_video, picture, png_that_claims, recording, tone

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WAIT = PATIENCE * 1000
HOSTILE = "<img src=x onerror='window.hacked = 1'>.png"


def open_page(page: "Page", **query: str) -> None:
    page.goto("/features?" + "&".join(f"{name}={quote(value)}" for name, value in query.items()))


def file(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def wait_for_summary(page: "Page", words: str) -> None:
    page.get_by_text(words).first.wait_for(timeout=WAIT)
    page.get_by_text("numbers each").first.wait_for(timeout=WAIT)


def test_text_example_gives_neighbours_a_map_and_a_file(page: "Page") -> None:
    open_page(page)
    page.get_by_role("button", name="Try an example").click()
    wait_for_summary(page, "20 texts")
    page.get_by_role("tab", name="Map", exact=True).click()
    page.locator("[data-testid=stVegaLiteChart] :is(canvas, svg)").first.wait_for()
    page.get_by_role("tab", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="NumPy").click()
    with open(download.value.path(), "rb") as saved:  # noqa: PTH123
        assert np.load(io.BytesIO(saved.read()), allow_pickle=False).shape == (20, 512)
    page.wait_for_url(lambda url: "features_view=Download" in url and "text_example" in url)


def test_shared_address_shows_the_same(page: "Page") -> None:
    open_page(page, kind="Pictures", picture_example=example_label(Modality.IMAGE), features_view="Map")
    wait_for_summary(page, "16 pictures")
    page.locator("[data-testid=stVegaLiteChart] :is(canvas, svg)").first.wait_for()
    assert page.get_by_test_id("stException").count() == 0


def test_pictures_good_and_bad(page: "Page") -> None:
    open_page(page, kind="Pictures")
    colours = np.random.default_rng(0).integers(0, 256, (3, 50, 40, 3), np.uint8)
    page.locator("input[type=file]").first.set_input_files(
        [
            file("one.png", picture(colours[0])),
            file(HOSTILE, picture(colours[1])),
            file("bomb.png", png_that_claims(60_000, 60_000)),
        ]
    )
    wait_for_summary(page, "2 pictures")
    page.get_by_text("bomb.png would unfold to more than 50 million pixels").wait_for()
    page.get_by_role("img", name="Picture one.png").wait_for()
    assert page.evaluate("window.hacked") is None and page.locator("img[src=x]").count() == 0


def test_sounds_are_heard_and_seen(page: "Page") -> None:
    open_page(page, kind="Sounds", features_view="Sound")
    page.locator("input[type=file]").first.set_input_files(
        [
            file("old.wav", recording(np.stack([tone(2, 44_100)] * 2, axis=1), 44_100, coding="PCM_U8")),
            file("film.wav", mp4_video()),
        ]
    )
    wait_for_summary(page, "1 sound")
    page.get_by_text("film.wav is an MP4 video").wait_for()
    page.get_by_test_id("stAudio").wait_for()
    page.locator("[data-testid=stVegaLiteChart][aria-label^='Log-mel spectrum of old.wav']").wait_for()


def test_recordings_of_the_microphone_add_up(browser: "Browser", app_address: str) -> None:
    program = next(path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path)
    with browser.browser_type.launch(
        executable_path=program,
        args=[*FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    ) as own:
        context = own.new_context(base_url=app_address, permissions=["microphone"], locale="en-US")
        context.set_default_timeout(WAIT)
        page = context.new_page()
        open_page(page, kind="Sounds")
        for number in (1, 2):
            page.get_by_role("button", name="Record", exact=True).click()
            page.wait_for_timeout(1_500)
            page.get_by_role("button", name="Stop recording").click()
            wait_for_summary(page, f"{number} sound")
        page.get_by_role("button", name="Forget 2 recordings").click()
        page.get_by_text("speak into the microphone").wait_for()
