"""Random views of a prepared image and its targets: what a network sees of a few images, so that it sees more."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ViewRanges:
    """How far views may differ from their image.

    Args:
        turns: whether any of the eight flips and quarter turns may come; False where images always lie the same way.
        rotation: largest angle in degrees, either way.
        scale: smallest and largest enlargement; its logarithm is uniform.
        brightness: largest offset, either way.
        contrast: largest absolute logarithm of the factor.
    """

    turns: bool = True
    rotation: float = 15.0
    scale: tuple[float, float] = (0.8, 1.25)
    brightness: float = 0.06
    contrast: float = 0.15


@dataclass(frozen=True, eq=False)
class LearningImage:
    """An image at the working resolution with what the network should say about it.

    Args:
        pixels: uint8 [h, w, 3], as the network reads it.
        targets: uint8 [h, w, C], times 255; at most four channels.
        spots: int32 [N, 2], rows and columns of some pixels of objects; half of the views lie around one.
    """

    pixels: NDArray[np.uint8]
    targets: NDArray[np.uint8]
    spots: NDArray[np.int32]


def draw_view(
    random: np.random.Generator, image: LearningImage, size: int, ranges: ViewRanges
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cut one view, float32 [size, size, 3] and [size, size, C], both in [0, 1]; beyond the edge lies a mirror.

    Args:
        random: decides.
        image: which.
        size: of the view.
        ranges: how far it may differ.
    """
    import cv2

    scale = np.exp(random.uniform(*np.log(ranges.scale)))
    turns, flip = (int(random.integers(4)), bool(random.integers(2))) if ranges.turns else (0, False)
    angle = np.deg2rad(random.uniform(-1, 1) * ranges.rotation + 90 * turns)
    column, row = _centre(random, image, size / scale)
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    mirror = -1.0 if flip else 1.0
    # from a pixel of the view to a pixel of the image
    matrix = np.array([[mirror * cos, -sin, 0.0], [mirror * sin, cos, 0.0]])
    middle = (size - 1) / 2
    matrix[:, 2] = np.array([column, row]) - matrix[:, :2] @ np.array([middle, middle])
    shape = (size, size)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    pixels = cv2.warpAffine(image.pixels, matrix, shape, flags=how, borderMode=cv2.BORDER_REFLECT)
    targets = cv2.warpAffine(image.targets, matrix, shape, flags=how, borderMode=cv2.BORDER_REFLECT)
    contrast = np.exp(random.uniform(-1, 1) * ranges.contrast)
    light = pixels.astype(np.float32) / 255
    light = (light - light.mean()) * contrast + light.mean() + random.uniform(-1, 1) * ranges.brightness
    return np.clip(light, 0, 1, dtype=np.float32), targets.reshape(size, size, -1).astype(np.float32) / 255


def _centre(random: np.random.Generator, image: LearningImage, reach: float) -> tuple[float, float]:
    """Column and row of a view's middle: half of the time near an object, and never far outside of the image."""
    height, width = image.pixels.shape[:2]
    if len(image.spots) and random.random() < 0.5:
        row, column = image.spots[random.integers(len(image.spots))] + random.uniform(-0.25, 0.25, 2) * reach
    else:
        row, column = random.random(2) * (height, width)
    margin = min(reach / 2, height / 2), min(reach / 2, width / 2)
    return (
        float(np.clip(column, margin[1], width - margin[1])),
        float(np.clip(row, margin[0], height - margin[0])),
    )
