"""Plain text, and the step from bytes to text that tabular files share."""

import re

from models.errors import UnreadableFileError
from models.text.documents.contents import Block, Source
from models.text.documents.encodings import DecodedText, decode
from models.text.paragraphs import paragraphs_of_lines

_SIGNATURES = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF89a": "a GIF image",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!\x1a": "a RAR archive",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"SQLite format 3": "a database",
    b"{\\rtf": "an RTF document",
}
_SAMPLE = 100_000  # characters
_MAX_UNREADABLE = 0.01  # share of control and undecodable characters in text
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")


def read_plain_text(name: str, data: bytes) -> Source:
    """Paragraphs of a text file; places are lines."""
    decoded, notes = to_text(name, data)
    blocks = (Block(paragraph) for paragraph in paragraphs_of_lines(decoded.text.split("\n")))
    return Source(blocks, "line", encoding=decoded.encoding, notes=notes)


def to_text(name: str, data: bytes) -> tuple[DecodedText, list[str]]:
    """Decode the bytes of a text file.

    Returns:
        The text and notes on a guessed encoding or unreadable characters.

    Raises:
        UnreadableFileError: the bytes are not text.
    """
    remedy = "Choose a file that holds text, or give it the ending of what it is."
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise UnreadableFileError(name, f"is not a text file: it looks like {kind}", remedy)
    decoded = decode(data)
    sample = decoded.text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) > max(1, _MAX_UNREADABLE * len(sample)):
        raise UnreadableFileError(name, "is not a text file: it holds binary data", remedy)
    notes = []
    if decoded.guessed:
        notes.append(f"The encoding of {name} was detected as {decoded.encoding}; check that its letters look right.")
    if decoded.replaced:
        notes.append(f"{decoded.replaced:,} characters of {name} are not {decoded.encoding} and are shown as \ufffd.")
    return decoded, notes
