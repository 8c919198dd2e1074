import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import directed_hausdorff
from skimage.metrics import hausdorff_distance
from sklearn.metrics import f1_score, jaccard_score, precision_score, recall_score

from models.imaging.matching import average_precision, match_instances, overlapping_pairs
from models.imaging.metrics import (
    THRESHOLDS,
    dice,
    hausdorff,
    hd95,
    iou,
    mean_average_precision,
    precision,
    sensitivity,
    surface,
)


def square(top: int, left: int, side: int, value: int = 1, size: int = 40) -> NDArray[np.int32]:
    labels = np.zeros((size, size), dtype=np.int32)
    labels[top : top + side, left : left + side] = value
    return labels


def random_masks(seed: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    rng = np.random.default_rng(seed)
    truth = rng.random((31, 47)) > 0.6
    return truth, truth ^ (rng.random(truth.shape) > 0.8)


@pytest.mark.parametrize("seed", range(3))
def test_pixel_scores_agree_with_scikit_learn(seed: int) -> None:
    truth, predicted = random_masks(seed)
    a, b = truth.ravel(), predicted.ravel()
    assert dice(truth, predicted) == pytest.approx(f1_score(a, b))
    assert iou(truth, predicted) == pytest.approx(jaccard_score(a, b))
    assert sensitivity(truth, predicted) == pytest.approx(recall_score(a, b))
    assert precision(truth, predicted) == pytest.approx(precision_score(a, b))


def test_known_overlap() -> None:
    # 10 x 10 squares, five columns apart: 50 pixels shared of 150
    assert dice(square(5, 5, 10), square(5, 10, 10)) == 0.5
    assert iou(square(5, 5, 10), square(5, 10, 10)) == pytest.approx(1 / 3)


def test_empty_masks_agree_and_one_empty_mask_fails() -> None:
    empty, full = np.zeros((4, 4)), np.ones((4, 4))
    assert dice(empty, empty) == iou(empty, empty) == 1
    assert dice(empty, full) == iou(full, empty) == 0
    assert hd95(empty, empty) == 0
    assert hd95(empty, full) == math.inf


def test_a_region_leaves_out_the_rest() -> None:
    truth, predicted, region = np.zeros((2, 4)), np.zeros((2, 4)), np.zeros((2, 4))
    truth[0, :2] = predicted[0, :2] = predicted[1, :] = region[0] = 1
    assert dice(truth, predicted) == pytest.approx(0.5)
    assert dice(truth, predicted, region) == 1


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="one shape"):
        dice(np.zeros((2, 3)), np.zeros((3, 2)))


@pytest.mark.parametrize("seed", range(3))
def test_hausdorff_agrees_with_scipy_and_scikit_image(seed: int) -> None:
    truth, predicted = random_masks(seed)
    first, second = np.argwhere(surface(truth)), np.argwhere(surface(predicted))
    expected = max(directed_hausdorff(first, second)[0], directed_hausdorff(second, first)[0])
    assert hausdorff(truth, predicted) == pytest.approx(expected)
    assert hausdorff(truth, predicted) == pytest.approx(hausdorff_distance(surface(truth), surface(predicted)))


def test_hd95_of_a_shifted_square_and_a_stray_pixel() -> None:
    truth, shifted = square(10, 10, 20), square(10, 13, 20)
    assert hd95(truth, shifted) == 3
    assert hd95(truth, shifted, spacing=(2.0, 0.5)) == 1.5
    stray = truth.copy()
    stray[0, 0] = 1
    assert hd95(truth, stray) < 1 < hausdorff(truth, stray)


def test_surface_counts_the_edge_of_the_image() -> None:
    assert surface(np.ones((5, 5))).sum() == 16


def test_matching_counts_and_pairs() -> None:
    truth = square(0, 0, 10, 7) + square(20, 20, 10, 9)
    predicted = square(0, 1, 10, 3) + square(0, 20, 5, 4)  # IoU 90/110 with 7; one where nothing is
    match = match_instances(truth, predicted, 0.5)
    assert (match.true_positives, match.false_positives, match.false_negatives) == (1, 1, 1)
    assert match.pairs == ((7, 3, pytest.approx(90 / 110)),)
    assert match.average_precision == pytest.approx(1 / 3)
    assert match.f1 == 0.5
    assert match.panoptic_quality == pytest.approx(0.5 * 90 / 110)


def test_thresholds_and_their_mean() -> None:
    truth, predicted = square(0, 0, 10), square(0, 2, 10)  # IoU 80/120
    mean, values = mean_average_precision(truth, predicted)
    assert values == [1, 1, 1, 1, 0, 0, 0, 0, 0]
    assert mean == pytest.approx(4 / 9)
    assert THRESHOLDS[0] == 0.5 and THRESHOLDS[-1] == 0.9


def test_an_object_is_matched_once() -> None:
    # one square found as two halves, each of an IoU of exactly 0.5
    truth = square(0, 0, 10)
    halves = truth.copy()
    halves[:5, :10] = 2
    match = match_instances(truth, halves, 0.5)
    assert (match.true_positives, match.false_positives, match.false_negatives) == (1, 1, 0)


def test_low_thresholds_match_as_many_as_possible() -> None:
    # 1 overlaps a (0.6) and b (0.3), 2 overlaps a only (0.4): taking the best pair first would find one match
    truth, predicted = np.zeros((1, 40), dtype=np.int32), np.zeros((1, 40), dtype=np.int32)
    truth[0, 0:10], truth[0, 10:14] = 1, 2
    predicted[0, 0:3], predicted[0, 3:13] = 5, 6
    assert match_instances(truth, predicted, 0.2).true_positives == 2


def test_matching_agrees_with_the_hungarian_method_on_random_labels() -> None:
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(4)
    for _ in range(5):
        truth = rng.integers(0, 6, (12, 12)).repeat(2, 0).repeat(2, 1).astype(np.int32)
        predicted = np.where(rng.random(truth.shape) > 0.3, truth, rng.integers(0, 6, truth.shape)).astype(np.int32)
        table = np.zeros((6, 6))
        rows, columns, overlap, _, _ = overlapping_pairs(truth, predicted)
        table[rows, columns] = overlap
        for threshold in (0.1, 0.3, 0.5, 0.7):
            allowed = table >= threshold
            best = linear_sum_assignment(-allowed.astype(float))
            assert match_instances(truth, predicted, threshold).true_positives == allowed[best].sum()


def test_nothing_to_find_is_perfect_and_something_found_is_not() -> None:
    empty = np.zeros((5, 5), dtype=np.int32)
    assert average_precision(empty, empty) == [1.0] * 9
    assert average_precision(empty, square(0, 0, 2, size=5)) == [0.0] * 9
