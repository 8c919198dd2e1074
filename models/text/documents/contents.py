"""What reading a document takes and gives."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from models.text.paragraphs import Paragraph
from models.text.passages import Passage


@dataclass(frozen=True)
class ReadLimits:
    """Limits that keep one file from using up the memory or the patience of everyone else.

    Args:
        max_bytes: size of the file; larger ones are refused.
        max_passages: passages kept from one file; the rest is left out with a note.
        max_pages: pages read from a PDF; the rest is left out with a note.
        max_unpacked_bytes: text inside a DOCX after decompression; larger ones are refused.
        max_seconds: time for the pages of a PDF; those after it are left out with a note.
        max_chars: longest passage, in characters.
    """

    max_bytes: int = 20_000_000
    max_passages: int = 20_000
    max_pages: int = 500
    max_unpacked_bytes: int = 100_000_000
    max_seconds: float = 60.0
    max_chars: int = 600


@dataclass(frozen=True)
class DocumentContents:
    """A document that was read.

    Args:
        name: the file name as shown.
        passages: in reading order.
        encoding: for text files, such as "UTF-8" or "Windows-1251"; None for PDF and DOCX.
        notes: sentences about what was left out or assumed, each with the file name; often empty.
    """

    name: str
    passages: list[Passage]
    encoding: str | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """A piece of a document before it is split: a paragraph, row or page.

    Args:
        content: text, or a ``Paragraph`` with its own line numbers.
        number: 1-based number of the row, page or paragraph; None where ``content`` knows its line.
        place: overrides "<unit> <number>".
        topic: topic of a row.
    """

    content: Paragraph | str
    number: int | None = None
    place: str | None = None
    topic: str | None = None


@dataclass
class Source:
    """An open document: blocks in reading order and what is to be said about them.

    Args:
        blocks: lazy; a generator, and closed early when the limit on passages is reached.
        unit: "line", "row", "page" or "paragraph", for places and notes.
        total: how many units there are, about; None where unknown before reading all.
        encoding: as in ``DocumentContents``.
        notes: complete once ``blocks`` ends or is closed.
        if_empty: problem and remedy, for ``UnreadableFileError``, when no block has text.
    """

    blocks: Iterator[Block]
    unit: str
    total: int | None = None
    encoding: str | None = None
    notes: list[str] = field(default_factory=list)
    if_empty: tuple[str, str] = ("has no text in it", "Choose a file with text.")
