"""A passage: the piece of a document that is embedded, searched and shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """A stretch of text that remembers where it came from.

    Args:
        text: what is embedded and shown, never empty, never escaped.
        document: name of the document, as the person gave it.
        place: where in the document, for a person: "line 12", "page 3", "row 8", "paragraph 4".
        line: 1-based number behind ``place`` (line, page, row or paragraph).
        language: code of ``models.languages.LANGUAGES``, or "und".
        position: 0-based index of the passage in its document.
        topic: what aligned documents share across languages, for the self-check; None when unknown.
    """

    text: str
    document: str = "Pasted text"
    place: str = ""
    line: int = 0
    language: str = "und"
    position: int = 0
    topic: str | None = None
