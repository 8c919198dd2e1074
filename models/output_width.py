"""The width of a SavedModel's output, read from ``saved_model.pb`` without importing TensorFlow.

The catalogue is needed for the first page, where TensorFlow's import would cost seconds. The messages below
name the few fields of TensorFlow's public schema that lead to a signature's output shape; protobuf skips the rest.
"""

from functools import cache
from pathlib import Path
from typing import Any

# message -> (field, number, type, repeated); schema: tensorflow/core/protobuf/{saved_model,meta_graph}.proto
_FIELDS: dict[str, list[tuple[str, int, str, bool]]] = {
    "Dim": [("size", 1, "int64", False)],
    "Shape": [("dim", 2, "Dim", True), ("unknown_rank", 3, "bool", False)],
    "TensorInfo": [("tensor_shape", 3, "Shape", False)],
    "Output": [("key", 1, "string", False), ("value", 2, "TensorInfo", False)],
    "Signature": [("outputs", 2, "Output", True)],
    "NamedSignature": [("key", 1, "string", False), ("value", 2, "Signature", False)],
    "MetaGraph": [("signature_def", 5, "NamedSignature", True)],
    "SavedModel": [("meta_graphs", 2, "MetaGraph", True)],
}


@cache
def _saved_model_message() -> Any:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]

    types = descriptor_pb2.FieldDescriptorProto
    scalars = {"int64": types.TYPE_INT64, "bool": types.TYPE_BOOL, "string": types.TYPE_STRING}
    schema = descriptor_pb2.FileDescriptorProto(name="output_width.proto", package="output_width", syntax="proto3")
    for name, fields in _FIELDS.items():
        message = schema.message_type.add(name=name)
        for field, number, kind, repeated in fields:
            added = message.field.add(name=field, number=number)
            added.label = types.LABEL_REPEATED if repeated else types.LABEL_OPTIONAL
            added.type = scalars.get(kind, types.TYPE_MESSAGE)
            if kind not in scalars:
                added.type_name = f".output_width.{kind}"
    # A pool of its own: TensorFlow's descriptors register in the default one later.
    pool = descriptor_pool.DescriptorPool()
    pool.Add(schema)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("output_width.SavedModel"))


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
            if named.key == signature and len(named.value.outputs) == 1:
                shape = named.value.outputs[0].value.tensor_shape
                width = shape.dim[-1].size if shape.dim else 0
                return int(width) if width > 0 else None
    return None
