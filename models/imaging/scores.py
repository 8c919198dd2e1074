"""The scores of one result against the truth, and their means over images."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.imaging.metrics import dice, iou, mean_average_precision


@dataclass(frozen=True)
class Scores:
    """How well objects fit the truth; all in [0, 1].

    Args:
        dice: of the mask.
        iou: of the mask.
        ap50: average precision of single objects at an IoU of 0.5; None where objects are not told apart.
        map: its mean over IoU 0.5, 0.55, ..., 0.9.
    """

    dice: float
    iou: float
    ap50: float | None = None
    map: float | None = None


def score_labels(
    truth: NDArray[np.integer],
    found: NDArray[np.integer],
    separate: bool,
    region: NDArray[np.bool_] | None = None,
) -> Scores:
    """Compare two label images [H, W]; single objects only count where ``separate``, the masks inside ``region``."""
    overlap = dice(truth, found, region), iou(truth, found, region)
    if not separate:
        return Scores(*overlap)
    mean, single = mean_average_precision(truth, found)
    return Scores(*overlap, single[0], mean)


def mean_scores(scores: Sequence[Scores]) -> Scores:
    """Means over images; at least one."""

    def mean(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return float(np.mean(known)) if known else None

    return Scores(
        float(np.mean([each.dice for each in scores])),
        float(np.mean([each.iou for each in scores])),
        mean([each.ap50 for each in scores]),
        mean([each.map for each in scores]),
    )
