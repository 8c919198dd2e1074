"""Sentence boundaries for the 16 languages.

Own code, because no well-kept library covers them: pysbd, the usual choice, had its last release in 2021 and knows
neither Thai, Korean, Portuguese nor Turkish. The rules favour joining over splitting: half a sentence embeds worse
than two sentences.
"""

import bisect
import re
import unicodedata

from models.text.abbreviations import ABBREVIATIONS

_CLOSING = "\"'”’»›)]}）】」』〉》〕］｝"
_ENDING = "。．！？｡!?…؟۔"
# a run of marks and the quotes that it closes; "." is judged by what surrounds it
_END = re.compile(rf"(?:[{_ENDING}]|\.+)[.{_ENDING}]*(?:[ \u00a0\u202f]»|[{re.escape(_CLOSING)}])*|\n\s*\n")
_FULL_WIDTH = frozenset("。．！？｡")
_SPACED_THAI = re.compile(r"(?<=[\u0e00-\u0e7f])[ \u00a0]++(?=[\u0e00-\u0e7f\"'“‘(])|\n")
_JAPANESE_QUOTE_GOES_ON = re.compile(r"[」』）][とっなのはがをにでもだや、]")
_WORD_BEFORE = re.compile(r"[^\s(\[{\"'“„«»”’/—–]+$")

# German, Polish and Turkish write "3. Oktober": a short number with a full stop is an ordinal
_ORDINAL_LANGUAGES = frozenset({"de", "pl", "tr"})
_ORDINAL = re.compile(r"^\d{1,2}$")
_ENUMERATION = re.compile(r"^[\s(\[]*(?:\d{1,3}|[A-Za-zА-Яа-я]|[ivxIVX]{1,4})\.$")

_THAI_MIN_CLAUSE = 40  # characters; shorter clauses say too little on their own
_CLAUSE_MARKS = re.compile(r"[,;:،؛、，；：—–]\s*|\s+")


def sentence_spans(text: str, language: str = "und") -> list[tuple[int, int]]:
    """Find the sentences of a text, for splitting and for highlighting.

    Args:
        text: any text; a blank line ends a sentence, a single line break does not (except in Thai).
        language: code of ``models.languages.LANGUAGES``; chooses abbreviations and rules. Thai has no full stop:
            clauses between spaces are returned, joined up to about a line.

    Returns:
        ``(start, end)`` in rising order, without overlap and without surrounding white space; together they hold
        every character of the text that is not white space.
    """
    ends = [match.end() for match in _END.finditer(text) if _is_boundary(text, match, language)]
    if language == "th":
        ends = sorted({*ends, *_thai_clause_ends(text, ends)})
    spans: list[tuple[int, int]] = []
    start = 0
    for end in (*ends, len(text)):
        span = _strip(text, start, end)
        start = end
        if span is None:
            continue
        if spans and _ENUMERATION.match(text[slice(*spans[-1])]):
            span = (spans.pop()[0], span[1])  # "1." belongs to what it numbers
        spans.append(span)
    return spans


def split_sentences(text: str, language: str = "und") -> list[str]:
    """The sentences of ``sentence_spans`` as strings."""
    return [text[start:end] for start, end in sentence_spans(text, language)]


def split_span(text: str, start: int, end: int, max_chars: int) -> list[tuple[int, int]]:
    """Cut a stretch longer than ``max_chars`` after a comma, else at a space, else between two whole characters."""
    pieces = []
    while end - start > max_chars:
        cut = _last_break(text, start, start + max_chars)
        piece = _strip(text, start, cut)
        if piece:
            pieces.append(piece)
        start = cut
    last = _strip(text, start, end)
    return [*pieces, last] if last else pieces


def _is_boundary(text: str, match: re.Match[str], language: str) -> bool:
    mark, end = match.group(), match.end()
    if "\n" in mark:
        return True
    following = text[end : end + 1]
    if not following:
        return True
    if any(character in _FULL_WIDTH for character in mark):
        return not _JAPANESE_QUOTE_GOES_ON.match(text, end - 1)
    if not following.isspace():
        return False  # 3.14, example.org, "?!" inside a word
    after = _first_letter_after(text, end)
    if after.islower():
        return False
    if mark.rstrip(_CLOSING) != ".":
        return True
    word_match = _WORD_BEFORE.search(text, max(0, match.start() - 24), match.start())
    return word_match is None or not _is_abbreviation(word_match.group(), after, language)


def _is_abbreviation(word: str, after: str, language: str) -> bool:
    if len(word) == 1 and word.isalpha() and not _is_ideograph(word):
        return True  # an initial: "J. Smith"
    if language in _ORDINAL_LANGUAGES and _ORDINAL.match(word) and after.isalpha():
        return True
    lowered = word.lower()
    return lowered in ABBREVIATIONS["und"] or lowered in ABBREVIATIONS.get(language, ())


def _is_ideograph(character: str) -> bool:
    return "\u2e80" <= character <= "\ud7ff" or "\u0e00" <= character <= "\u0e7f"


def _first_letter_after(text: str, index: int) -> str:
    """The letter or digit that opens what follows, looking through quotes and brackets."""
    for character in text[index : index + 8]:
        if character.isalnum():
            return character
    return ""


def _thai_clause_ends(text: str, sentence_ends: list[int]) -> list[int]:
    ends: list[int] = []
    previous = 0
    for match in _SPACED_THAI.finditer(text):
        index = bisect.bisect_right(sentence_ends, match.end())
        previous = max(previous, sentence_ends[index - 1] if index else 0)
        if "\n" in match.group() or match.start() - previous >= _THAI_MIN_CLAUSE:
            ends.append(match.end())
            previous = match.end()
    return ends


def _last_break(text: str, start: int, limit: int) -> int:
    """Where to cut ``text[start:limit]``: after start and at most at limit."""
    earliest = start + (limit - start) // 3  # a cut before this would leave a crumb
    space = clause = 0
    for match in _CLAUSE_MARKS.finditer(text, earliest, limit):
        if match.group().isspace():
            space = match.end()
        else:
            clause = match.end()
    if clause or space:
        return clause or space
    cut = limit
    while cut > start + 1 and _clings(text, cut):
        cut -= 1
    return cut


def _clings(text: str, index: int) -> bool:
    """True where a cut would part a base letter from its marks, or a Thai leading vowel from its consonant."""
    if index >= len(text):
        return False
    if "\u0e40" <= text[index - 1] <= "\u0e44" or text[index - 1] == "\u200d":
        return True
    return unicodedata.category(text[index]).startswith("M") or text[index] in "\u0e30\u0e32\u0e33\u200d"


def _strip(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
