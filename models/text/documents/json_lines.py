"""JSON lines: one object, or one string, a line."""

import json
from collections.abc import Generator
from itertools import islice

from models.errors import UnreadableFileError
from models.text.documents.tables import Table
from models.text.documents.text_files import to_text

_SAMPLE_LINES = 200
_MAX_COLUMNS = 200


def open_json_lines(name: str, data: bytes) -> Table:
    """Open a JSONL file; its columns are the keys of the first objects, in order of appearance.

    Raises:
        UnreadableFileError: the bytes are not text, or no line is a JSON object or string.
    """
    decoded, notes = to_text(name, data)
    rows = _JsonRows(decoded.text)
    columns: dict[str, None] = {}
    for _, record in islice(rows.records(), _SAMPLE_LINES):
        columns.update(dict.fromkeys(record))
    if not columns:
        remedy = 'Write one object a line, such as {"text": "..."}.'
        if decoded.text.lstrip().startswith("["):
            remedy = "It seems to be one JSON array: write one object a line, without brackets and commas around them."
        raise UnreadableFileError(name, "has no line that is a JSON object", remedy)
    rows.columns = list(columns)[:_MAX_COLUMNS]
    return Table(
        rows.columns,
        rows,
        unit="line",
        total=decoded.text.count("\n") + (not decoded.text.endswith("\n")),
        encoding=decoded.encoding,
        notes=notes,
        faults={"no valid JSON object and could not be read": rows.broken},
    )


class _JsonRows:
    def __init__(self, text: str) -> None:
        self._text = text
        self.columns: list[str] = []
        self.broken: list[int] = []

    def __iter__(self) -> Generator[tuple[int, list[str]], None, None]:
        for number, record in self.records():
            yield number, [_as_text(record.get(column)) for column in self.columns]

    def records(self) -> Generator[tuple[int, dict[str, object]], None, None]:
        for number, line in enumerate(self._text.split("\n"), start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                self.broken.append(number)
                continue
            if isinstance(value, str):
                value = {"text": value}
            if isinstance(value, dict):
                yield number, value
            else:
                self.broken.append(number)


def _as_text(value: object) -> str:
    """Text of a JSON value; what is nested deeper than a list of strings has none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    return ""
