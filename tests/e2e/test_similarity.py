"""A visitor compares sentences, in a real browser."""

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from models.text.similarity_examples import load_sentence_examples
from tests.e2e.conftest import expect, expect_no_sideways_scrolling, expect_query

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MEANINGS, TRANSLATIONS = "Three meanings in eight languages", "Find the translations"
PARTS = ("Matrix", "Most similar pairs", "Translations", "Two models")


def show(page: "Page", **settings: str) -> None:
    # The front page first: until somebody has opened it, Streamlit takes pages/ for the app of an older version.
    page.goto("/")
    page.get_by_role("link", name="Similarity").wait_for()
    page.goto("/similarity?" + "&".join(f"{name}={quote(value)}" for name, value in settings.items()))


def sentences(page: "Page") -> "Locator":
    """The two sentences of the chosen pair."""
    return page.get_by_test_id("stHtml").locator("p[dir=auto]")


def expect_pair(page: "Page", first: str, second: str) -> None:
    expect(sentences(page)).to_have_text([first, second])


def click_cell(page: "Page", row: int, column: int, columns: int) -> None:
    """Click the middle of a cell, where its value is written; cells are counted from 0 and drawn row by row."""
    # The chart is drawn anew after each choice.
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(1_000)
    drawing = page.get_by_test_id("stVegaLiteChart").first
    cell = drawing.locator("g.mark-rect").first.locator("path").nth(row * columns + column)
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_click_on_a_cell_shows_its_two_sentences(page: "Page") -> None:
    lines = load_sentence_examples()["meanings"].left.splitlines()
    show(page, sample=MEANINGS)
    expect_pair(page, lines[7], lines[8])
    click_cell(page, 3, 0, len(lines))
    expect_pair(page, lines[3], lines[0])
    expect(sentences(page).first).to_have_css("direction", "rtl")
    click_cell(page, 6, 4, len(lines))
    expect_pair(page, lines[6], lines[4])


def test_a_pair_is_chosen_by_keyboard(page: "Page") -> None:
    lines = load_sentence_examples()["meanings"].left.splitlines()
    show(page, sample=MEANINGS)
    expect_pair(page, lines[7], lines[8])
    box = page.get_by_role("combobox", name="Row")
    box.focus()
    box.press("ArrowDown")
    box.press("Home")
    page.keyboard.type("Vienna leaves")
    page.keyboard.press("Enter")
    expect_pair(page, lines[0], lines[8])


def test_typed_sentences_are_compared_and_settings_are_in_the_address(page: "Page") -> None:
    show(page)
    page.get_by_label("Sentences, one a line").fill("The cat sleeps.\n猫が寝ています。\nThe bank is closed.")
    page.get_by_label("Sentences, one a line").press("Control+Enter")
    expect_pair(page, "The cat sleeps.", "猫が寝ています。")
    page.get_by_role("radio", name="Clustered").or_(page.get_by_role("button", name="Clustered")).first.click()
    expect_query(page, {"order": ["Clustered"]})


def test_downloads(page: "Page") -> None:
    show(page, sample=TRANSLATIONS)
    sentences(page).first.wait_for()
    page.get_by_test_id("stPopoverButton").filter(has_text="Download").click()
    starts = {"Matrix as CSV": b"\xef\xbb\xbfnumber,", "Figure as PNG": b"\x89PNG", "Figure as SVG": b"<?xml"}
    for name, start in starts.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.path().read_bytes().startswith(start)


def test_a_file_of_500_sentences_becomes_a_picture_that_can_be_entered(page: "Page") -> None:
    lines = "\n".join(f"Train {number} leaves at {number % 24} o'clock" for number in range(500))
    show(page)
    page.get_by_role("button", name="Add files").click()
    page.locator("input[type=file]").first.set_input_files(
        [{"name": "trains.txt", "mimeType": "text/plain", "buffer": lines.encode()}]
    )
    page.get_by_text("Each dot is a pair of sentences").wait_for()
    page.keyboard.press("Escape")
    chart = page.get_by_test_id("stVegaLiteChart").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    sentences(page).nth(1).wait_for()
    before = sentences(page).all_inner_texts()
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.3 * box["height"])
    page.wait_for_function(
        "before => [...document.querySelectorAll('[data-testid=stHtml] p[dir=auto]')].some("
        "(element, place) => element.innerText !== before[place])",
        arg=before,
    )


@pytest.mark.parametrize("part", PARTS)
def test_phone_scrolls_in_one_direction(page: "Page", part: str) -> None:
    page.set_viewport_size({"width": 400, "height": 860})
    show(page, sample=TRANSLATIONS, part=part)
    page.get_by_role("tab", name=part).wait_for()
    page.wait_for_timeout(1500)
    expect_no_sideways_scrolling(page)
