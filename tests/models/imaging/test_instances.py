import time
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes, distance_transform_edt
from skimage.measure import label

from models.errors import InvalidInputError
from models.imaging.instances import (
    ObjectSettings,
    connected_objects,
    fill_small_holes,
    instances_from_maps,
    keep_objects,
)
from models.imaging.matching import average_precision

NUCLEI = ("foreground", "boundary", "distance")


def discs(*circles: tuple[int, int, int], size: int = 128) -> NDArray[np.int32]:
    """Labels of (x, y, radius); the first one keeps pixels that two share."""
    labels = np.zeros((size, size), dtype=np.int32)
    for number, (x, y, radius) in enumerate(circles, start=1):
        rows, columns = np.ogrid[:size, :size]
        labels[((columns - x) ** 2 + (rows - y) ** 2 <= radius**2) & (labels == 0)] = number
    return labels


def maps_of(labels: NDArray[np.int32]) -> NDArray[np.float32]:
    """What a perfect network predicts for ``labels``: foreground, boundary and distance."""
    maps = np.zeros((*labels.shape, 3), dtype=np.float32)
    for number in range(1, labels.max() + 1):
        inside = labels == number
        depth = distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
        maps[inside, 0] = 1
        maps[inside & (depth <= 2), 1] = 1
        maps[inside, 2] = (depth / depth.max())[inside]
    return maps


@pytest.mark.parametrize("channels", [NUCLEI, ("foreground", "boundary"), ("foreground", "distance")])
def test_touching_discs_come_apart(channels: tuple[str, ...]) -> None:
    truth = discs((30, 40, 15), (55, 40, 15), (43, 62, 14), (100, 100, 10))
    maps = maps_of(truth)[..., [NUCLEI.index(name) for name in channels]]
    found = instances_from_maps(maps, channels)
    assert found.max() == 4 and found.dtype == np.int32
    assert average_precision(truth, found, [0.85]) == [1.0]
    # nothing is lost or added: the foreground stays the thresholded map
    np.testing.assert_array_equal(found > 0, truth > 0)


def test_seeds_that_fall_apart_higher_up_are_divided() -> None:
    """Two large discs that overlap so much that low seeds join, beside a small one that has no high seed."""
    truth = discs((40, 40, 16), (62, 40, 16), (100, 100, 5))
    maps = maps_of(truth)
    maps[..., 2] = np.where(truth == 3, maps[..., 2] * 0.55, 0.45 + 0.55 * maps[..., 2]) * (truth > 0)
    channels = ("foreground", "distance")
    maps = maps[..., [0, 2]]
    low = ObjectSettings(seed_threshold=0.45, seed_smoothing=0)
    assert instances_from_maps(maps, channels, low).max() == 2
    divided = instances_from_maps(maps, channels, replace(low, seed_size=20))
    assert divided.max() == 3 and average_precision(truth, divided, [0.9]) == [1.0]
    # parts that are too small divide nothing
    assert instances_from_maps(maps, channels, replace(low, seed_size=2000)).max() == 2


def test_without_splitting_touching_discs_are_one() -> None:
    truth = discs((30, 40, 15), (55, 40, 15), (100, 100, 10))
    assert instances_from_maps(maps_of(truth), NUCLEI, ObjectSettings(split=False)).max() == 2
    assert instances_from_maps(maps_of(truth)[..., :1], ("foreground",)).max() == 2


def test_a_faint_object_without_a_seed_is_kept() -> None:
    maps = maps_of(discs((30, 40, 15), (90, 90, 12)))
    maps[70:, 70:, 2] *= 0.2
    assert instances_from_maps(maps, NUCLEI).max() == 2


def test_objects_are_numbered_in_reading_order() -> None:
    found = instances_from_maps(maps_of(discs((100, 20, 8), (20, 60, 8), (60, 100, 8))), NUCLEI)
    assert (found[20, 100], found[60, 20], found[100, 60]) == (1, 2, 3)


