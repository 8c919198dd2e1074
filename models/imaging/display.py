"""Any image as 8-bit RGB, and a word where its values look odd."""

import numpy as np
from numpy.typing import NDArray

from models.imaging.image import MedicalImage

_PERCENTILES = (0.1, 99.9)
_SAMPLED = 1_000_000


def display_range(image: MedicalImage) -> tuple[float, float]:
    """Values shown as black and as white.

    The file's own window, all of 0-255 for 8 bits, else the 0.1st and 99.9th percentile: cameras with 12 or 16 bits
    rarely fill them, and single hot pixels must not make everything else black.
    """
    if image.display_range is not None:
        return image.display_range
    if image.pixels.dtype == np.uint8:
        return 0.0, 255.0
    flat = image.pixels.reshape(-1)
    sample = flat[:: max(1, flat.size // _SAMPLED)]
    low, high = (float(value) for value in np.percentile(sample, _PERCENTILES))
    return (low, high) if high > low else (float(flat.min()), float(flat.max()))


def to_rgb(image: MedicalImage) -> NDArray[np.uint8]:
    """The image as uint8 [H, W, 3]; gray is repeated in three channels. A constant image becomes black or stays."""
    pixels = image.pixels
    if pixels.dtype != np.uint8 or image.display_range is not None:
        low, high = display_range(image)
        scaled = (pixels.astype(np.float32) - np.float32(low)) * np.float32(255 / (high - low) if high > low else 0)
        pixels = np.clip(np.rint(scaled, out=scaled), 0, 255, out=scaled).astype(np.uint8)
    if image.inverted:
        pixels = 255 - pixels
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    return np.ascontiguousarray(pixels)


def warnings_about(image: MedicalImage) -> list[str]:
    """Sentences on values that suggest that this is not the image that was meant; empty when all is well."""
    flat = image.pixels.reshape(-1)
    values = np.unique(flat[:: max(1, flat.size // _SAMPLED)])
    if len(values) == 1:
        return ["Every pixel has the same value, so there is nothing to find."]
    if len(values) <= 4:
        return [f"There are only {len(values)} different values: is this a mask rather than an image?"]
    if image.pixels.dtype == np.uint8 and image.display_range is None and int(values[-1]) - int(values[0]) < 16:
        return ["There is hardly any contrast: all values lie within 16 of 256 steps."]
    return []


def stretch_note(image: MedicalImage) -> str | None:
    """A sentence on how more than 8 bits are shown; None for 8 bits."""
    if image.pixels.dtype == np.uint8 and image.display_range is None:
        return None
    low, high = display_range(image)
    source = "the file's window" if image.display_range is not None else "0.1st and 99.9th percentile"
    return f"Values from {low:,.6g} to {high:,.6g} are shown from black to white ({source})."
