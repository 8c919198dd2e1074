"""A mask that a person drew, to compare with: binary, labelled, or coloured."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import UnreadableFileError
from models.imaging.instances import connected_objects
from models.imaging.limits import ImageLimits
from models.imaging.reading import decode_file


@dataclass(frozen=True, eq=False)
class GroundTruth:
    """What is really there.

    Args:
        name: the file's name.
        labels: int32 [H, W]; 0 is background, objects are 1, 2, ...
        separate: whether the file itself told objects apart; False where touching objects are one.
        notes: sentences on how the file was understood.
    """

    name: str
    labels: NDArray[np.int32]
    separate: bool
    notes: tuple[str, ...] = ()

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Bool [H, W]: anything but background."""
        return self.labels > 0


def read_ground_truth(
    name: str, data: bytes, size: tuple[int, int] | None = None, limits: ImageLimits | None = None
) -> GroundTruth:
    """Read a mask: 0 is background. One other value is a binary mask; several are labels, one an object.

    Args:
        name: the file's name.
        data: PNG, TIFF, or any other image.
        size: (height, width) of the image that it belongs to; None accepts any.
        limits: of the size.

    Raises:
        UnreadableFileError: unreadable, or of another size than the image.
    """
    decoded = decode_file(name, data, limits=limits, keep_indices=True)
    values = _one_channel(decoded.pixels)
    if size is not None and values.shape != size:
        raise UnreadableFileError(
            name,
            f"is {values.shape[1]:,} x {values.shape[0]:,} pixels, and the image is {size[1]:,} x {size[0]:,}",
            "Choose the mask of this image at its original size.",
        )
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise UnreadableFileError(name, "holds values that are not numbers (NaN or infinite)", "Save it with labels.")
    lossy = decoded.source_format in ("JPEG", "WEBP") or _has_soft_edges(values)
    if lossy:
        binary = values > (int(values.min()) + int(values.max())) / 2
        note = "Its values are blurred, so it was read as a binary mask: bright is object."
        return GroundTruth(name, connected_objects(binary), False, (note,))
    found, index = np.unique(values, return_inverse=True)
    if len(found[found != 0]) <= 1:
        note = "It has one value beside 0, so each connected region counts as one object."
        return GroundTruth(name, connected_objects(values != 0), False, (note,))
    numbers = np.zeros(len(found), dtype=np.int32)
    numbers[found != 0] = np.arange(1, len(numbers[found != 0]) + 1)
    return GroundTruth(name, numbers[index.reshape(values.shape)], True)


def _one_channel(pixels: NDArray[Any]) -> NDArray[Any]:
    """One number a pixel: colours are packed into one, so that each colour is a label and black is 0."""
    if pixels.dtype == bool:
        return pixels.astype(np.uint8)
    if pixels.ndim == 2:
        return pixels
    colours = pixels[..., :3]
    if colours.shape[2] < 3 or (np.ptp(colours, axis=2) == 0).all():
        return np.asarray(colours[..., 0])
    packed = colours.astype(np.int64)
    return np.asarray((packed[..., 0] << 32) | (packed[..., 1] << 16) | packed[..., 2])


def _has_soft_edges(values: NDArray[Any]) -> bool:
    """Whether 8-bit values are a smoothed binary mask: nearly all pixels at both ends, few everywhere between."""
    if values.dtype != np.uint8 or values.max() < 250:
        return False
    counts = np.bincount(values.ravel(), minlength=256)
    ends = counts[:3].sum() + counts[253:].sum()
    return bool((counts > 0).sum() > 8 and ends > 0.8 * values.size)
