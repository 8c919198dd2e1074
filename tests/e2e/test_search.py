"""A visitor searches, in a real browser."""

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from components.examples import examples_in
from components.navigation import PAGES
from models.text.sample_corpus import load_sample_documents
from tests.e2e.conftest import expect, expect_no_sideways_scrolling, expect_query

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

EXAMPLE = examples_in("th")[0]


def search(page: "Page", query: str) -> None:
    box = page.get_by_role("searchbox")
    box.fill(query)
    box.press("Enter")


def results(page: "Page", language: str = "") -> "Locator":
    """The passages that were found, or those in one language."""
    selector = "p[dir=auto]" + (f"[lang={language}]" if language else "")
    return page.get_by_test_id("stHtml").locator(selector)


def expect_text(locator: "Locator", text: str) -> None:
    expect(locator.filter(has_text=text).first).to_be_visible()


def expect_query_box(page: "Page", text: str) -> None:
    expect(page.get_by_role("searchbox")).to_have_value(text)


def sample_title_and_text(topic: str, language: str) -> tuple[str, str]:
    (document,) = [d for d in load_sample_documents([language]) if d.topic == topic]
    return document.title, document.text


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.title)
def test_every_page_opens(page: "Page", entry) -> None:  # type: ignore[no-untyped-def]
    page.goto("/" if entry.default else f"/{entry.file.removeprefix('pages/').removesuffix('.py')}")
    page.get_by_role("heading", level=1).wait_for()
    assert page.get_by_test_id("stException").count() == 0
    assert "Polyglot Lens" in page.title() or entry.title in page.title()


def test_thai_query_finds_arabic_and_german_passages_of_the_topic(page: "Page") -> None:
    page.goto("/?n=16")
    search(page, EXAMPLE.text)
    for language in ("ar", "de"):
        title, text = sample_title_and_text(EXAMPLE.topic, language)
        expect_text(results(page, language), text[:40])
        expect_text(page.get_by_test_id("stMarkdownContainer"), title)


def test_query_is_in_the_address_and_survives_a_reload(page: "Page") -> None:
    page.goto("/")
    search(page, EXAMPLE.text)
    results(page).first.wait_for()
    expect_query(page, {"q": [EXAMPLE.text]})
    first = results(page).first.inner_text()
    page.reload()
    expect_text(results(page), first)
    expect_query_box(page, EXAMPLE.text)


def test_an_example_is_one_click_away(page: "Page") -> None:
    page.goto("/")
    page.get_by_role("radio", name=examples_in("en")[0].text).or_(
        page.get_by_role("button", name=examples_in("en")[0].text)
    ).first.click()
    results(page).first.wait_for()
    expect_query_box(page, examples_in("en")[0].text)


def test_arabic_reads_from_the_right(page: "Page") -> None:
    page.goto(f"/?in=Arabic&q={quote(EXAMPLE.text)}")
    passage = results(page, "ar").first
    passage.wait_for()
    expect(passage).to_have_css("direction", "rtl")
    expect(results(page, "ar")).to_have_count(5)


def test_noise_is_no_match(page: "Page") -> None:
    page.goto("/?q=asdf%20qwer")
    page.get_by_role("heading", name="No confident match").wait_for()
    assert not results(page).first.is_visible()
    page.get_by_text("Show the nearest passages all the same").click()
    results(page).first.wait_for(state="visible")


def test_hostile_document_is_shown_as_text(page: "Page") -> None:
    hostile = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'> The zebra crossed the road."
    page.goto("/?view=Documents")
    page.locator("input[type=file]").first.set_input_files(
        [
            {"name": "zebra.txt", "mimeType": "text/plain", "buffer": hostile.encode()},
            {"name": "<b onclick=alert(1)>.txt", "mimeType": "text/plain", "buffer": b"A strange name."},
            {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
        ]
    )
    page.get_by_role("button", name="Add the files").click()
    report = page.get_by_test_id("stMarkdownContainer")
    expect_text(report, "zebra.txt 1 passage added")
    expect_text(report, "<b onclick=alert(1)>.txt 1 passage added")
    expect_text(report, "empty.txt is empty")
    page.get_by_role("tab", name="Results").click()
    search(page, hostile)
    expect_text(results(page), "<script>window.hacked = 1</script><img src=x")
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x]").count() == 0


def test_results_download(page: "Page") -> None:
    page.goto(f"/?q={quote(EXAMPLE.text)}")
    results(page).first.wait_for()
    for name, start in (("CSV", b"\xef\xbb\xbfrank,"), ("JSON", b"{")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.path().read_bytes().startswith(start)


@pytest.mark.parametrize(
    "path", [f"/?q={quote(EXAMPLE.text)}", "/?view=Documents", "/?view=Language%20check", "/about"]
)
def test_phone_scrolls_in_one_direction(page: "Page", path: str) -> None:
    page.set_viewport_size({"width": 400, "height": 860})
    page.goto(path)
    page.get_by_role("heading", level=1).wait_for()
    if path.startswith("/?q"):
        results(page).first.wait_for()
    page.wait_for_timeout(500)
    expect_no_sideways_scrolling(page)
    assert page.get_by_role("heading", level=1).bounding_box()["x"] >= 0  # type: ignore[index]


def test_keyboard_alone_is_enough(page: "Page") -> None:
    page.goto("/")
    page.get_by_role("searchbox").wait_for()
    for _ in range(20):
        if page.evaluate("document.activeElement.type") == "search":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("sleep")
    page.keyboard.press("Enter")
    results(page).first.wait_for()


def test_query_of_a_megabyte_is_answered_in_words(page: "Page") -> None:
    page.goto("/")
    page.get_by_role("searchbox").click()
    page.keyboard.insert_text("many words " * 95_000)
    page.keyboard.press("Enter")
    page.get_by_text("Your text has 1,045,000 characters").wait_for()
