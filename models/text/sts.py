"""Semantic textual similarity: how well a model agrees with people on how much two sentences mean the same.

Source: Cer et al. 2017, "SemEval-2017 Task 1: Semantic Textual Similarity" (arXiv 1708.00055).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.text.evaluation import pearson, spearman


@dataclass(frozen=True)
class StsScore:
    """Agreement of a model with people; both correlations in [-1, 1]."""

    pearson: float
    spearman: float
    pairs: int


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
