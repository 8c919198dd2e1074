"""Rows of CSV and TSV text, however badly it is quoted."""

import csv
import statistics
from collections.abc import Iterator

from models.text.paragraphs import clean_text

_DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_LINES = 50
_MIN_EVENNESS = 0.6  # share of lines with the usual number of cells; commas in prose stay below it
_NO_DELIMITER = "\x1f"  # the unit separator, which text files do not hold
_MAX_LINES_IN_CELL = 200  # a quote that is still open after so many lines was never closed
_MAX_CHARS_IN_CELL = 65_536


class CsvRows:
    r"""Iterate over the rows of a table; broken quoting costs one line, not the rest of the file.

    Args:
        text: the file; line ends are ``\n``.
        delimiter: None finds it: the one that splits the first lines most evenly.

    Attributes:
        delimiter: what parts the cells.
        width: number of columns, once known; surplus cells are joined to the last one.
        broken: numbers of rows with quotes that do not pair up, read as they stand.
        overfull: numbers of rows with more cells than ``width``.
    """

    def __init__(self, text: str, delimiter: str | None = None) -> None:
        self._text = text
        self.delimiter = delimiter or find_delimiter(text)
        self.width: int | None = None
        self.broken: list[int] = []
        self.overfull: list[int] = []

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield ``(row number, cells)``; numbers start at 1, as in a spreadsheet, and count empty rows too."""
        lines = _Lines(self._text)
        number = 0
        while (line := lines.take()) is not None:
            number += 1
            quoted = '"' in line
            cells = self._parse_quoted(line, lines, number) if quoted else line.split(self.delimiter)
            if self.width and len(cells) > self.width:
                surplus = cells[self.width - 1 :]
                cells[self.width - 1 :] = [self.delimiter.join(surplus)]
                if any(surplus[1:]):  # spreadsheets like to end rows with empty cells
                    self.overfull.append(number)
            if any(cell.strip() for cell in cells):
                yield number, cells

    def _parse_quoted(self, line: str, lines: "_Lines", number: int) -> list[str]:
        joined = line
        for ahead in range(_MAX_LINES_IN_CELL):
            cells, is_open = _parse(joined, self.delimiter)
            if cells:
                lines.skip(ahead)
                return cells
            following = lines.peek(ahead)
            if not is_open or following is None or len(joined) > _MAX_CHARS_IN_CELL:
                break
            joined = f"{joined}\n{following}"
        self.broken.append(number)
        return [cell.strip().strip('"').replace('""', '"') for cell in line.split(self.delimiter)]


class _Lines:
    """Lines of a text, one at a time: a million of them need not be held at once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._ahead: list[str] = []

    def take(self) -> str | None:
        return self._ahead.pop(0) if self._ahead else self._read()

    def peek(self, index: int) -> str | None:
        while len(self._ahead) <= index:
            line = self._read()
            if line is None:
                return None
            self._ahead.append(line)
        return self._ahead[index]

    def skip(self, count: int) -> None:
        del self._ahead[:count]

    def _read(self) -> str | None:
        if self._offset >= len(self._text):
            return None
        end = self._text.find("\n", self._offset)
        end = len(self._text) if end < 0 else end
        line = self._text[self._offset : end]
        self._offset = end + 1
        return line


def find_delimiter(text: str) -> str:
    """The delimiter that gives most of the first lines the same number of cells, more than one.

    Where none does, each line is one cell, and the unit separator (U+001F) is returned.
    """
    sample = [line for line in text[:_MAX_CHARS_IN_CELL].split("\n")[:_SNIFFED_LINES] if line.strip()]
    best, best_score = _NO_DELIMITER, _MIN_EVENNESS
    for delimiter in _DELIMITERS:
        widths = [len(_parse(line, delimiter)[0] or line.split(delimiter)) for line in sample]
        usual = statistics.mode(widths) if widths else 1
        # a comma inside sentences also splits, but unevenly
        score = statistics.fmean(width == usual for width in widths) if usual > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def looks_like_header(cells: list[str]) -> bool:
    """True when a first row holds names of columns: short, and neither numbers nor sentences."""
    names = [name for name in map(clean_text, cells) if name]
    return bool(names) and all(
        len(name) <= 40 and name[-1] not in ".!?。！？؟" and not _is_number(name) for name in names
    )


def _is_number(text: str) -> bool:
    return bool(text) and all(character.isdigit() or character in "+-.,:/% " for character in text)


def _parse(line: str, delimiter: str) -> tuple[list[str], bool]:
    """Cells of a row, none when its quotes do not pair up; and whether it ends inside a quoted cell."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), []), False
    except csv.Error as error:
        return [], "end of data" in str(error)
