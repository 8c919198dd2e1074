"""Which found object is which true one, and how many were found: scores of instances."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.imaging.metrics import THRESHOLDS, Labels


@dataclass(frozen=True)
class Matching:
    """Objects matched at one IoU threshold.

    Args:
        threshold: smallest IoU of a match.
        true_positives: matched objects.
        false_positives: found objects without a true one.
        false_negatives: true objects that were not found.
        pairs: (true label, found label, IoU) of each match, by true label.
    """

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    pairs: tuple[tuple[int, int, float], ...]

    @property
    def average_precision(self) -> float:
        """TP / (TP + FP + FN) in [0, 1]; 1.0 when there is nothing to find and nothing was found.

        Source: the evaluation of the 2018 Data Science Bowl, Caicedo et al. 2019, "Nucleus segmentation across imaging
        experiments"; Schmidt et al. 2018, "Cell detection with star-convex polygons" (arXiv 1806.03535), equation 4.
        """
        total = self.true_positives + self.false_positives + self.false_negatives
        return self.true_positives / total if total else 1.0

    @property
    def f1(self) -> float:
        """2 TP / (2 TP + FP + FN) in [0, 1]; 1.0 when there is nothing to find and nothing was found."""
        total = 2 * self.true_positives + self.false_positives + self.false_negatives
        return 2 * self.true_positives / total if total else 1.0

    @property
    def panoptic_quality(self) -> float:
        """F1 times the mean IoU of the matches, in [0, 1].

        Source: Kirillov et al. 2019, "Panoptic segmentation" (arXiv 1801.00868), equation 1.
        """
        mean_iou = sum(pair[2] for pair in self.pairs) / len(self.pairs) if self.pairs else 1.0
        return self.f1 * mean_iou


def overlapping_pairs(
    truth: Labels, predicted: Labels
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], int, int]:
    """Every pair of objects that share a pixel, with its IoU, without the matrix of all pairs.

    Returns:
        (true labels [P], found labels [P], IoU [P], number of true objects, number of found objects).
    """
    if truth.shape != predicted.shape:
        raise ValueError(f"truth and prediction must have one shape, got {truth.shape} and {predicted.shape}")
    true_ids, true_index, true_area = np.unique(truth, return_inverse=True, return_counts=True)
    found_ids, found_index, found_area = np.unique(predicted, return_inverse=True, return_counts=True)
    joint = true_index.ravel().astype(np.int64) * len(found_ids) + found_index.ravel()
    cells, shared = np.unique(joint, return_counts=True)
    rows, columns = np.divmod(cells, len(found_ids))
    kept = (true_ids[rows] != 0) & (found_ids[columns] != 0)
    rows, columns, shared = rows[kept], columns[kept], shared[kept]
    overlap = shared / (true_area[rows] + found_area[columns] - shared)
    return (
        true_ids[rows].astype(np.int64),
        found_ids[columns].astype(np.int64),
        overlap,
        int((true_ids != 0).sum()),
        int((found_ids != 0).sum()),
    )


def match_instances(truth: Labels, predicted: Labels, threshold: float = 0.5) -> Matching:
    """Match objects whose IoU is at least ``threshold``, each at most once, as many and as well as possible.

    Source: ``stardist.matching.matching`` (Hungarian assignment, Kuhn 1955). Above an IoU of 0.5 a match is unique
    (Kirillov et al. 2019), so nothing has to be assigned there.
    """
    return _match(*overlapping_pairs(truth, predicted), threshold)


def average_precision(truth: Labels, predicted: Labels, thresholds: Sequence[float] = THRESHOLDS) -> list[float]:
    """``Matching.average_precision`` at each IoU threshold."""
    pairs = overlapping_pairs(truth, predicted)
    return [_match(*pairs, threshold).average_precision for threshold in thresholds]


def _match(
    true_ids: NDArray[np.int64],
    found_ids: NDArray[np.int64],
    overlap: NDArray[np.float64],
    true_count: int,
    found_count: int,
    threshold: float,
) -> Matching:
    kept = overlap >= max(threshold, np.finfo(float).tiny)
    true_ids, found_ids, overlap = true_ids[kept], found_ids[kept], overlap[kept]
    if len(np.unique(true_ids)) < len(true_ids) or len(np.unique(found_ids)) < len(found_ids):
        best = _assign(true_ids, found_ids, overlap)
        true_ids, found_ids, overlap = true_ids[best], found_ids[best], overlap[best]
    pairs = sorted(zip(true_ids.tolist(), found_ids.tolist(), overlap.tolist(), strict=True))
    hits = len(pairs)
    return Matching(threshold, hits, found_count - hits, true_count - hits, tuple(pairs))


def _assign(
    true_ids: NDArray[np.int64], found_ids: NDArray[np.int64], overlap: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Indices of the pairs of the best one-to-one assignment: most pairs first, then the largest sum of IoU."""
    from scipy.optimize import linear_sum_assignment

    rows, row = np.unique(true_ids, return_inverse=True)
    columns, column = np.unique(found_ids, return_inverse=True)
    index = np.full((len(rows), len(columns)), -1, dtype=np.int64)
    index[row, column] = np.arange(len(overlap))
    gain = np.zeros(index.shape)
    # a match counts 1, and its IoU only decides between equally many matches
    gain[row, column] = 1 + overlap / (2 * min(index.shape))
    chosen = index[linear_sum_assignment(-gain)]
    return chosen[chosen >= 0]
