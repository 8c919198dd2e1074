"""The part of TensorFlow's public file formats that is read here, without importing TensorFlow and its seconds.

Protobuf skips fields that a schema does not name, so only what is shown is listed. A map is, on the wire, a list of
entries with a key and a value. The tests compare every line with the descriptors of the installed TensorFlow.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

Fields = Mapping[str, Sequence[tuple[str, int, str]]]
"""message -> (field, number, type); a type is a scalar or a message, with "*" after it where it is repeated."""

_SCALARS = ("bool", "bytes", "double", "int32", "int64", "sint64", "string", "uint32")

# tensorflow/core/framework/{tensor_shape,types,graph,function,op_def,attr_value}.proto and
# tensorflow/core/protobuf/{saved_model,meta_graph,saver,struct,saved_object_graph,tensor_bundle}.proto
SAVED_MODEL: Fields = {
    "Dim": [("size", 1, "int64")],
    "TensorShapeProto": [("dim", 2, "Dim*"), ("unknown_rank", 3, "bool")],
    "SavedModel": [("meta_graphs", 2, "MetaGraphDef*")],
    "MetaGraphDef": [
        ("meta_info_def", 1, "MetaInfoDef"),
        ("graph_def", 2, "GraphDef"),
        ("saver_def", 3, "SaverDef"),
        ("collection_def", 4, "CollectionDefEntry*"),
        ("signature_def", 5, "SignatureDefEntry*"),
        ("asset_file_def", 6, "AssetFileDef*"),
        ("object_graph_def", 7, "SavedObjectGraph"),
    ],
    "MetaInfoDef": [("tags", 4, "string*"), ("tensorflow_version", 5, "string")],
    "SaverDef": [("save_tensor_name", 2, "string"), ("restore_op_name", 3, "string")],
    "CollectionDefEntry": [("key", 1, "string"), ("value", 2, "CollectionDef")],
    "CollectionDef": [("node_list", 1, "NodeList")],
    "NodeList": [("value", 1, "string*")],
    "AssetFileDef": [("filename", 2, "string")],
    "SignatureDefEntry": [("key", 1, "string"), ("value", 2, "SignatureDef")],
    "SignatureDef": [
        ("inputs", 1, "TensorInfoEntry*"),
        ("outputs", 2, "TensorInfoEntry*"),
        ("method_name", 3, "string"),
    ],
    "TensorInfoEntry": [("key", 1, "string"), ("value", 2, "TensorInfo")],
    "TensorInfo": [
        ("name", 1, "string"),
        ("dtype", 2, "int32"),
        ("tensor_shape", 3, "TensorShapeProto"),
        ("coo_sparse", 4, "CooSparse"),
        ("composite_tensor", 5, "CompositeTensor"),
    ],
    "CooSparse": [
        ("values_tensor_name", 1, "string"),
        ("indices_tensor_name", 2, "string"),
        ("dense_shape_tensor_name", 3, "string"),
    ],
    "CompositeTensor": [("type_spec", 1, "TypeSpecProto"), ("components", 2, "TensorInfo*")],
    "GraphDef": [("node", 1, "NodeDef*"), ("library", 2, "FunctionDefLibrary")],
    # an attribute stays packed until somebody asks: there are thousands, and few matter here
    "NodeDef": [("name", 1, "string"), ("op", 2, "string"), ("input", 3, "string*"), ("attr", 5, "bytes*")],
    "AttrEntry": [("key", 1, "string"), ("value", 2, "AttrValue")],
    "AttrValue": [("list", 1, "ListValue"), ("func", 10, "NameAttrList")],
    "ListValue": [("func", 9, "NameAttrList*")],
    "NameAttrList": [("name", 1, "string")],
    "FunctionDefLibrary": [("function", 1, "FunctionDef*")],
    "FunctionDef": [("signature", 1, "OpDef"), ("node_def", 3, "NodeDef*")],
    "OpDef": [("name", 1, "string")],
    "SavedObjectGraph": [("nodes", 1, "SavedObject*"), ("concrete_functions", 2, "ConcreteFunctionEntry*")],
    "ConcreteFunctionEntry": [("key", 1, "string"), ("value", 2, "SavedConcreteFunction")],
    "SavedConcreteFunction": [
        ("canonicalized_input_signature", 3, "StructuredValue"),
        ("output_signature", 4, "StructuredValue"),
    ],
    "SavedObject": [
        ("children", 1, "ObjectReference*"),
        ("user_object", 4, "SavedUserObject"),
        ("function", 6, "SavedFunction"),
        ("variable", 7, "SavedVariable"),
        ("bare_concrete_function", 8, "SavedBareConcreteFunction"),
    ],
    "ObjectReference": [("node_id", 1, "int32"), ("local_name", 2, "string")],
    "SavedUserObject": [("identifier", 1, "string")],
    "SavedFunction": [("concrete_functions", 1, "string*"), ("function_spec", 2, "FunctionSpec")],
    "FunctionSpec": [("fullargspec", 1, "StructuredValue"), ("is_method", 2, "bool")],
    "SavedBareConcreteFunction": [("concrete_function_name", 1, "string")],
    "SavedVariable": [
        ("dtype", 1, "int32"),
        ("shape", 2, "TensorShapeProto"),
        ("trainable", 3, "bool"),
        ("name", 6, "string"),
    ],
    "StructuredValue": [
        ("float64_value", 11, "double"),
        ("int64_value", 12, "sint64"),
        ("string_value", 13, "string"),
        ("bool_value", 14, "bool"),
        ("tensor_spec_value", 33, "TensorSpecProto"),
        ("type_spec_value", 34, "TypeSpecProto"),
        ("bounded_tensor_spec_value", 35, "TensorSpecProto"),
        ("list_value", 51, "Values"),
        ("tuple_value", 52, "Values"),
        ("dict_value", 53, "DictValue"),
        ("named_tuple_value", 54, "NamedTupleValue"),
    ],
    "TensorSpecProto": [("name", 1, "string"), ("shape", 2, "TensorShapeProto"), ("dtype", 3, "int32")],
    "TypeSpecProto": [("type_state", 2, "StructuredValue"), ("type_spec_class_name", 3, "string")],
    "Values": [("values", 1, "StructuredValue*")],
    "DictValue": [("fields", 1, "StructuredEntry*")],
    "NamedTupleValue": [("name", 1, "string"), ("values", 2, "StructuredEntry*")],
    "StructuredEntry": [("key", 1, "string"), ("value", 2, "StructuredValue")],
    "BundleHeaderProto": [("num_shards", 1, "int32")],
    "BundleEntryProto": [("dtype", 1, "int32"), ("shape", 2, "TensorShapeProto"), ("size", 5, "int64")],
}


def build_messages(package: str, fields: Fields) -> dict[str, Any]:
    """Return a protobuf class for each message of ``fields``.

    They live in a pool of their own: TensorFlow registers its descriptors in the default one later.
    """
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]

    types = descriptor_pb2.FieldDescriptorProto
    # proto3, because it refuses texts that are not UTF-8; proto2 returns their bytes
    schema = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    for name, rows in fields.items():
        message = schema.message_type.add(name=name)
        for field, number, kind in rows:
            scalar = kind.rstrip("*")
            added = message.field.add(name=field, number=number)
            added.label = types.LABEL_REPEATED if kind.endswith("*") else types.LABEL_OPTIONAL
            added.type = getattr(types, f"TYPE_{scalar.upper()}") if scalar in _SCALARS else types.TYPE_MESSAGE
            if scalar not in _SCALARS:
                added.type_name = f".{package}.{scalar}"
            elif not kind.endswith("*"):
                # so that a field that was not set can be told from one that is empty
                added.proto3_optional, added.oneof_index = True, len(message.oneof_decl)
                message.oneof_decl.add(name=f"_{field}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(schema)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}")) for name in fields}


@cache
def saved_model_messages() -> dict[str, Any]:
    """Return the classes of ``SAVED_MODEL`` by name."""
    return build_messages("polyglot_saved_model", SAVED_MODEL)
