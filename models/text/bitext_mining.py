"""Which sentences of two lists are translations of each other, by margin scores.

A plain cosine favours sentences that are close to everything. The margin compares it with the neighbourhood of both
sentences, so that one threshold fits all. Source: Artetxe and Schwenk 2019, "Margin-based Parallel Corpus Mining with
Multilingual Sentence Embeddings" (arXiv 1811.01136), equation 2 with the ratio margin.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError

NEIGHBOURS = 4  # as in the source
# A neighbourhood without any similarity would make every margin infinite.
_LEAST_NEIGHBOURHOOD = 1e-2


def margin_scores(cosines: NDArray[np.float32], k: int = NEIGHBOURS) -> NDArray[np.float32]:
    """Ratio margin of each pair: its cosine over the mean cosine with the k nearest neighbours of both sides.

    Args:
        cosines: [N, M], list A against list B.
        k: neighbours on the other side; fewer where a list is shorter.

    Returns:
        float32 [N, M]; about 1 for pairs that are no closer than their neighbourhood, more for translations. Where the
        neighbourhood has a mean below 0.01 it counts as 0.01.

    Raises:
        InvalidInputError: an empty list, or ``k`` below 1.
    """
    if cosines.ndim != 2 or 0 in cosines.shape:
        raise InvalidInputError("An alignment needs at least one sentence in each of the two lists.")
    if k < 1:
        raise InvalidInputError(f"The number of neighbours must be at least 1, not {k}.")
    of_left = _nearest_mean(cosines, k)
    of_right = _nearest_mean(cosines.T, k)
    neighbourhood = (of_left[:, None] + of_right[None, :]) / 2
    return np.asarray(cosines / np.maximum(neighbourhood, _LEAST_NEIGHBOURHOOD), dtype=np.float32)


def _nearest_mean(cosines: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    """Mean of the k largest values of each row."""
    k = min(k, cosines.shape[1])
    return np.asarray(np.partition(cosines, -k, axis=1)[:, -k:].mean(axis=1))


@dataclass(frozen=True)
class Alignment:
    """Each sentence of list A with its best partner in list B.

    Args:
        partner: int64 [N], row of B with the highest margin.
        margin: float32 [N].
        cosine: float32 [N], of the same pair.
        mutual: bool [N], whether this sentence of A is also the best partner of its partner.
        left_over: int64 [L], sentences of B that are in no mutual pair.
    """

    partner: NDArray[np.int64]
    margin: NDArray[np.float32]
    cosine: NDArray[np.float32]
    mutual: NDArray[np.bool_]
    left_over: NDArray[np.int64]


def align(cosines: NDArray[np.float32], k: int = NEIGHBOURS) -> Alignment:
    """Align list A with list B: best partners by margin, and which of them choose each other.

    Mutual pairs are the intersection of both directions ("intersection retrieval" in the source) and are one to one.

    Args:
        cosines: [N, M].
        k: as in ``margin_scores``.

    Raises:
        InvalidInputError: as in ``margin_scores``.
    """
    margins = margin_scores(cosines, k)
    partner = margins.argmax(axis=1)
    chosen_by = margins.argmax(axis=0)
    left = np.arange(len(margins))
    mutual = chosen_by[partner] == left
    left_over = np.setdiff1d(np.arange(margins.shape[1]), partner[mutual])
    return Alignment(partner, margins[left, partner], cosines[left, partner], mutual, left_over)
