"""At which resolution an image is given to a network."""

import numpy as np
from numpy.typing import NDArray

from models.imaging.model_settings import ScaleRule

_DARK = 20  # of 255; the rim of a fundus photograph is not quite black, and JPEG leaves a fringe


def working_scale(rgb: NDArray[np.uint8], rule: ScaleRule) -> float:
    """Working pixels for each pixel of uint8 [H, W, 3]."""
    height, width = rgb.shape[:2]
    if rule.mode == "none":
        return 1.0
    if rule.mode == "longest_side":
        length = max(height, width)
    elif rule.mode == "shortest_side":
        length = min(height, width)
    else:
        length = field_of_view_width(rgb)
    return float(min(max(rule.pixels / length, rule.smallest), rule.largest))


def field_of_view(rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Bool [H, W]: where a photograph in a dark frame shows something; all True where there is no dark frame."""
    import cv2

    bright = (cv2.blur(rgb.max(axis=2), (5, 5)) > _DARK).astype(np.uint8)
    if not bright.any():
        return np.ones(bright.shape, dtype=bool)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=4)
    largest = (parts == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())).astype(np.uint8)
    outlines, _ = cv2.findContours(largest, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    # filled, because the fovea or a bleeding may be as dark as the frame
    return np.asarray(cv2.drawContours(largest, outlines, -1, 1, cv2.FILLED), dtype=bool)


def field_of_view_width(rgb: NDArray[np.uint8]) -> int:
    """Columns across the largest bright field of uint8 [H, W, 3]; the full width where there is no dark frame."""
    columns = np.flatnonzero(field_of_view(rgb).any(axis=0))
    return int(columns[-1] - columns[0] + 1)
