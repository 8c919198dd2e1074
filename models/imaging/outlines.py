"""Exact polygons around objects: along the edges of pixels, so that a polygon's area is the object's area."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ring = list[tuple[int, int]]


@dataclass(frozen=True)
class Outline:
    """One part of an object.

    Args:
        outer: corners (x, y) in pixels from the image's top left corner, closed, clockwise on the screen.
        holes: the same of each hole, counter-clockwise.
    """

    outer: Ring
    holes: list[Ring]


def outlines_of(labels: NDArray[np.int32]) -> dict[int, list[Outline]]:
    """Polygons of every object.

    Pixels that touch by a corner only belong to different rings, so no ring crosses itself.

    Args:
        labels: int32 [H, W], 0 for background.

    Returns:
        Number to parts: most objects have one.
    """
    from models.imaging.contours import cut_outs

    return {label: _parts(np.pad(part, 1), left - 1, top - 1) for label, top, left, part in cut_outs(labels)}


def ring_area(ring: Ring) -> float:
    """Signed area in pixels: positive clockwise on the screen, where y points down. Shoelace formula."""
    points = np.array(ring, dtype=np.int64)
    x, y = points[:, 0], points[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2


def _parts(padded: NDArray[np.uint8], left: int, top: int) -> list[Outline]:
    rings = _rings(padded)
    parts = [Outline(ring, []) for ring in rings if ring_area(ring) > 0]
    for hole in (ring for ring in rings if ring_area(ring) < 0):
        owner = parts[0] if len(parts) == 1 else next(part for part in parts if _inside(hole, part.outer))
        owner.holes.append(hole)
    return [
        Outline([(x + left, y + top) for x, y in p.outer], [[(x + left, y + top) for x, y in h] for h in p.holes])
        for p in parts
    ]


def _rings(mask: NDArray[np.uint8]) -> list[Ring]:
    """Follow the edges of a mask with an empty rim, object on the right hand, and keep the corners."""
    next_of: dict[tuple[int, int], list[tuple[int, int]]] = {}
    change_down = np.diff(mask.astype(np.int8), axis=0)
    change_across = np.diff(mask.astype(np.int8), axis=1)
    # edge (x, y) to (x + 1, y) runs right above an object and left below one; likewise down and up
    for y, x in np.argwhere(change_down == 1).tolist():
        next_of.setdefault((x, y + 1), []).append((x + 1, y + 1))
    for y, x in np.argwhere(change_down == -1).tolist():
        next_of.setdefault((x + 1, y + 1), []).append((x, y + 1))
    for y, x in np.argwhere(change_across == 1).tolist():
        next_of.setdefault((x + 1, y + 1), []).append((x + 1, y))
    for y, x in np.argwhere(change_across == -1).tolist():
        next_of.setdefault((x + 1, y), []).append((x + 1, y + 1))
    rings = []
    while next_of:
        start = next(iter(next_of))
        ring, here, came = [start], start, (0, 0)
        while True:
            ahead = next_of[here]
            # where two pixels touch by a corner, turn right: each keeps a ring of its own
            chosen = ahead[0] if len(ahead) == 1 else max(ahead, key=lambda there: _turn(came, here, there))
            ahead.remove(chosen)
            if not ahead:
                del next_of[here]
            step = (chosen[0] - here[0], chosen[1] - here[1])
            if step == came:
                ring.pop()
            ring.append(chosen)
            here, came = chosen, step
            if here == start:
                break
        rings.append(_without_start_on_edge(ring))
    return rings


def _turn(came: tuple[int, int], here: tuple[int, int], there: tuple[int, int]) -> int:
    """Positive for a turn to the right on the screen, negative to the left."""
    return came[0] * (there[1] - here[1]) - came[1] * (there[0] - here[0])


def _without_start_on_edge(ring: Ring) -> Ring:
    """Leave out the first point where it is no corner."""
    (x0, y0), (x1, y1), (x2, y2) = ring[-2], ring[0], ring[1]
    if (x1 - x0) * (y2 - y1) == (y1 - y0) * (x2 - x1):
        return [*ring[1:-1], ring[1]]
    return ring


def _inside(hole: Ring, outer: Ring) -> bool:
    """Whether the middle of the pixel beside a hole's first edge lies within a ring; even-odd rule."""
    (x0, y0), (x1, y1) = hole[0], hole[1]
    length = max(abs(x1 - x0), abs(y1 - y0))
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    # half a pixel along the edge, and half a pixel to its right, where the object is
    x, y = x0 + dx / 2 - dy / 2, y0 + dy / 2 + dx / 2
    crossings = 0
    for (ax, ay), (bx, by) in pairwise(outer):
        if ax == bx and ax > x and min(ay, by) < y < max(ay, by):
            crossings += 1
    return crossings % 2 == 1
