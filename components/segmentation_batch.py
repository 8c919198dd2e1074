"""All chosen images at once: started with a button, watched, stopped, and taken along as one archive."""

from collections.abc import Hashable

import streamlit as st

from components.guard import plain, show_error
from components.jobs import Job, job_running, show_job, start_job, take_finished
from components.segmentation_batch_work import Batch, BatchRow, run_batch
from components.segmentation_network import Network, network_of
from components.segmentation_run import tensorflow_is_there
from components.segmentation_settings import Settings
from components.segmentation_source import ImageFile
from components.wording import counted
from models.imaging.tasks import SegmentationTask

_JOB = "seg_batch_job"
_ASKED = "seg_batch_asked"
_BATCH = "seg_batch"
_FRAMES = "seg_every_frame"


def show_batch(task: SegmentationTask, files: list[ImageFile], settings: Settings) -> None:
    """Draw the button that starts, what is going on, and what came out."""
    every_frame = st.toggle("Every frame of files with several", False, key=_FRAMES, bind="query-params")
    network = network_of(task)
    asked = (network.key, tuple(file.key for file in files), settings, every_frame)
    if job_running(_JOB):
        show_job(_JOB)
        return
    _settle()
    whose, batch = st.session_state.get(_BATCH, (None, None))
    current = batch is not None and whose == asked
    if not current and tensorflow_is_there():
        st.button(
            f"Segment {counted(len(files), 'image')}",
            key="seg_batch_start",
            icon=":material/play_arrow:",
            on_click=_start,
            args=(task, network, files, settings, every_frame, asked),
        )
        st.caption("With the settings of this page. Add images above; the selected sample counts as one.")
    if batch is not None:
        if not current:
            st.caption("Below: the last run, with other images or settings.")
        _show(batch, task)


def _start(
    task: SegmentationTask,
    network: Network,
    files: list[ImageFile],
    settings: Settings,
    every_frame: bool,
    asked: Hashable,
) -> None:
    def work(job: Job[Batch]) -> Batch:
        return run_batch(task, network, files, settings, every_frame, job)

    st.session_state[_ASKED] = asked
    start_job(_JOB, f"Segmenting {counted(len(files), 'image')}", work)


def _settle() -> None:
    finished = take_finished(_JOB)
    if finished is None:
        return
    if finished.result is not None:
        st.session_state[_BATCH] = (st.session_state[_ASKED], finished.result)
    elif finished.error is not None:
        show_error(finished.error)


def _show(batch: Batch, task: SegmentationTask) -> None:
    done = [row for row in batch.rows if row.objects is not None]
    failed = len(batch.rows) - len(done)
    total = sum(row.objects or 0 for row in done)
    noun = "frame" if batch.rows and all(row.frame for row in batch.rows) else "image"
    words = [f"**{task.count(total)}** in {counted(len(done), noun)}"]
    if failed:
        words.append(f"{counted(failed, noun)} could not be used")
    if batch.stopped:
        words.append("stopped before the end")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(" · ".join(words))
        if done:
            st.download_button(
                "Everything as zip",
                batch.archive,
                f"{task.name}_batch.zip",
                "application/zip",
                key="seg_batch_zip",
                on_click="ignore",
                icon=":material/download:",
            )
    if batch.left_out:
        st.caption(f"The files of {counted(batch.left_out, 'image')} did not fit into the archive; its table has all.")
    st.dataframe(
        _columns(batch.rows, task),
        hide_index=True,
        column_config={
            "File": st.column_config.TextColumn(width="medium"),
            "Share of the image": st.column_config.NumberColumn(format="%.1f%%"),
            "Seconds": st.column_config.NumberColumn(format="%.2f"),
        },
        placeholder="",
        alt="One row for each image, with what was found or why it could not be used",
    )
    for row in batch.rows:
        if row.problem:
            st.caption(f":material/error: {plain(row.problem)}")


def _columns(rows: list[BatchRow], task: SegmentationTask) -> dict[str, list[object]]:
    """The table by columns; those that say nothing about these images are left out."""
    columns: dict[str, list[object]] = {
        "File": [row.name for row in rows],
        "Frame": [row.frame or None for row in rows],
        task.object_plural.capitalize(): [row.objects for row in rows],
        "Median area (px)": [row.median if row.objects else None for row in rows],
        "Share of the image": [100 * row.share if row.objects is not None else None for row in rows],
        "Seconds": [row.seconds if row.objects is not None else None for row in rows],
        "Note": [_note(row) for row in rows],
    }
    return {name: values for name, values in columns.items() if any(value not in (None, "") for value in values)}


def _note(row: BatchRow) -> str:
    """What stands beside an image in the table; why it failed is told in full below."""
    if row.objects is None:
        return "could not be used"
    return "unlike the training images" if row.unusual else ""
