"""What the network learns from: images as the app prepares them, and views that show image and targets alike."""

from typing import Any

import numpy as np
import pytest
from keras import ops

from models.imaging.model_settings import ModelSettings
from models.imaging.targets import target_maps
from training.imaging.augment import Ranges, Views, ViewSampler, centred
from training.imaging.prepare import Prepared, prepare_sample
from training.imaging.recipes import RECIPES, changed
from training.imaging.sources import Sample
from training.imaging.train import learning_rate

CHANNELS = ("foreground", "boundary", "distance")


def squares() -> Any:
    """Two squares of 11 x 11 that touch, and one at the corner of the image."""
    labels = np.zeros((48, 64), np.int32)
    labels[10:21, 10:21], labels[10:21, 21:32], labels[:8, 50:58] = 1, 2, 3
    return labels


def prepared() -> Prepared:
    """One image whose red is its foreground, so that a view of it can be compared with its target."""
    labels = squares()
    maps = np.stack(target_maps(labels, CHANNELS), axis=-1)
    red = np.zeros((*labels.shape, 6), np.float32)
    red[..., [0, 3]] = maps[..., :1]
    pixels = np.rint(np.concatenate([red, maps], axis=-1) * 255).astype(np.uint8)
    return Prepared(pixels.reshape(-1, 9), np.array([[0, 48, 64]], np.int32), np.array(["drawn"]), np.array(["a"]))


def test_a_sample_is_prepared_as_the_app_does() -> None:
    from models.imaging.image import image_from_array
    from models.imaging.preprocessing import prepare_medical_image

    image = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    pixels = prepare_sample(Sample("x", image, squares()), ModelSettings(channels=CHANNELS))
    assert np.array_equal(pixels[..., :3], image)
    assert np.array_equal(pixels[..., 3:6], prepare_medical_image(image_from_array(image)).pixels)


def test_a_view_that_changes_nothing_is_the_middle_of_the_image() -> None:
    data = prepared()
    images, targets = Views(32, 3)(
        ops.convert_to_tensor(data.pixels), ops.convert_to_tensor(data.table), centred(np.array([0]), data.table[:, 1:])
    )
    middle = (data.pixels.reshape(48, 64, 9)[8:40, 16:48] / 255).astype(np.float32)
    assert np.allclose(images[0], np.maximum(middle[..., 3:6], 1e-4), atol=1e-5)
    assert np.allclose(targets[0], middle[..., 6:], atol=1e-5)


def test_image_and_targets_turn_bend_and_mirror_together() -> None:
    data = prepared()
    plain = Ranges(gamma=0, brightness=0, contrast=0, colour=0, noise=0, blur=0)
    sampler = ViewSampler(data.table[:, 1:], np.ones(1), 32, 16, plain, seed=3)
    images, targets = Views(32, 3)(
        ops.convert_to_tensor(data.pixels), ops.convert_to_tensor(data.table), sampler.draw(0)
    )
    assert np.abs(np.asarray(images)[..., 0] - np.asarray(targets)[..., 0]).max() < 1e-3
    assert np.asarray(targets)[..., 0].std(axis=0).max() > 0.1, "the views differ"


def test_a_batch_depends_on_seed_and_number_alone() -> None:
    sizes = np.array([[48, 64], [300, 200]])
    one, two = (ViewSampler(sizes, np.ones(2), 32, 4, Ranges(), seed=5) for _ in range(2))
    one.draw(0)
    first, second = one.draw(7), two.draw(7)
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert not np.array_equal(first["centre"], one.draw(8)["centre"])


def test_small_groups_are_shown_more_often_but_not_as_often_as_large_ones() -> None:
    data = Prepared(
        np.zeros((0, 9), np.uint8),
        np.zeros((10, 3), np.int32),
        np.array(["a"] * 8 + ["b"] * 2),
        np.arange(10).astype(str),
    )
    assert data.weights(1.0).tolist() == [1.0] * 10
    weights = data.weights(0.5)
    assert 1 < weights[:8].sum() / weights[8:].sum() < 4


def test_images_with_little_to_find_are_shown_more_often() -> None:
    pixels = np.zeros((200, 9), np.uint8)
    pixels[:64, 6], pixels[100:116, 6] = 255, 255
    data = Prepared(
        pixels, np.array([[0, 10, 10], [100, 10, 10]], np.int32), np.array(["a", "a"]), np.array(["a", "a"])
    )
    assert data.weights(1.0, small=0.5).tolist() == pytest.approx([1 / 0.8, 1 / 0.4])


def test_the_learning_rate_ends_with_the_steps_or_with_the_time() -> None:
    recipe = changed(RECIPES["vessels"], ["steps=1000", "minutes=10", "ranges.scale=[0.5,2]"])
    assert recipe.ranges.scale == (0.5, 2)
    highest = learning_rate(recipe, 100, 0)
    assert learning_rate(recipe, 0, 0) < 0.02 * highest
    assert learning_rate(recipe, 1000, 0) == pytest.approx(learning_rate(recipe, 100, 600))
    assert learning_rate(recipe, 1000, 0) < 0.02 * highest