def test_threshold_size_holes_and_number() -> None:
    probability = np.zeros((60, 60, 1), dtype=np.float32)
    probability[5:25, 5:25] = 0.9
    probability[10:13, 10:13] = 0  # a hole of 9 pixels
    probability[40:44, 40:44] = 0.6
    one = ("foreground",)
    assert instances_from_maps(probability, one, ObjectSettings(0.5)).max() == 2
    assert instances_from_maps(probability, one, ObjectSettings(0.7)).max() == 1
    assert instances_from_maps(probability, one, ObjectSettings(0.5, minimum_size=17)).max() == 1
    assert instances_from_maps(probability, one, ObjectSettings(0.5, maximum_objects=1))[8, 8] == 1
    filled = instances_from_maps(probability, one, ObjectSettings(0.5, hole_size=9))
    assert filled[11, 11] == filled[8, 8]
    assert instances_from_maps(probability, one, ObjectSettings(0.5, hole_size=8))[11, 11] == 0
    assert instances_from_maps(probability, one, ObjectSettings(0.5, fill_holes=False, hole_size=99))[11, 11] == 0


def test_a_threshold_of_zero_leaves_out_what_has_no_probability() -> None:
    probability = np.zeros((9, 9, 1), dtype=np.float32)
    probability[4, 4] = 0.01
    assert (instances_from_maps(probability, ("foreground",), ObjectSettings(0)) > 0).sum() == 1


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_uniform_maps(value: float) -> None:
    found = instances_from_maps(np.full((20, 30, 3), value, dtype=np.float32), NUCLEI)
    assert found.shape == (20, 30)
    assert found.max() == value


def test_one_pixel() -> None:
    assert instances_from_maps(np.ones((1, 1, 1), dtype=np.float32), ("foreground",)).tolist() == [[1]]


def test_holes_and_regions_agree_with_scipy_and_scikit_image() -> None:
    mask = cv2.blur(np.random.default_rng(1).random((80, 90)), (5, 5)) > 0.5
    # holes touch by a side only where the mask touches by corners
    np.testing.assert_array_equal(fill_small_holes(mask, 10**6), binary_fill_holes(mask))
    ours, theirs = connected_objects(mask), label(mask, connectivity=2)
    assert ours.max() == theirs.max()
    assert len(np.unique(np.stack([ours.ravel(), theirs.ravel()]), axis=1).T) == theirs.max() + 1


def test_keep_objects_renumbers() -> None:
    labels = np.array([[9, 9, 0, 4], [9, 0, 0, 4], [7, 0, 0, 0]], dtype=np.int32)
    assert keep_objects(labels, 2).tolist() == [[1, 1, 0, 2], [1, 0, 0, 2], [0, 0, 0, 0]]
    assert keep_objects(labels, 0, 1).tolist() == [[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]


def test_bad_settings_are_refused() -> None:
    for settings in ({"threshold": 1.5}, {"threshold": float("nan")}, {"minimum_size": -1}, {"maximum_objects": 0}):
        with pytest.raises(InvalidInputError):
            ObjectSettings(**settings)  # type: ignore[arg-type]


def test_fast_enough_for_a_slider() -> None:
    circles = [(20, 20, 12), (42, 22, 11), (70, 20, 13), (100, 30, 12), (25, 60, 13), (60, 60, 12), (80, 66, 12)]
    maps = np.tile(maps_of(discs(*circles, (30, 100, 14), (70, 100, 11), (100, 100, 12))), (4, 4, 1))
    assert maps.shape[:2] == (512, 512)
    settings = ObjectSettings(minimum_size=10, hole_size=50)
    assert instances_from_maps(maps, NUCLEI, settings).max() == 160
    seconds = []
    for _ in range(5):
        start = time.thread_time()  # not by the clock: a busy machine says nothing about this function
        instances_from_maps(maps, NUCLEI, settings)
        seconds.append(time.thread_time() - start)
    assert min(seconds) < 0.1
