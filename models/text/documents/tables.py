"""Tables, from CSV, TSV or JSON lines: which column holds the text, and its rows as blocks."""

import statistics
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from models.errors import UnreadableFileError
from models.text.documents.contents import Block, Source
from models.text.documents.csv_rows import CsvRows, looks_like_header
from models.text.documents.text_files import to_text
from models.text.paragraphs import clean_text

_SAMPLE_ROWS = 200
_LISTED = 10  # row numbers that a note names


@dataclass
class Table:
    """An open table.

    Args:
        columns: names of the columns, all different.
        rows: ``(number, cells)``; may be iterated more than once; rows may be shorter than ``columns``.
        unit: "row" or "line".
        total: number of rows, about.
        encoding: name of the encoding.
        notes: what was assumed about the file.
        faults: numbers of the rows with a fault, by what they have and what was done; grows while ``rows`` is read.
    """

    columns: list[str]
    rows: Iterable[tuple[int, Sequence[str]]]
    unit: str
    total: int
    encoding: str
    notes: list[str]
    faults: dict[str, list[int]] = field(default_factory=dict)


def open_csv(name: str, data: bytes, *, tabs: bool = False) -> Table:
    """Open a CSV file of any delimiter, or with ``tabs`` a TSV file.

    Raises:
        UnreadableFileError: the bytes are not text, or no row has anything in it.
    """
    decoded, notes = to_text(name, data)
    rows = CsvRows(decoded.text, "\t" if tabs and "\t" in decoded.text else None)
    sample = list(islice(rows, _SAMPLE_ROWS))
    if not sample:
        raise UnreadableFileError(name, "has no rows with text", "Choose a file with text.")
    first = sample[0][1]
    has_header = looks_like_header(first) and len(sample) > 1
    if has_header and not _is_surely_header(sample):
        names = ", ".join(f'"{clean_text(cell)}"' for cell in first)
        notes.append(f"The first row of {name} was taken for the names of its columns: {names}.")
    rows.width = len(first) if has_header else statistics.mode(len(cells) for _, cells in sample)
    columns = _name_columns(first if has_header else [], rows.width)
    return Table(
        columns,
        _AfterHeader(rows) if has_header else rows,
        unit="row",
        total=decoded.text.count("\n") + (not decoded.text.endswith("\n")) - has_header,
        encoding=decoded.encoding,
        notes=notes,
        faults={
            "quotes that do not pair up and were read as they stand": rows.broken,
            "more cells than there are columns: the surplus was added to the last one": rows.overfull,
        },
    )


def read_table(table: Table, name: str, text_column: str | None = None, topic_column: str | None = None) -> Source:
    """Rows of a table as blocks.

    Args:
        table: from ``open_csv`` or ``open_json_lines``.
        name: file name, for messages.
        text_column: column to read; None takes the one with the longest text and says so.
        topic_column: column that becomes the topic of each passage, for aligned documents.

    Raises:
        UnreadableFileError: there is no such column.
    """
    notes = list(table.notes)
    if text_column is None:
        text_column = table.columns[guess_text_column(table)]
        if len(table.columns) > 1:
            notes.append(f'The text of {name} was read from the column "{text_column}", which has the longest cells.')
    text_index = _index_of(table, name, text_column)
    topic_index = None if topic_column is None else _index_of(table, name, topic_column)
    return Source(
        _blocks(table, name, text_index, topic_index, notes),
        table.unit,
        total=table.total,
        encoding=table.encoding,
        notes=notes,
        if_empty=(f'has no text in the column "{text_column}"', "Choose another column."),
    )


def guess_text_column(table: Table) -> int:
    """Index of the column with the most letters per cell; web addresses do not count."""
    lengths: list[list[int]] = [[] for _ in table.columns]
    for _, cells in islice(table.rows, _SAMPLE_ROWS):
        for index, cell in enumerate(cells[: len(lengths)]):
            lengths[index].append(0 if cell.startswith(("http://", "https://")) else sum(map(str.isalpha, cell)))
    means = [statistics.fmean(column) if column else 0.0 for column in lengths]
    return max(range(len(means)), key=lambda index: means[index])


def _blocks(
    table: Table, name: str, text_index: int, topic_index: int | None, notes: list[str]
) -> Generator[Block, None, None]:
    empty: list[int] = []
    for numbers in table.faults.values():
        numbers.clear()  # the sample was parsed once already
    try:
        for number, cells in table.rows:
            text = cells[text_index] if text_index < len(cells) else ""
            topic = cells[topic_index] if topic_index is not None and topic_index < len(cells) else ""
            if clean_text(text):
                yield Block(text, number, topic=clean_text(topic) or None)
            else:
                empty.append(number)
    finally:
        for fault, numbers in table.faults.items():
            if numbers:
                notes.append(f"{_count(numbers, table.unit)} of {name} {_have(numbers)} {fault}.")
        if empty:
            were = "were" if len(empty) > 1 else "was"
            column = table.columns[text_index]
            notes.append(
                f'{_count(empty, table.unit)} of {name} {_have(empty)} no text in the column "{column}" '
                f"and {were} left out."
            )


def _count(numbers: list[int], unit: str) -> str:
    """Write "Row 3", "Rows 3, 5" or "1,204 rows (3, 5, ...)"."""
    listed = ", ".join(f"{number:,}" for number in numbers[:_LISTED])
    if len(numbers) > _LISTED:
        return f"{len(numbers):,} {unit}s ({listed}, ...)"
    return f"{unit.capitalize()}{'s' if len(numbers) > 1 else ''} {listed}"


def _have(numbers: list[int]) -> str:
    return "have" if len(numbers) > 1 else "has"


def _index_of(table: Table, name: str, column: str) -> int:
    if column not in table.columns:
        listed = ", ".join(f'"{known}"' for known in table.columns[:20])
        raise UnreadableFileError(name, f'has no column "{column}"', f"Choose one of its columns: {listed}.")
    return table.columns.index(column)


def _name_columns(header: Sequence[str], width: int) -> list[str]:
    """Names for ``width`` columns: those of the header, numbered where it has none or the same name twice."""
    names: list[str] = []
    for index in range(width):
        name = clean_text(header[index]) if index < len(header) else ""
        name = name or f"column {index + 1}"
        names.append(name if name not in names else f"{name} ({index + 1})")
    return names


def _is_surely_header(sample: list[tuple[int, list[str]]]) -> bool:
    """True when some column is far longer below its name, or numeric below it."""
    for index, title in enumerate(sample[0][1]):
        below = [cells[index] for _, cells in sample[1:] if index < len(cells) and cells[index].strip()]
        if below and (
            statistics.fmean(map(len, below)) > 2 * len(title)
            or (not any(map(str.isdigit, title)) and all(cell[-1:].isdigit() for cell in below))
        ):
            return True
    return False


class _AfterHeader:
    """All rows but the first; unlike ``islice`` it can be iterated again."""

    def __init__(self, rows: CsvRows) -> None:
        self._rows = rows

    def __iter__(self) -> Generator[tuple[int, list[str]], None, None]:
        yield from islice(self._rows, 1, None)
