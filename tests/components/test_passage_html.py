import pytest

from components.passage_html import passage_html

HOSTILE = "<script>alert('x')</script> & <b>bold</b>. Second sentence."


def test_text_is_escaped_everywhere() -> None:
    start = HOSTILE.index("Second")
    for html in (
        passage_html(HOSTILE, "en"),
        passage_html(HOSTILE, "en", start, len(HOSTILE)),
        passage_html(HOSTILE, "en", 0, 20),
    ):
        inside = html[html.index(">") + 1 :]
        assert "<script" not in inside and "<b>" not in inside
        assert "&lt;script&gt;" in inside.replace("<mark", "").replace("</mark>", "") or "<mark" in inside


def test_language_cannot_leave_its_attribute() -> None:
    assert 'lang="&quot; onload=&quot;x"' in passage_html("text", '" onload="x')


@pytest.mark.parametrize(
    ("code", "expected"), [("ar", 'lang="ar"'), ("zh", 'lang="zh-Hans"'), ("zh_tw", 'lang="zh-Hant"')]
)
def test_paragraph_names_language_and_finds_direction(code: str, expected: str) -> None:
    html = passage_html("مرحبا", code)
    assert html.startswith('<p dir="auto"') and expected in html


def test_unknown_language_is_not_named() -> None:
    assert "lang=" not in passage_html("text", "und")


def test_best_sentence_is_marked_and_nothing_is_lost() -> None:
    text = "First. Second & third. Fourth."
    start, end = text.index("Second"), text.index(" Fourth")
    html = passage_html(text, "en", start, end)
    assert "Second &amp; third.</mark> Fourth.</p>" in html
    assert html.count("<mark") == 1 and "First. <mark" in html


@pytest.mark.parametrize("span", [(0, 0), (5, 5), (9, 3)])
def test_empty_span_marks_nothing(span: tuple[int, int]) -> None:
    html = passage_html("Some text", "en", *span)
    assert "<mark" not in html
    assert "Some text" in html
