import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from models.text.evaluation import (
    average_ranks,
    bitext_accuracy,
    nearest_neighbours,
    pearson,
    precision_at_1,
    spearman,
)


def test_bitext_accuracy_is_the_mean_of_both_directions():
    left = np.eye(3, dtype=np.float32)
    right = np.array([[1, 0, 0], [0.9, 0.43, 0], [0, 0, 1]], dtype=np.float32)
    # left -> right finds rows 0, 1 and 2; right row 1 finds left row 0
    assert bitext_accuracy(left, right) == pytest.approx((1 + 2 / 3) / 2)
    assert bitext_accuracy(left, left) == 1.0


def test_the_chunk_does_not_change_the_neighbours():
    rng = np.random.default_rng(0)
    queries, candidates = rng.standard_normal((50, 8), np.float32), rng.standard_normal((40, 8), np.float32)
    expected = np.argmax(queries @ candidates.T, axis=1)
    for chunk in (1, 7, 50, 1000):
        assert nearest_neighbours(queries, candidates, chunk).tolist() == expected.tolist()


def test_precision_at_1_compares_labels():
    eye = np.eye(3, dtype=np.float32)
    assert precision_at_1(eye, eye, ["a", "b", "c"], ["a", "b", "x"]) == pytest.approx(2 / 3)


def test_correlations_agree_with_scipy_also_with_ties():
    rng = np.random.default_rng(1)
    first, second = rng.integers(0, 6, 200), rng.integers(0, 6, 200) + rng.integers(0, 3, 200)
    assert spearman(first, second) == pytest.approx(spearmanr(first, second).statistic)
    assert pearson(first, second) == pytest.approx(pearsonr(first, second).statistic)
    assert average_ranks([10, 20, 20, 5]).tolist() == [2, 3.5, 3.5, 1]
    assert spearman([1, 1, 1], [1, 2, 3]) == 0.0


@pytest.mark.parametrize("call", [
    lambda: pearson([1], [2]),
    lambda: pearson([1, 2], [1, 2, 3]),
    lambda: bitext_accuracy(np.ones((0, 2), np.float32), np.ones((0, 2), np.float32)),
    lambda: bitext_accuracy(np.ones((2, 2), np.float32), np.ones((3, 2), np.float32)),
    lambda: nearest_neighbours(np.ones((1, 2), np.float32), np.ones((0, 2), np.float32)),
    lambda: precision_at_1(np.ones((0, 2), np.float32), np.ones((1, 2), np.float32), [], ["a"]),
])  # fmt: skip
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError):
        call()
