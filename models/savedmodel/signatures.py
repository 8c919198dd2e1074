"""Inputs and outputs in words that a person and a program can use, from the messages of a SavedModel."""

from collections.abc import Iterable
from typing import Any

from models.savedmodel.description import Shape, SignatureDescription, TensorDescription, shape_text
from models.savedmodel.dtypes import dtype_name

# The loader runs it; nobody calls it by name.
_INITIALISER = "__saved_model_init_op"
_MAX_DEPTH = 20
_MAX_TEXT = 600


def read_shape(shape: Any) -> Shape:
    """Return the shape of a ``TensorShapeProto``."""
    if shape.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else int(dim.size) for dim in shape.dim)


def read_signatures(graph: Any) -> tuple[SignatureDescription, ...]:
    """Return the signatures of a ``MetaGraphDef``, sorted by name."""
    found = [
        SignatureDescription(
            entry.key, _tensors(entry.value.inputs), _tensors(entry.value.outputs), entry.value.method_name
        )
        for entry in graph.signature_def
        if entry.key != _INITIALISER
    ]
    return tuple(sorted(found, key=lambda signature: signature.name))


def _tensors(entries: Iterable[Any]) -> tuple[TensorDescription, ...]:
    return tuple(sorted((_tensor(entry.key, entry.value) for entry in entries), key=lambda tensor: tensor.name))


def _tensor(name: str, info: Any) -> TensorDescription:
    structure = "tensor"
    if info.HasField("coo_sparse"):
        structure = "sparse tensor"
    elif info.HasField("composite_tensor"):
        structure = info.composite_tensor.type_spec.type_spec_class_name or "composite tensor"
    return TensorDescription(name, dtype_name(info.dtype), read_shape(info.tensor_shape), structure)


def structured_text(value: Any) -> str:
    """Return a ``StructuredValue`` for a person: "{scores: float32 [?, 521], ...}", at most 600 characters."""
    text = _text(value, 0)
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]} ..."


def arguments_text(signature: Any, names: list[str]) -> str:
    """Return the arguments of a traced function with the names that its source gave them.

    Args:
        signature: the canonical input signature, a tuple of positional arguments and a dictionary of named ones.
        names: of the positional arguments, without ``self``.
    """
    positional, named = [], []
    if signature.HasField("tuple_value") and len(signature.tuple_value.values) == 2:
        first, second = signature.tuple_value.values
        positional = list(first.tuple_value.values)
        named = list(second.dict_value.fields)
    labels = [*names, *(f"argument {number}" for number in range(len(names) + 1, len(positional) + 1))]
    parts = [f"{label}: {_text(value, 0)}" for label, value in zip(labels, positional, strict=False)]
    parts += [f"{entry.key}: {_text(entry.value, 0)}" for entry in named]
    text = ", ".join(parts)
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]} ..."


def _text(value: Any, depth: int) -> str:
    if depth > _MAX_DEPTH:
        return "..."
    below = depth + 1
    for kind in ("tensor_spec_value", "bounded_tensor_spec_value"):
        if value.HasField(kind):
            spec = getattr(value, kind)
            return f"{dtype_name(spec.dtype)} {shape_text(read_shape(spec.shape))}"
    for kind in ("float64_value", "int64_value", "string_value", "bool_value"):
        if value.HasField(kind):
            return repr(getattr(value, kind))
    if value.HasField("type_spec_value"):
        spec = value.type_spec_value
        return f"{spec.type_spec_class_name or 'composite'} {_text(spec.type_state, below)}"
    for kind, left, right in (("list_value", "[", "]"), ("tuple_value", "(", ")")):
        if value.HasField(kind):
            return f"{left}{', '.join(_text(item, below) for item in getattr(value, kind).values)}{right}"
    for kind in ("dict_value", "named_tuple_value"):
        if value.HasField(kind):
            entries = value.dict_value.fields if kind == "dict_value" else value.named_tuple_value.values
            return f"{{{', '.join(f'{entry.key}: {_text(entry.value, below)}' for entry in entries)}}}"
    return "None"
