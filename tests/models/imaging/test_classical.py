import numpy as np
import pytest

from models.imaging.classical import classical_baseline
from models.imaging.instances import ObjectSettings
from models.imaging.metrics import dice
from tests.models.imaging.conftest import discs_picture


@pytest.mark.parametrize("inverted", [False, True])
def test_the_side_that_the_rim_does_not_show_is_the_object(inverted: bool) -> None:
    rgb, truth = discs_picture(4)
    labels = classical_baseline(255 - rgb if inverted else rgb, settings=ObjectSettings(minimum_size=20))
    assert labels.max() == truth.max() and dice(truth, labels) > 0.9


def test_touching_discs_are_split_by_their_shape() -> None:
    rows, columns = np.mgrid[:80, :120]
    discs = (np.hypot(rows - 40, columns - 42) < 20) | (np.hypot(rows - 40, columns - 76) < 20)
    rgb = np.repeat(np.where(discs, 200, 20).astype(np.uint8)[..., None], 3, axis=2)
    assert classical_baseline(rgb).max() == 2
    assert classical_baseline(rgb, settings=ObjectSettings(split=False)).max() == 1
