"""Random views of the training images: decided on the host in NumPy, cut and coloured on the device.

The pixels of all images lie in one array, so images of different sizes need no padding: a view is a gather.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

Batch = dict[str, NDArray[Any]]
_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Ranges:
    """How far views may differ from their image.

    Args:
        scale: smallest and largest enlargement; its logarithm is uniform.
        stretch: largest relative difference between the two axes.
        rotation: largest angle in degrees, either way.
        turns: probability of a flip and quarter turns on top.
        elastic: standard deviation in pixels of displacements on a coarse grid.
        clahe: shares of plain images and of images after CLAHE; the rest are mixtures of both.
        gamma: largest absolute logarithm of the exponent.
        brightness: largest offset, either way.
        contrast: largest absolute logarithm of the factor.
        colour: standard deviation of the mixing of channels.
        gray: probability of losing the colour.
        invert: probability of a negative.
        noise: largest standard deviation.
        blur: largest share of a 5 x 5 mean; as much sharpening is half as likely.
        mixing: probability that a view is blended with another of its batch. No truth fits such a view: it is for runs
            with teachers, who say what they see in it.
    """

    scale: tuple[float, float] = (0.75, 1.4)
    stretch: float = 0.1
    rotation: float = 180.0
    turns: float = 1.0
    elastic: float = 2.0
    clahe: tuple[float, float] = (0.25, 0.5)
    gamma: float = 0.3
    brightness: float = 0.08
    contrast: float = 0.2
    colour: float = 0.04
    gray: float = 0.0
    invert: float = 0.0
    noise: float = 0.03
    blur: float = 0.8
    mixing: float = 0.0


class ViewSampler:
    """Draws the numbers that decide a batch of views.

    Args:
        sizes: int [images, 2], height and width.
        weights: how often each image is shown, relative to the others.
        size: height and width of a view.
        batch: views in a batch.
        ranges: how far views may differ.
        seed: batch number ``n`` depends on the seed and ``n`` alone, so a run can be taken up where it was cut off.
    """

    def __init__(
        self, sizes: NDArray[Any], weights: NDArray[Any], size: int, batch: int, ranges: Ranges, seed: int
    ) -> None:
        self.sizes, self.size, self.batch, self.ranges, self.seed = sizes, size, batch, ranges, seed
        self.weights = weights / weights.sum()

    def draw(self, step: int) -> Batch:
        """The decisions of one batch."""
        random = np.random.default_rng((self.seed, step))
        count, ranges = self.batch, self.ranges
        images = random.choice(len(self.sizes), count, p=self.weights)
        matrix = _matrices(random, count, ranges)
        sides = self.sizes[images].astype(np.float32)
        # views may reach over the edge by a quarter, but are mostly inside
        margin = np.minimum(sides / 2, 0.4 * self.size / np.array(ranges.scale).mean())
        centres = margin + random.random((count, 2)) * (sides - 2 * margin)
        alpha = random.random(count)
        plain, full = ranges.clahe
        kind = random.random(count)
        alpha = np.where(kind < plain, 0.0, np.where(kind < plain + full, 1.0, alpha))
        colour, offset = _colours(random, count, ranges)
        sharpen = random.random(count) < 1 / 3
        blur = np.where(sharpen, -1.0, 1.0) * random.random(count) * ranges.blur * (random.random(count) < 0.5)
        drawn = {
            "centre": centres,
            "matrix": matrix,
            "elastic": random.normal(size=(count, 5, 5, 2)) * ranges.elastic * (random.random((count, 1, 1, 1)) < 0.5),
            "alpha": alpha,
            "colour": colour,
            "offset": offset,
            "gamma": np.exp(random.uniform(-1, 1, count) * ranges.gamma),
            "blur": blur,
            "noise": random.random(count) * ranges.noise * (random.random(count) < 0.5),
            "mix": random.uniform(0.1, 0.5, count) * (random.random(count) < ranges.mixing),
        }
        return {
            "image": images.astype(np.int32),
            "grain": random.integers(0, 1 << 16, count).astype(np.int32),
            **{name: value.astype(np.float32) for name, value in drawn.items()},
        }


def centred(images: NDArray[Any], sizes: NDArray[Any]) -> Batch:
    """Decisions that change nothing: the middle of each image after CLAHE, for scores while training."""
    count = len(images)
    return {
        "image": images.astype(np.int32),
        "grain": np.zeros(count, np.int32),
        "centre": sizes[images].astype(np.float32) / 2,
        "matrix": np.tile(np.eye(2, dtype=np.float32), (count, 1, 1)),
        "elastic": np.zeros((count, 5, 5, 2), np.float32),
        "alpha": np.ones(count, np.float32),
        "colour": np.tile(np.eye(3, dtype=np.float32), (count, 1, 1)),
        "offset": np.zeros((count, 3), np.float32),
        "gamma": np.ones(count, np.float32),
        "blur": np.zeros(count, np.float32),
        "noise": np.zeros(count, np.float32),
        "mix": np.zeros(count, np.float32),
    }


def _matrices(random: np.random.Generator, count: int, ranges: Ranges) -> NDArray[np.float64]:
    """From a pixel of the view to a pixel of the image, without the shift: [count, 2, 2]."""
    angle = np.deg2rad(random.uniform(-1, 1, count) * ranges.rotation)
    turned = random.random(count) < ranges.turns
    angle += np.where(turned, random.integers(0, 4, count) * np.pi / 2, 0.0)
    flip = np.where(turned & (random.random(count) < 0.5), -1.0, 1.0)
    scale = np.exp(random.uniform(np.log(ranges.scale[0]), np.log(ranges.scale[1]), count))
    stretch = np.exp(random.uniform(-1, 1, count) * ranges.stretch / 2)
    cos, sin = np.cos(angle), np.sin(angle)
    rotation = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    scaling = np.stack([stretch / scale, flip / (stretch * scale)], -1)
    return rotation * scaling[:, None, :]


def _colours(
    random: np.random.Generator, count: int, ranges: Ranges
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A matrix [count, 3, 3] and an offset [count, 3] for the colours of each view."""
    matrix = np.eye(3) + random.normal(size=(count, 3, 3)) * ranges.colour
    gray = random.random(count) < ranges.gray
    matrix = np.where(gray[:, None, None], _LUMINANCE[:, None] * np.ones((1, 3)), matrix)
    contrast = np.exp(random.uniform(-1, 1, count) * ranges.contrast)
    matrix = matrix * contrast[:, None, None]
    offset = np.repeat(random.uniform(-1, 1, (count, 1)) * ranges.brightness, 3, axis=1)
    offset = offset + random.normal(size=(count, 3)) * (ranges.colour / 2) * ~gray[:, None]
    invert = random.random(count) < ranges.invert
    sign = np.where(invert, -1.0, 1.0)
    return matrix * sign[:, None, None], offset + invert[:, None]


