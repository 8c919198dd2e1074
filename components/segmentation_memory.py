"""What this visitor's session remembers: read images, probability maps, found objects; never more than a fixed number.

Keys hold the SHA-256 of the uploaded bytes, so that images that look alike never get each other's mask.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.segmentation_pictures import on_screen
from components.segmentation_source import ImageFile
from models.imaging.display import to_rgb
from models.imaging.familiarity import Familiarity
from models.imaging.image import MedicalImage
from models.imaging.instances import ObjectSettings
from models.imaging.objects import ObjectMeasurement
from models.imaging.preprocessing import ClaheSettings
from models.imaging.reading import read_image
from models.imaging.segmenter import Prediction, Segmentation, objects_in
from models.imaging.tasks import SegmentationTask

Value = TypeVar("Value")
_MEGABYTE = 1_000_000


class Shelf(Generic[Value]):
    """Keeps the values used last, at most so many and at most so many bytes, but always one. Thread-safe.

    Args:
        most: number of values.
        most_bytes: of all values together.
        size_of: bytes of a value.
    """

    def __init__(self, most: int, most_bytes: int, size_of: Callable[[Value], int]) -> None:
        self._most, self._most_bytes, self._size_of = most, most_bytes, size_of
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """The value of ``key``; None where it was never kept, or had to make room."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > 1 and (len(self._values) > self._most or self._bytes() > self._most_bytes):
                self._values.popitem(last=False)

    def __len__(self) -> int:
        """Number of values."""
        return len(self._values)

    def _bytes(self) -> int:
        return sum(self._size_of(value) for value in self._values.values())


@dataclass(frozen=True, eq=False)
class OpenImage:
    """A read image with its picture for the screen, uint8 [h, w, 3]."""

    image: MedicalImage
    picture: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the network said, and how familiar the image was; None where the network does not know."""

    prediction: Prediction
    familiarity: Familiarity | None


@dataclass(frozen=True, eq=False)
class Found:
    """Objects; measured when somebody asks for it, because a slider does not."""

    segmentation: Segmentation

    @cached_property
    def areas(self) -> NDArray[np.int64]:
        """Of all objects, in pixels."""
        return np.bincount(self.segmentation.labels.ravel())[1:]

    @cached_property
    def objects(self) -> list[ObjectMeasurement]:
        """Every object in numbers."""
        return self.segmentation.measure()


def open_file(file: ImageFile, frame: int) -> OpenImage:
    """Read one frame of a file, once.

    Raises:
        UnreadableFileError: it cannot be used.
    """
    shelf = _shelf("seg_images", 4, 300 * _MEGABYTE, lambda kept: kept.image.pixels.nbytes + kept.picture.nbytes)
    key = (file.sha256, frame)
    opened = cast("OpenImage | None", shelf.get(key))
    if opened is None:
        image = read_image(file.name, file.read(), frame=frame)
        opened = OpenImage(image, on_screen(to_rgb(image)))
        shelf.put(key, opened)
    # two uploads of the same bytes may have different names
    return replace(opened, image=replace(opened.image, name=file.name))


def outcome_key(
    task: SegmentationTask, model: str, image: MedicalImage, clahe: ClaheSettings, second_look: bool
) -> Hashable:
    """Identifies probability maps exactly: network, bytes of the file, frame, contrast, and looks."""
    contrast = (clahe.clip_limit, clahe.grid) if clahe.enabled else None
    return (task.name, model, image.sha256, image.frame, contrast, second_look)


def outcomes() -> Shelf[Outcome]:
    """The probability maps of this session."""
    return _shelf("seg_outcomes", 16, 256 * _MEGABYTE, lambda kept: kept.prediction.maps.nbytes)


def baselines() -> Shelf[NDArray[np.int32]]:
    """The objects that were found without a network."""
    return _shelf("seg_baselines", 4, 64 * _MEGABYTE, lambda kept: int(kept.nbytes))


def found_in(key: Hashable, prediction: Prediction, settings: ObjectSettings) -> Found:
    """Find objects, once for each combination of maps and settings."""
    shelf = _shelf("seg_found", 6, 128 * _MEGABYTE, lambda kept: kept.segmentation.labels.nbytes)
    found = cast("Found | None", shelf.get((key, settings)))
    if found is None:
        found = Found(objects_in(prediction, settings))
        shelf.put((key, settings), found)
    return found


def _shelf(key: str, most: int, most_bytes: int, size_of: Callable[[Any], int]) -> Shelf[Any]:
    if key not in st.session_state:
        st.session_state[key] = Shelf(most, most_bytes, size_of)
    return cast("Shelf[Any]", st.session_state[key])
