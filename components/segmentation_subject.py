"""The image that is looked at, with what was found in it: what all views of the page share."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.guard import plain
from components.segmentation_memory import Found, OpenImage, Outcome
from components.segmentation_pictures import labels_on_screen
from components.segmentation_settings import Settings
from components.segmentation_source import ImageFile
from components.wording import duration, four_digits
from models.imaging.display import stretch_note, warnings_about
from models.imaging.image import MedicalImage
from models.imaging.looks import LEAST_AGREEMENT
from models.imaging.tasks import SegmentationTask


@dataclass(frozen=True, eq=False)
class Subject:
    """Everything about the image on the page.

    Args:
        task: what was looked for.
        settings: how.
        file: the chosen file.
        opened: the read image.
        key: of the network's maps.
        outcome: the network's maps.
        found: the objects.
    """

    task: SegmentationTask
    settings: Settings
    file: ImageFile
    opened: OpenImage
    key: Hashable
    outcome: Outcome
    found: Found

    @property
    def image(self) -> MedicalImage:
        """The image in the values of its file."""
        return self.opened.image

    @property
    def labels(self) -> NDArray[np.int32]:
        """int32 [H, W] at the image's own resolution."""
        return self.found.segmentation.labels

    @cached_property
    def screen_labels(self) -> NDArray[np.int32]:
        """Labels at the size of the picture on the screen."""
        return labels_on_screen(self.labels).astype(np.int32)

    @property
    def area_unit(self) -> tuple[float, str]:
        """The area of a pixel, and the unit of it: 1 in pixels where its size is unknown."""
        pixel = self.image.pixel_size
        return (pixel.area, f"{pixel.unit}²") if pixel else (1.0, "pixels")

    @property
    def separate(self) -> bool:
        """Whether the network tells touching objects apart, so that single objects can be counted and scored."""
        return len(self.outcome.prediction.channels) > 1


def choose_frame(file: ImageFile, frames: int) -> int:
    """Draw the choice of a page or time point, from 0."""
    if frames == 1:
        return 0
    return int(st.slider(f"Frame of {frames:,}", 1, frames, 1, key=frame_key(file))) - 1


def frame_key(file: ImageFile) -> str:
    """Where the chosen frame of a file is kept, from 1."""
    return f"seg_frame_{file.sha256[:16]}"


def show_warnings(image: MedicalImage, outcome: Outcome | None) -> None:
    """Draw what is odd about an image."""
    for sentence in warnings_about(image):
        st.warning(sentence, icon=":material/warning:")
    if outcome is None:
        return
    sentences = []
    familiarity, agreement = outcome.familiarity, outcome.prediction.agreement
    if familiarity is not None and familiarity.unusual:
        sentences.append(
            f"{familiarity.sentence} Distance {familiarity.distance:.1f}; up to {familiarity.limit:.1f} is usual."
        )
    if agreement is not None and agreement < LEAST_AGREEMENT:
        sentences.append(f"A second look found something else (Dice {agreement:.2f} between both) and does not count.")
    if sentences:
        st.warning(" ".join(sentences), icon=":material/warning:")


def show_origin(image: MedicalImage, outcome: Outcome | None, credit: str = "") -> None:
    """Draw how an image was read, in small letters."""
    familiarity = outcome.familiarity if outcome else None
    size = f"{image.width:,} x {image.height:,} pixels"
    pixel = image.pixel_size
    scale = f"{pixel.column:.3g} {pixel.unit} a pixel" if pixel else "pixel size unknown"
    depth = f"{image.bit_depth} bits"
    known = ""
    if familiarity is not None and not familiarity.unusual:
        known = f" {familiarity.sentence}"
    notes = " ".join(filter(None, [stretch_note(image), *image.notes, credit]))
    st.caption(plain(f"{image.name}: {image.source_format}, {size}, {depth}, {scale}. {notes}{known}"))


def summary(subject: Subject) -> str:
    """The result in one line, as Markdown."""
    found = subject.found
    areas = found.areas
    if not len(areas):
        return f"**No {subject.task.object_noun} was found.** Lower the threshold or the smallest size."
    share = areas.sum() / subject.labels.size
    factor, unit = subject.area_unit
    size = "median area" if len(areas) > 1 else "area"
    parts = [
        f"**{subject.task.count(len(areas))}**",
        f"{size} {four_digits(float(np.median(areas)) * factor)} {unit}",
        f"{share:.1%} of the image",
        duration(subject.outcome.prediction.seconds),
    ]
    return " · ".join(parts)
