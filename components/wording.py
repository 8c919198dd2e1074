"""Numbers and codes in words; one place, so that the pages speak alike."""

from collections.abc import Sequence

import numpy as np

from models.languages import LANGUAGES
from models.text.calibration import CONFIDENT, POSSIBLE
from models.text.passages import Passage


def language_name(code: str) -> str:
    """English name of a language code; "Unknown language" for "und" and codes outside the 16."""
    return LANGUAGES[code].english_name if code in LANGUAGES else "Unknown language"


def language_label(code: str) -> str:
    """Native and English name of a language code, for a person who looks for their own: "ไทย (Thai)"."""
    if code not in LANGUAGES:
        return language_name(code)
    language = LANGUAGES[code]
    return language.native_name if code == "en" else f"{language.native_name} ({language.english_name})"


def counted(number: int, singular: str, plural: str = "") -> str:
    """A number with its noun: "1 passage", "1,204 passages"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def four_digits(value: float) -> str:
    """A measurement with four digits and all of those before the point, never a power of ten: "50,031", "12.35"."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return np.format_float_positional(value, precision=4, unique=False, fractional=False, trim="-")


def source_of(passage: Passage) -> str:
    """Document and place of a passage: "report.pdf, page 3"."""
    return f"{passage.document}, {passage.place}" if passage.place else passage.document


def confidence_words(confidence: float | None) -> str:
    """How far to trust a hit, in words that do not pretend to be exact."""
    if confidence is None:
        return ""
    for least, words in ((0.9, "strong match"), (CONFIDENT, "likely match"), (POSSIBLE, "possible match")):
        if confidence >= least:
            return words
    return "probably unrelated"


def megabytes(size: float | None) -> str:
    """A model's size: "34 MB", "0.2 MB"."""
    if size is None:
        return "size unknown"
    return f"{size:,.0f} MB" if size >= 1 else f"{size:.1g} MB"


def duration(seconds: float) -> str:
    """How long something took: "2.1 s", "less than 0.1 s"."""
    return f"{seconds:,.1f} s" if seconds >= 0.1 else "less than 0.1 s"


def enumerated(words: Sequence[str]) -> str:
    """A list in a sentence: "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
