"""The optimiser does what that of Keras does."""

import keras
import numpy as np

from models.imaging.adamw import AdamW


def test_steps_are_those_of_keras() -> None:
    random = np.random.default_rng(0)
    start = random.normal(size=6).astype(np.float32)
    variable = keras.Variable(start)
    known = keras.optimizers.AdamW(0.01, weight_decay=0.1, clipnorm=1.0)
    own, weights = AdamW(np.ones(6, np.float32), 0.1), start
    for scale in (0.1, 1.0, 30.0, 0.5, 0.0):
        gradient = (random.normal(size=6) * scale).astype(np.float32)
        known.apply([gradient], [variable])
        weights = own.step(weights, gradient, 0.01)
        assert np.allclose(weights, np.asarray(variable), atol=1e-5)


def test_a_bias_does_not_decay() -> None:
    own = AdamW(np.array([1, 0], np.float32), 0.5)
    weights = own.step(np.ones(2, np.float32), np.zeros(2, np.float32), 0.1)
    assert np.allclose(weights, [0.95, 1.0])
