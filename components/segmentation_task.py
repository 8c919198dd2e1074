"""What to look for: the tasks whose network is on this server, each with the images that it is meant for."""

from pathlib import Path

import streamlit as st

from components.wording import enumerated
from models.catalog import CATALOG
from models.imaging.model_settings import ModelSettings, read_settings
from models.imaging.tasks import TASKS, SegmentationTask

_TASK = "seg_task"  # its name in the URL


def choose_task() -> SegmentationTask | None:
    """Draw the choice of the task; None where no network is on this server."""
    offered = offered_tasks()
    missing = [task.title.lower() for task in TASKS.values() if task.name not in offered]
    if not offered:
        st.info(
            "No segmentation network is on this server. They ship with the app in models/bundled; "
            "`make train-imaging` builds them from data.",
            icon=":material/cloud_off:",
        )
        return None
    with st.container(gap="small"):
        task = _choose(offered)
        if missing:
            st.caption(f"Not on this server: the network for {enumerated(missing)}.")
    return task


def show_domain(task: SegmentationTask) -> None:
    """Say in plain words which images a task is for."""
    st.markdown(f"{task.domain} :gray[{task.not_for}]")


def _choose(offered: dict[str, SegmentationTask]) -> SegmentationTask:
    name = st.radio(
        "What to find",
        list(offered),
        format_func=lambda name: offered[name].title,
        horizontal=True,
        key=_TASK,
        bind="query-params",
        label_visibility="collapsed",
    )
    return offered.get(name or "") or next(iter(offered.values()))


def offered_tasks() -> dict[str, SegmentationTask]:
    """The tasks whose network is in the catalogue, by name."""
    return {name: task for name, task in TASKS.items() if task.model in CATALOG}


def model_folder(task: SegmentationTask) -> Path:
    """Where the network of an offered task lies."""
    folder = CATALOG[task.model].bundled_path
    assert folder is not None  # noqa: S101 -- networks for segmentation are never downloaded
    return folder


def proposed_settings(task: SegmentationTask) -> ModelSettings:
    """What the network of an offered task proposes; read from a small file, without loading the network."""
    return read_settings(model_folder(task), task.defaults)
