"""Segmentation next to its network alone, and next to a plain U-Net, in one run: ``python -m benchmarks.imaging``.

The networks of models/bundled are measured on synthetic nuclei, whatever their task: what is in a picture does not
change how long a network takes. Where the app asks a network twice (``models.imaging.looks``), the network alone is
asked twice too. Ways that are compared take turns, because a busy moment of the machine should hit both; medians are
compared.
"""

import threading
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.report import Measurement, run_alone
from components.segmentation_pictures import encoded, labels_on_screen, mask_picture, on_screen
from models.catalog import CATALOG
from models.imaging.contours import OverlayStyle, contours_of, draw_overlay
from models.imaging.image import image_from_array
from models.imaging.phantoms import nuclei_phantom
from models.imaging.segmentation_model import load_segmentation_model
from models.imaging.segmenter import MedicalImageSegmenter, objects_in
from models.imaging.tasks import TASKS
from models.runtime import import_hub, import_tensorflow

REPEATS = 15
_SIDE, _LARGE = 256, 2048
# Channels by scale of the plain U-Net: 1.8 million parameters.
_PLAIN_WIDTHS = (16, 32, 64, 128, 240)
_MEGABYTE = 1e6

Work = Callable[[], object]


def take_turns(ways: dict[str, Work], repeats: int = REPEATS) -> dict[str, float]:
    """Median seconds of each way; the first round warms up and does not count."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(repeats + 1):
        for way, work in ways.items():
            start = time.perf_counter()
            work()
            if number:
                seconds[way].append(time.perf_counter() - start)
    return {way: median(values) for way, values in seconds.items()}


def plain_unet() -> Any:
    """A U-Net as in tutorials, without pretrained weights: two 3 x 3 convolutions a scale, skips, transposed ones up.

    Source: Ronneberger, Fischer and Brox 2015, "U-Net" (arXiv 1505.04597), with fewer channels.
    """
    import keras

    layers = keras.layers

    def twice(tensor: Any, width: int) -> Any:
        for _ in range(2):
            tensor = layers.Conv2D(width, 3, padding="same", use_bias=False)(tensor)
            tensor = layers.ReLU()(layers.BatchNormalization()(tensor))
        return tensor

    image = keras.Input((_SIDE, _SIDE, 3))
    tensor, skips = image, []
    for width in _PLAIN_WIDTHS[:-1]:
        tensor = twice(tensor, width)
        skips.append(tensor)
        tensor = layers.MaxPooling2D()(tensor)
    tensor = twice(tensor, _PLAIN_WIDTHS[-1])
    for width, skip in zip(_PLAIN_WIDTHS[-2::-1], reversed(skips), strict=True):
        tensor = layers.Conv2DTranspose(width, 2, strides=2)(tensor)
        tensor = twice(layers.Concatenate()([tensor, skip]), width)
    return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(tensor))


def sample(side: int) -> NDArray[np.uint8]:
    """A gray picture of nuclei, repeated to the size; uint8 [side, side, 3]."""
    picture, _ = nuclei_phantom(size=256, count=30)
    times = -(-side // 256)
    return np.repeat(np.tile(picture, (times, times))[:side, :side, None], 3, axis=2)


def whole_and_network(segmenter: MedicalImageSegmenter, plain: Work) -> list[Measurement]:
    """One small image through all steps, and one look of the network next to a plain one."""
    task = segmenter.settings.task
    image = image_from_array(sample(_SIDE))
    prepared = segmenter.prepare_medical_image(image)
    height, width = (-(-side // 32) * 32 for side in prepared.pixels.shape[:2])
    alone = np.zeros((1, height, width, 3), np.float32)
    alone[0, : prepared.pixels.shape[0], : prepared.pixels.shape[1]] = prepared.rgb
    square = np.zeros((1, _SIDE, _SIDE, 3), np.float32)
    looks = 2 if segmenter.settings.second_look else 1
    seconds = take_turns(
        {
            "whole": lambda: contours_of(segmenter.segment(image).labels),
            "network": lambda: [segmenter.model.predict_batch(alone) for _ in range(looks)],
            "square": lambda: segmenter.model.predict_batch(square),
            "plain": plain,
        }
    )
    ms = {way: value * 1000 for way, value in seconds.items()}
    asked = f"{looks} {'look' if looks == 1 else 'looks'} at {height} x {width} working pixels"
    return [
        Measurement(
            f"{_SIDE} x {_SIDE} through all steps, next to the network alone: {task}",
            ms["whole"] / ms["network"],
            "times",
            1.5,
            detail=f"{ms['whole']:.1f} ms to {ms['network']:.1f} ms for {asked}",
        ),
        Measurement(
            f"Network at {_SIDE} x {_SIDE}, next to a plain U-Net of 1.8M parameters: {task}",
            ms["square"] / ms["plain"],
            "times",
            1.0,
            detail=f"{ms['square']:.1f} ms to {ms['plain']:.1f} ms",
        ),
    ]


def redraw(segmenter: MedicalImageSegmenter) -> Measurement:
    """From a new threshold to pictures that a browser can show; the network does not run."""
    prediction = segmenter.predict(image_from_array(sample(2 * _SIDE)))
    picture = on_screen(sample(2 * _SIDE))
    separate = len(prediction.channels) > 1

    def draw() -> None:
        labels = objects_in(prediction, segmenter.default_objects).labels
        shown = labels_on_screen(labels).astype(np.int32)
        for drawn in (picture, mask_picture(shown, separate), draw_overlay(picture, shown, OverlayStyle(None, 2))):
            encoded(drawn)

    seconds = take_turns({"draw": draw})["draw"]
    return Measurement(
        f"Another threshold, {2 * _SIDE} x {2 * _SIDE}: {segmenter.settings.task}", seconds * 1000, "ms", 100
    )


def large(segmenter: MedicalImageSegmenter) -> list[Measurement]:
    """A large image: seconds, and memory at its highest beyond what there was."""
    image = image_from_array(sample(_LARGE))
    segmenter.segment(image_from_array(sample(4 * _SIDE)))
    process, highest, done = psutil.Process(), 0, threading.Event()
    before = process.memory_info().rss

    def watch() -> None:
        nonlocal highest
        while not done.wait(0.01):
            highest = max(highest, process.memory_info().rss)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    start = time.perf_counter()
    segmenter.segment(image)
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    task = segmenter.settings.task
    return [
        Measurement(f"{_LARGE} x {_LARGE}: {task}", seconds, "s", 6),
        Measurement(f"More memory for {_LARGE} x {_LARGE}: {task}", (highest - before) / _MEGABYTE, "MB", 500),
    ]


def measure() -> list[Measurement]:
    """Rows for each segmentation network that ships with the app."""
    tf = import_tensorflow()
    import_hub()
    tasks = [task for task in TASKS.values() if task.model in CATALOG]
    if not tasks:
        raise RuntimeError("there is no segmentation network in models/bundled")
    model = plain_unet()
    square = tf.zeros((1, _SIDE, _SIDE, 3))
    compiled = tf.function(lambda images: model(images, training=False))
    rows = []
    for task in tasks:
        start = time.perf_counter()
        load_segmentation_model(task.name)
        seconds = time.perf_counter() - start
        rows.append(Measurement(f"Loading the network, TensorFlow imported: {task.name}", seconds, "s", 1.5))
        segmenter = MedicalImageSegmenter(task.name)
        rows += whole_and_network(segmenter, lambda: compiled(square).numpy())
        rows.append(redraw(segmenter))
        rows += large(segmenter)
    return rows


if __name__ == "__main__":
    run_alone(measure, __doc__)
