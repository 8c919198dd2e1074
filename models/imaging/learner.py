"""A network that learns on from a few prepared images: epochs, held-out Dice, and the weights that did best."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.imaging.adamw import AdamW
from models.imaging.losses import segmentation_loss
from models.imaging.metrics import dice
from models.imaging.model_settings import ModelSettings
from models.imaging.pairs import TrainingPair
from models.imaging.preprocessing import ClaheSettings, prepare_medical_image, resize
from models.imaging.targets import target_maps
from models.imaging.tiling import predict_tiled
from models.imaging.trainable import flat_weights, set_flat
from models.imaging.views import LearningImage, ViewRanges, draw_view

_CHANNEL_WEIGHTS = {"foreground": 1.0, "boundary": 0.5, "distance": 0.5}  # as the bundled networks were trained
_SPOTS = 1000
_FEWEST_VIEWS, _MOST_VIEWS = 32, 64  # in an epoch


def learning_image(pair: TrainingPair, settings: ModelSettings) -> LearningImage:
    """Prepare a pair exactly as the network will see such images later: CLAHE, working resolution."""
    clahe = ClaheSettings(settings.clahe, settings.clip_limit, settings.grid)
    pixels = prepare_medical_image(pair.image, clahe, settings.scaling).pixels
    maps = target_maps(pair.labels.astype(np.int32), settings.channels)
    targets = np.stack([np.rint(resize(each, *pixels.shape[:2]) * 255).astype(np.uint8) for each in maps], axis=-1)
    inside = np.argwhere(targets[..., settings.channels.index("foreground")] > 127)
    return LearningImage(pixels, targets, inside[:: max(1, len(inside) // _SPOTS)].astype(np.int32))


class Learner:
    """Trains a network with AdamW on Dice and cross-entropy.

    Args:
        network: trainable; changed by every epoch.
        settings: of the network.
        images: that are learned from.
        seed: with the number of a step decides its views.
        learning_rate: at its highest.
        weight_decay: of kernels.
        size: height and width of a view, a multiple of 32.
        batch: views in a step.
        ranges: how far views differ from their image.

    Attributes:
        call: the network as a TensorFlow function of float32 [N, H, W, 3].
    """

    def __init__(
        self,
        network: Any,
        settings: ModelSettings,
        images: Sequence[LearningImage],
        *,
        seed: int,
        learning_rate: float,
        weight_decay: float,
        size: int,
        batch: int,
        ranges: ViewRanges,
    ) -> None:
        self.network, self.settings, self.images = network, settings, images
        self.seed, self.size, self.batch, self.ranges = seed, size, batch, ranges
        self.learning_rate, self.steps_done = learning_rate, 0
        kernels = [np.full(v.shape, len(v.shape) > 1, np.float32).ravel() for v in network.trainable_variables]
        self._optimiser, self._weights = AdamW(np.concatenate(kernels), weight_decay), self.weights()
        self._gradient, self.call = self._compile()
        views = np.array([max(1, round(image.pixels[..., 0].size / size**2)) for image in images])
        self._shares = views / views.sum()
        self.steps = -(-int(np.clip(views.sum(), _FEWEST_VIEWS, _MOST_VIEWS)) // batch)

    def epoch(self, after_step: Callable[[int], bool], share: float) -> float | None:
        """Run one epoch; returns the mean loss, or None when it was stopped.

        Args:
            after_step: told how many steps of the epoch are done; True stops.
            share: how much of the run lies behind, in [0, 1); the learning rate falls with it.
        """
        losses = []
        for step in range(self.steps):
            # half an epoch to get going, then a cosine (https://arxiv.org/abs/1608.03983)
            rise = min(1.0, (self.steps_done + 1) / max(1, self.steps // 2))
            fall = 0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * share))
            loss, gradient = self._gradient(*self._views(self.steps_done))
            losses.append(float(loss))
            rate = self.learning_rate * rise * fall
            self._weights = self._optimiser.step(self._weights, np.asarray(gradient), rate)
            self.restore(self._weights)
            self.steps_done += 1
            if after_step(step + 1):
                return None
        return float(np.mean(losses))

    def predict(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities float32 [h, w, C] of a prepared image."""
        from models.runtime import import_tensorflow

        tf = import_tensorflow()
        chosen = self.settings
        return predict_tiled(
            lambda tiles: np.asarray(self.call(tf.constant(tiles))),
            pixels,
            chosen.tile,
            chosen.overlap,
            multiple_of=chosen.multiple_of,
        )

    def mean_dice(self, images: Sequence[LearningImage]) -> float:
        """Mean Dice of the foreground over images, at the working resolution and the network's own threshold."""
        channel = self.settings.channels.index("foreground")
        values = [
            dice(image.targets[..., channel] > 127, self.predict(image.pixels)[..., channel] >= self.settings.threshold)
            for image in images
        ]
        return float(np.mean(values))

    def weights(self) -> NDArray[np.float32]:
        """A copy of the weights, float32 [count]."""
        return flat_weights(self.network)

    def restore(self, weights: NDArray[Any]) -> None:
        """Go back to weights that ``weights`` returned."""
        self._weights = weights
        set_flat(self.network, weights)

    def _views(self, step: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        random = np.random.default_rng((self.seed, step))
        chosen = random.choice(len(self.images), self.batch, p=self._shares)
        views = [draw_view(random, self.images[number], self.size, self.ranges) for number in chosen]
        return np.stack([light for light, _ in views]), np.stack([target for _, target in views])

    def _compile(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        from models.runtime import import_tensorflow

        tf = import_tensorflow()
        weights = [_CHANNEL_WEIGHTS[name] for name in self.settings.channels]
        network = self.network
        views = [
            tf.TensorSpec([self.batch, self.size, self.size, depth], tf.float32)
            for depth in (3, len(self.settings.channels))
        ]

        @tf.function(input_signature=views)
        def gradient(images: Any, truth: Any) -> Any:
            with tf.GradientTape() as tape:
                loss = segmentation_loss(truth, network(images, training=True), weights, 1.0)
            found = tape.gradient(loss, network.trainable_variables)
            return loss, tf.concat([tf.reshape(each, [-1]) for each in found], axis=0)

        @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.float32)])
        def call(images: Any) -> Any:
            return network(images, training=False)

        return gradient, call
