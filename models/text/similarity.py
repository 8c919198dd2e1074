"""How similar sentences are: matrices of cosine and arccos similarity, and the pairs that stand out."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError

# Rows of unit length in float32 miss 1 by up to this when they are multiplied; nearer than this is identical.
ROUNDING = 1e-6


class Measure(StrEnum):
    """How the angle between two embeddings becomes a number."""

    COSINE = "cosine"
    ARCCOS = "arccos"

    @property
    def of_unrelated(self) -> float:
        """The value at a right angle, where two texts have nothing in common."""
        return 0.5 if self is Measure.ARCCOS else 0.0


def cosine_similarity(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine of the angle between each row of ``left`` [N, D] and of ``right`` [M, D], all of unit length or zero.

    Returns:
        float32 [N, M] in [-1, 1], never NaN; exactly 1 for equal rows, 0 for a row of zeros (nothing was read in it).
    """
    if left.ndim != 2 or right.ndim != 2 or left.shape[1] != right.shape[1]:
        raise InvalidInputError(f"Embeddings of shapes {left.shape} and {right.shape} cannot be compared.")
    cosines = np.nan_to_num(np.asarray(left, np.float32)) @ np.nan_to_num(np.asarray(right, np.float32)).T
    np.clip(cosines, -1.0, 1.0, out=cosines)
    cosines[cosines > 1.0 - ROUNDING] = 1.0
    return cosines


def arccos_similarity(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Angular similarity ``1 - arccos(cosine) / pi``: 1 for identical, 0.5 for unrelated, 0 for opposite texts.

    Unlike the cosine it tells apart texts that are nearly the same. Source: Cer et al. 2018, "Universal Sentence
    Encoder" (arXiv 1803.11175), equation 1.

    Args:
        cosines: any shape; values outside [-1, 1], which rounding makes, are clipped.

    Returns:
        float32 in [0, 1], same shape, never NaN for a number.
    """
    return np.asarray(1.0 - np.arccos(np.clip(cosines, -1.0, 1.0)) / np.pi, dtype=np.float32)


def similarity_matrix(
    left: NDArray[np.float32], right: NDArray[np.float32] | None = None, measure: Measure = Measure.COSINE
) -> NDArray[np.float32]:
    """Similarity of each sentence with each other, or of list A (rows) with list B (columns).

    Args:
        left: float32 [N, D], unit length.
        right: float32 [M, D]; None compares ``left`` with itself, with exactly 1 on the diagonal.
        measure: see ``Measure``.

    Returns:
        float32 [N, M].
    """
    cosines = cosine_similarity(left, left if right is None else right)
    if right is None:
        # One half is the mirror of the other; a product in blocks may differ in the last digit.
        cosines = np.maximum(cosines, cosines.T)
        np.fill_diagonal(cosines, 1.0)
    return arccos_similarity(cosines) if measure is Measure.ARCCOS else cosines


@dataclass(frozen=True)
class SimilarPairs:
    """The most similar pairs of a matrix.

    Args:
        rows: int64 [P], best pair first.
        columns: int64 [P].
        values: float32 [P].
        total: how many pairs reach the threshold; more than P when a limit cut the list.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float32]
    total: int

    def __len__(self) -> int:
        """Number of pairs in the list, P."""
        return len(self.values)


def most_similar_pairs(
    matrix: NDArray[np.float32], threshold: float, limit: int = 1_000, *, one_list: bool
) -> SimilarPairs:
    """Pairs of a similarity matrix [N, M] with at least ``threshold``, the best first, at most ``limit``.

    Args:
        matrix: from ``similarity_matrix``.
        threshold: smallest value that counts.
        limit: longest list, at least 1.
        one_list: the matrix compares a list with itself: each pair is named once, and no sentence with itself.
    """
    reached = matrix >= threshold
    if one_list:
        reached &= np.triu(np.ones(matrix.shape, dtype=bool), k=1)
    rows, columns = np.nonzero(reached)
    values = matrix[rows, columns]
    # Stable, so that equal pairs keep the order of the sentences.
    order = np.argsort(-values, kind="stable")[:limit]
    return SimilarPairs(rows[order], columns[order], values[order], len(values))


def best_pair(matrix: NDArray[np.float32], *, one_list: bool) -> tuple[int, int] | None:
    """Row and column of the highest value of a matrix [N, M]; in one list, of two different sentences if there are any.

    Returns:
        None for an empty matrix.
    """
    if not matrix.size:
        return None
    values = np.where(np.triu(np.ones(matrix.shape, dtype=bool), k=1), matrix, -np.inf) if one_list else matrix
    row, column = np.unravel_index(int(np.argmax(values)), matrix.shape)
    return int(row), int(column)


def rank_of_pair(matrix: NDArray[np.float32], pair: tuple[int, int], *, one_list: bool) -> tuple[int | None, int]:
    """How many pairs there are, and the place of one of them among them, from 1; pairs of equal value share a place.

    Returns:
        The place, None for a sentence with itself in one list, and the number of pairs, each counted once.
    """
    better = matrix > matrix[pair]
    if not one_list:
        return int(better.sum()) + 1, matrix.size
    total = len(matrix) * (len(matrix) - 1) // 2
    if pair[0] == pair[1]:
        return None, total
    return int(np.triu(better, k=1).sum()) + 1, total
