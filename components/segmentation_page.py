"""From the chosen files to what was found in them, in tabs."""

from collections.abc import Callable

import streamlit as st

from components.guard import guard, plain, show_error
from components.segmentation_memory import OpenImage, found_in, open_file
from components.segmentation_run import predicted
from components.segmentation_settings import Settings, choose_settings
from components.segmentation_source import ImageFile, choose_image
from components.segmentation_subject import Subject, choose_frame, frame_key, show_notes, show_summary
from components.segmentation_views import show_pictures
from models.errors import UnreadableFileError
from models.imaging.tasks import SegmentationTask

_PART = "seg_part"  # its name in the URL


def show_results(task: SegmentationTask, files: list[ImageFile]) -> None:
    """Draw the settings and, beside them, the image with everything about it."""
    left, right = st.columns([3.2, 1], gap="medium")
    with right, st.container(border=True):
        settings = choose_settings(task)
    with left:
        subject = _choose_subject(task, files, settings)
        _show_tabs(task, files, settings, subject)


def _choose_subject(task: SegmentationTask, files: list[ImageFile], settings: Settings) -> Subject | None:
    """Draw the choice of the image; return it with its objects, when they are there."""
    file = choose_image(files)
    try:
        opened = _open(file)
    except UnreadableFileError as error:
        show_error(error)
        return None
    notes = st.container()
    with st.container():
        result = predicted(task, opened.image, settings.clahe)
    with notes:
        show_notes(opened.image, result[1] if result else None)
    if file.sample is not None:
        st.caption(plain(file.sample.credit))
    if result is None:
        st.image(opened.picture, width=420, alt=file.name)
        return None
    key, outcome = result
    found = found_in(key, outcome.prediction, settings.objects)
    return Subject(task, settings, file, opened, key, outcome, found)


def _open(file: ImageFile) -> OpenImage:
    """Read the chosen frame; how many there are is only known once one has been read."""
    frame = int(st.session_state.get(frame_key(file), 1)) - 1
    opened = open_file(file, frame)
    chosen = choose_frame(file, opened.image.frames)
    return opened if chosen == frame else open_file(file, chosen)


def _show_tabs(task: SegmentationTask, files: list[ImageFile], settings: Settings, subject: Subject | None) -> None:
    if subject is None:
        return
    show_summary(subject)
    views: dict[str, Callable[[], None]] = {"Pictures": lambda: show_pictures(subject)}
    tabs = st.tabs(list(views), key=_PART, on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab, guard():
                show()
