"""The images and masks to learn from: uploads that find each other by name, or an example set."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.typing import UploadedFile

from components.kept_uploads import kept_uploads
from components.wording import counted
from models.imaging.example_pairs import example_set
from models.imaging.reading import SUPPORTED_EXTENSIONS
from models.imaging.tasks import SegmentationTask

_IMAGES, _MASKS = UPLOADS = ("seg_tune_images", "seg_tune_masks")
_EXAMPLE = "seg_tune_example"  # its name in the URL
_MEGABYTES = 50
_MOST_FILES = 120


@dataclass(frozen=True, eq=False)
class LearningFile:
    """A chosen file that has not been read yet.

    Args:
        key: tells it from all others of this visitor.
        name: as the visitor gave it.
        read: returns its bytes; also in a thread.
        mask: whether it is known to be a mask, whatever its name.
    """

    key: str
    name: str
    read: Callable[[], bytes]
    mask: bool = False


def choose_learning_files(task: SegmentationTask) -> list[LearningFile]:
    """Draw the upload fields and the example; return what was chosen."""
    with st.container(border=True, gap="small"):
        left, right = st.columns(2, gap="medium")
        with left:
            images = _uploads("Images, with masks named like cell1_mask.png", _IMAGES)
        with right:
            masks = _uploads("Masks, if they have the same names as the images", _MASKS)
        example = st.toggle(
            f"Use the example set: {counted(6, 'synthetic image')} with masks", key=_EXAMPLE, bind="query-params"
        )
        if example:
            st.caption(example_set(task.name).description)
    files = [_uploaded(upload, False) for upload in images] + [_uploaded(upload, True) for upload in masks]
    if len(files) > _MOST_FILES:
        st.caption(f"Only the first {_MOST_FILES} of {len(files):,} files are used.")
        files = files[:_MOST_FILES]
    if example:
        files += [
            LearningFile(f"example:{task.name}:{name}", name, partial(bytes, data))
            for name, data in example_set(task.name).files
        ]
    return files


def _uploads(label: str, key: str) -> list[UploadedFile]:
    fresh = st.file_uploader(
        label,
        type=list(SUPPORTED_EXTENSIONS),
        accept_multiple_files=True,
        key=key,
        max_upload_size=_MEGABYTES,
    )
    return [*kept_uploads(key), *fresh]


def _uploaded(upload: UploadedFile, mask: bool) -> LearningFile:
    return LearningFile(upload.file_id, upload.name, upload.getvalue, mask)
