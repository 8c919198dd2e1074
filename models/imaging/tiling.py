"""Large images through a network in overlapping tiles, blended so that no seam shows, in bounded memory."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import CancelledError

PIXELS_PER_BATCH = 512 * 512
"""Pixels given to the network at once: four tiles of 256 x 256, or one of 512 x 512."""

PredictBatch = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True)
class Axis:
    """How one side of an image is cut.

    Args:
        length: of the image.
        tile: length of every tile; more than ``length`` where the image has to be padded.
        starts: where the tiles begin; the last one ends with the image.
        weights: float32 [len(starts), tile]; for each pixel of the image they add up to 1 over all tiles.
    """

    length: int
    tile: int
    starts: tuple[int, ...]
    weights: NDArray[np.float32]


def cut_axis(length: int, tile: int, overlap: int, multiple_of: int = 32) -> Axis:
    """Cut ``length`` pixels into the fewest equal tiles of at most ``tile`` that overlap by at least ``overlap``.

    Tiles are made as small as their number allows: fewer pixels are computed twice.
    """
    if tile % multiple_of or tile <= overlap:
        raise ValueError(f"a tile of {tile} with an overlap of {overlap} cannot be cut in multiples of {multiple_of}")
    count = 1 if length <= tile else math.ceil((length - overlap) / (tile - overlap))
    size = multiple_of * math.ceil((length + (count - 1) * overlap) / count / multiple_of)
    size = min(max(size, multiple_of), tile)
    starts = tuple(int(start) for start in np.linspace(0, max(length - size, 0), count).round())
    window = blending_window(size, overlap)
    total = np.zeros(max(length, size))
    for start in starts:
        total[start : start + size] += window
    weights = np.stack([window / total[start : start + size] for start in starts])
    return Axis(length, size, starts, weights.astype(np.float32))


def blending_window(size: int, overlap: int) -> NDArray[np.float64]:
    """Weights of a tile's pixels [size]: 1 inside, falling towards both ends as a squared sine over the overlap.

    Positive everywhere, so that a pixel seen by one tile only keeps its value after division by the sum.
    """
    window = np.ones(size)
    ramp = min(overlap, size // 2)
    if ramp:
        rise = np.sin(np.pi / 2 * (np.arange(ramp) + 0.5) / ramp) ** 2
        window[:ramp] = rise
        window[size - ramp :] = rise[::-1]
    return np.maximum(window, 1e-3)


def predict_tiled(
    predict_batch: PredictBatch,
    rgb: NDArray[Any],
    tile: int = 512,
    overlap: int = 64,
    *,
    multiple_of: int = 32,
    pixels_per_batch: int = PIXELS_PER_BATCH,
    progress: Callable[[int, int], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> NDArray[np.float32]:
    """Run a network over an image of any size.

    Beside the image and the result, only one batch of tiles is held: weights of both axes are multiplied, and already
    divided by their sum, so neither a map of weights nor a second copy of the result is needed.

    Args:
        predict_batch: float32 [N, h, w, 3] in [0, 1], h and w multiples of ``multiple_of``, to [N, h, w, C].
        rgb: [H, W, 3], uint8 (divided by 255 tile by tile) or float32 in [0, 1].
        tile: largest side of a tile; an image that fits into one is not cut.
        overlap: of neighbouring tiles, in pixels.
        multiple_of: sides that the network accepts; a smaller image is padded by its mirror image.
        pixels_per_batch: bound of a batch; at least one tile is given.
        progress: told the number of tiles done and of all tiles, once before the first.
        cancel: asked before each batch; True stops.

    Returns:
        float32 [H, W, C].

    Raises:
        CancelledError: ``cancel`` returned True.
    """
    rows = cut_axis(rgb.shape[0], tile, overlap, multiple_of)
    columns = cut_axis(rgb.shape[1], tile, overlap, multiple_of)
    places = [(row, column) for row in range(len(rows.starts)) for column in range(len(columns.starts))]
    batch = max(1, pixels_per_batch // (rows.tile * columns.tile))
    maps: NDArray[np.float32] | None = None
    tell = progress or (lambda done, total: None)
    tell(0, len(places))
    for first in range(0, len(places), batch):
        if cancel is not None and cancel():
            raise CancelledError("The segmentation was stopped.")
        chosen = places[first : first + batch]
        tiles = np.stack([_cut(rgb, rows, columns, *place) for place in chosen])
        predicted = np.asarray(predict_batch(tiles), dtype=np.float32)
        if maps is None:
            maps = np.zeros((*rgb.shape[:2], predicted.shape[-1]), dtype=np.float32)
        for (row, column), values in zip(chosen, predicted, strict=True):
            _add(maps, values, rows, columns, row, column)
        tell(first + len(chosen), len(places))
    if maps is None:
        raise ValueError("an image without pixels cannot be cut into tiles")
    return maps


def _cut(rgb: NDArray[Any], rows: Axis, columns: Axis, row: int, column: int) -> NDArray[np.float32]:
    top, left = rows.starts[row], columns.starts[column]
    part = rgb[top : top + rows.tile, left : left + columns.tile]
    part = part / np.float32(255) if part.dtype == np.uint8 else part.astype(np.float32, copy=False)
    missing = (rows.tile - part.shape[0], columns.tile - part.shape[1])
    if any(missing):
        # "symmetric" repeats the mirror image as often as needed; "reflect" fails on a side of one pixel
        part = np.pad(part, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="symmetric")
    return np.asarray(part, dtype=np.float32)


def _add(
    maps: NDArray[np.float32], values: NDArray[np.float32], rows: Axis, columns: Axis, row: int, column: int
) -> None:
    top, left = rows.starts[row], columns.starts[column]
    target = maps[top : top + rows.tile, left : left + columns.tile]
    height, width = target.shape[:2]
    weight = rows.weights[row, :height, None] * columns.weights[column, None, :width]
    target += values[:height, :width] * weight[..., None]
