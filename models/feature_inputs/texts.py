"""Texts for an encoder: strings as they are, files as their passages."""

from pathlib import PurePath

from models.errors import InvalidInputError, UnreadableFileError
from models.feature_inputs.file_kind import kind_of
from models.feature_inputs.items import Item, NamedFile, Prepared, wrong_kind
from models.text.documents import SUPPORTED_EXTENSIONS, read_document
from models.text.documents.text_files import to_text

_NAME = 120


def read_texts(item: Item, max_length: int | None = None) -> list[Prepared]:
    """The texts of one input: one of a string, one for each passage of a document.

    Args:
        item: a str or a ``NamedFile``.
        max_length: in characters; longer texts are cut, with a note.

    Raises:
        UnreadableFileError: a file without text.
        InvalidInputError: neither a str nor a file.
    """
    value = item.value
    if isinstance(value, str):
        return [_prepared(item.name or short(value), value, max_length)]
    if not isinstance(value, NamedFile):
        raise InvalidInputError(f"{item.name or 'An input'} is no text. Give strings, or text files.")
    if kind_of(value.data).kind in ("image", "audio", "video"):
        raise wrong_kind(value, "a text")
    if PurePath(value.name).suffix.lower().removeprefix(".") in SUPPORTED_EXTENSIONS:
        contents = read_document(value.name, value.data)
        notes = tuple(contents.notes)
        return [
            _prepared(f"{passage.document}, {passage.place}", passage.text, max_length, notes if number == 0 else ())
            for number, passage in enumerate(contents.passages)
        ]
    decoded, found = to_text(value.name or "The file", value.data)
    if not decoded.text.strip():
        raise UnreadableFileError(value.name or "The file", "is empty", "Choose a file with text.")
    return [_prepared(item.name or short(decoded.text), decoded.text, max_length, tuple(found))]


def short(text: str) -> str:
    """The beginning of a text on one line, as its name."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _NAME else flat[: _NAME - 1] + "…"


def _prepared(name: str, text: str, max_length: int | None, notes: tuple[str, ...] = ()) -> Prepared:
    if not text.strip():
        return Prepared(name or "empty text", "", (*notes, "The text is empty; its vector is zero."), "")
    if max_length is not None and len(text) > max_length:
        notes = (*notes, f"Cut from {len(text):,} to {max_length:,} characters.")
        text = text[:max_length]
    return Prepared(name, text, notes, short(text))
