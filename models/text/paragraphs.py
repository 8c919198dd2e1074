"""Lines of plain text to paragraphs, keeping line numbers."""

import re
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LIST_ITEM = re.compile(r"\s*(?:[-*+•‣▪–]|\(?\d{1,3}[.)])\s+\S")
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔:;：；][\"'”’»）】」』)\]]*$")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f\x80-\x84\x86-\x9f\u00ad\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")

# a paragraph is taken for hard-wrapped when its lines look cut rather than ended
_WRAPPED_WIDTH = range(30, 201)
_FULL_LINE = 0.6  # of the longest line
_LOWER_CASE_SHARE = 0.4


@dataclass(frozen=True)
class Paragraph:
    """A paragraph without line breaks.

    Args:
        text: cleaned text, never empty.
        line: 1-based number of its first line.
        line_starts: ``(offset in text, line number)`` of every line in it, rising.
    """

    text: str
    line: int
    line_starts: tuple[tuple[int, int], ...]


def clean_text(text: str) -> str:
    """Collapse white space and drop what no one can see: control characters, soft hyphens, lone surrogates."""
    text = _SURROGATES.sub("\ufffd", text)
    return " ".join(_CONTROLS.sub("", text).split())


def paragraphs_of_lines(
    lines: Iterable[str],
    *,
    first_line: int = 1,
    wrapped: bool | None = None,
    alone: re.Pattern[str] | None = None,
    join_hyphens: bool = False,
) -> Iterator[Paragraph]:
    """Group lines into paragraphs: blank lines and list items part them, hard-wrapped lines are joined.

    Args:
        lines: without line ends.
        first_line: number of the first one.
        wrapped: True joins all lines between blank lines; None judges by their look.
        alone: lines that match are paragraphs of their own.
        join_hyphens: join "exam-" and "ple", for typeset text.
    """
    group: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=first_line):
        cleaned = clean_text(line)
        single = bool(alone and alone.match(line))
        if group and (not cleaned or single or _LIST_ITEM.match(line)):
            yield from _paragraphs_of_group(group, wrapped, join_hyphens)
            group = []
        if cleaned and single:
            yield Paragraph(cleaned, number, ((0, number),))
        elif cleaned:
            group.append((number, cleaned))
    yield from _paragraphs_of_group(group, wrapped, join_hyphens)


def _paragraphs_of_group(group: list[tuple[int, str]], wrapped: bool | None, join_hyphens: bool) -> Iterator[Paragraph]:
    if wrapped is None and len(group) > 1:
        wrapped = _is_wrapped([line for _, line in group])
    if group and (wrapped or len(group) == 1):
        yield _join(group, join_hyphens)
    else:
        for number, line in group:
            yield Paragraph(line, number, ((0, number),))


def _is_wrapped(lines: list[str]) -> bool:
    """True when the lines are one paragraph cut at a width, False when each is a paragraph of its own."""
    full, continuations = lines[:-1], lines[1:]
    longest = max(map(len, full))
    if longest not in _WRAPPED_WIDTH or len(lines[-1]) > longest * 1.2:
        return False
    if statistics.fmean(len(line) >= _FULL_LINE * longest for line in full) < 0.5:
        return False
    if statistics.fmean(bool(_SENTENCE_END.search(line)) for line in full) > 0.5:
        return False
    cased = [line[0] for line in continuations if line[0].lower() != line[0].upper()]
    return not cased or statistics.fmean(letter.islower() for letter in cased) >= _LOWER_CASE_SHARE


def _join(group: list[tuple[int, str]], join_hyphens: bool) -> Paragraph:
    pieces: list[str] = []
    starts = []
    length = 0
    for number, line in group:
        if pieces:
            last = pieces[-1]
            if join_hyphens and line[0].islower() and re.search(r"\w-$", last):
                pieces[-1] = last[:-1]
                length -= 1
            elif not (_UNSPACED.match(last[-1]) and _UNSPACED.match(line[0])):
                pieces.append(" ")
                length += 1
        starts.append((length, number))
        pieces.append(line)
        length += len(line)
    return Paragraph("".join(pieces), group[0][0], tuple(starts))
