"""Markdown without its markup. HTML inside it stays as text."""

import re
from collections.abc import Generator, Iterator

from models.text.documents.contents import Block, Source
from models.text.documents.text_files import to_text
from models.text.paragraphs import Paragraph, paragraphs_of_lines

_FRONT_MATTER = re.compile(r"\A---\n(?:[^\n]*\n){0,100}?(?:---|\.\.\.)\n")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_RULE = re.compile(r"\s*(?:[-*_=][ \t]*){3,}$|\s*\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?\s*)?$")
_ALONE = re.compile(r"\s*(?:#{1,6}\s|\|)")
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_MARKER = re.compile(r"(?:#{1,6}\s+|[-*+]\s+(?:\[[ xX]\]\s+)?)")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(\*{1,3}|__|~~|`{1,2})(?=[^\s*`])([^*`\n]+?)(?<=\S)\1")


def read_markdown(name: str, data: bytes) -> Source:
    """Paragraphs, headings, list items and table rows of a Markdown file; places are lines."""
    decoded, notes = to_text(name, data)
    front_matter = _FRONT_MATTER.match(decoded.text)
    skipped = front_matter.group().count("\n") if front_matter else 0
    if skipped:
        notes.append(f"The first {skipped} lines of {name} are front matter and were left out.")
    lines = map(_without_inline_markup, decoded.text.split("\n")[skipped:])
    paragraphs = paragraphs_of_lines(lines, first_line=skipped + 1, wrapped=True, alone=_ALONE)
    return Source(_blocks(paragraphs), "line", encoding=decoded.encoding, notes=notes)


def _without_inline_markup(line: str) -> str:
    if _FENCE.match(line) or _RULE.match(line):
        return ""
    line = _LINK.sub(r"\1", _QUOTE.sub("", line, count=1))
    if line.lstrip().startswith("|"):
        return "| " + " | ".join(cell.strip() for cell in line.strip().strip("|").split("|"))
    return _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", line))


def _blocks(paragraphs: Iterator[Paragraph]) -> Generator[Block, None, None]:
    for paragraph in paragraphs:
        marker = _MARKER.match(paragraph.text) or re.match(r"\| ", paragraph.text)
        cut = marker.end() if marker else 0
        starts = tuple((max(0, offset - cut), line) for offset, line in paragraph.line_starts)
        if paragraph.text[cut:]:
            yield Block(Paragraph(paragraph.text[cut:], paragraph.line, starts))
