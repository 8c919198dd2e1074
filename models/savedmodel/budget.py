"""A bound on what a stranger's protobuf unfolds into: two bytes can become an object of a hundred."""

from functools import cache

from models.savedmodel.schema import SAVED_MODEL

MAX_MESSAGES = 3_000_000
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@cache
def _nested(message: str) -> dict[int, str | None]:
    """Fields of ``message`` that become objects: number -> the message inside, None for a repeated text."""
    found: dict[int, str | None] = {}
    for _, number, kind in SAVED_MODEL[message]:
        name = kind.rstrip("*")
        if name in SAVED_MODEL:
            found[number] = name
        elif kind.endswith("*"):
            found[number] = None
    return found


def within_budget(data: bytes, message: str = "SavedModel", most: int = MAX_MESSAGES) -> bool:
    """Return False when parsing ``data`` would make more than ``most`` objects; costs time, but no memory.

    Args:
        data: a serialised ``message``; what is damaged counts as far as it can be read.
        message: a name in ``SAVED_MODEL``.
        most: the largest number that is allowed.
    """
    waiting = [(message, 0, len(data))]
    count = 0
    while waiting:
        name, place, end = waiting.pop()
        nested = _nested(name)
        try:
            while place < end:
                tag, place = _varint(data, place)
                wire = tag & 7
                if wire == _VARINT:
                    _, place = _varint(data, place)
                elif wire == _BYTES:
                    length, place = _varint(data, place)
                    if tag >> 3 in nested:
                        count += 1
                        if count > most:
                            return False
                        inner = nested[tag >> 3]
                        if inner is not None:
                            waiting.append((inner, place, min(place + length, end)))
                    place += length
                elif wire in (_FIXED64, _FIXED32):
                    place += 8 if wire == _FIXED64 else 4
                else:
                    break  # groups were never used here; protobuf will say what is wrong
        except IndexError:
            continue
    return True


def _varint(data: bytes, place: int) -> tuple[int, int]:
    byte = data[place]
    if byte < 0x80:
        return byte, place + 1
    value = byte & 0x7F
    shift = 7
    while True:
        place += 1
        byte = data[place]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place + 1
        shift += 7
