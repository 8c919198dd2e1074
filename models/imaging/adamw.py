"""AdamW on one flat vector of weights.

Not the optimiser of Keras: each compiled step of that one stays in memory for good, 30 MB for every run of a server.
"""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


class AdamW:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101).

    Args:
        decayed: float32 [count], 1 where a weight decays, 0 where it does not, such as a bias.
        weight_decay: share of a weight that goes at each step, times the learning rate.
        first, second: decay of the moments.
        clip: largest norm of a gradient.
    """

    def __init__(
        self, decayed: Vector, weight_decay: float, first: float = 0.9, second: float = 0.999, clip: float = 1.0
    ) -> None:
        self._decay = decayed * np.float32(weight_decay)
        self._first, self._second, self._clip = first, second, clip
        self._mean, self._square = np.zeros_like(decayed), np.zeros_like(decayed)
        self._steps = 0

    def step(self, weights: Vector, gradient: Vector, rate: float) -> Vector:
        """Weights after one step at a learning rate; both are float32 [count]."""
        self._steps += 1
        gradient = gradient * np.float32(self._clip / max(float(np.linalg.norm(gradient)), self._clip))
        self._mean += np.float32(1 - self._first) * (gradient - self._mean)
        self._square += np.float32(1 - self._second) * (gradient * gradient - self._square)
        mean = self._mean / np.float32(1 - self._first**self._steps)
        root = np.sqrt(self._square / np.float32(1 - self._second**self._steps)) + np.float32(1e-7)
        return weights - np.float32(rate) * (mean / root + self._decay * weights)
