"""A visitor segments images, in a real browser, with the networks that ship with the app."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import distance_transform_edt

from models.catalog import CATALOG
from models.imaging.sample_images import sample_images
from models.imaging.segmenter import MedicalImageSegmenter
from models.imaging.tasks import TASKS
from tests.e2e.conftest import PATIENCE, expect, expect_no_sideways_scrolling
from tests.models.imaging.files import dicom, png_bomb

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

WAIT = PATIENCE * 1000
HOSTILE = "<img src=x onerror='window.hacked = 1'>.png"
# A microscopy image, a DICOM and a fundus photograph.
SAMPLES = {"nuclei": "tissue", "ventricle": "ventricle-phantom", "vessels": "retina"}


def needs(task: str) -> None:
    if TASKS[task].model not in CATALOG:
        pytest.skip(f"{TASKS[task].model} is not in models/bundled")


def sample(task: str, name: str) -> Any:
    return next(sample for sample in sample_images(task) if sample.name == name)


def open_page(page: "Page", **query: str) -> None:
    page.goto("/segmentation?" + "&".join(f"{name}={quote(value)}" for name, value in query.items()))
    page.get_by_role("heading", level=1).wait_for()


def wait_for_result(page: "Page") -> None:
    page.get_by_text("of the image").first.wait_for(timeout=WAIT)


def file(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def click_in(picture: "Locator", depth: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    """Click a picture where ``depth``, [H, W] over the whole of it, is greatest."""
    row, column = np.unravel_index(depth.argmax(), depth.shape)
    box = picture.bounding_box()
    assert box is not None
    across, down = (column + 0.5) / depth.shape[1], (row + 0.5) / depth.shape[0]
    picture.click(position={"x": float(across * box["width"]), "y": float(down * box["height"])})


@pytest.mark.parametrize("task", SAMPLES)
def test_sample_gives_pictures_numbers_and_files(page: "Page", task: str) -> None:
    needs(task)
    chosen = sample(task, SAMPLES[task])
    open_page(page, seg_task=TASKS[task].title)
    page.locator(f".st-key-seg_try_{chosen.name} button").click()
    wait_for_result(page)
    page.get_by_role("img", name=f"{chosen.file_name}, overlay").wait_for()
    page.wait_for_url(f"**{task}_sample=**")
    page.get_by_role("tab", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Everything as zip").click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        record = json.loads(next(archive.read(name) for name in archive.namelist() if name.endswith("provenance.json")))
        assert len(archive.namelist()) == 9
    assert record["input"]["name"] == chosen.file_name and record["objects"]["count"] > 0
    assert record["looks"]["second"] == TASKS[task].defaults.second_look


def test_a_second_look_that_finds_something_else_is_told(page: "Page") -> None:
    """Brown tissue, of which the network has seen none: it finds nuclei with the help of CLAHE alone."""
    needs("nuclei")
    open_page(page, nuclei_sample=sample("nuclei", "tissue").title)
    wait_for_result(page)
    page.get_by_text("A second look found something else").wait_for()
    page.get_by_text("What the network sees").click()
    # by keyboard: what is above the switch may still come and move it away under a mouse
    switch = page.get_by_role("switch", name="Second look")
    switch.press("Space")
    expect(switch).not_to_be_checked()
    page.get_by_text("A second look found something else").wait_for(state="detached")


def test_row_of_the_table_lights_up_its_object(page: "Page") -> None:
    needs("nuclei")
    open_page(page, nuclei_sample=sample("nuclei", "nuclei-phantom").title, seg_part="Objects")
    wait_for_result(page)
    canvas = page.get_by_test_id("stDataFrame").locator("canvas").first
    canvas.wait_for()
    page.get_by_text("choose its row").scroll_into_view_if_needed()
    corner = canvas.bounding_box()
    assert corner is not None
    page.mouse.click(corner["x"] + 16, corner["y"] + 35 + 35 * 2 + 17)
    page.get_by_text("Object 3", exact=True).wait_for()
    page.get_by_role("img", name="Object 3 among all objects").wait_for()


def test_click_in_the_picture_marks_the_row_of_its_object(page: "Page") -> None:
    needs("nuclei")
    chosen = sample("nuclei", "nuclei-phantom")
    open_page(page, nuclei_sample=chosen.title, seg_part="Objects")
    wait_for_result(page)
    table = page.get_by_test_id("stDataFrame")
    table.locator("canvas").first.wait_for()
    truth = np.asarray(Image.open(io.BytesIO(chosen.read_truth())))
    largest = truth == np.bincount(truth[truth > 0]).argmax()
    click_in(page.get_by_role("img", name="All objects"), distance_transform_edt(largest))
    described = page.get_by_text(re.compile(r"^Object \d+$"))
    described.wait_for()
    number = described.inner_text().removeprefix("Object ")
    page.get_by_role("img", name=f"Object {number} among all objects").wait_for()
    page.get_by_role("img", name=f"Object {number} from near").wait_for()
    # the table is drawn on a canvas; what it says to a screen reader is inside of it
    marked = table.locator("canvas tr[aria-selected=true]")
    expect(marked).to_have_count(1)
    expect(marked.locator("td").filter(has_text=re.compile(f"^{number}$")).first).to_be_attached()
    click_in(page.get_by_role("img", name="among all objects"), distance_transform_edt(truth == 0))
    page.get_by_role("img", name="All objects").wait_for()
    marked.wait_for(state="detached")


def test_good_and_bad_files_together(page: "Page") -> None:
    needs("nuclei")
    picture = sample("nuclei", "nuclei-phantom").read()
    open_page(page)
    page.locator("input[type=file]").first.set_input_files(
        [
            file(HOSTILE, picture),
            file("bomb.png", png_bomb()),
            file("text.png", b"no picture"),
            file("slice.dcm", dicom("MR_small.dcm")),
        ]
    )
    wait_for_result(page)
    page.get_by_role("tab", name="All images").click()
    page.get_by_role("button", name="Segment 4 images").click()
    page.get_by_text("in 2 images · 2 images could not be used").wait_for(timeout=WAIT)
    page.get_by_text("bomb.png has far more pixels").wait_for()
    page.get_by_text("text.png holds text, not an image").wait_for()
    assert page.evaluate("window.hacked") is None and page.locator("img[src=x]").count() == 0
    assert page.get_by_test_id("stException").count() == 0


def test_fits_a_phone(page: "Page") -> None:
    needs("nuclei")
    page.set_viewport_size({"width": 400, "height": 800})
    open_page(page, nuclei_sample=sample("nuclei", "nuclei-phantom").title)
    wait_for_result(page)
    page.get_by_role("img", name="synthetic_nuclei.png, overlay").wait_for()
    expect_no_sideways_scrolling(page)


def test_result_is_on_the_first_screen_of_a_phone(page: "Page") -> None:
    needs("nuclei")
    page.set_viewport_size({"width": 400, "height": 800})
    open_page(page)
    summary = page.get_by_test_id("stMarkdownContainer").filter(has_text="of the image")
    picture = page.get_by_role("img", name=", mask: ")
    # at the end of a long page
    page.locator(".st-key-seg_try_coins button").click()
    expect(summary).to_be_in_viewport()
    expect(picture).to_be_in_viewport()
    page.get_by_role("status").filter(has_text="of the image").wait_for()
    page.reload()
    expect(summary).to_be_in_viewport()
    # an image chosen from the unfolded list, which pushes the result off the screen
    page.get_by_text("Choose images", exact=True).click()
    other = sample("nuclei", "nuclei-phantom")
    found = MedicalImageSegmenter("nuclei").segment(other.read()).count
    page.get_by_text(other.title).first.click()
    page.get_by_role("status").filter(has_text=f"{found} nuclei").wait_for(timeout=WAIT)
    expect(summary).to_be_in_viewport()
    expect(picture).to_be_in_viewport()
