"""Which image belongs to which mask, as a table with thumbnails, and what is wrong with the other files."""

import base64
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from components.fine_tuning_files import LearningFile
from components.guard import plain
from components.segmentation_pictures import encoded, fitted, mask_picture
from components.segmentation_task import proposed_settings
from components.wording import counted
from models.errors import UnreadableFileError
from models.imaging.display import to_rgb
from models.imaging.pairs import TrainingPair, match_by_name, read_pair
from models.imaging.tasks import SegmentationTask

_ROWS = "seg_tune_rows"
_THUMBNAIL = 120  # pixels
_ROW = 50  # pixels of a row of the table
_MOST_ROWS = 6.5  # that are seen at once


@dataclass(frozen=True, eq=False)
class PairRow:
    """An image with its mask, and what is shown of both; pixels are not kept.

    Args:
        image: the image's file.
        mask: the mask's file.
        thumbnails: of the image and of the mask, as addresses that hold their data.
        size: width and height.
        pixels: of the image.
        objects: that the mask marks.
        note: how the files were understood.
        problem: why the pair cannot be used; "" where it can.
    """

    image: LearningFile
    mask: LearningFile
    thumbnails: tuple[str, str] = ("", "")
    size: str = ""
    pixels: int = 0
    objects: int = 0
    note: str = ""
    problem: str = ""

    @property
    def key(self) -> Hashable:
        """Tells it from all others of this visitor."""
        return (self.image.key, self.mask.key)


def show_pairs(task: SegmentationTask, files: list[LearningFile]) -> list[PairRow]:
    """Draw what belongs together; return the pairs that can be learned from."""
    matching = match_by_name([file.name for file in files], [file.mask for file in files])
    # where objects are not told apart, nobody needs to know how many a mask was taken for
    single = len(proposed_settings(task).channels) > 1
    rows = _rows([(files[image], files[mask]) for image, mask in matching.pairs], single)
    good = [row for row in rows if not row.problem]
    problems = [row.problem for row in rows if row.problem]
    problems += [f"{files[place].name} is left out. {why}" for place, why in matching.problems.items()]
    words = [f"**{counted(len(good), 'pair')}**"]
    if problems:
        words.append(f"{counted(len(problems), 'problem')}, below")
    st.markdown(" · ".join(words))
    if good:
        st.dataframe(
            {
                "Image": [row.thumbnails[0] for row in good],
                "Mask": [row.thumbnails[1] for row in good],
                "Image file": [row.image.name for row in good],
                "Mask file": [row.mask.name for row in good],
                task.object_plural.capitalize(): [row.objects for row in good],
                "Pixels": [row.size for row in good],
                **({"Note": [row.note for row in good]} if any(row.note for row in good) else {}),
            },
            hide_index=True,
            row_height=_ROW,
            height=round(38 + _ROW * min(len(good), _MOST_ROWS)),
            column_config={
                "Image": st.column_config.ImageColumn(width=90),
                "Mask": st.column_config.ImageColumn(width=90),
            },
            alt="One row for each image, with its mask, the number of objects in it, and its size",
        )
    for problem in problems:
        st.caption(f":material/error: {plain(problem)}")
    return good


def _rows(pairs: list[tuple[LearningFile, LearningFile]], single: bool) -> list[PairRow]:
    """What is shown of each pair; read once."""
    whose, known = st.session_state.get(_ROWS, (single, {}))
    known = known if whose == single else {}
    rows = []
    missing = sum((image.key, mask.key) not in known for image, mask in pairs)
    with st.spinner(f"Reading {counted(missing, 'pair')}") if missing else st.empty():
        for image, mask in pairs:
            row = known.get((image.key, mask.key))
            rows.append(row if row is not None else _row(image, mask, single))
    st.session_state[_ROWS] = (single, {row.key: row for row in rows})
    return rows


def _row(image: LearningFile, mask: LearningFile, single: bool) -> PairRow:
    try:
        pair = read_pair(image.name, image.read(), mask.name, mask.read())
    except UnreadableFileError as error:
        return PairRow(image, mask, problem=str(error))
    return PairRow(
        image,
        mask,
        _thumbnails(pair),
        f"{pair.image.width:,} x {pair.image.height:,}",
        pair.pixels,
        pair.objects,
        " ".join([*pair.notes, *(pair.mask_notes if single else ())]),
    )


def _thumbnails(pair: TrainingPair) -> tuple[str, str]:
    rows = (np.arange(_THUMBNAIL) + 0.5) / _THUMBNAIL
    labels = pair.labels.astype(np.int32)
    side = min(labels.shape)
    top, left = ((length - side) // 2 for length in labels.shape)
    # the middle, as ``fitted`` cuts it, without mixing labels
    small = labels[(top + rows * side).astype(int)[:, None], (left + rows * side).astype(int)]
    return _address(fitted(to_rgb(pair.image), _THUMBNAIL, (1, 1))), _address(mask_picture(small, pair.separate))


def _address(picture: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(encoded(picture)).decode()}"
