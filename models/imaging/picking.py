"""Which object lies where somebody points, and where an object can be found again."""

import math

import numpy as np
from numpy.typing import NDArray


def object_at(labels: NDArray[np.int32], row: float, column: float) -> int:
    """Number of the object at a place of the picture; 0 for background and outside of it."""
    if not (0 <= row < labels.shape[0] and 0 <= column < labels.shape[1]):
        return 0
    return int(labels[int(row), int(column)])


def object_near(labels: NDArray[np.int32], row: float, column: float, reach: float) -> int:
    """Number of the object at a place, or else of the nearest one around it: nobody hits a thin vessel exactly.

    Args:
        labels: int32 [H, W], 0 for background.
        row: in pixels from the upper edge; the first row reaches from 0 to 1.
        column: in pixels from the left edge.
        reach: pixels between the place and the centre of an object's nearest pixel, at most.

    Returns:
        0 where there is only background within reach.
    """
    exact = object_at(labels, row, column)
    if exact:
        return exact
    top, left = max(0, math.floor(row - reach)), max(0, math.floor(column - reach))
    around = labels[top : max(0, math.ceil(row + reach)), left : max(0, math.ceil(column + reach))]
    rows, columns = np.nonzero(around)
    distances = np.hypot(rows + top + 0.5 - row, columns + left + 0.5 - column)
    if not len(distances) or distances.min() > reach:
        return 0
    nearest = distances.argmin()
    return int(around[rows[nearest], columns[nearest]])


def innermost_pixel(labels: NDArray[np.int32], label: int, box: tuple[int, int, int, int]) -> tuple[int, int]:
    """The pixel of an object that is farthest from its outline; one that stays when the object grows or shrinks.

    Args:
        labels: int32 [H, W].
        label: number of the object.
        box: (top, left, bottom, right) of the object, the latter two exclusive.

    Returns:
        (row, column).
    """
    import cv2

    top, left, bottom, right = box
    # a margin, because an object that fills its box has an outline too
    inside = np.pad(labels[top:bottom, left:right] == label, 1).view(np.uint8)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return top + int(row) - 1, left + int(column) - 1
