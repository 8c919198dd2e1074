import numpy as np
import pytest

from models.errors import InvalidInputError
from models.feature_outputs.neighbours import nearest, nearest_of_each

VECTORS = np.array([[1, 0], [2, 0.1], [0, 1], [0, 0], [-1, 0]], np.float32)


def test_nearest_by_direction_not_by_length() -> None:
    found = nearest(VECTORS, 0, 3)
    assert [one.row for one in found] == [1, 2, 3]
    assert found[0].similarity == pytest.approx(2 / np.hypot(2, 0.1)) and found[2].similarity == 0


def test_a_row_is_not_its_own_neighbour() -> None:
    same = np.ones((3, 4), np.float32)
    assert [one.row for one in nearest(same, 1)] == [0, 2]
    assert nearest(same, 1)[0].similarity <= 1.0
    assert [one.row for one in nearest_of_each(same) if one] == [1, 0, 0]


def test_blocks_agree_with_single_rows() -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    each = nearest_of_each(vectors, block=7)
    assert [one.row for one in each if one] == [nearest(vectors, row, 1)[0].row for row in range(50)]


def test_one_row_and_a_row_that_is_not_there() -> None:
    assert nearest(VECTORS[:1], 0) == [] and nearest_of_each(VECTORS[:1]) == [None]
    with pytest.raises(InvalidInputError, match="no input 6"):
        nearest(VECTORS, 5)
