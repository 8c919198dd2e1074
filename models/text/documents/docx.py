"""Text of Word documents, read as a stream so that a huge one needs little memory."""

import io
import zipfile
from collections.abc import Generator
from typing import Any

from models.errors import UnreadableFileError
from models.text.documents.contents import Block, ReadLimits, Source
from models.text.paragraphs import clean_text

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT, _PARAGRAPH, _CELL, _ROW, _TABLE = (f"{_W}{tag}" for tag in ("t", "p", "tc", "tr", "tbl"))
_SPACES = {f"{_W}{tag}" for tag in ("tab", "br", "cr")}
_PARTS = (("word/document.xml", "paragraph"), ("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote"))
_MAX_ENTRIES = 5_000
_HEAD = 4_096  # bytes in which a DOCTYPE would stand
_DAMAGED = ("cannot be opened: it is damaged or not a Word document", "Open it in a word processor and save it again.")


def read_docx(name: str, data: bytes, limits: ReadLimits) -> Source:
    """Paragraphs, table rows, footnotes and endnotes of a DOCX; places are paragraphs and rows of tables.

    Raises:
        UnreadableFileError: the file is damaged, protected, no DOCX, or unpacks to more than the limit.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except Exception as error:  # BadZipFile, and others on crafted archives
        if data.startswith(b"\xd0\xcf\x11\xe0"):  # an OLE container: what Word writes around encrypted documents
            raise UnreadableFileError(
                name, "is protected with a password or an old .doc", "Save it as .docx without a password."
            ) from error
        raise UnreadableFileError(name, *_DAMAGED) from error
    # the declared size is a promise that zipfile keeps: reading stops there
    if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > limits.max_unpacked_bytes:
        raise UnreadableFileError(
            name,
            f"unpacks to more than {limits.max_unpacked_bytes // 1_000_000:,} MB",
            "Remove large pictures or split the document.",
        )
    names = {entry.filename for entry in entries}
    if _PARTS[0][0] not in names:
        raise UnreadableFileError(name, *_DAMAGED)
    return Source(_blocks(name, archive, names), "paragraph")


def _blocks(name: str, archive: zipfile.ZipFile, names: set[str]) -> Generator[Block, None, None]:
    from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped]

    for part, unit in _PARTS:
        if part not in names:
            continue
        try:
            with archive.open(part) as stream:
                if b"<!DOCTYPE" in stream.read(_HEAD):
                    raise ValueError("word processors write no DOCTYPE; whoever does wants its entities expanded")
                stream.seek(0)
                yield from _blocks_of_part(stream, unit)
        except (
            XMLSyntaxError,
            zipfile.BadZipFile,
            OSError,
            RuntimeError,
            NotImplementedError,
            ValueError,
            EOFError,
        ) as e:
            raise UnreadableFileError(name, *_DAMAGED) from e


def _blocks_of_part(stream: Any, unit: str) -> Generator[Block, None, None]:
    from lxml import etree  # type: ignore[import-untyped]

    paragraphs = tables = rows = depth = fallbacks = 0
    cells: list[list[str]] = []
    # entities are not resolved and nothing is fetched: a document is data
    events = etree.iterparse(stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False)
    for event, element in events:
        tag = element.tag
        if event == "start":
            fallbacks += tag == _FALLBACK
            if tag == _TABLE:
                depth += 1
                if depth == 1:
                    tables, rows = tables + 1, 0
            elif tag == _CELL and depth == 1:
                cells.append([])
            continue
        if fallbacks:  # the same text box again, for old versions of Word
            fallbacks -= tag == _FALLBACK
            element.clear()
        elif tag == _PARAGRAPH:
            text = clean_text(_text_of(element))
            paragraphs += 1
            element.clear()  # a text box inside a paragraph has been told; and memory is freed
            if text and cells:
                cells[-1].append(text)
            elif text:
                yield Block(text, paragraphs, place=f"{unit} {paragraphs}")
        elif tag == _ROW and depth == 1:
            rows += 1
            row = [" ".join(cell) for cell in cells if cell]
            cells = []
            element.clear()
            if row:
                yield Block(" | ".join(row), paragraphs, place=f"table {tables}, row {rows}")
        elif tag == _TABLE:
            depth -= 1
            element.clear()


def _text_of(paragraph: Any) -> str:
    """Text of the runs; deleted text and field codes have other tags and stay out."""
    pieces = []
    for element in paragraph.iter():
        if element.tag == _TEXT:
            pieces.append(element.text or "")
        elif element.tag in _SPACES:
            pieces.append(" ")
    return "".join(pieces)
