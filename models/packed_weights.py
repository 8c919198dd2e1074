"""Weights in half the bytes: one float16 tensor on the disk, float32 arrays in memory."""

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.runtime import import_tensorflow


class PackedWeights(NamedTuple):
    """Arrays one after the other.

    Args:
        flat: float16 [count], all of them.
        borders: where each begins, and where the last one ends; one more than there are arrays.
        digest: of ``flat``, 16 hexadecimal digits.
    """

    flat: NDArray[np.float16]
    borders: list[int]
    digest: str


def pack(arrays: Sequence[NDArray[Any]]) -> PackedWeights:
    """Put arrays of any shapes into one."""
    flat = np.concatenate([array.ravel() for array in arrays]).astype(np.float16)
    borders = np.cumsum([0, *(array.size for array in arrays)]).tolist()
    return PackedWeights(flat, borders, hashlib.sha256(flat.tobytes()).hexdigest()[:16])


def float32_on_load(packed: Any, name: str, shape: Sequence[int], start: int = 0) -> Any:
    """An array of packed weights for the graph of a SavedModel; its ``read()`` returns it.

    The cast runs once, when the model is loaded. What is made here can be saved, but not read: the weights would stay
    in the memory of the process that saves.

    Args:
        packed: tf.Variable, float16 [count]; another attribute of the exported object.
        name: of its own for every array and every set of weights, such as one with their digest: two models in one
            process must not share the array.
        shape: of the array.
        start: where it begins in ``packed``.
    """
    return _resource_class()(packed, name, tuple(shape), start)


@cache
def _resource_class() -> Any:
    tf = import_tensorflow()

    class Float32OnLoad(tf.saved_model.experimental.TrackableResource):  # type: ignore[name-defined]
        """See ``float32_on_load``."""

        def __init__(self, packed: Any, name: str, shape: tuple[int, ...], start: int) -> None:
            super().__init__()
            self.packed, self.key, self.shape = packed, name, shape
            self.place = slice(start, start + int(np.prod(shape)))
            # the handle has to exist outside of the graph
            _ = self.resource_handle

        def _create_resource(self) -> Any:
            return tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=self.shape, shared_name=self.key, container="")

        def _initialize(self) -> None:
            value = tf.reshape(tf.cast(self.packed[self.place], tf.float32), self.shape)
            tf.raw_ops.AssignVariableOp(resource=self.resource_handle, value=value)

        def read(self) -> Any:
            """The array, float32."""
            value = tf.raw_ops.ReadVariableOp(resource=self.resource_handle, dtype=tf.float32)
            return tf.ensure_shape(value, self.shape)

    return Float32OnLoad
