"""A visitor explores, scans, compares and runs models, in a real browser; the models are made by the tests."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.archives import entries_of, tar_of, zip_of, zipped
from tests.e2e.conftest import expect, expect_no_sideways_scrolling

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TABS = ("Signatures", "Run", "Variables", "Operations", "Safety", "Compare", "Files")


def upload(page: "Page", name: str, data: bytes, place: int = 0) -> None:
    page.get_by_role("radio", name="Upload").nth(place).click()
    field = page.locator("input[type=file]").nth(place)
    field.wait_for(state="attached")
    field.set_input_files([{"name": name, "mimeType": "application/octet-stream", "buffer": data}])


def seen(page: "Page", text: str) -> "Locator":
    found = page.get_by_test_id("stMain").get_by_text(text).first
    found.wait_for()
    return found


def open_tab(page: "Page", name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def test_link_to_a_tab_of_a_model_opens_with_the_navigation(page: "Page") -> None:
    # the first visit of this server may be this one, and then Streamlit knows nothing of app.py
    page.goto("/signatures?explored=Hand-crafted+image+features&explored_tab=Files")
    page.get_by_role("link", name="Search").first.wait_for()
    seen(page, "Nothing of it was executed.")
    expect(page.get_by_role("tab", name="Files", exact=True)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("combobox").first).to_have_value("Hand-crafted image features")


def test_uploaded_model_is_explored_and_scanned(page: "Page", reading_model: Path) -> None:
    page.goto("/signatures")
    upload(page, "reader.tar.gz", tar_of(entries_of(reading_model)))
    seen(page, "it can reach outside (ReadFile)")
    open_tab(page, "Safety")
    seen(page, "Reads any file that the server may read")
    open_tab(page, "Run")
    seen(page, "Only models of this app's list are run.")
    assert page.get_by_role("button", name="Run", exact=True).count() == 0
    open_tab(page, "Files")
    with page.expect_download() as download:
        page.get_by_role("button", name="Description as JSON").click()
    document = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert document["signatures"][0]["inputs"][0]["name"] == "path"
    assert next(row for row in document["scan"] if row["judgement"] == "flagged")["operation"] == "ReadFile"


def test_two_uploads_are_compared(page: "Page", harmless_model: Path, writing_model: Path) -> None:
    page.goto("/signatures?explored_tab=Compare")
    upload(page, "first.zip", zipped(harmless_model))
    seen(page, "15")
    upload(page, "second.zip", zipped(writing_model), place=1)
    seen(page, "inputs and outputs differ.")
    # the tables come after the sentence
    expect(page.get_by_test_id("stDataFrame")).to_have_count(4)


def test_signature_of_the_bundled_encoder_runs(page: "Page") -> None:
    page.goto("/signatures?explored_tab=Run")
    page.get_by_role("button", name="Run", exact=True).click()
    seen(page, "median of 5 calls")
    seen(page, "float32 [2, 512]")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("bomb.zip", zip_of({"saved_model.pb": bytes(80_000_000)}), "unfolds into more than 100 times its size"),
        ("evil.zip", zip_of({"../evil": b"x"}), "unsafe entry"),
        ("notes.zip", zip_of({"readme.txt": b"x"}), "holds no saved_model.pb"),
    ],
)
def test_hostile_archive_is_a_sentence_and_the_page_goes_on(
    page: "Page", name: str, data: bytes, sentence: str, harmless_model: Path
) -> None:
    page.goto("/signatures")
    upload(page, name, data)
    seen(page, sentence)
    upload(page, "good.zip", zipped(harmless_model))
    seen(page, "Callable functions")


def test_names_of_a_stranger_are_shown_as_text(page: "Page", harmless_model: Path) -> None:
    entries = {**entries_of(harmless_model), "assets/<img src=x onerror=window.hacked=1>": b""}
    page.goto("/signatures?explored_tab=Files")
    upload(page, "<img src=x onerror=window.hacked=2>.zip", zip_of(entries))
    seen(page, "5 files")
    assert page.evaluate("window.hacked") is None and page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("tab", TABS)
def test_phone_scrolls_in_one_direction(page: "Page", tab: str) -> None:
    page.set_viewport_size({"width": 400, "height": 860})
    page.goto(f"/signatures?explored_tab={tab}")
    page.get_by_role("tab", name=tab, exact=True).wait_for()
    page.wait_for_timeout(1000)
    expect_no_sideways_scrolling(page)
