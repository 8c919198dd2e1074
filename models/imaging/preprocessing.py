"""From the values of a file to what a network reads: RGB, CLAHE, the working resolution, and the way back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.imaging.display import to_rgb
from models.imaging.image import MedicalImage
from models.imaging.model_settings import ScaleRule
from models.imaging.working_scale import working_scale


@dataclass(frozen=True)
class ClaheSettings:
    """Contrast-limited adaptive histogram equalisation.

    Source: Zuiderveld 1994, "Contrast limited adaptive histogram equalization", Graphics Gems IV; as in OpenCV.

    Args:
        enabled: False leaves the image as it is.
        clip_limit: how much contrast may rise in a uniform region; 1 hardly changes anything.
        grid: the image is cut into grid x grid regions.
    """

    enabled: bool = True
    clip_limit: float = 3.0
    grid: int = 8

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if not 0 < self.clip_limit <= 100:
            raise InvalidInputError(f"The clip limit is {self.clip_limit}; choose one above 0 and up to 100.")
        if not 1 <= self.grid <= 64:
            raise InvalidInputError(f"The CLAHE grid is {self.grid}; choose one from 1 to 64.")


@dataclass(frozen=True, eq=False)
class PreparedImage:
    """An image as the network reads it.

    Args:
        pixels: uint8 [h, w, 3], after CLAHE, at the working resolution, with padding. Kept in bytes: a quarter of the
            memory of ``rgb``, and nothing is lost, because CLAHE returns bytes.
        image: where it came from.
        clahe: what was applied.
        scale: working pixels for each pixel of the image.
        padding: rows above and below, columns left and right that are no part of the image.
    """

    pixels: NDArray[np.uint8]
    image: MedicalImage
    clahe: ClaheSettings
    scale: float
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def rgb(self) -> NDArray[np.float32]:
        """float32 [h, w, 3] in [0, 1]."""
        return self.pixels.astype(np.float32) / np.float32(255)


def apply_clahe(rgb: NDArray[np.uint8], settings: ClaheSettings | None = None) -> NDArray[np.uint8]:
    """Equalise the lightness of uint8 [H, W, 3] and leave the colours: CLAHE on the L channel of LAB.

    The grid is coarser on images with fewer pixels than regions.
    """
    settings = settings or ClaheSettings()
    if not settings.enabled:
        return rgb
    import cv2

    height, width = rgb.shape[:2]
    grid = (min(settings.grid, width), min(settings.grid, height))
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(clipLimit=settings.clip_limit, tileGridSize=grid).apply(lab[..., 0])
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB))


def resize(array: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """Resize [H, W] or [H, W, C] of uint8 or float32, smoothing before it shrinks.

    Shrinking averages the area of each new pixel, which cannot alias; enlarging interpolates linearly, which cannot
    leave the range of the values.
    """
    import cv2

    if array.shape[:2] == (height, width):
        return array
    shrinks = height * width < array.shape[0] * array.shape[1]
    resized = cv2.resize(array, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(resized if resized.ndim == array.ndim else resized[..., None])


def rescale(array: NDArray[Any], factor: float) -> NDArray[Any]:
    """``resize`` with one factor for both sides, each of at least one pixel."""
    return resize(array, *(max(1, round(side * factor)) for side in array.shape[:2]))


def at_working_resolution(image: MedicalImage, scaling: ScaleRule) -> NDArray[np.uint8]:
    """RGB at the working resolution and before CLAHE, uint8 [h, w, 3]: what familiarity is measured on."""
    rgb = to_rgb(image)
    return rescale(rgb, working_scale(rgb, scaling))


def prepare_medical_image(
    image: MedicalImage,
    clahe: ClaheSettings | None = None,
    scaling: ScaleRule | None = None,
    square: int | None = None,
) -> PreparedImage:
    """Make RGB, apply CLAHE, and bring to the working resolution; the aspect ratio is kept.

    Args:
        image: any size and depth.
        clahe: by default on, with clip limit 3.0 and an 8 x 8 grid.
        scaling: the working resolution; by default the image's own.
        square: scale to fit into a square of so many pixels and pad with the mirror image, instead of ``scaling``.
    """
    clahe = clahe or ClaheSettings()
    rgb = apply_clahe(to_rgb(image), clahe)
    scale = square / max(rgb.shape[:2]) if square else working_scale(rgb, scaling or ScaleRule())
    pixels = rescale(rgb, scale)
    padding = (0, 0, 0, 0)
    if square is not None:
        height, width = pixels.shape[:2]
        above, left = (square - height) // 2, (square - width) // 2
        padding = (above, square - height - above, left, square - width - left)
        pixels = _padded(pixels, padding)
    return PreparedImage(pixels, image, clahe, scale, padding)


def before_clahe(prepared: PreparedImage) -> NDArray[np.uint8]:
    """What ``prepared.pixels`` were before CLAHE: the same picture at the same place, uint8 [h, w, 3]."""
    if not prepared.clahe.enabled:
        return prepared.pixels
    return _padded(rescale(to_rgb(prepared.image), prepared.scale), prepared.padding)


def maps_to_original(maps: NDArray[np.float32], prepared: PreparedImage) -> NDArray[np.float32]:
    """Bring maps float32 [h, w, C] at the working resolution to the pixels of the image, [H, W, C]."""
    inner = _without_padding(maps, prepared)
    return np.asarray(resize(np.ascontiguousarray(inner), prepared.image.height, prepared.image.width))


def mask_to_original(mask: NDArray[Any], prepared: PreparedImage) -> NDArray[Any]:
    """Bring a mask or labels [h, w] at the working resolution to the pixels of the image; no value is mixed."""
    inner = _without_padding(mask, prepared)
    rows = _nearest(inner.shape[0], prepared.image.height)
    columns = _nearest(inner.shape[1], prepared.image.width)
    return np.asarray(inner[rows[:, None], columns[None, :]])


def _nearest(working: int, original: int) -> NDArray[np.int64]:
    """For each original pixel, the working pixel that covers its centre."""
    centres = (np.arange(original) + 0.5) * working / original
    return np.minimum(centres.astype(np.int64), working - 1)


def _padded(pixels: NDArray[np.uint8], padding: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """Add rows and columns of the mirror image."""
    return np.pad(pixels, (padding[:2], padding[2:], (0, 0)), mode="symmetric")


def _without_padding(array: NDArray[Any], prepared: PreparedImage) -> NDArray[Any]:
    if array.shape[:2] != prepared.pixels.shape[:2]:
        raise ValueError(f"expected the working resolution {prepared.pixels.shape[:2]}, got {array.shape[:2]}")
    above, below, left, right = prepared.padding
    return array[above : array.shape[0] - below, left : array.shape[1] - right]
