"""Text of PDF files. Pages that are pictures have none: recognising letters in them is another tool's job."""

import io
import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from models.errors import UnreadableFileError
from models.text.documents.contents import Block, ReadLimits, Source
from models.text.paragraphs import paragraphs_of_lines

if TYPE_CHECKING:
    from pypdf import PdfReader

_LISTED = 10  # page numbers that a note names
# a hundredth of what pypdf allows by default is still far more than any page of text needs
_PARSER_LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": 25_000_000,
    "stream_parsing_work_maximum_count": 500_000,
    "disable_legacy_handling": True,
}


class _OutOfTimeError(Exception):
    pass


def read_pdf(name: str, data: bytes, limits: ReadLimits) -> Source:
    """Paragraphs of a PDF; places are pages.

    Raises:
        UnreadableFileError: the file is damaged, no PDF, or protected with a password.
    """
    reader, pages = _open(name, data)
    counted = "its only page has" if pages == 1 else f"its {pages:,} pages have"
    source = Source(
        iter(()),
        "page",
        total=pages,
        if_empty=(
            f"has no text that can be read: {counted} none, as scanned pages do",
            "Run text recognition (OCR) on it first, or choose a file with text.",
        ),
    )
    if pages > limits.max_pages:
        source.notes.append(f"Only the first {limits.max_pages:,} pages were read: {name} has {pages:,} pages.")
    source.blocks = _blocks(name, reader, min(pages, limits.max_pages), limits.max_seconds, source)
    return source


def _open(name: str, data: bytes) -> "tuple[PdfReader, int]":
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import DependencyError

    locked = UnreadableFileError(name, "is protected with a password", "Save a copy without the password and add that.")
    try:
        with apply_configuration(**_PARSER_LIMITS):
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
    name: str, reader: "PdfReader", pages: int, max_seconds: float, source: Source
) -> Generator[Block, None, None]:
    empty: list[int] = []
    damaged: list[int] = []
    deadline = time.monotonic() + max_seconds
    try:
        for number in range(1, pages + 1):
            try:
                text = _text_of_page(reader, number - 1, deadline)
            except _OutOfTimeError:
                source.notes.append(
                    f"The pages of {name} from {number:,} on were left out: they took too long to read."
                )
                source.if_empty = ("takes too long to read", "Save it as plain text and add that.")
                break
            except Exception:  # as in _open; one damaged page must not cost the others
                damaged.append(number)
                source.if_empty = ("has damaged or excessive contents", "Open it in a PDF viewer and save it again.")
                continue
            if not text.strip():
                empty.append(number)
            # pages are typeset: lines end at the margin, not with the paragraph
            for paragraph in paragraphs_of_lines(text.split("\n"), wrapped=True, join_hyphens=True):
                yield Block(paragraph, number)
    finally:
        if empty:
            source.notes.append(f"{_pages(empty, name)} no text, as scanned pages do, and cannot be searched.")
        if damaged:
            source.notes.append(f"{_pages(damaged, name)} damaged or excessive contents and cannot be searched.")


def _text_of_page(reader: "PdfReader", index: int, deadline: float) -> str:
    from pypdf import apply_configuration

    def check(*_: object) -> None:
        if time.monotonic() > deadline:
            raise _OutOfTimeError

    check()
    with apply_configuration(**_PARSER_LIMITS):
        return reader.pages[index].extract_text(visitor_operand_before=check)


def _pages(numbers: list[int], name: str) -> str:
    """Write "Page 3 of a.pdf has", "Pages 3, 5 of a.pdf have" or "120 pages of a.pdf (3, 5, ...) have"."""
    listed = ", ".join(f"{number:,}" for number in numbers[:_LISTED])
    if len(numbers) > _LISTED:
        return f"{len(numbers):,} pages of {name} ({listed}, ...) have"
    return f"Pages {listed} of {name} have" if len(numbers) > 1 else f"Page {listed} of {name} has"
