import pytest

from components.wording import (
    confidence_words,
    counted,
    duration,
    enumerated,
    four_digits,
    language_label,
    language_name,
    megabytes,
    source_of,
)
from models.languages import LANGUAGES
from models.text.passages import Passage


def test_every_language_has_a_name() -> None:
    assert len({language_name(code) for code in LANGUAGES}) == len(LANGUAGES)
    assert language_label("th") == "ไทย (Thai)"
    assert language_label("en") == "English"
    assert language_name("und") == language_name("xx") == "Unknown language"


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 passages"), (1, "1 passage"), (2, "2 passages"), (1204, "1,204 passages")]
)
def test_numbers_agree_with_their_noun(number: int, expected: str) -> None:
    assert counted(number, "passage") == expected


def test_confidence_words_fall_with_confidence() -> None:
    words = [confidence_words(value) for value in (0.95, 0.6, 0.3, 0.2)]
    assert words == ["strong match", "likely match", "possible match", "probably unrelated"]
    assert confidence_words(None) == ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (50_031.4, "50,031"), (12_345_678, "12,345,678"), (12.3456, "12.35"), (7.5, "7.5"), (5e-5, "0.00005")],
)
def test_measurements_are_written_without_powers_of_ten(value: float, expected: str) -> None:
    assert four_digits(value) == expected


def test_small_sentences() -> None:
    assert enumerated([]) == ""
    assert enumerated(["a"]) == "a"
    assert enumerated(["a", "b", "c"]) == "a, b and c"
    assert [duration(seconds) for seconds in (0.004, 0.1, 2.06)] == ["less than 0.1 s", "0.1 s", "2.1 s"]
    assert megabytes(None) == "size unknown" and megabytes(44.7) == "45 MB"
    assert source_of(Passage("text", "a.pdf", "page 3")) == "a.pdf, page 3"
    assert source_of(Passage("text", "a.pdf")) == "a.pdf"
