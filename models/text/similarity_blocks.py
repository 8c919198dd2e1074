"""Matrices that are too large to be drawn cell by cell, averaged by blocks."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_DRAWN = 500  # rows and columns


@dataclass(frozen=True)
class Blocks:
    """A matrix by blocks of ``size`` x ``size`` cells; those at the lower and right edge may be smaller.

    Args:
        means: float32 [ceil(N / size), ceil(M / size)].
        size: 1 when every cell is its own block.
        shape: (N, M).
    """

    means: NDArray[np.float32]
    size: int
    shape: tuple[int, int]

    @property
    def aggregated(self) -> bool:
        """Whether a block is more than one cell."""
        return self.size > 1


def block_size(shape: tuple[int, int], most: int = MOST_DRAWN) -> int:
    """Smallest size with which a matrix of ``shape`` has at most ``most`` blocks each way."""
    return max(1, math.ceil(max(shape) / most))


def aggregate(matrix: NDArray[np.float32], size: int) -> Blocks:
    """Mean of each block of ``size`` x ``size`` cells of a matrix [N, M]."""
    if size == 1:
        return Blocks(matrix, 1, (matrix.shape[0], matrix.shape[1]))
    starts = [np.arange(0, length, size) for length in matrix.shape]
    sums = np.add.reduceat(np.add.reduceat(matrix.astype(np.float64), starts[0], axis=0), starts[1], axis=1)
    heights, widths = (np.diff(np.append(start, length)) for start, length in zip(starts, matrix.shape, strict=True))
    means = (sums / np.outer(heights, widths)).astype(np.float32)
    return Blocks(means, size, (matrix.shape[0], matrix.shape[1]))


def block_range(block: int, size: int, length: int) -> range:
    """Positions that block number ``block`` covers along a side of ``length``; empty outside of it."""
    return range(max(0, block * size), min(length, (block + 1) * size)) if block >= 0 else range(0)