class Views:
    """Cuts the views on the device; a pure function of the data and of the decisions.

    Args:
        size: height and width of a view.
        channels: number of target channels.
    """

    def __init__(self, size: int, channels: int) -> None:
        self.size, self.channels = size, channels
        steps = np.arange(size, dtype=np.float32) - (size - 1) / 2
        self.grid = np.stack(np.meshgrid(steps, steps, indexing="ij"), -1)
        self.grain = np.random.default_rng(0).normal(size=((1 << 16) + size * size, 1)).astype(np.float32)

    def __call__(self, pixels: Any, table: Any, batch: Any) -> tuple[Any, Any]:
        """Cut one batch.

        Args:
            pixels: uint8 [all pixels, 6 + channels]: colours, colours after CLAHE, targets.
            table: int32 [images, 3]: first pixel, height, width.
            batch: decisions of ``ViewSampler``.

        Returns:
            float32 [N, size, size, 3] in [0, 1] and float32 [N, size, size, channels] in [0, 1].
        """
        cut = self.cut(pixels, table, batch)
        return self.finished(cut, batch), cut[-1]

    def cut(self, pixels: Any, table: Any, batch: Any) -> tuple[Any, Any, Any]:
        """Only the places of a batch: float32 [N, size, size, 3] before and after CLAHE, and the targets."""
        values = self._sample(pixels, ops.take(table, batch["image"], axis=0), self._places(batch)) / 255.0
        return values[..., :3], values[..., 3:6], values[..., 6:]

    def finished(self, cut: tuple[Any, Any, Any], batch: Any) -> Any:
        """The views of what ``cut`` returned: before CLAHE, after it, or between both, and coloured."""
        plain, equalised, _ = cut
        alpha = batch["alpha"][:, None, None, None]
        return self.coloured(plain * (1.0 - alpha) + equalised * alpha, batch)

    def coloured(self, image: Any, batch: Any) -> Any:
        """Only the colours of a batch, for float32 [N, size, size, 3] in [0, 1]; last, some views are blended."""

        def wide(value: Any) -> Any:
            return value[:, None, None, None]

        padded = ops.pad(image, ((0, 0), (2, 2), (2, 2), (0, 0)), "reflect")
        mean = ops.average_pool(padded, 5, 1, "valid", data_format="channels_last")
        image = image + wide(batch["blur"]) * (mean - image)
        image = ops.einsum("nhwc,ncd->nhwd", image, batch["colour"]) + batch["offset"][:, None, None, :]
        image = ops.power(ops.clip(image, 1e-4, 1.0), wide(batch["gamma"]))
        spots = batch["grain"][:, None] + np.arange(self.size * self.size, dtype=np.int32)
        grain = ops.reshape(ops.take(self.grain, spots, axis=0), (-1, self.size, self.size, 1))
        image = ops.clip(image + grain * wide(batch["noise"]), 0.0, 1.0)
        return image + wide(batch["mix"]) * (ops.roll(image, 1, axis=0) - image)

    def _places(self, batch: Any) -> Any:
        moved = ops.einsum("hwj,nij->nhwi", self.grid, batch["matrix"])
        bent = ops.image.resize(batch["elastic"], (self.size, self.size), "bilinear", data_format="channels_last")
        return moved + bent + batch["centre"][:, None, None, :] - 0.5

    def _sample(self, pixels: Any, rows: Any, places: Any) -> Any:
        """Bilinear values at the places; beyond the edge the image is mirrored."""
        first, limit = rows[:, 0], rows[:, 1:] - 1
        period = ops.cast(ops.maximum(2 * limit, 1), "float32")[:, None, None, :]
        border = ops.cast(limit, "float32")[:, None, None, :]
        places = border - ops.abs(ops.mod(places, period) - border)
        low = ops.floor(places)
        share = places - low
        low = ops.clip(ops.cast(low, "int32"), 0, limit[:, None, None, :])
        high = ops.minimum(low + 1, limit[:, None, None, :])
        width = rows[:, 2][:, None, None]
        start = first[:, None, None]

        def at(y: Any, x: Any) -> Any:
            return ops.cast(ops.take(pixels, start + y * width + x, axis=0), "float32")

        down, right = share[..., :1], share[..., 1:]
        top = at(low[..., 0], low[..., 1]) * (1.0 - right) + at(low[..., 0], high[..., 1]) * right
        bottom = at(high[..., 0], low[..., 1]) * (1.0 - right) + at(high[..., 0], high[..., 1]) * right
        return top * (1.0 - down) + bottom * down
