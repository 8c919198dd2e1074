"""A visitor fine-tunes a network on the example set, in a real browser, and segments with it."""

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from models.imaging.tasks import TASKS
from tests.e2e.conftest import expect, expect_no_sideways_scrolling
from tests.e2e.test_segmentation import needs, open_page, sample, wait_for_result

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_example_set_gives_a_network_of_ones_own(page: "Page") -> None:
    """Dark blood, which no network for bright blood finds: few steps are enough to get better."""
    needs("ventricle")
    page.set_viewport_size({"width": 400, "height": 800})
    chosen = sample("ventricle", "ventricle-phantom").title
    title = TASKS["ventricle"].title
    open_page(page, seg_task=title, seg_mode="Fine-tune", seg_tune_epochs="3", ventricle_sample=chosen)
    page.get_by_text("Use the example set").click()
    page.get_by_role("button", name="Fine-tune on 6 images").click()
    page.get_by_role("progressbar").first.wait_for()
    page.get_by_role("heading", level=1).scroll_into_view_if_needed()
    expect(page.get_by_role("heading", name="Before and after")).to_be_in_viewport()
    page.get_by_role("status").filter(has_text="The fine-tuning has ended. Dice").wait_for()
    page.get_by_test_id("stAlert").get_by_text("rose from").wait_for()
    page.get_by_role("img", name="After: Dice").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="SavedModel as zip").click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        assert "ventricle-unet-fine-tuned/1/MODEL_CARD.md" in archive.namelist()
    expect_no_sideways_scrolling(page)
    page.get_by_role("button", name="Use this network").click()
    page.get_by_text("Your fine-tuned network is in use").wait_for()
    page.get_by_role("button", name="Back to the original").click()
    page.get_by_text("Your fine-tuned network is in use").wait_for(state="detached")
    wait_for_result(page)
    assert page.get_by_test_id("stException").count() == 0
