"""The graph: pictures in, filter energies, gradient orientations and colour statistics out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.image_features.filters import ORIENTATIONS, gabor_bank, sobel_pair

SIDE = 224
SCALES = 4
HUES = 12
LEVELS = 8
CHROMAS = 4
EDGES = 8  # orientations of the gradient
GRID = 4

BLOCKS = {
    "texture": SCALES * ORIENTATIONS * 5,
    "texture spread": SCALES * ORIENTATIONS,
    "edges": GRID * GRID * EDGES,
    "colour layout": 5 * 6,
    "colour histogram": HUES + CHROMAS + LEVELS,
}
WIDTH = sum(BLOCKS.values())
# Shares of the similarity, chosen by hand; colour and texture tell pictures apart, layout only helps.
WEIGHTS = {"texture": 0.30, "texture spread": 0.10, "edges": 0.15, "colour layout": 0.20, "colour histogram": 0.25}


def raw_features(images: Any) -> Any:
    """Features [N, 326] before scaling, of images float32 [N, 224, 224, 3] in [0, 1]."""
    import tensorflow as tf

    grey = tf.reduce_mean(images, axis=3, keepdims=True)
    red, green, blue = tf.unstack(images, axis=3)
    # opponent colours, orthogonal to grey
    opponent = tf.stack([(red - green) / np.sqrt(2.0), (red + green - 2.0 * blue) / np.sqrt(6.0)], axis=3)
    return tf.concat([_texture(grey), _edges(grey), _layout(grey, opponent), _histograms(grey, opponent)], axis=1)


def _cells(maps: Any) -> Any:
    """Means of maps [N, h, w, C] over the whole and over each quarter, [N, 5 C]."""
    import tensorflow as tf

    height, width = maps.shape[1] // 2, maps.shape[2] // 2
    quarters = tf.nn.avg_pool2d(maps, [height, width], [height, width], "VALID")
    whole = tf.reduce_mean(maps, axis=[1, 2])
    return tf.concat([whole, tf.reshape(quarters, [-1, 4 * maps.shape[3]])], axis=1)


def _texture(grey: Any) -> Any:
    """Logarithm of the Gabor energy of each scale and orientation, by cell, and its spread over the picture."""
    import tensorflow as tf

    kernels = tf.constant(gabor_bank())
    margin = kernels.shape[0] // 2
    means, spreads = [], []
    for scale in range(SCALES):
        level = tf.nn.avg_pool2d(grey, 2**scale, 2**scale, "VALID")
        padded = tf.pad(level, [[0, 0], [margin, margin], [margin, margin], [0, 0]], "REFLECT")
        even, odd = tf.split(tf.nn.conv2d(padded, kernels, 1, "VALID"), 2, axis=3)
        energy = tf.sqrt(tf.square(even) + tf.square(odd) + 1e-12)
        means.append(tf.math.log(_cells(energy) + 0.01))
        _, variance = tf.nn.moments(energy, axes=[1, 2])
        spreads.append(tf.math.log(tf.sqrt(variance + 1e-12) + 0.01))
    return tf.concat(means + spreads, axis=1)


def _edges(grey: Any) -> Any:
    """Histograms of gradient orientations in a 4 x 4 grid, unit length. Source: Dalal and Triggs 2005."""
    import tensorflow as tf

    half = tf.pad(tf.nn.avg_pool2d(grey, 2, 2, "VALID"), [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
    across, down = tf.split(tf.nn.conv2d(half, tf.constant(sobel_pair()), 1, "VALID"), 2, axis=3)
    size = tf.sqrt(tf.square(across) + tf.square(down) + 1e-12)
    # a direction and its opposite are one orientation: twice the angle
    double = tf.concat([tf.square(across) - tf.square(down), 2.0 * across * down], axis=3) / size
    soft = _soft_angles(double, size, EDGES)
    cell = half.shape[1] // GRID
    histogram = tf.reshape(tf.nn.avg_pool2d(soft, cell, cell, "VALID"), [-1, GRID * GRID * EDGES])
    return histogram / tf.sqrt(tf.reduce_sum(tf.square(histogram), axis=1, keepdims=True) + 1e-4)


def _soft_angles(vectors: Any, size: Any, bins: int) -> Any:
    """Share the length of vectors [..., 2] among directions [..., bins], smoothly, so that nothing jumps."""
    import tensorflow as tf

    angles = 2 * np.pi * np.arange(bins) / bins
    directions = tf.constant(np.stack([np.cos(angles), np.sin(angles)]), tf.float32)
    cosine = tf.einsum("nhwc,cb->nhwb", vectors, directions) / (size + 1e-6)
    return size * tf.square(tf.nn.relu(cosine))


def _layout(grey: Any, opponent: Any) -> Any:
    """Mean and deviation of the three channels in each cell."""
    import tensorflow as tf

    channels = tf.concat([grey, opponent], axis=3)
    mean = _cells(channels)
    deviation = tf.sqrt(tf.nn.relu(_cells(tf.square(channels)) - tf.square(mean)) + 1e-6)
    return tf.concat([mean, deviation], axis=1)


def _histograms(grey: Any, opponent: Any) -> Any:
    """Square roots of soft histograms: hue weighted by its strength, strength of colour, brightness."""
    import tensorflow as tf

    chroma = tf.sqrt(tf.reduce_sum(tf.square(opponent), axis=3, keepdims=True) + 1e-12)
    hue = tf.reduce_mean(_soft_angles(opponent, chroma, HUES), axis=[1, 2])
    parts = [tf.sqrt(hue + 1e-6)]
    for values, bins in ((chroma / 0.8, CHROMAS), (grey, LEVELS)):
        centres = tf.constant((np.arange(bins) + 0.5) / bins, tf.float32)
        share = tf.nn.relu(1.0 - tf.abs(tf.minimum(values, 1.0) - centres) * bins)
        parts.append(tf.sqrt(tf.reduce_mean(share, axis=[1, 2]) + 1e-6))
    return tf.concat(parts, axis=1)


def build(offset: NDArray[np.float32], factor: NDArray[np.float32]) -> Any:
    """The module to export: callable on images [N, 224, 224, 3], returns float32 [N, 326] of unit length."""
    import tensorflow as tf

    class HandcraftedImage(tf.Module):
        """The exported object."""

        def __init__(self) -> None:
            super().__init__(name="handcrafted_image")
            self.offset = tf.Variable(offset, trainable=False, name="offset")
            self.factor = tf.Variable(factor, trainable=False, name="factor")

        @tf.function(input_signature=[tf.TensorSpec([None, SIDE, SIDE, 3], tf.float32, name="inputs")])
        def __call__(self, images: Any) -> Any:
            """Embed images."""
            scaled = (raw_features(images) - self.offset) * self.factor
            return tf.math.l2_normalize(scaled, axis=1)

    return HandcraftedImage()
