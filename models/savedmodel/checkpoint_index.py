"""The index of a checkpoint, ``variables.index``: types, shapes and sizes of the variables, without their values.

The file is a sorted string table in the format of LevelDB (github.com/google/leveldb, doc/table_format.md) whose values
are messages of ``tensor_bundle.proto``. TensorFlow writes it without compression.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from models.savedmodel.description import Shape
from models.savedmodel.dtypes import dtype_name
from models.savedmodel.schema import saved_model_messages
from models.savedmodel.signatures import read_shape

_MAGIC = bytes.fromhex("57fb808b247547db")
_FOOTER = 48
_TRAILER = 5  # one byte names the compression, four are a checksum
# Keys share their beginnings, so a small crafted file could unfold into a huge one.
_MAX_KEY = 4_096
_MAX_TENSORS = 200_000


@dataclass(frozen=True)
class IndexEntry:
    """One tensor of a checkpoint: its key, element type, shape, and size on disk in bytes."""

    key: str
    dtype: str
    shape: Shape
    bytes: int


def read_index(data: bytes) -> list[IndexEntry]:
    """Return the tensors that the index names, in its order.

    Raises:
        ValueError: damaged, compressed, or not an index; protobuf's and Unicode's errors are of this kind too.
    """
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    message = saved_model_messages()["BundleEntryProto"]
    found: list[IndexEntry] = []
    try:
        for key, value in _entries(data):
            if len(found) >= _MAX_TENSORS:
                raise ValueError("too many tensors")
            if key:  # the empty key holds the number of shards
                entry = message.FromString(value)
                found.append(IndexEntry(key.decode(), dtype_name(entry.dtype), read_shape(entry.shape), entry.size))
    except (DecodeError, IndexError) as error:
        raise ValueError("damaged") from error
    return found


def _entries(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(data) < _FOOTER or data[-8:] != _MAGIC:
        raise ValueError("not an index of a checkpoint")
    footer = data[-_FOOTER:]
    _, place = _block_handle(footer, 0)  # of the index of statistics, which nobody needs
    handle, _ = _block_handle(footer, place)
    for _, value in _block(data, handle):
        block, _ = _block_handle(value, 0)
        yield from _block(data, block)


def _block_handle(data: bytes, place: int) -> tuple[tuple[int, int], int]:
    offset, place = _number(data, place)
    size, place = _number(data, place)
    return (offset, size), place


def _block(data: bytes, handle: tuple[int, int]) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of one block; a key only stores what differs from the one before."""
    offset, size = handle
    if offset + size + _TRAILER > len(data) or size < 4:
        raise ValueError("truncated")
    if data[offset + size]:
        raise ValueError("compressed")
    block = data[offset : offset + size]
    restarts = int.from_bytes(block[-4:], "little")
    end = size - 4 - 4 * restarts
    place, key = 0, b""
    while place < end:
        shared, place = _number(block, place)
        rest, place = _number(block, place)
        length, place = _number(block, place)
        if place + rest + length > end or shared > len(key) or shared + rest > _MAX_KEY:
            raise ValueError("damaged")
        key = key[:shared] + block[place : place + rest]
        place += rest
        yield key, block[place : place + length]
        place += length


def _number(data: bytes, place: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the lowest first; return it and the place after it."""
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place += 1
        if byte < 0x80:
            return value, place
        shift += 7
        if shift > 63:
            raise ValueError("damaged")
