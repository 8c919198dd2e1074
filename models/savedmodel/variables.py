"""The variables: the checkpoint's index says what is stored, the object graph what is trained."""

import math
from collections.abc import Sequence
from typing import Any

from models.savedmodel.checkpoint_index import IndexEntry
from models.savedmodel.description import VariableDescription
from models.savedmodel.dtypes import dtype_name, is_number
from models.savedmodel.object_graph import walk
from models.savedmodel.signatures import read_shape

_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_BOOKKEEPING = ("_CHECKPOINTABLE_OBJECT_GRAPH", "save_counter" + _VALUE)


def read_variables(entries: Sequence[IndexEntry], objects: Any) -> tuple[VariableDescription, ...]:
    """Return the stored variables, sorted by name.

    Args:
        entries: of the index; where there are none, the object graph's variables take their place, with 0 bytes.
        objects: a ``SavedObjectGraph``; empty in models of TensorFlow 1.
    """
    known = {_checkpoint_name(path): node.variable for path, node in walk(objects) if node.HasField("variable")}
    if not entries:
        found = [
            _variable(name, dtype_name(saved.dtype), read_shape(saved.shape), 0, saved.trainable)
            for name, saved in known.items()
        ]
    else:
        found = []
        for entry in entries:
            if entry.key not in _BOOKKEEPING:
                name = entry.key.removesuffix(_VALUE)
                saved = known.get(name)
                trainable = None if saved is None else saved.trainable
                found.append(_variable(name, entry.dtype, entry.shape, entry.bytes, trainable))
    return tuple(sorted(found, key=lambda variable: variable.name))


def _variable(name: str, dtype: str, shape: Any, size: int, trainable: bool | None) -> VariableDescription:
    counted = shape is not None and None not in shape and is_number(dtype)
    elements = math.prod(shape) if counted else 0
    return VariableDescription(name, dtype, shape, size, elements, trainable)


def _checkpoint_name(path: tuple[str, ...]) -> str:
    """The name that TensorFlow's checkpoints give to a path; a slash inside of a part is escaped."""
    return "/".join(part.replace(".", "..").replace("/", ".S") for part in path)
