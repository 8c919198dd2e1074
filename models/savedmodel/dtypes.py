"""Element types by their number in TensorFlow's files (``tensorflow/core/framework/types.proto``)."""

# fmt: off
_NAMES = (
    "invalid", "float32", "float64", "int32", "uint8", "int16", "int8", "string",
    "complex64", "int64", "bool", "qint8", "quint8", "qint32", "bfloat16", "qint16",
    "quint16", "uint16", "complex128", "float16", "resource", "variant", "uint32", "uint64",
    "float8_e5m2", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e4m3b11fnuz", "float8_e5m2fnuz", "int4", "uint4", "int2",
    "uint2",
)
# fmt: on
_NOT_NUMBERS = {"invalid", "string", "resource", "variant"}
_REFERENCE = 100  # added to the number of a type that a TensorFlow 1 variable refers to


def dtype_name(number: int) -> str:
    """Return TensorFlow's name of an element type, or "type 99" for one that is not known here."""
    plain = number - _REFERENCE if number > _REFERENCE else number
    return _NAMES[plain] if 0 <= plain < len(_NAMES) else f"type {number}"


def is_number(dtype: str) -> bool:
    """Whether elements of this type are parameters of a model; texts and handles are not."""
    return dtype in _NAMES and dtype not in _NOT_NUMBERS
