"""One optimiser step as a pure function of its state, compiled for the backend that Keras runs on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from models.imaging.losses import segmentation_loss
from training.imaging.augment import Batch, Views
from training.imaging.run_network import tensors_of
from training.imaging.teachers import Teachers

State = dict[str, list[Any]]


@dataclass(frozen=True)
class Optimiser:
    """AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) with a moving average of the weights.

    Args:
        weight_decay: of kernels; nothing else decays.
        average: decay of the moving average, reached slowly from below.
        first, second: decay of the moments.
        clip: largest norm of a gradient.
    """

    weight_decay: float = 1e-3
    average: float = 0.998
    first: float = 0.9
    second: float = 0.99
    clip: float = 1.0


class Trainer:
    """Holds the pixels on the device and the state of a run.

    Args:
        network: a built Keras model.
        pixels, table: as ``Views`` reads them.
        views: cuts the views.
        loss_weights: weight of each channel.
        dice: weight of the Dice loss.
        optimiser: settings.
        teachers: say part of what is learned; None leaves it to the truth.
    """

    def __init__(
        self,
        network: Any,
        pixels: NDArray[np.uint8],
        table: NDArray[np.int32],
        views: Views,
        loss_weights: tuple[float, ...],
        dice: float,
        optimiser: Optimiser,
        teachers: Teachers | None = None,
    ) -> None:
        self.network, self.views, self.optimiser, self.teachers = network, views, optimiser, teachers
        self.loss_weights, self.dice = loss_weights, dice
        self.pixels, self.table = ops.convert_to_tensor(pixels), ops.convert_to_tensor(table)
        trainable, fixed = tensors_of(network)
        self.state: State = {
            "trainable": trainable,
            "fixed": fixed,
            "first": [ops.zeros_like(each) for each in trainable],
            "second": [ops.zeros_like(each) for each in trainable],
            "average": [*trainable, *fixed],
            "step": [ops.zeros((), "float32")],
        }
        self._update = self._compile(self._jax if keras.backend.backend() == "jax" else self._tensorflow)

    def step(self, batch: Batch, rate: float) -> Any:
        """Run one step at a learning rate; returns the loss, still on the device."""
        loss, self.state = self._update(
            self.state, self.teachers and self.teachers.weights, self.pixels, self.table, batch, np.float32(rate)
        )
        return loss

    def predictor(
        self, views: Views, pixels: NDArray[np.uint8], table: NDArray[np.int32]
    ) -> Callable[[Batch], tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """A function that returns targets and probabilities of the averaged weights for views of other images."""
        held = ops.convert_to_tensor(pixels), ops.convert_to_tensor(table)
        count = len(self.state["trainable"])

        def maps(average: Any, pixels: Any, table: Any, batch: Any) -> tuple[Any, Any]:
            images, targets = views(pixels, table, batch)
            predicted, _ = self.network.stateless_call(average[:count], average[count:], images, training=False)
            return targets, ops.cast(predicted, "float32")

        compiled = self._compile(maps)

        def predict(batch: Batch) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
            targets, predicted = compiled(self.state["average"], *held, batch)
            return ops.convert_to_numpy(targets), ops.convert_to_numpy(predicted)

        return predict

    def sync(self) -> None:
        """Copy the averaged weights into the network."""
        variables = [*self.network.trainable_variables, *self.network.non_trainable_variables]
        for variable, value in zip(variables, self.state["average"], strict=True):
            variable.assign(value)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state by name, to be saved."""
        return {
            f"{name}/{number}": ops.convert_to_numpy(value)
            for name, values in self.state.items()
            for number, value in enumerate(values)
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Go on from a saved state."""
        self.state = {
            name: [ops.convert_to_tensor(arrays[f"{name}/{number}"]) for number in range(len(values))]
            for name, values in self.state.items()
        }

    def _loss(self, trainable: Any, fixed: Any, held: Any, pixels: Any, table: Any, batch: Any) -> tuple[Any, Any]:
        cut = self.views.cut(pixels, table, batch)
        images, targets = self.views.finished(cut, batch), cut[-1]
        if self.teachers:
            targets = self.teachers.targets(held, self.views, cut, batch)
        predicted, fixed = self.network.stateless_call(trainable, fixed, images, training=True)
        return segmentation_loss(targets, ops.cast(predicted, "float32"), self.loss_weights, self.dice), fixed

    def _apply(self, state: State, fixed: Any, gradients: Any, rate: Any) -> State:
        settings = self.optimiser
        step = state["step"][0] + 1.0
        norm = ops.sqrt(sum(ops.sum(ops.square(each)) for each in gradients))
        shrink = settings.clip / ops.maximum(norm, settings.clip)
        gradients = [each * shrink for each in gradients]
        first = [settings.first * m + (1 - settings.first) * g for m, g in zip(state["first"], gradients, strict=True)]
        second = [
            settings.second * v + (1 - settings.second) * g * g for v, g in zip(state["second"], gradients, strict=True)
        ]
        trainable = []
        for weight, m, v in zip(state["trainable"], first, second, strict=True):
            m = m / (1.0 - settings.first**step)
            change = m / (ops.sqrt(v / (1.0 - settings.second**step)) + 1e-7)
            decay = settings.weight_decay if len(weight.shape) > 1 else 0.0
            trainable.append(weight - rate * (change + decay * weight))
        keep = ops.minimum(settings.average, (1.0 + step) / (10.0 + step))
        average = [
            keep * old + (1.0 - keep) * new for old, new in zip(state["average"], [*trainable, *fixed], strict=True)
        ]
        return {
            "trainable": trainable,
            "fixed": list(fixed),
            "first": first,
            "second": second,
            "average": average,
            "step": [step],
        }

    def _compile(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if keras.backend.backend() == "jax":
            import jax

            return jax.jit(function)
        import tensorflow as tf

        return tf.function(function)

    def _jax(self, state: State, held: Any, pixels: Any, table: Any, batch: Any, rate: Any) -> tuple[Any, State]:
        import jax

        (loss, fixed), gradients = jax.value_and_grad(self._loss, has_aux=True)(
            state["trainable"], state["fixed"], held, pixels, table, batch
        )
        return loss, self._apply(state, fixed, gradients, rate)

    def _tensorflow(self, state: State, held: Any, pixels: Any, table: Any, batch: Any, rate: Any) -> tuple[Any, State]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(state["trainable"])
            loss, fixed = self._loss(state["trainable"], state["fixed"], held, pixels, table, batch)
        gradients = tape.gradient(loss, state["trainable"])
        return loss, self._apply(state, fixed, gradients, rate)
