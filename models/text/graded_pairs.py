"""Files of sentence pairs with human scores of their similarity."""

import math
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError, UnreadableFileError
from models.text.documents import TABULAR_EXTENSIONS, tabular_columns
from models.text.documents.json_lines import open_json_lines
from models.text.documents.tables import Table, open_csv
from models.text.paragraphs import clean_text

MAX_PAIRS = 5_000
_SAMPLE = 200
_LISTED = 10
_GOLD_NAMES = ("score", "gold", "label", "similarity", "similarity_score", "gold_score", "sim")


@dataclass(frozen=True)
class GradedColumns:
    """Which columns of a table hold the two sentences and the score."""

    first: str
    second: str
    gold: str


@dataclass(frozen=True)
class GradedPairs:
    """P pairs of sentences with their gold scores.

    Args:
        first: P texts.
        second: P texts.
        gold: float64 [P], finite, on any scale; more is more alike.
        notes: rows that were left out, and why.
    """

    first: list[str]
    second: list[str]
    gold: NDArray[np.float64]
    notes: list[str]


def guess_columns(name: str, data: bytes) -> GradedColumns:
    """Find the score and the two sentences: a numeric column, by name if one is called so, and the two longest others.

    Raises:
        UnreadableFileError: not a table, or one without two columns of text and one of numbers.
    """
    table = _open(name, data)
    sample = [cells for _, cells in islice(table.rows, _SAMPLE)]
    cells = [[row[place] for row in sample if place < len(row)] for place in range(len(table.columns))]
    numeric = [place for place, column in enumerate(cells) if _is_numeric(column)]
    texts = [place for place in range(len(cells)) if place not in numeric]
    if not numeric or len(texts) < 2:
        listed = ", ".join(f'"{column}"' for column in table.columns[:20])
        raise UnreadableFileError(
            name,
            f"has no two columns of text and one of numbers; its columns are {listed}",
            "Choose a table with two sentences and their score in each row.",
        )
    named = [place for place in numeric if table.columns[place].strip().lower() in _GOLD_NAMES]
    # Scores have decimals more often than years or numbers of rows do.
    gold = named[0] if named else max(numeric, key=lambda place: sum("." in cell for cell in cells[place]))
    longest = sorted(texts, key=lambda place: -sum(map(len, cells[place])))[:2]
    first, second = sorted(longest)
    return GradedColumns(table.columns[first], table.columns[second], table.columns[gold])


def read_graded_pairs(name: str, data: bytes, columns: GradedColumns | None = None) -> GradedPairs:
    """Read sentence pairs with gold scores from a CSV, TSV or JSONL file.

    Rows without a text, or whose score is not a number (NaN included), are left out with a note; of long tables the
    first 5,000 pairs are read.

    Args:
        name: file name, for messages and the format.
        data: the bytes of the file.
        columns: None guesses them.

    Raises:
        UnreadableFileError: not a table, no such column, or fewer than two usable rows.
        InvalidInputError: the same column was chosen twice.
    """
    columns = columns or guess_columns(name, data)
    wanted = (columns.first, columns.second, columns.gold)
    if len(set(wanted)) < 3:
        raise InvalidInputError("Choose three different columns: two sentences and their score.")
    table = _open(name, data)
    missing = [column for column in wanted if column not in table.columns]
    if missing:
        listed = ", ".join(f'"{column}"' for column in table.columns[:20])
        raise UnreadableFileError(name, f'has no column "{missing[0]}"', f"Choose among its columns: {listed}.")
    first: list[str] = []
    second: list[str] = []
    gold: list[float] = []
    unusable: list[int] = []
    cut = False
    places = [table.columns.index(column) for column in wanted]
    for number, cells in table.rows:
        one, other, score = (clean_text(cells[place]) if place < len(cells) else "" for place in places)
        value = _number(score)
        if not one or not other or value is None:
            unusable.append(number)
            continue
        if len(gold) == MAX_PAIRS:
            cut = True
            break
        first.append(one)
        second.append(other)
        gold.append(value)
    notes = list(table.notes)
    if unusable:
        notes.append(_left_out(name, table.unit, unusable))
    if cut:
        notes.append(f"{name} is longer: the first {MAX_PAIRS:,} pairs are compared.")
    if len(gold) < 2:
        raise UnreadableFileError(
            name,
            f'has fewer than two rows with two sentences and a number in the column "{columns.gold}"',
            "Choose other columns, or write the scores as plain numbers.",
        )
    return GradedPairs(first, second, np.array(gold), notes)


def _open(name: str, data: bytes) -> Table:
    if not tabular_columns(name, data):  # refuses what is empty, too large or no document
        listed = ", ".join(f".{extension}" for extension in TABULAR_EXTENSIONS)
        raise UnreadableFileError(name, "is not a table", f"Choose a file that ends in {listed}.")
    if name.lower().endswith(".jsonl"):
        return open_json_lines(name, data)
    return open_csv(name, data, tabs=name.lower().endswith(".tsv"))


def _number(text: str) -> float | None:
    """A finite number, with a point or a comma for the decimals; None for anything else."""
    try:
        value = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_numeric(cells: list[str]) -> bool:
    """Whether most cells are numbers; a few may be empty or NaN."""
    written = [cell.strip() for cell in cells if cell.strip()]
    return bool(written) and sum(_number(cell) is not None for cell in written) > 0.5 * len(written)


def _left_out(name: str, unit: str, numbers: list[int]) -> str:
    listed = ", ".join(f"{number:,}" for number in numbers[:_LISTED]) + (", …" if len(numbers) > _LISTED else "")
    if len(numbers) == 1:
        return f"{unit.capitalize()} {listed} of {name} lacks a sentence or a score that is a number and was left out."
    return (
        f"{len(numbers):,} {unit}s of {name} lack a sentence or a score that is a number and were left out ({listed})."
    )
