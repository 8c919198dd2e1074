"""The width of a SavedModel's output, read from ``saved_model.pb`` without importing TensorFlow.

The catalogue is needed for the first page, where TensorFlow's import would cost seconds. The messages below
name the few fields of TensorFlow's public schema that lead to a signature's output shape; protobuf skips the rest.
"""

from functools import cache
from pathlib import Path
from typing import Any

from models.savedmodel.schema import Fields, build_messages

_FIELDS: Fields = {
    "Dim": [("size", 1, "int64")],
    "Shape": [("dim", 2, "Dim*")],
    "TensorInfo": [("tensor_shape", 3, "Shape")],
    "Output": [("value", 2, "TensorInfo")],
    "Signature": [("outputs", 2, "Output*")],
    "NamedSignature": [("key", 1, "bytes"), ("value", 2, "Signature")],
    "MetaGraph": [("signature_def", 5, "NamedSignature*")],
    "SavedModel": [("meta_graphs", 2, "MetaGraph*")],
}


@cache
def _saved_model_message() -> Any:
    return build_messages("output_width", _FIELDS)["SavedModel"]


def read_output_width(folder: Path, signature: str = "serving_default") -> int | None:
    """Return the last dimension of the signature's only output, or None where the file does not fix it.

    Args:
        folder: a SavedModel's folder, with ``saved_model.pb`` in it.
        signature: the signature's name.
    """
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        saved_model = _saved_model_message().FromString((folder / "saved_model.pb").read_bytes())
    except (OSError, DecodeError):
        return None
    for graph in saved_model.meta_graphs:
        for named in graph.signature_def:
            if named.key == signature.encode() and len(named.value.outputs) == 1:
                shape = named.value.outputs[0].value.tensor_shape
                width = shape.dim[-1].size if shape.dim else 0
                return int(width) if width > 0 else None
    return None
