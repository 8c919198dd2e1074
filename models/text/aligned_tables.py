"""Tables whose columns hold the same texts in different languages, for the cross-language self-check."""

from collections import Counter
from collections.abc import Sequence

from models.errors import InvalidInputError, UnreadableFileError
from models.languages import LANGUAGES, UNKNOWN, identify_language
from models.text.documents.reading import tabular_columns
from models.text.documents.tables import open_csv
from models.text.passages import Passage

MAX_ROWS = 2_000
_JUDGED = 20  # texts that decide the language of a column


def aligned_columns(name: str, data: bytes) -> list[str]:
    """Columns of a CSV or TSV file.

    Raises:
        UnreadableFileError: not a table, or one with a single column.
    """
    columns = tabular_columns(name, data)
    if len(columns) < 2:
        raise UnreadableFileError(
            name, "has no second column", "Choose a CSV or TSV file with a language in each column."
        )
    return columns


def read_aligned(name: str, data: bytes, columns: Sequence[str]) -> list[Passage]:
    """Read a table in which every row says the same in several languages.

    The row becomes the topic of its passages. The language of a column is its name, if that is a code or a name of one
    of the 16 languages, and is otherwise identified from its texts. Rows with an empty cell are left out; of long
    tables the first 2,000 rows are read.

    Args:
        name: file name, for messages.
        data: the bytes of the file.
        columns: two or more names of ``aligned_columns``.

    Raises:
        UnreadableFileError: the file is damaged, or no two of its rows are complete.
        InvalidInputError: fewer than two columns, or two in the same language.
    """
    if len(columns) < 2:
        raise InvalidInputError("Choose at least two columns, one a language.")
    table = open_csv(name, data, tabs=name.lower().endswith(".tsv"))
    places = [table.columns.index(column) for column in columns if column in table.columns]
    rows: list[tuple[int, list[str]]] = []
    for number, cells in table.rows:
        texts = [cells[place].strip() if place < len(cells) else "" for place in places]
        if all(texts):
            rows.append((number, texts))
        if len(rows) == MAX_ROWS:
            break
    if len(rows) < 2 or len(places) < 2:
        raise UnreadableFileError(
            name, "has fewer than two rows with a text in every chosen column", "Choose other columns or fill them in."
        )
    languages = [
        column_language(column, [texts[place] for _, texts in rows[:_JUDGED]]) for place, column in enumerate(columns)
    ]
    if len(set(languages)) < len(languages):
        raise InvalidInputError(
            f"Two of the chosen columns of {name} are in the same language. Choose one column a language, "
            "or name the columns by their language, such as en and de."
        )
    return [
        Passage(text, name, f"row {number}", number, language, position, topic=str(number))
        for position, (number, texts) in enumerate(rows)
        for language, text in zip(languages, texts, strict=True)
    ]


def column_language(column: str, texts: Sequence[str]) -> str:
    """Language code of a column: by its name if that names one, else by the majority of its texts, else the name."""
    wanted = column.strip().lower().replace("-", "_")
    for code, language in LANGUAGES.items():
        if wanted in (code, language.english_name.lower(), language.native_name.lower()):
            return code
    code = Counter(identify_language(text) for text in texts).most_common(1)[0][0]
    return column if code == UNKNOWN else code
