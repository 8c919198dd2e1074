"""From whatever a person hands over to a list of named things, and to the modality that they share."""

import io
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.errors import InvalidInputError, UnreadableFileError
from models.feature_inputs.file_kind import kind_of
from models.model_spec import Modality

MAX_FILE_BYTES = 500_000_000
_MOST_CHANNELS = 16
_ENDINGS = frozenset(
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".webp",
        ".bmp",
        ".tif",
        ".tiff",
        ".wav",
        ".flac",
        ".ogg",
        ".oga",
        ".opus",
        ".mp3",
        ".aif",
        ".aiff",
        ".au",
        ".m4a",
        ".aac",
        ".mp4",
    ]
)


@dataclass(frozen=True)
class NamedFile:
    """The bytes of a file and the name that a person knows it by; the name is shown, never used as a path."""

    name: str
    data: bytes


@dataclass(frozen=True, eq=False)
class Item:
    """One thing to read: a str, a ``NamedFile``, an array or a PIL image; ``name`` is empty where nobody gave one."""

    name: str
    value: Any


@dataclass(frozen=True, eq=False)
class Prepared:
    """One input as its model takes it.

    Args:
        name: for tables and messages.
        value: a str; an image, float32 [H, W, 3]; a waveform, float32 [T].
        notes: what was changed on the way, as sentences.
        preview: for a page: a str; an image, uint8 [h, w, 3] in its own proportions; the lowest and highest values of a
            waveform, float32 [B, 2], evenly in time.
        seconds: of a sound.
    """

    name: str
    value: Any
    notes: tuple[str, ...] = ()
    preview: Any = None
    seconds: float | None = None


def as_items(data: Any, modality: Modality | None = None, names: Sequence[str] | None = None) -> list[Item]:
    """Make a list of what ``data`` holds.

    Args:
        data: one input or a sequence of them: str (a text; a path where ``modality`` is image or audio, or where it is
            not given and the ending is a picture's or a recording's), Path, bytes, BytesIO, ``NamedFile``, PIL image,
            or an array (NumPy's, or what ``numpy.asarray`` takes): of strings; an image [H, W], [H, W, 1], [H, W, 3]
            or [H, W, 4]; images [N, H, W, C]; a waveform [T] or [T, channels].
        modality: what they are, where it is known.
        names: one for each input.

    Raises:
        InvalidInputError: nothing to read, or not one name for each input.
        UnreadableFileError: a path that cannot be read.
    """
    values = _listed(data)
    if not values:
        raise InvalidInputError("There is nothing to read. Give at least one text, picture or sound.")
    if names is not None and len(names) != len(values):
        raise InvalidInputError(f"{len(names)} names do not fit {len(values)} inputs.")
    items = []
    for number, value in enumerate(values):
        if isinstance(value, str) and (modality in (Modality.IMAGE, Modality.AUDIO) or _is_path(value, modality)):
            value = Path(value)
        read = _opened(value)
        given = names[number] if names is not None else read.name if isinstance(read, NamedFile) else ""
        items.append(Item(given, read))
    return items


def _is_path(text: str, modality: Modality | None) -> bool:
    """Whether a string of unknown modality is one word with the ending of a picture or a recording."""
    return modality is None and not any(c.isspace() for c in text) and Path(text).suffix.lower() in _ENDINGS


def _listed(data: Any) -> list[Any]:
    if _is_single(data):
        return [data]
    if isinstance(data, list | tuple):
        numbers = bool(data) and all(isinstance(value, int | float) for value in data)
        return [np.asarray(data, dtype=np.float32)] if numbers else list(data)
    if hasattr(data, "__array__"):
        return _rows(np.asarray(data))
    try:
        # the keys of a dictionary would pass for its values
        return list(data) if not isinstance(data, Mapping) else [data]
    except TypeError:
        raise _not_readable(data) from None


def _is_single(data: Any) -> bool:
    return isinstance(data, str | bytes | bytearray | Path | io.BytesIO | NamedFile) or is_picture(data)


def _rows(array: np.ndarray) -> list[Any]:
    """The inputs in one array."""
    values = array.ravel().tolist() if array.dtype.kind in "USO" else []
    if values and all(isinstance(value, str | bytes) for value in values):
        # TensorFlow's strings are bytes
        return [value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in values]
    if array.ndim == 4:
        return list(array)
    return [array] if array.size else []


