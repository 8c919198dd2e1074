"""An image as it was in its file, before anything is done to it."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError

LengthUnit = Literal["µm", "mm"]


@dataclass(frozen=True)
class PixelSize:
    """How large one pixel is in the world.

    Args:
        row: distance between the centres of two rows.
        column: distance between the centres of two columns.
        unit: micrometres or millimetres.
    """

    row: float
    column: float
    unit: LengthUnit

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if not (0 < self.row < 1e6 and 0 < self.column < 1e6):
            raise InvalidInputError(f"A pixel cannot be {self.row} x {self.column} {self.unit} large.")

    @property
    def area(self) -> float:
        """Area of one pixel, in ``unit`` squared."""
        return self.row * self.column


@dataclass(frozen=True, eq=False)
class MedicalImage:
    """One picture, in the values of its file.

    Args:
        name: the file's name as the person gave it; shown, never used as a path.
        pixels: uint8, uint16 or float32, [H, W] or [H, W, 3]; finite. Measurements use these values.
        sha256: of the file's bytes. Part of every cache key, so that near-duplicates never share a mask.
        bit_depth: significant bits of one value in the file.
        display_range: values shown as black and white, where the file says so (DICOM window); None: decide from pixels.
        inverted: low values are shown bright (DICOM MONOCHROME1).
        pixel_size: where the file states it credibly.
        frame: which picture of the file this is, from 0.
        frames: how many pictures the file holds.
        source_format: "PNG", "JPEG", "TIFF", "DICOM", ... or "array".
        notes: sentences on what was changed or assumed while reading.
    """

    name: str
    pixels: NDArray[Any]
    sha256: str
    bit_depth: int = 8
    display_range: tuple[float, float] | None = None
    inverted: bool = False
    pixel_size: PixelSize | None = None
    frame: int = 0
    frames: int = 1
    source_format: str = "array"
    notes: tuple[str, ...] = field(default=())

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    @property
    def is_colour(self) -> bool:
        """Whether there are three channels."""
        return self.pixels.ndim == 3

    @property
    def key(self) -> str:
        """Identifies these pixels exactly: the hash of the file and the frame."""
        return f"{self.sha256}:{self.frame}"


def image_from_array(pixels: NDArray[Any], name: str = "array", pixel_size: PixelSize | None = None) -> MedicalImage:
    """Wrap an array, [H, W] or [H, W, 1 | 3 | 4] of bool, integers or floats; a fourth channel is left out.

    Raises:
        InvalidInputError: another shape or type, no pixels, or values that are not finite.
    """
    array = np.asarray(pixels)
    if array.ndim == 3 and array.shape[2] in (1, 4):
        array = array[..., 0] if array.shape[2] == 1 else array[..., :3]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or not array.size:
        raise InvalidInputError(f"An image has the shape [H, W] or [H, W, 3], not {list(np.shape(pixels))}.")
    if array.dtype == bool:
        array = array.astype(np.uint8) * 255
    if array.dtype.kind not in "uif":
        raise InvalidInputError(f"An image holds numbers, not {array.dtype}.")
    if array.dtype not in (np.uint8, np.uint16):
        array = array.astype(np.float32)
    if not np.isfinite(array).all():
        raise InvalidInputError("The image holds values that are not numbers (NaN or infinite). Replace them first.")
    array = np.ascontiguousarray(array)
    digest = hashlib.sha256(f"{array.dtype}{array.shape}".encode())
    digest.update(array.data)
    return MedicalImage(name, array, digest.hexdigest(), bit_depth=array.dtype.itemsize * 8, pixel_size=pixel_size)
