"""From an uploaded file, or pasted lines, to passages."""

import itertools
from collections.abc import Generator
from pathlib import PurePath

from models.errors import InvalidInputError, UnreadableFileError
from models.text.documents.contents import DocumentContents, ReadLimits, Source
from models.text.documents.docx import read_docx
from models.text.documents.json_lines import open_json_lines
from models.text.documents.markdown import read_markdown
from models.text.documents.pdf import read_pdf
from models.text.documents.tables import Table, open_csv, read_table
from models.text.documents.text_files import read_plain_text
from models.text.passages import Passage, passages_of_paragraph

SUPPORTED_EXTENSIONS = ("txt", "md", "csv", "tsv", "jsonl", "pdf", "docx")
TABULAR_EXTENSIONS = ("csv", "tsv", "jsonl")
DEFAULT_LIMITS = ReadLimits()

_MAX_NAME = 120
_ADVICE = {
    "doc": "Save it as .docx.",
    "odt": "Save it as .docx.",
    "rtf": "Save it as .docx.",
    "xls": "Save the sheet as .csv.",
    "xlsx": "Save the sheet as .csv.",
    "json": "Save it as .jsonl, one object a line.",
    "html": "Save its text as .txt.",
    "htm": "Save its text as .txt.",
}


def read_document(
    name: str,
    data: bytes,
    *,
    text_column: str | None = None,
    topic_column: str | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> DocumentContents:
    """Read a file into passages.

    Args:
        name: file name; its ending chooses the format, and it is shown, never used as a path.
        data: the bytes of the file.
        text_column: for CSV, TSV and JSONL, the column to read; None takes the one with the longest text.
        topic_column: for the same, a column that becomes ``Passage.topic``.
        limits: what is refused or left out; see ``ReadLimits``.

    Raises:
        UnreadableFileError: the file is empty, too large, damaged, protected, of another kind, or without text.
    """
    shown = shown_name(name)
    extension = _checked_extension(shown, data, limits)
    if extension in TABULAR_EXTENSIONS:
        source = read_table(_open_table(extension, shown, data), shown, text_column, topic_column)
    elif extension == "pdf":
        source = read_pdf(shown, data, limits)
    elif extension == "docx":
        source = read_docx(shown, data, limits)
    elif extension == "md":
        source = read_markdown(shown, data)
    else:
        source = read_plain_text(shown, data)
    passages = _collect(shown, source, limits)
    if not passages:
        raise UnreadableFileError(shown, *source.if_empty)
    return DocumentContents(shown, passages, source.encoding, source.notes)


def tabular_columns(name: str, data: bytes, *, limits: ReadLimits = DEFAULT_LIMITS) -> list[str]:
    """List the columns of a CSV, TSV or JSONL file, for the choice of ``text_column``; [] for other formats.

    Raises:
        UnreadableFileError: as in ``read_document``.
    """
    shown = shown_name(name)
    extension = _checked_extension(shown, data, limits)
    return _open_table(extension, shown, data).columns if extension in TABULAR_EXTENSIONS else []


def passages_from_lines(
    text: str, document: str = "Pasted text", *, limits: ReadLimits = DEFAULT_LIMITS
) -> list[Passage]:
    """One passage for each line that is not empty; longer lines than ``limits.max_chars`` make several.

    Raises:
        InvalidInputError: there are more passages than ``limits.max_passages``.
    """
    passages: list[Passage] = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        passages += passages_of_paragraph(
            line, document, number=number, max_chars=limits.max_chars, position=len(passages)
        )
        if len(passages) > limits.max_passages:
            raise InvalidInputError(
                f"{document} makes more than {limits.max_passages:,} passages. Add it in smaller parts."
            )
    return passages


def shown_name(name: str) -> str:
    """A file name fit for a message: without folders, invisible characters and excess length."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(character for character in last if character.isprintable()).strip()
    if len(visible) > _MAX_NAME:
        visible = f"{visible[: _MAX_NAME - 21]}…{visible[-20:]}"
    return visible or "The file"


def _checked_extension(name: str, data: bytes, limits: ReadLimits) -> str:
    """The ending of the name, in lower case, after the checks that need no decoding."""
    if not data:
        raise UnreadableFileError(name, "is empty", "Choose a file with text.")
    extension = PurePath(name).suffix.lower().removeprefix(".")
    if extension not in SUPPORTED_EXTENSIONS:
        known = ", ".join(f".{supported}" for supported in SUPPORTED_EXTENSIONS)
        problem = f"ends in .{extension}, which cannot be read here" if extension else "has no ending such as .txt"
        raise UnreadableFileError(name, problem, _ADVICE.get(extension, f"Choose a file that ends in {known}."))
    if len(data) > limits.max_bytes:
        raise UnreadableFileError(
            name,
            f"is {len(data) / 1e6:.1f} MB, more than the {limits.max_bytes / 1e6:g} MB that can be read",
            "Split it into smaller files.",
        )
    return extension


def _open_table(extension: str, name: str, data: bytes) -> Table:
    if extension == "jsonl":
        return open_json_lines(name, data)
    return open_csv(name, data, tabs=extension == "tsv")


def _collect(name: str, source: Source, limits: ReadLimits) -> list[Passage]:
    """Passages up to the limit; a note tells what was left out."""
    passages: list[Passage] = []
    for units, block in enumerate(source.blocks):
        made = passages_of_paragraph(
            block.content,
            name,
            unit=source.unit,
            number=block.number,
            place=block.place,
            max_chars=limits.max_chars,
            position=len(passages),
            topic=block.topic,
        )
        passages += itertools.islice(made, limits.max_passages + 1 - len(passages))
        if len(passages) > limits.max_passages:
            del passages[limits.max_passages :]
            source.notes.append(_limit_note(name, source, units, passages))
            break
    if isinstance(source.blocks, Generator):
        source.blocks.close()  # runs what it has to say about the part that was read
    return passages


def _limit_note(name: str, source: Source, units: int, passages: list[Passage]) -> str:
    if source.unit == "row" and units == len(passages):
        return f"Only the first {units:,} rows were read: {name} has about {source.total:,} rows."
    return f"Only the first {len(passages):,} passages were read, up to {passages[-1].place}: {name} is longer."
