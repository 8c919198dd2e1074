"""Which inputs lie closest to one another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.text.encoder import unit_rows


@dataclass(frozen=True)
class Neighbour:
    """Another row, and its cosine similarity in [-1, 1]."""

    row: int
    similarity: float


def nearest(vectors: NDArray[np.float32], row: int, count: int = 5) -> list[Neighbour]:
    """The ``count`` rows of vectors [N, D] closest to one of them by cosine, the closest first, without itself.

    Raises:
        InvalidInputError: no such row.
    """
    if not 0 <= row < len(vectors):
        raise InvalidInputError(f"There is no input {row + 1}; there are {len(vectors):,}.")
    unit = unit_rows(vectors)
    similarity = np.clip(unit @ unit[row], -1, 1)
    order = np.argsort(-similarity, kind="stable")
    return [Neighbour(int(other), float(similarity[other])) for other in order if other != row][:count]


def nearest_of_each(vectors: NDArray[np.float32], block: int = 512) -> list[Neighbour | None]:
    """The closest other row of every row; None where there is no other. Computed in blocks of rows."""
    unit = unit_rows(vectors)
    if len(unit) < 2:
        return [None] * len(unit)
    found: list[Neighbour | None] = []
    for start in range(0, len(unit), block):
        similarity = unit[start : start + block] @ unit.T
        own = np.arange(len(similarity))
        similarity[own, start + own] = -np.inf
        best = similarity.argmax(axis=1)
        found += [Neighbour(int(b), float(np.clip(similarity[i, b], -1, 1))) for i, b in enumerate(best)]
    return found
