"""One optimiser step, compiled for the backend that Keras runs on."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from training.text.batches import BatchSampler
from training.text.network import Student
from training.text.objective import Weights, loss
from training.text.prepare import Prepared


class Trainer:
    """Holds the student, the optimiser and the big arrays on the device, and runs compiled steps.

    Args:
        student: a built model.
        optimizer: a Keras optimiser.
        prepared: token ids and teacher vectors, moved to the device once.
        sampler: where the batches come from.
        weights: of the loss.
        length: pieces of a sentence that are used, at most what was prepared.
    """

    def __init__(
        self,
        student: Student,
        optimizer: keras.optimizers.Optimizer,
        prepared: Prepared,
        sampler: BatchSampler,
        weights: Weights,
        length: int,
    ) -> None:
        self.student, self.optimizer = student, optimizer
        self.sampler, self.weights = sampler, weights
        self.buckets = sampler.buckets(length)
        flat = prepared.tokens.reshape(-1, prepared.tokens.shape[-1])[:, :length]
        self.tokens = keras.ops.convert_to_tensor(flat)
        self.teacher = keras.ops.convert_to_tensor(prepared.teacher)
        optimizer.build(student.trainable_variables)
        self._step, self._embed = self._jax() if keras.backend.backend() == "jax" else self._tensorflow()

    def step(self, batch: dict[str, Any], rate: float) -> Any:
        """Run one step at a learning rate; returns the loss, still on the device."""
        return self._step(batch, np.float32(rate))

    def embed(self, tokens: Any) -> Any:
        """Unit vectors of token ids [batch, length], without dropout."""
        return self._embed(tokens)

    def _loss(self, parts: list[tuple[Any, Any]], batch: dict[str, Any], teacher: Any) -> Any:
        """The loss of what the buckets gave, put back into the batch's order."""
        vectors, projected = (
            keras.ops.take(keras.ops.concatenate(each), batch["restore"], axis=0) for each in zip(*parts, strict=True)
        )
        full = {**batch, "teacher": keras.ops.take(teacher, batch["teacher_rows"], axis=0)}
        sampler = self.sampler
        return loss(
            (vectors, projected), full, sampler.pairs, sampler.graded, self.weights, sampler.near, sampler.near_size
        )

    def _jax(self) -> tuple[Callable[[Any, Any], Any], Callable[[Any], Any]]:
        import jax

        student, optimizer = self.student, self.optimizer
        state = [[variable.value for variable in variables] for variables in self._groups]
        self._state = state

        def compute(trainable: Any, fixed: Any, tokens: Any, teacher: Any, batch: Any) -> Any:
            texts, parts = keras.ops.take(tokens, batch["rows"], axis=0), []
            for start, end, pieces in self.buckets:
                part, fixed = student.stateless_call(trainable, fixed, texts[start:end, :pieces], training=True)
                parts.append(part)
            return self._loss(parts, batch, teacher), fixed

        # the learning rate is one of the optimiser's variables
        at_rate = next(place for place, each in enumerate(optimizer.variables) if each is optimizer.learning_rate)

        def update(trainable: Any, fixed: Any, slots: Any, tokens: Any, teacher: Any, batch: Any, rate: Any) -> Any:
            (value, fixed), gradients = jax.value_and_grad(compute, has_aux=True)(
                trainable, fixed, tokens, teacher, batch
            )
            slots = [rate if place == at_rate else each for place, each in enumerate(slots)]
            trainable, slots = optimizer.stateless_apply(slots, gradients, trainable)
            return value, trainable, fixed, slots

        compiled = jax.jit(update, donate_argnums=(0, 1, 2))
        encode = jax.jit(lambda trainable, fixed, texts: student.stateless_call(trainable, fixed, texts)[0][0])

        def run(batch: Any, rate: Any) -> Any:
            value, state[0], state[1], state[2] = compiled(*state, self.tokens, self.teacher, batch, rate)
            return value

        return run, lambda texts: encode(state[0], state[1], texts)

    def _tensorflow(self) -> tuple[Callable[[Any, Any], Any], Callable[[Any], Any]]:
        import tensorflow as tf

        @tf.function
        def update(batch: Any, rate: Any) -> Any:
            self.optimizer.learning_rate.assign(rate)
            with tf.GradientTape() as tape:
                texts = tf.gather(self.tokens, batch["rows"])
                parts = [self.student(texts[start:end, :pieces], training=True) for start, end, pieces in self.buckets]
                value = self._loss(parts, batch, self.teacher)
            variables = self.student.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(value, variables), variables, strict=True))
            return value

        return update, tf.function(lambda texts: self.student(texts)[0], reduce_retracing=True)

    @property
    def _groups(self) -> tuple[list[Any], ...]:
        """What a step changes: weights, random states and the optimiser's state."""
        return self.student.trainable_variables, self.student.non_trainable_variables, self.optimizer.variables

    @property
    def _variables(self) -> list[Any]:
        return [variable for variables in self._groups for variable in variables]

    def arrays(self) -> dict[str, np.ndarray]:
        """Weights, random states and the optimiser's state by position, to be saved."""
        if keras.backend.backend() == "jax":
            values = [value for group in self._state for value in group]
        else:
            values = [variable.value for variable in self._variables]
        return {str(place): keras.ops.convert_to_numpy(value) for place, value in enumerate(values)}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Go on from what ``arrays`` returned."""
        if keras.backend.backend() == "jax":
            values = iter([keras.ops.convert_to_tensor(arrays[str(place)]) for place in range(len(self._variables))])
            for place, group in enumerate(self._state):
                self._state[place] = [next(values) for _ in group]
        else:
            for place, variable in enumerate(self._variables):
                variable.assign(arrays[str(place)])

    def sync(self) -> None:
        """Copy the state back into the Keras variables, before weights are read or saved."""
        if keras.backend.backend() == "jax":
            for variables, values in zip(self._groups, self._state, strict=True):
                for variable, value in zip(variables, values, strict=True):
                    variable.assign(value)
            # assign may alias: take fresh handles, because the old ones are given away by the next step
            for place, variables in enumerate(self._groups):
                self._state[place] = [keras.ops.copy(variable.value) for variable in variables]
