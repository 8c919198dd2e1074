"""Which network segments: the one that all visitors share, or one that this visitor has fine-tuned.

A visitor's own network lives in their session and nowhere else; no cache that visitors share ever holds it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import streamlit as st

from components.cache import segmenter
from components.guard import plain
from components.segmentation_task import model_folder, proposed_settings
from components.wording import counted
from models.imaging.model_settings import ModelSettings
from models.imaging.segmenter import MedicalImageSegmenter
from models.imaging.tasks import SegmentationTask

if TYPE_CHECKING:
    from components.fine_tuning_work import Tuned

_IN_USE = "seg_own_networks"


@dataclass(frozen=True)
class Network:
    """What segments.

    Args:
        key: tells it from all others.
        load: returns it; may take a while, and may be called in a thread.
        place: what code elsewhere calls it: a task, or a folder.
        settings: how it wants to be used; known before it is loaded.
    """

    key: str
    load: Callable[[], MedicalImageSegmenter]
    place: str
    settings: ModelSettings


def network_of(task: SegmentationTask) -> Network:
    """The network that this visitor uses for a task."""
    own = own_network(task)
    if own is not None:
        mine = own.segmenter
        return Network(mine.model.fingerprint, lambda: mine, f"{own.folder}/1", mine.settings)
    return Network(str(model_folder(task)), lambda: segmenter(task.name), task.name, proposed_settings(task))


def own_network(task: SegmentationTask) -> "Tuned | None":
    """The visitor's own network, where it is in use for a task."""
    return cast("dict[str, Tuned]", st.session_state.get(_IN_USE, {})).get(task.name)


def use_own(tuned: "Tuned") -> None:
    """Use a fine-tuned network from now on, in this session only."""
    st.session_state[_IN_USE] = {**st.session_state.get(_IN_USE, {}), tuned.task.name: tuned}


def use_original(task: SegmentationTask) -> None:
    """Go back to the network that comes with the app."""
    st.session_state[_IN_USE] = {
        name: tuned for name, tuned in st.session_state.get(_IN_USE, {}).items() if name != task.name
    }


def show_network(task: SegmentationTask) -> None:
    """Say that the visitor's own network is in use, with the way back; nothing where it is not."""
    own = own_network(task)
    if own is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="seg_own_sign"):
        st.markdown(
            f":material/tune: **Your fine-tuned network is in use.** It learned from {counted(own.learned, 'image')}; "
            f"Dice on {plain(own.checked)} {own.before.dice:.3f} before, {own.after.dice:.3f} now. "
            ":gray[Only you have it, until you leave.]",
            width="stretch",
        )
        st.button(
            "Back to the original",
            key="seg_own_back",
            icon=":material/undo:",
            on_click=use_original,
            args=(task,),
        )
