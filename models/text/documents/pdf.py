"""Text of PDF files. Pages that are pictures have none: recognising letters in them is another tool's job."""

import io
import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from models.errors import UnreadableFileError
from models.text.documents.contents import Block, ReadLimits, Source
from models.text.paragraphs import paragraphs_of_lines

if TYPE_CHECKING:
    from pypdf import PdfReader

_LISTED = 10  # page numbers that a note names


def read_pdf(name: str, data: bytes, limits: ReadLimits) -> Source:
    """Paragraphs of a PDF; places are pages.

    Raises:
        UnreadableFileError: the file is damaged, no PDF, or protected with a password.
    """
    reader, pages = _open(name, data)
    notes: list[str] = []
    if pages > limits.max_pages:
        notes.append(f"Only the first {limits.max_pages:,} pages were read: {name} has {pages:,} pages.")
    counted = "its only page is" if pages == 1 else f"its {pages:,} pages are"
    return Source(
        _blocks(name, reader, min(pages, limits.max_pages), limits.max_seconds, notes),
        "page",
        total=pages,
        notes=notes,
        if_empty=(
            f"has no text in it: {counted} probably scanned",
            "Run text recognition (OCR) on it first, or choose a file with text.",
        ),
    )


def _open(name: str, data: bytes) -> "tuple[PdfReader, int]":
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    locked = UnreadableFileError(name, "is protected with a password", "Save a copy without the password and add that.")
    try:
        reader = PdfReader(io.BytesIO(data))
        # many PDFs are encrypted with an empty password, only to forbid printing
        if reader.is_encrypted and not reader.decrypt(""):
            raise locked
        return reader, len(reader.pages)
    except UnreadableFileError:
        raise
    except DependencyError as error:
        raise locked from error
    except Exception as error:  # damaged files raise nearly anything, from KeyError to RecursionError
        raise UnreadableFileError(
            name, "cannot be opened: it is damaged or not a PDF", "Open it in a PDF viewer and save it again."
        ) from error


def _blocks(
    name: str, reader: "PdfReader", pages: int, max_seconds: float, notes: list[str]
) -> Generator[Block, None, None]:
    empty: list[int] = []
    damaged: list[int] = []
    deadline = time.monotonic() + max_seconds
    try:
        for number in range(1, pages + 1):
            if time.monotonic() > deadline:
                notes.append(f"Only the first {number - 1:,} pages of {name} were read: the others took too long.")
                break
            try:
                text = reader.pages[number - 1].extract_text()
            except Exception:  # as in _open; one damaged page must not cost the others
                damaged.append(number)
                continue
            if not text.strip():
                empty.append(number)
            # pages are typeset: lines end at the margin, not with the paragraph
            for paragraph in paragraphs_of_lines(text.split("\n"), wrapped=True, join_hyphens=True):
                yield Block(paragraph, number)
    finally:
        if empty:
            notes.append(f"{_pages(empty, name)} no text, as scanned pages do, and cannot be searched.")
        if damaged:
            notes.append(f"{_pages(damaged, name)} damage and cannot be searched.")


def _pages(numbers: list[int], name: str) -> str:
    """Write "Page 3 of a.pdf has", "Pages 3, 5 of a.pdf have" or "120 pages of a.pdf (3, 5, ...) have"."""
    listed = ", ".join(f"{number:,}" for number in numbers[:_LISTED])
    if len(numbers) > _LISTED:
        return f"{len(numbers):,} pages of {name} ({listed}, ...) have"
    return f"Pages {listed} of {name} have" if len(numbers) > 1 else f"Page {listed} of {name} has"
