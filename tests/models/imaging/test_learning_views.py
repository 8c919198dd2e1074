"""Views of an image and of its targets: alike, repeatable, and complete also at the edge."""

import numpy as np
import pytest

from models.imaging.views import LearningImage, ViewRanges, draw_view

STILL = ViewRanges(turns=False, rotation=0, scale=(1, 1), brightness=0, contrast=0)


def image(height: int = 80, width: int = 120) -> LearningImage:
    """Smooth values, the same in the picture and in the targets."""
    rows, columns = np.mgrid[:height, :width]
    gray = (rows * 1.5 + columns).astype(np.uint8)[..., None]
    return LearningImage(np.repeat(gray, 3, 2), gray, np.array([[40, 60]], np.int32))


def test_the_picture_and_its_targets_stay_together() -> None:
    for seed in range(20):
        ranges = ViewRanges(brightness=0, contrast=0)
        pixels, targets = draw_view(np.random.default_rng(seed), image(), 64, ranges)
        assert pixels.shape == (64, 64, 3) and targets.shape == (64, 64, 1)
        assert pixels.dtype == targets.dtype == np.float32
        assert np.allclose(pixels[..., :1], targets, atol=0.01)


def test_a_view_that_changes_nothing_is_a_part_of_the_image() -> None:
    source = image(64, 64)
    pixels, targets = draw_view(np.random.default_rng(0), source, 64, STILL)
    assert np.abs(pixels * 255 - source.pixels).max() <= 2
    assert targets.shape == (64, 64, 1)


@pytest.mark.parametrize("shape", [(16, 200), (30, 30), (200, 17)])
def test_small_images_are_continued_by_their_mirror(shape: tuple[int, int]) -> None:
    bright = LearningImage(
        np.full((*shape, 3), 200, np.uint8), np.full((*shape, 3), 255, np.uint8), np.zeros((0, 2), np.int32)
    )
    for seed in range(10):
        pixels, targets = draw_view(np.random.default_rng(seed), bright, 64, ViewRanges(brightness=0, contrast=0))
        assert targets.shape == (64, 64, 3) and targets.min() == 1
        assert np.allclose(pixels, 200 / 255, atol=0.01)


def test_the_seed_decides() -> None:
    first, again, other = (draw_view(np.random.default_rng(seed), image(), 32, ViewRanges())[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_views_differ_in_light_and_position() -> None:
    views = [draw_view(np.random.default_rng(seed), image(), 32, ViewRanges())[0] for seed in range(30)]
    means = [float(view.mean()) for view in views]
    assert np.std(means) > 0.03 and all(view.min() >= 0 and view.max() <= 1 for view in views)
