import numpy as np
import pytest

from models.imaging.picking import innermost_pixel, object_at, object_near

# A vessel of one pixel's width in column 10, and a block that begins five columns to its right.
LABELS = np.zeros((20, 30), np.int32)
LABELS[:, 10] = 1
LABELS[4:12, 15:25] = 2


def test_a_click_finds_its_object() -> None:
    labels = np.arange(12, dtype=np.int32).reshape(3, 4)
    assert object_at(labels, 1.9, 2.2) == 6
    assert object_at(labels, -1, 0) == object_at(labels, 3, 0) == object_at(labels, 0, 0) == 0


@pytest.mark.parametrize(
    ("row", "column", "reach", "label"),
    [
        (6.5, 10.5, 0, 1),
        (6.5, 9.2, 0, 0),
        (6.5, 9.2, 1.5, 1),  # 1.3 pixels from the vessel's middle
        (6.5, 9.2, 1.2, 0),
        (6.5, 14.9, 20, 2),  # the nearest of both
        (6.5, 11.5, 20, 1),
        (6.5, 24.9, 20, 2),  # an exact hit, however far the reach
        (0.5, 14.5, 3, 0),  # a window in the middle of nothing
        (0, 0, 0.5, 0),
        (19.99, 29.99, 3, 0),
        (20, 10.5, 2, 1),  # the lower edge of the picture
        (-3, -3, 1, 0),
    ],
)
def test_a_click_beside_a_thin_object_finds_it(row: float, column: float, reach: float, label: int) -> None:
    assert object_near(LABELS, row, column, reach) == label


def test_a_picture_without_objects_has_none_to_click() -> None:
    assert object_near(np.zeros((5, 5), np.int32), 2, 2, 10) == 0


def test_the_innermost_pixel_stays_when_the_object_shrinks() -> None:
    ring = np.zeros((40, 40), np.int32)
    ring[5:35, 5:35] = 3
    ring[8:32, 8:26] = 0  # the right side is the thickest
    ring[12:20, 12:20] = 4
    row, column = innermost_pixel(ring, 3, (5, 5, 35, 35))
    assert ring[row, column] == 3 and 28 <= column <= 32
    assert innermost_pixel(LABELS, 2, (4, 15, 12, 25))[0] in (7, 8)
    assert innermost_pixel(np.ones((1, 1), np.int32), 1, (0, 0, 1, 1)) == (0, 0)
