"""A passage: the piece of a document that is embedded, searched and shown."""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass

from models.errors import InvalidInputError
from models.languages import UNKNOWN, identify_language
from models.text.paragraphs import Paragraph, clean_text, paragraphs_of_lines
from models.text.sentences import sentence_spans, split_sentences, split_span

__all__ = [
    "MAX_CHARS",
    "Passage",
    "passages_of_paragraph",
    "sentence_spans",
    "split_into_passages",
    "split_sentences",
]

MAX_CHARS = 600  # two to four sentences: long enough to say something, short enough for one embedding
_LEAST_MAX_CHARS = 40
_WINDOW = 100_000  # characters looked at together: a line of many megabytes is read only as far as needed


@dataclass(frozen=True)
class Passage:
    """A stretch of text that remembers where it came from.

    Args:
        text: what is embedded and shown, never empty, never escaped.
        document: name of the document, as the person gave it.
        place: where in the document, for a person: "line 12", "page 3", "row 8", "paragraph 4".
        line: 1-based number behind ``place`` (line, page, row or paragraph).
        language: code of ``models.languages.LANGUAGES``, or "und".
        position: 0-based index of the passage in its document.
        topic: what aligned documents share across languages, for the self-check; None when unknown.
    """

    text: str
    document: str = "Pasted text"
    place: str = ""
    line: int = 0
    language: str = "und"
    position: int = 0
    topic: str | None = None


def split_into_passages(
    text: str, document: str = "Pasted text", max_chars: int = MAX_CHARS, *, topic: str | None = None
) -> list[Passage]:
    r"""Split plain text at paragraphs, and long paragraphs at sentences; nothing is left out.

    Args:
        text: plain text; line numbers count its ``\\n``.
        document: name that the passages carry.
        max_chars: most characters in a passage, at least 40. Only a sentence that is longer is cut inside, after a
            comma or at a space where there is one.
        topic: topic that the passages carry.

    Raises:
        InvalidInputError: ``max_chars`` is below 40.
    """
    passages: list[Passage] = []
    for paragraph in paragraphs_of_lines(text.split("\n")):
        passages += passages_of_paragraph(
            paragraph, document, unit="line", max_chars=max_chars, position=len(passages), topic=topic
        )
    return passages


def passages_of_paragraph(
    paragraph: Paragraph | str,
    document: str,
    *,
    unit: str = "line",
    number: int | None = None,
    place: str | None = None,
    max_chars: int = MAX_CHARS,
    position: int = 0,
    topic: str | None = None,
) -> Iterator[Passage]:
    """Split one paragraph, row or page into passages.

    Args:
        paragraph: a ``Paragraph``, whose line numbers are used, or a string, which is cleaned.
        document: name that the passages carry.
        unit: what is counted: "line", "row", "page", "paragraph".
        number: the count; None takes the line numbers of ``paragraph``.
        place: overrides "<unit> <number>".
        max_chars: most characters in a passage, at least 40.
        position: index of the first passage in the document.
        topic: topic that the passages carry.

    Raises:
        InvalidInputError: ``max_chars`` is below 40.
    """
    if max_chars < _LEAST_MAX_CHARS:
        raise InvalidInputError(f"A passage needs at least {_LEAST_MAX_CHARS} characters, not {max_chars}.")
    starts: tuple[tuple[int, int], ...] = ()
    if isinstance(paragraph, Paragraph):
        text, starts = paragraph.text, paragraph.line_starts
    else:
        text = clean_text(paragraph)
    if not any(map(str.isalnum, text)):
        return  # a rule of dashes is no passage
    language = identify_language(text)
    whole = len(text) <= max_chars
    for index, (start, end) in enumerate(_passage_spans(text, language, max_chars)):
        piece = text[start:end]
        own_language = language if whole else identify_language(piece)
        line = number if number is not None else _line_at(starts, start)
        yield Passage(
            text=piece,
            document=document,
            place=place or f"{unit} {line}",
            line=line,
            language=language if own_language == UNKNOWN else own_language,
            position=position + index,
            topic=topic,
        )


def _passage_spans(text: str, language: str, max_chars: int) -> Iterator[tuple[int, int]]:
    """Whole sentences packed up to ``max_chars``."""
    packed: tuple[int, int] | None = None
    for window_start, window_end in split_span(text, 0, len(text), max(_WINDOW, max_chars)):
        for start, end in sentence_spans(text[window_start:window_end], language):
            for piece in split_span(text, window_start + start, window_start + end, max_chars):
                if packed and piece[1] - packed[0] <= max_chars:
                    packed = (packed[0], piece[1])
                    continue
                if packed:
                    yield packed
                packed = piece
    if packed:
        yield packed


def _line_at(starts: tuple[tuple[int, int], ...], offset: int) -> int:
    if not starts:
        return 1
    return starts[bisect.bisect_right(starts, offset, key=lambda start: start[0]) - 1][1]
