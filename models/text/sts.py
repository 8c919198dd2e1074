"""Semantic textual similarity: how well a model agrees with people on how much two sentences mean the same.

Source: Cer et al. 2017, "SemEval-2017 Task 1: Semantic Textual Similarity" (arXiv 1708.00055).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.text.evaluation import pearson, spearman
from models.text.similarity import ROUNDING, Measure, arccos_similarity


@dataclass(frozen=True)
class StsScore:
    """Agreement of a model with people; both correlations in [-1, 1]."""

    pearson: float
    spearman: float
    pairs: int


def paired_similarity(
    first: NDArray[np.float32], second: NDArray[np.float32], measure: Measure = Measure.COSINE
) -> NDArray[np.float32]:
    """Similarity of each row of ``first`` [P, D] with the same row of ``second``, unit length or zero; float32 [P]."""
    if first.shape != second.shape:
        raise InvalidInputError(f"Embeddings of shapes {first.shape} and {second.shape} are not of pairs.")
    cosines = np.clip(np.einsum("pd,pd->p", np.nan_to_num(first), np.nan_to_num(second)), -1.0, 1.0)
    cosines[cosines > 1.0 - ROUNDING] = 1.0
    return arccos_similarity(cosines) if measure is Measure.ARCCOS else cosines


def sts_score(gold: Sequence[float] | NDArray[np.float64], similarity: NDArray[np.float32]) -> StsScore:
    """Pearson and Spearman correlation of the similarities with the gold scores.

    Raises:
        InvalidInputError: all gold scores are the same, so that there is no order to agree with.
    """
    values = np.asarray(gold, dtype=np.float64)
    if len(values) and np.ptp(values) == 0:
        raise InvalidInputError(
            f"All {len(values):,} pairs have the score {values[0]:g}. Choose the column with different scores."
        )
    return StsScore(pearson(values, similarity), spearman(values, similarity), len(values))
