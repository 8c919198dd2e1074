"""What a decoder hands back: the values of one frame and what its file says about them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import UnreadableFileError
from models.imaging.image import MedicalImage, PixelSize


@dataclass(frozen=True, eq=False)
class DecodedFrame:
    """One frame; the fields are those of ``MedicalImage``, and ``pixels`` may still be of any numeric type."""

    pixels: NDArray[Any]
    bit_depth: int
    source_format: str
    frames: int = 1
    display_range: tuple[float, float] | None = None
    inverted: bool = False
    pixel_size: PixelSize | None = None
    notes: tuple[str, ...] = ()


def oriented(pixels: NDArray[Any], orientation: object) -> NDArray[Any]:
    """Turn pixels [H, W, ...] upright by the EXIF or TIFF orientation 1 to 8; anything else leaves them.

    Source: TIFF 6.0, tag 274.
    """
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def finish(name: str, decoded: DecodedFrame, sha256: str, frame: int) -> MedicalImage:
    """Bring the pixels to uint8, uint16 or float32, [H, W] or [H, W, 3], and check them.

    Raises:
        UnreadableFileError: values that are not finite, or all the same.
    """
    pixels, notes = decoded.pixels, decoded.notes
    if pixels.ndim == 3 and pixels.shape[2] in (1, 2):
        pixels = pixels[..., 0]
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels, note = _without_alpha(pixels)
        notes += note
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3):
        raise UnreadableFileError(
            name, f"has the shape {list(pixels.shape)}", "Save it as a grayscale or RGB image with one frame."
        )
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * 255
    if pixels.dtype.kind == "c" or pixels.dtype.kind not in "uif":
        raise UnreadableFileError(name, f"holds values of type {pixels.dtype}", "Save it with whole or real numbers.")
    if pixels.dtype.kind == "f":
        _check_finite(name, pixels)
    if pixels.dtype.kind != "u" or pixels.dtype.itemsize > 2:
        with np.errstate(over="ignore"):
            pixels = pixels.astype(np.float32)
        _check_finite(name, pixels)
    pixels = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("="))
    if pixels.min() == pixels.max():
        raise UnreadableFileError(
            name,
            f"has the value {pixels.flat[0]:g} in every pixel, so there is nothing to find in it",
            "Choose an image that shows something.",
        )
    ready = replace(decoded, pixels=pixels, notes=notes)
    return MedicalImage(
        name=name,
        pixels=ready.pixels,
        sha256=sha256,
        bit_depth=ready.bit_depth,
        display_range=ready.display_range,
        inverted=ready.inverted,
        pixel_size=ready.pixel_size,
        frame=frame,
        frames=ready.frames,
        source_format=ready.source_format,
        notes=ready.notes,
    )


def _check_finite(name: str, pixels: NDArray[Any]) -> None:
    wrong = pixels.size - int(np.isfinite(pixels).sum())
    if wrong:
        raise UnreadableFileError(
            name,
            "holds 1 value that is not a number (NaN or infinite)"
            if wrong == 1
            else f"holds {wrong:,} values that are not numbers (NaN or infinite)",
            "Replace them, for example by 0, and save it again.",
        )


def _without_alpha(pixels: NDArray[Any]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Colours in front of black, and a note where anything was transparent."""
    colours, alpha = pixels[..., :3], pixels[..., 3]
    opaque = np.iinfo(pixels.dtype).max if pixels.dtype.kind in "ui" else 1
    if (alpha == opaque).all():
        return colours, ()
    seen = colours * (alpha / opaque)[..., None]
    return seen.astype(pixels.dtype), ("Transparent parts are shown in black.",)
