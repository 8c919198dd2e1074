"""The short copy of TensorFlow's formats says what TensorFlow's own descriptors say."""

from typing import Any

import pytest

from models.savedmodel.dtypes import dtype_name, is_number
from models.savedmodel.schema import SAVED_MODEL

# Here a map entry, a nested message or one of an alias is a message of its own name.
PLACES = {
    "Dim": "TensorShapeProto.Dim",
    "MetaInfoDef": "MetaGraphDef.MetaInfoDef",
    "CollectionDefEntry": "MetaGraphDef.CollectionDefEntry",
    "NodeList": "CollectionDef.NodeList",
    "SignatureDefEntry": "MetaGraphDef.SignatureDefEntry",
    "TensorInfoEntry": "SignatureDef.InputsEntry",
    "CooSparse": "TensorInfo.CooSparse",
    "CompositeTensor": "TensorInfo.CompositeTensor",
    "AttrEntry": "NodeDef.AttrEntry",
    "ListValue": "AttrValue.ListValue",
    "ConcreteFunctionEntry": "SavedObjectGraph.ConcreteFunctionsEntry",
    "ObjectReference": "TrackableObjectGraph.TrackableObject.ObjectReference",
    "Values": "ListValue",
    "StructuredEntry": "DictValue.FieldsEntry",
}


@pytest.fixture(scope="module")
def pool() -> Any:
    from models.runtime import import_tensorflow

    import_tensorflow()
    from google.protobuf import descriptor_pool
    from tensorflow.core.protobuf import saved_model_pb2, tensor_bundle_pb2  # noqa: F401

    return descriptor_pool.Default()


@pytest.mark.parametrize("message", SAVED_MODEL)
def test_fields_have_the_numbers_and_types_of_tensorflow(message: str, pool: Any) -> None:
    theirs = pool.FindMessageTypeByName(f"tensorflow.{PLACES.get(message, message)}")
    for name, number, kind in SAVED_MODEL[message]:
        field = theirs.fields_by_name[name]
        assert field.number == number
        assert field.is_repeated == kind.endswith("*")
        scalar = kind.rstrip("*")
        if field.message_type is None:
            kinds = {field.TYPE_ENUM: "int32", field.TYPE_STRING: "string", field.TYPE_BOOL: "bool"}
            kinds |= {field.TYPE_INT32: "int32", field.TYPE_INT64: "int64", field.TYPE_SINT64: "sint64"}
            kinds |= {field.TYPE_DOUBLE: "double"}
            assert kinds[field.type] == scalar
        else:
            assert scalar in SAVED_MODEL or (scalar == "bytes" and field.message_type.name in SAVED_MODEL)


def test_element_types_have_tensorflows_names() -> None:
    from models.runtime import import_tensorflow

    tf = import_tensorflow()
    for number in range(1, 33):
        assert dtype_name(number) == tf.dtypes.as_dtype(number).name
    assert dtype_name(101) == "float32" and dtype_name(99) == "type 99"
    assert is_number("int8") and not is_number("string") and not is_number("resource")
