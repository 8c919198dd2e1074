"""Tensors for a signature's inputs, from what a person types, uploads, or leaves to chance."""

import json
import math
import os
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np

from models.errors import InvalidInputError, UnreadableFileError
from models.savedmodel.description import TensorDescription, shape_text

MAX_ELEMENTS = 4_000_000
MAX_TEXTS = 1_000
_MAX_PIXELS = 1 << 26
_FLOATS = ("float16", "float32", "float64")
_INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


class InputKind(StrEnum):
    """A way to fill an input."""

    TEXT = "Text"
    NUMBERS = "Numbers"
    IMAGE = "Image"
    RANDOM = "Random"


def possible_kinds(tensor: TensorDescription) -> tuple[InputKind, ...]:
    """Return the ways in which ``tensor`` can be filled, the most likely first; none for types that nobody can type."""
    if tensor.structure != "tensor":
        return ()
    if tensor.dtype == "string":
        return (InputKind.TEXT,)
    if tensor.dtype not in (*_FLOATS, *_INTEGERS, "bool"):
        return ()
    if _is_image(tensor):
        return (InputKind.IMAGE, InputKind.RANDOM)
    numbers = (InputKind.NUMBERS, InputKind.RANDOM)
    open_shape = tensor.shape is None or math.prod(size or 1 for size in tensor.shape) <= 64
    return numbers if open_shape else numbers[::-1]


def open_dimensions(tensor: TensorDescription) -> tuple[int, ...]:
    """Return the positions of the lengths that the model leaves open."""
    return tuple(place for place, size in enumerate(tensor.shape or ()) if size is None)


