"""How well a mask fits the truth: tiny pure functions, each with its source.

Masks are bool [H, W] (anything non-zero counts); labels are int [H, W], 0 for background and one number an object.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Mask = NDArray[np.bool_]
Labels = NDArray[np.integer]

THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(9))
"""IoU thresholds 0.50, 0.55, ..., 0.90 over which the mean average precision is taken, as StarDist's tables do."""


def _pair(truth: ArrayLike, predicted: ArrayLike, region: ArrayLike | None = None) -> tuple[Mask, Mask]:
    first, second = np.asarray(truth) != 0, np.asarray(predicted) != 0
    if first.shape != second.shape:
        raise ValueError(f"truth and prediction must have one shape, got {first.shape} and {second.shape}")
    if region is None:
        return first, second
    inside = np.asarray(region) != 0
    return first[inside], second[inside]


def dice(truth: ArrayLike, predicted: ArrayLike, region: ArrayLike | None = None) -> float:
    """Overlap 2|A and B| / (|A| + |B|) in [0, 1]; 1.0 when both are empty. Equals the F1 score of the pixels.

    Source: Dice 1945, "Measures of the amount of ecologic association between species".

    Args:
        truth: [H, W].
        predicted: [H, W].
        region: [H, W]; only pixels that are non-zero here count, for the field of view of a fundus photograph.
    """
    a, b = _pair(truth, predicted, region)
    total = int(a.sum()) + int(b.sum())
    return 2 * int((a & b).sum()) / total if total else 1.0


def iou(truth: ArrayLike, predicted: ArrayLike, region: ArrayLike | None = None) -> float:
    """Intersection over union |A and B| / |A or B| in [0, 1]; 1.0 when both are empty.

    Source: Jaccard 1912, "The distribution of the flora in the alpine zone".
    """
    a, b = _pair(truth, predicted, region)
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 1.0


def sensitivity(truth: ArrayLike, predicted: ArrayLike, region: ArrayLike | None = None) -> float:
    """Share of the true pixels that were found, in [0, 1]; 1.0 when there are none.

    Source: Yerushalmy 1947, "Statistical problems in assessing methods of medical diagnosis".
    """
    a, b = _pair(truth, predicted, region)
    return int((a & b).sum()) / int(a.sum()) if a.any() else 1.0


def precision(truth: ArrayLike, predicted: ArrayLike, region: ArrayLike | None = None) -> float:
    """Share of the found pixels that are true, in [0, 1]; 1.0 when nothing was found.

    Source: van Rijsbergen 1979, "Information Retrieval", chapter 7.
    """
    return sensitivity(predicted, truth, region)


def surface(mask: ArrayLike) -> Mask:
    """Pixels of the mask that touch its outside by a side; the image's edge counts as outside."""
    inside = np.pad(np.asarray(mask) != 0, 1)
    inner = inside[1:-1, 1:-1] & inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
    return inside[1:-1, 1:-1] & ~inner


def hausdorff(
    truth: ArrayLike, predicted: ArrayLike, percentile: float = 100, spacing: tuple[float, float] = (1.0, 1.0)
) -> float:
    """Distance between two outlines: the larger of both directed percentiles of distances to the other outline.

    Source: Huttenlocher, Klanderman and Rucklidge 1993, "Comparing images using the Hausdorff distance"; percentile of
    each direction, then the maximum, as in Maier-Hein et al. 2024, "Metrics reloaded" (arXiv 2206.01653).

    Args:
        truth: [H, W].
        predicted: [H, W].
        percentile: in (0, 100]; 100 is the classical distance.
        spacing: height and width of a pixel.

    Returns:
        In pixels, or in the unit of ``spacing``; 0.0 when both are empty, infinity when only one is.
    """
    from scipy.ndimage import distance_transform_edt

    a, b = _pair(truth, predicted)
    if not a.any() or not b.any():
        return 0.0 if a.any() == b.any() else math.inf
    edge_a, edge_b = surface(a), surface(b)
    to_b = distance_transform_edt(~edge_b, sampling=spacing)[edge_a]
    to_a = distance_transform_edt(~edge_a, sampling=spacing)[edge_b]
    return float(max(np.percentile(to_b, percentile), np.percentile(to_a, percentile)))


def hd95(truth: ArrayLike, predicted: ArrayLike, spacing: tuple[float, float] = (1.0, 1.0)) -> float:
    """The Hausdorff distance at the 95th percentile, which one stray pixel does not decide; see ``hausdorff``."""
    return hausdorff(truth, predicted, 95, spacing)


def mean_average_precision(
    truth: Labels, predicted: Labels, thresholds: Sequence[float] = THRESHOLDS
) -> tuple[float, list[float]]:
    """Mean over the IoU thresholds of ``matching.average_precision``, and the single values."""
    from models.imaging.matching import average_precision

    values = average_precision(truth, predicted, thresholds)
    return float(np.mean(values)), values
