"""Metrics for sentence embeddings: tiny pure functions, each with its source.

All take NumPy arrays and return Python floats in [0, 1] for accuracies and [-1, 1] for correlations.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def nearest_neighbours(
    queries: NDArray[np.float32], candidates: NDArray[np.float32], chunk: int = 1024
) -> NDArray[np.int64]:
    """Row of the most similar candidate for each query, by dot product (cosine for unit-length rows).

    Args:
        queries: [N, D].
        candidates: [M, D], M >= 1.
        chunk: queries per block, so that the [N, M] matrix is never held whole.

    Returns:
        int64 [N]; the first row wins a tie.
    """
    if len(candidates) == 0:
        raise ValueError("nearest_neighbours needs at least one candidate")
    best = np.empty(len(queries), dtype=np.int64)
    for start in range(0, len(queries), chunk):
        best[start : start + chunk] = np.argmax(queries[start : start + chunk] @ candidates.T, axis=1)
    return best


def bitext_accuracy(left: NDArray[np.float32], right: NDArray[np.float32], chunk: int = 1024) -> float:
    """Share of sentences whose nearest neighbour on the other side is their translation, mean of both directions.

    Source: Artetxe and Schwenk 2019, "Massively Multilingual Sentence Embeddings" (arXiv 1812.10464), section 4.3, as
    similarity search by plain cosine, which Feng et al. 2020, LaBSE (arXiv 2007.01852), report on Tatoeba as well.

    Args:
        left: [N, D] unit-length rows; row i is the translation of row i of ``right``.
        right: [N, D].
        chunk: rows compared at a time.
    """
    if left.shape != right.shape:
        raise ValueError(f"aligned sides must have one shape, got {left.shape} and {right.shape}")
    if len(left) == 0:
        raise ValueError("bitext accuracy needs at least one pair")
    truth = np.arange(len(left))
    forward = float(np.mean(nearest_neighbours(left, right, chunk) == truth))
    backward = float(np.mean(nearest_neighbours(right, left, chunk) == truth))
    return (forward + backward) / 2


def precision_at_1(
    queries: NDArray[np.float32],
    candidates: NDArray[np.float32],
    query_labels: Sequence[object],
    labels: Sequence[object],
) -> float:
    """Share of queries whose most similar candidate carries their label.

    Source: Manning, Raghavan and Schuetze 2008, "Introduction to Information Retrieval", section 8.4, with k = 1.
    """
    if len(queries) == 0:
        raise ValueError("precision at 1 needs at least one query")
    nearest = nearest_neighbours(queries, candidates)
    return float(np.mean([query_labels[row] == labels[best] for row, best in enumerate(nearest)]))


def pearson(first: ArrayLike, second: ArrayLike) -> float:
    """Linear correlation of two lists of numbers; 0.0 when one of them is constant.

    Source: Pearson 1895, "Notes on regression and inheritance in the case of two parents".
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1 or len(a) < 2:
        raise ValueError(f"correlation needs two lists of one length of at least 2, got {a.shape} and {b.shape}")
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt(np.dot(a, a) * np.dot(b, b)))
    return float(np.dot(a, b)) / scale if scale > 0 else 0.0


def average_ranks(values: ArrayLike) -> NDArray[np.float64]:
    """Rank of each value from 1; equal values share the mean of the ranks that they take up."""
    array = np.asarray(values, dtype=np.float64)
    _, group, counts = np.unique(array, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[group]


def spearman(first: ArrayLike, second: ArrayLike) -> float:
    """Rank correlation, ties sharing their mean rank; the STS benchmark's score.

    Source: Spearman 1904, "The proof and measurement of association between two things"; recommended for sentence
    similarity by Reimers, Beyer and Gurevych 2016, "Task-oriented intrinsic evaluation of semantic textual similarity".
    """
    return pearson(average_ranks(first), average_ranks(second))