def texts_tensor(tensor: TensorDescription, text: str) -> np.ndarray[Any, Any]:
    """Return the lines of ``text`` as a string tensor; all of it as one element where the shape has one.

    Raises:
        InvalidInputError: nothing was typed, or the number of lines does not fit the shape.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise InvalidInputError(f"Type a text for {tensor.name}.")
    if len(lines) > MAX_TEXTS:
        raise InvalidInputError(f"{tensor.name} takes at most {MAX_TEXTS:,} lines here; there are {len(lines):,}.")
    if tensor.shape == ():
        return np.array(text, object)
    return _fitted(tensor, np.array(lines, object))


def numbers_tensor(tensor: TensorDescription, text: str) -> np.ndarray[Any, Any]:
    """Return what was typed, numbers with commas or nested lists in brackets, in the input's type and shape.

    Raises:
        InvalidInputError: not numbers, not finite, out of the type's range, or of another shape.
    """
    stripped = text.strip().rstrip(",")
    if not stripped:
        raise InvalidInputError(f"Type numbers for {tensor.name}, for example 0.5, 1, 2.")
    try:
        parsed = json.loads(stripped if stripped.startswith("[") else f"[{stripped}]")
        values = np.array(parsed, bool if tensor.dtype == "bool" else np.float64)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidInputError(
            f"{tensor.name} needs numbers: write 0.5, 1, 2 or, for several rows, [[1, 2], [3, 4]]."
        ) from error
    if values.size > MAX_ELEMENTS:
        raise InvalidInputError(f"{tensor.name} takes at most {MAX_ELEMENTS:,} numbers here.")
    if tensor.dtype in _INTEGERS:
        values = _integers(tensor, values)
    elif tensor.dtype != "bool":
        if not np.isfinite(values).all():
            raise InvalidInputError(f"{tensor.name} holds a NaN or an infinite number. Replace it by a number.")
        if np.abs(values).max(initial=0) > np.finfo(tensor.dtype).max:
            raise InvalidInputError(f"{tensor.name} holds a number that does not fit into {tensor.dtype}.")
    return _fitted(tensor, values.astype(tensor.dtype))


def _integers(tensor: TensorDescription, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    limits = np.iinfo(tensor.dtype)
    if not np.isfinite(values).all() or (values != np.trunc(values)).any():
        raise InvalidInputError(f"{tensor.name} takes whole numbers ({tensor.dtype}).")
    # as float64, the largest whole numbers of 64 bits round up to one that no longer fits
    if values.size and (values.min() < limits.min or values.max() >= float(limits.max) + (limits.bits < 64)):
        raise InvalidInputError(f"{tensor.name} takes whole numbers from {limits.min:,} to {limits.max:,}.")
    return values


def image_tensor(tensor: TensorDescription, name: str, data: bytes, size: int = 224) -> np.ndarray[Any, Any]:
    """Return an image in the input's height, width and channels: [0, 1] for floats, [0, 255] for integers.

    Args:
        tensor: an input that ``possible_kinds`` offers images for.
        name: of the file, for messages.
        data: PNG, JPEG or another format that OpenCV reads.
        size: height and width where the model leaves them open.

    Raises:
        UnreadableFileError: not an image, or a huge one.
    """
    # Read while OpenCV is imported: a small file must not unfold into gigabytes.
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(_MAX_PIXELS))
    import cv2

    shape = (tensor.shape or ())[-3:]
    height, width, channels = (given or fallback for given, fallback in zip(shape, (size, size, 3), strict=True))
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE if channels == 1 else cv2.IMREAD_COLOR)
    except cv2.error:
        image = None
    if image is None:
        raise UnreadableFileError(name, "cannot be read as an image, or is too large", "Choose a PNG or JPEG.")
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    image = image[:, :, None] if channels == 1 else cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    values = (image / 255.0 if tensor.dtype in _FLOATS else image).astype(tensor.dtype)
    return values[None] if len(tensor.shape or ()) == 4 else values


def random_tensor(tensor: TensorDescription, sizes: Sequence[int] = (), seed: int = 0) -> np.ndarray[Any, Any]:
    """Return a repeatable tensor: floats in [0, 1), integers in [0, 10), booleans.

    Args:
        tensor: a numeric input.
        sizes: for the open dimensions in their order; 1 for those that are not given.
        seed: another one gives other numbers.

    Raises:
        InvalidInputError: more elements than ``MAX_ELEMENTS``.
    """
    given = iter(sizes)
    shape = tuple(next(given, 1) if size is None else size for size in tensor.shape or ())
    if math.prod(shape) > MAX_ELEMENTS:
        raise InvalidInputError(
            f"{tensor.name} would have {math.prod(shape):,} elements; at most {MAX_ELEMENTS:,} are allowed."
        )
    rng = np.random.default_rng(seed)
    if tensor.dtype in _FLOATS:
        return np.asarray(rng.random(shape)).astype(tensor.dtype)
    return np.asarray(rng.integers(0, 2 if tensor.dtype == "bool" else 10, shape)).astype(tensor.dtype)


def _is_image(tensor: TensorDescription) -> bool:
    shape = tensor.shape or ()
    whole_batches = len(shape) == 3 or (len(shape) == 4 and shape[0] in (None, 1))
    large = all(size is None or size >= 8 for size in shape[-3:-1])
    return whole_batches and large and shape[-1] in (1, 3) and tensor.dtype in (*_FLOATS, *_INTEGERS)


def _fitted(tensor: TensorDescription, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Give a flat list the input's shape where only one way is possible."""
    shape = tensor.shape
    if shape is None or _fits(shape, values.shape):
        return values
    open_places = shape.count(None)
    if values.ndim == 1 and open_places <= 1:
        known = math.prod(size for size in shape if size is not None)
        if known and (values.size % known == 0 if open_places else values.size == known):
            return values.reshape([-1 if size is None else size for size in shape])
    raise InvalidInputError(
        f"{tensor.name} needs the shape {shape_text(shape)}; what was given has {shape_text(values.shape)}."
    )


def _fits(shape: tuple[int | None, ...], actual: tuple[int, ...]) -> bool:
    return len(shape) == len(actual) and all(a is None or a == b for a, b in zip(shape, actual, strict=True))
