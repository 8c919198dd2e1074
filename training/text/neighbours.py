"""Sentences that the teacher finds alike, so that a batch can hold near misses and not only strangers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MEAN_SIZE = 96
"""Sentences of a neighbourhood, on average: several times what a batch takes of one."""


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """A partition of the teacher's sentences by the nearest of many randomly chosen ones.

    Attributes:
        of: int32 [sentences], the neighbourhood of each row of the teacher.
        members: int32 [sentences], rows of the teacher, one neighbourhood after the other.
        borders: int64 [neighbourhoods + 1], where each begins in ``members``.
    """

    of: NDArray[np.int32]
    members: NDArray[np.int32]
    borders: NDArray[np.int64]

    def draw(self, rows: NDArray[np.int64], size: int, generator: np.random.Generator) -> NDArray[np.int64]:
        """``size`` rows of the neighbourhood of each given row, int64 [rows, size]; small ones repeat themselves."""
        own = self.of[rows]
        first = self.borders[own][:, None]
        count = self.borders[own + 1][:, None] - first
        # a random stride through the members draws without replacement nearly always, and needs no shuffling
        start = (generator.random((len(rows), 1)) * count).astype(np.int64)
        stride = 1 + (generator.random((len(rows), 1)) * np.maximum(count - 1, 1)).astype(np.int64)
        place = (start + stride * np.arange(size)) % count
        return self.members[first + place].astype(np.int64)


def neighbourhoods(teacher: NDArray[np.float16], seed: int, mean_size: int = MEAN_SIZE) -> Neighbourhoods:
    """Assign every sentence to the nearest of ``len(teacher) / mean_size`` randomly chosen ones, on the device.

    Args:
        teacher: unit vectors [sentences, width].
        seed: of the choice.
        mean_size: sentences of a neighbourhood, on average.
    """
    from keras import ops

    count = max(1, len(teacher) // mean_size)
    chosen = np.sort(np.random.default_rng(seed).choice(len(teacher), count, replace=False))
    centres = ops.transpose(ops.convert_to_tensor(teacher[chosen].astype(np.float32)))
    step = 8_192
    of = np.zeros(len(teacher), np.int32)
    for start in range(0, len(teacher), step):
        part = np.zeros((step, teacher.shape[1]), np.float32)
        rows = teacher[start : start + step]
        part[: len(rows)] = rows
        nearest = ops.argmax(ops.matmul(ops.convert_to_tensor(part), centres), axis=1)
        of[start : start + len(rows)] = ops.convert_to_numpy(nearest)[: len(rows)]
    members = np.argsort(of, kind="stable").astype(np.int32)
    borders = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=count))]).astype(np.int64)
    return Neighbourhoods(of, members, borders)
