"""From the chosen files to what was found in them: settings beside tabs."""

from collections.abc import Callable

import streamlit as st

from components.arrival import mark_arrival
from components.guard import guard, plain, show_error
from components.segmentation_baseline import show_baseline
from components.segmentation_batch import show_batch
from components.segmentation_contrast import show_contrast
from components.segmentation_downloads import show_downloads
from components.segmentation_memory import OpenImage, found_in, open_file
from components.segmentation_objects import show_objects
from components.segmentation_run import predicted
from components.segmentation_settings import Settings, choose_settings
from components.segmentation_source import ImageFile, choose_image
from components.segmentation_subject import Subject, choose_frame, frame_key, show_origin, show_warnings, summary
from components.segmentation_truth import show_truth
from components.segmentation_views import show_pictures
from models.errors import UnreadableFileError
from models.imaging.tasks import SegmentationTask

_PART = "seg_part"  # its name in the URL
_BATCH = "All images"
_VIEWS: dict[str, Callable[[Subject], None]] = {
    "Pictures": show_pictures,
    "Objects": show_objects,
    "Contrast": show_contrast,
    "Without network": show_baseline,
    "Ground truth": show_truth,
    "Download": show_downloads,
}


def show_results(task: SegmentationTask, files: list[ImageFile]) -> None:
    """Draw the settings and, beside them, the image with everything about it; of an unreadable one only why."""
    left, right = st.columns([3.4, 1], gap="medium")
    with left:
        file = choose_image(files)
        opened = _open(file)
    if opened is None and len(files) == 1:
        return
    with right, st.container(border=True):
        settings = choose_settings(task)
    with left:
        if opened is None:
            _show_others(task, files, settings)
        else:
            _show_image(task, files, file, opened, settings)


def _show_image(
    task: SegmentationTask, files: list[ImageFile], file: ImageFile, opened: OpenImage, settings: Settings
) -> None:
    subject = _find(task, file, opened, settings)
    # always the same tabs, also while the network runs: they would forget which one is open
    tabs = st.tabs([*_VIEWS, _BATCH], key=_PART, on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, [*_VIEWS.values(), None], strict=True):
        if tab.open:
            with tab, guard():
                if show is None:
                    show_batch(task, files, settings)
                elif subject is not None:
                    show(subject)
                else:
                    st.image(opened.picture, width=420, alt=plain(file.name))


def _show_others(task: SegmentationTask, files: list[ImageFile], settings: Settings) -> None:
    """Beside an image that cannot be read, the others are still there to be worked through."""
    with st.container(border=True), guard():
        st.subheader(_BATCH, anchor=False)
        show_batch(task, files, settings)


def _open(file: ImageFile) -> OpenImage | None:
    """Read the chosen frame; how many there are is only known once one has been read."""
    frame = int(st.session_state.get(frame_key(file), 1)) - 1
    try:
        opened = open_file(file, frame)
        chosen = choose_frame(file, opened.image.frames)
        return opened if chosen == frame else open_file(file, chosen)
    except UnreadableFileError as error:
        show_error(error)
        return None


def _find(task: SegmentationTask, file: ImageFile, opened: OpenImage, settings: Settings) -> Subject | None:
    """Draw the result in one line and the image in words; None until the network is done."""
    subject, outcome, words = None, None, ""
    with st.container(gap=None):
        place = st.container()
        with st.container():
            warnings = st.container()
            result = predicted(task, opened.image, settings.clahe, settings.second_look)
            if result is not None:
                key, outcome = result
                found = found_in(key, outcome.prediction, settings.objects)
                subject = Subject(task, settings, file, opened, key, outcome, found)
                words = summary(subject)
                st.markdown(words)
            show_origin(opened.image, outcome, file.sample.credit if file.sample else "")
    with place:
        # what was tapped on a phone lies far below, and a screen reader sees no number change
        mark_arrival(words.replace("**", ""), which=f"{task.name} {file.key}", key="seg_arrival")
    with warnings:
        show_warnings(opened.image, outcome)
    return subject
