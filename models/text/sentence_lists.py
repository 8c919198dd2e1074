"""Lists of sentences for a comparison: from typed lines, or from a file of any kind that documents can be read from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from models.errors import UnreadableFileError
from models.text.documents import ReadLimits, read_document, tabular_columns
from models.text.documents.text_files import to_text
from models.text.paragraphs import clean_text
from models.text.passages import Passage, passages_of_paragraph
from models.text.sentences import split_sentences

MAX_SENTENCES = 2_000  # a side; their matrix has four million cells
MAX_CHARACTERS = 2_000  # a sentence
_LIMITS = ReadLimits(max_chars=MAX_CHARACTERS, max_passages=2 * MAX_SENTENCES)
_LISTED = 5


@dataclass(frozen=True)
class SentenceList:
    """Sentences in their order.

    Args:
        sentences: each with its document, place and language.
        notes: what was left out or assumed, in sentences; often empty.
    """

    sentences: list[Passage]
    notes: list[str] = field(default_factory=list)


def sentences_from_lines(text: str, document: str = "Pasted text") -> SentenceList:
    """One sentence for each line; lines without a letter or digit, and those that are too long, are left out.

    Lines beyond the first 2,000 sentences are left out with a note, those of more than 2,000 characters as well.

    Args:
        text: any length.
        document: what messages call it.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    notes = _too_long(document, "line", [n for n, line in numbered if len(line) > MAX_CHARACTERS])
    short = [(number, line) for number, line in numbered if len(line) <= MAX_CHARACTERS]
    notes += _too_many(document, len(short))
    sentences = [
        passage
        for number, line in short[:MAX_SENTENCES]
        for passage in passages_of_paragraph(line, document, number=number, max_chars=MAX_CHARACTERS)
    ]
    return SentenceList(sentences, notes)


def read_sentences(name: str, data: bytes, text_column: str | None = None) -> SentenceList:
    """Sentences of a file: lines of TXT, rows of CSV, TSV and JSONL, sentences of Markdown, PDF and DOCX.

    Args:
        name: file name; its ending chooses the format.
        data: the bytes of the file.
        text_column: for tables, the column to read; None takes the one with the longest text and says so.

    Raises:
        UnreadableFileError: as in ``read_document``, and when no sentence can be used.
    """
    columns = tabular_columns(name, data, limits=_LIMITS)  # refuses what is no document, is too large or empty
    if name.lower().endswith(".txt"):
        decoded, notes = to_text(name, data)
        lines = sentences_from_lines(decoded.text, name)
        found = SentenceList(lines.sentences, [*notes, *lines.notes])
    else:
        contents = read_document(name, data, text_column=text_column, limits=_LIMITS)
        found = _rows(name, contents.passages) if columns else _sentences(name, contents.passages)
        found = SentenceList(found.sentences, [*contents.notes, *found.notes])
    if not found.sentences:
        problem = "has no sentence that can be compared"
        raise UnreadableFileError(name, problem, " ".join(found.notes) or "Choose a file with text.")
    return found


def join_lists(lists: Iterable[SentenceList], name: str) -> SentenceList:
    """One list of several, cut at 2,000 sentences with a note; duplicates stay and are counted in a note."""
    parts = list(lists)
    notes = [note for part in parts for note in part.notes]
    sentences = [sentence for part in parts for sentence in part.sentences]
    if len(parts) > 1:
        notes += _too_many(name, len(sentences))
    sentences = sentences[:MAX_SENTENCES]
    repeated = len(sentences) - len({sentence.text for sentence in sentences})
    if repeated:
        what = "a sentence" if repeated == 1 else f"{repeated:,} sentences"
        notes.append(f"{name} repeats {what}; identical sentences have a similarity of 1.")
    return SentenceList(sentences, notes)


def _rows(name: str, passages: list[Passage]) -> SentenceList:
    """Whole rows; one that was split because it is too long for a sentence is left out."""
    rows = [list(pieces) for _, pieces in groupby(passages, key=lambda passage: passage.line)]
    long = [pieces[0].line for pieces in rows if len(pieces) > 1]
    kept = [pieces[0] for pieces in rows if len(pieces) == 1]
    return SentenceList(kept[:MAX_SENTENCES], [*_too_long(name, "row", long), *_too_many(name, len(kept))])


def _sentences(name: str, passages: list[Passage]) -> SentenceList:
    sentences = list(_split(passages))
    return SentenceList(sentences[:MAX_SENTENCES], _too_many(name, len(sentences)))


def _split(passages: list[Passage]) -> Iterator[Passage]:
    for passage in passages:
        for sentence in split_sentences(passage.text, passage.language):
            if any(map(str.isalnum, sentence)):
                yield Passage(clean_text(sentence), passage.document, passage.place, passage.line, passage.language)


def _too_many(name: str, count: int) -> list[str]:
    if count <= MAX_SENTENCES:
        return []
    return [
        f"{name} has {count:,} sentences, and {MAX_SENTENCES:,} can be compared at a time: "
        f"the first {MAX_SENTENCES:,} are used. Split the list to compare the others."
    ]


def _too_long(name: str, unit: str, numbers: list[int]) -> list[str]:
    if not numbers:
        return []
    listed = ", ".join(f"{number:,}" for number in numbers[:_LISTED]) + (", …" if len(numbers) > _LISTED else "")
    many = len(numbers) > 1
    return [
        f"{unit.capitalize()}{'s' if many else ''} {listed} of {name} {'are' if many else 'is'} longer than "
        f"{MAX_CHARACTERS:,} characters, too long for a sentence, and {'were' if many else 'was'} left out. "
        "Split long texts into sentences, one a line."
    ]
