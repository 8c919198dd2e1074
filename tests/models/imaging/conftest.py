"""Tiny real SavedModels that segment by brightness, and a picture with a known answer."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.imaging.model_settings import SETTINGS_FILE, ModelSettings
from models.imaging.segmenter import MedicalImageSegmenter

NUCLEI = ("foreground", "boundary", "distance")


def save_image_model(folder: Path, settings: ModelSettings | None, network: Any) -> Path:
    """Save a function of images as the bundled networks are saved: callable, and ``serving_default``."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()

    class Network(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.float32, name="inputs")])
        def __call__(self, images: Any) -> Any:
            return network(tf, images)

    module = Network()
    serve = tf.function(lambda inputs: {"outputs": module(inputs)})
    signature = serve.get_concrete_function(tf.TensorSpec([None, None, None, 3], tf.float32, name="inputs"))
    tf.saved_model.save(module, str(folder), signatures={"serving_default": signature})
    if settings is not None:
        file = folder / SETTINGS_FILE
        file.parent.mkdir(exist_ok=True)
        file.write_text(settings.to_json())
    return folder


def brightness(tf: Any, images: Any) -> Any:
    """Foreground where it is bright, a boundary where the smoothed brightness is middling, a distance from blurring."""
    gray = tf.reduce_mean(images, axis=-1, keepdims=True)
    smooth = tf.nn.avg_pool2d(gray, 9, 1, "SAME")
    rim = tf.clip_by_value(1 - tf.abs(smooth - 0.5) * 4, 0, 1)
    return tf.concat(
        [
            tf.sigmoid((tf.nn.avg_pool2d(gray, 3, 1, "SAME") - 0.4) * 12),
            rim * 0.3,
            tf.clip_by_value(smooth * 1.2, 0, 1),
        ],
        axis=-1,
    )


def discs_picture(
    seed: int = 0, size: tuple[int, int] = (200, 260), count: int = 12
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Bright discs on black that do not touch, uint8 [H, W, 3], and their labels."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(size, np.int32)
    while labels.max() < count:
        x, y, radius = (int(v) for v in (rng.integers(12, size[1] - 12), rng.integers(12, size[0] - 12), 8))
        disc = cv2.circle(np.zeros(size, np.uint8), (x, y), radius + 4, 1, -1) > 0
        if not labels[disc].any():
            cv2.circle(labels, (x, y), radius, int(labels.max()) + 1, -1)
    picture = np.where(labels > 0, 200, 20).astype(np.float64) + rng.normal(0, 3, size)
    return np.repeat(np.clip(picture, 0, 255).astype(np.uint8)[..., None], 3, axis=2), labels


@pytest.fixture(scope="session")
def segmenter(nuclei_folder: Path) -> MedicalImageSegmenter:
    """A segmenter over ``nuclei_folder``."""
    return MedicalImageSegmenter(nuclei_folder)
