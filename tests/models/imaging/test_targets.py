"""What a network learns to say about known objects."""

from typing import Any

import numpy as np
import pytest

from models.imaging.targets import object_depth, target_maps

CHANNELS = ("foreground", "boundary", "distance")


def squares() -> Any:
    """Two squares of 11 x 11 that touch, and one at the corner of the image."""
    labels = np.zeros((48, 64), np.int32)
    labels[10:21, 10:21], labels[10:21, 21:32], labels[:8, 50:58] = 1, 2, 3
    return labels


def test_depth_is_that_of_each_object_alone() -> None:
    depth, relative = object_depth(squares())
    assert depth[15, 15] == pytest.approx(6)
    assert depth[15, 20] == depth[15, 21] == pytest.approx(1)
    assert relative[15, 15] == relative[15, 26] == 1
    assert depth[0, 54] > 3, "the image's edge does not end an object"
    assert not depth[squares() == 0].any()


def test_targets_separate_objects_that_touch() -> None:
    foreground, boundary, distance = target_maps(squares(), CHANNELS)
    assert foreground[15, 20:22].min() == 1
    assert boundary[15, 20:22].min() == 1 and boundary[15, 15] == 0
    assert distance[15, 20:22].max() < 0.2
    assert len(target_maps(squares(), ("foreground",))) == 1


def test_an_object_that_fills_the_image_has_no_rim() -> None:
    foreground, boundary, distance = target_maps(np.ones((8, 8), np.int32), CHANNELS)
    assert foreground.all() and not boundary[2:-2, 2:-2].any() and np.isfinite(distance).all()