def _opened(value: Any) -> Any:
    """Read paths and buffers into ``NamedFile``; check the rest."""
    if isinstance(value, Path):
        return _read_path(value)
    if isinstance(value, io.BytesIO):
        return NamedFile(str(getattr(value, "name", "")), value.getvalue())
    if isinstance(value, bytes | bytearray):
        return NamedFile("", bytes(value))
    if isinstance(value, str | NamedFile | np.ndarray) or is_picture(value):
        return value
    if isinstance(value, list | tuple) or hasattr(value, "__array__"):
        try:
            return np.asarray(value)
        except ValueError:
            raise InvalidInputError("A list of lists of different lengths cannot be read. Give NumPy arrays.") from None
    raise _not_readable(value)


def _not_readable(value: Any) -> InvalidInputError:
    return InvalidInputError(
        f"A value of type {type(value).__name__} cannot be read. Give texts, files as bytes or pathlib.Path, NumPy "
        "arrays or PIL images."
    )


def _read_path(path: Path) -> NamedFile:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise UnreadableFileError(path.name, f"is {size / 1e6:,.0f} MB", "Choose a file of at most 500 MB.")
        return NamedFile(path.name, path.read_bytes())
    except OSError as error:
        reason = error.strerror or "unknown error"
        raise UnreadableFileError(path.name, f"cannot be opened ({reason})", "Check the path.") from error


def is_picture(value: Any) -> bool:
    """Whether ``value`` is a PIL image."""
    # A PIL image exists only where PIL has been imported.
    pil = sys.modules.get("PIL.Image")
    return pil is not None and isinstance(value, pil.Image)


def find_modality(items: Sequence[Item]) -> Modality:
    """What the inputs are, by type, shape and first bytes.

    Raises:
        InvalidInputError: they are of several kinds, or an array could be anything.
        UnreadableFileError: a file that is none of the three.
    """
    found = Counter(_modality_of(item) for item in items)
    if len(found) > 1:
        kinds = ", ".join(f"{count:,} {modality}" for modality, count in found.most_common())
        raise InvalidInputError(f"The inputs are of several kinds ({kinds}). Give one kind at a time.")
    return next(iter(found))


def _modality_of(item: Item) -> Modality:
    value = item.value
    if isinstance(value, str):
        return Modality.TEXT
    if isinstance(value, NamedFile):
        return file_modality(value)
    if isinstance(value, np.ndarray):
        return _array_modality(value)
    return Modality.IMAGE


def file_modality(file: NamedFile) -> Modality:
    """What a file holds; documents such as PDF count as text.

    Raises:
        UnreadableFileError: a video, or another kind that cannot be read.
    """
    found = kind_of(file.data)
    if found.kind in ("text", "image", "audio") and file.data:
        return Modality(found.kind)
    if file.name.lower().endswith((".pdf", ".docx")):
        return Modality.TEXT
    raise wrong_kind(file, "a text, a picture or a recording")


def wrong_kind(file: NamedFile, wanted: str) -> UnreadableFileError:
    """The error for a file that is something else than ``wanted``."""
    if not file.data:
        return UnreadableFileError(file.name or "The file", "is empty", f"Choose {wanted}.")
    found = kind_of(file.data)
    remedy = {
        "video": "Save its sound as WAV, FLAC, Ogg or MP3, or a single frame as PNG.",
        "other": "Pictures can be PNG, JPEG, GIF, TIFF, WebP or BMP; recordings WAV, FLAC, Ogg, MP3, AIFF or AU.",
    }.get(found.kind, f"Choose {wanted}.")
    return UnreadableFileError(file.name or "The file", f"is {found.words}, not {wanted}", remedy)


def _array_modality(array: np.ndarray) -> Modality:
    if array.dtype.kind not in "biuf":
        raise InvalidInputError(f"An array of type {array.dtype} cannot be read. Give numbers or strings.")
    if array.ndim == 1:
        return Modality.AUDIO
    if array.ndim == 3:
        return Modality.IMAGE
    if array.ndim == 2:
        # A long array with few columns is a recording with channels; a picture has many of both.
        return Modality.AUDIO if min(array.shape) <= _MOST_CHANNELS < max(array.shape) // 8 else Modality.IMAGE
    raise InvalidInputError(
        f"An array of shape {array.shape} could be anything. Give an image [height, width, 3], a waveform [samples], "
        "or a list of them."
    )
