import numpy as np
import pytest

from models.imaging.baseline import classical_baseline
from models.imaging.instances import ObjectSettings
from models.imaging.metrics import dice
from models.imaging.phantoms import fundus_phantom
from tests.models.imaging.conftest import discs_picture


@pytest.mark.parametrize("inverted", [False, True])
def test_the_rarer_side_is_the_object(inverted: bool) -> None:
    rgb, truth = discs_picture(4)
    labels = classical_baseline(255 - rgb if inverted else rgb, ObjectSettings(minimum_size=20))
    assert labels.max() == truth.max() and dice(truth, labels) > 0.9


def test_touching_discs_are_split_by_their_shape() -> None:
    rows, columns = np.mgrid[:80, :120]
    discs = (np.hypot(rows - 40, columns - 42) < 20) | (np.hypot(rows - 40, columns - 76) < 20)
    rgb = np.repeat(np.where(discs, 200, 20).astype(np.uint8)[..., None], 3, axis=2)
    assert classical_baseline(rgb).max() == 2
    assert classical_baseline(rgb, split=False).max() == 1


def test_dark_lines_are_found_inside_of_the_bright_field() -> None:
    rgb, truth = fundus_phantom()
    labels = classical_baseline(rgb, ObjectSettings(minimum_size=30), split=False, dark_lines=True)
    assert dice(truth, labels) > 0.6
    assert not labels[:20].any()


def test_an_image_without_contrast_gives_nothing_or_everything_and_no_error() -> None:
    flat = np.full((32, 40, 3), 90, np.uint8)
    for dark_lines in (False, True):
        assert classical_baseline(flat, dark_lines=dark_lines).shape == (32, 40)
