"""How objects are found and drawn; all of it lives in the URL, and one button takes it all back."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components.segmentation_network import network_of
from models.imaging.contours import PALETTE, OverlayStyle
from models.imaging.instances import ObjectSettings
from models.imaging.model_settings import ModelSettings
from models.imaging.preprocessing import ClaheSettings
from models.imaging.tasks import SegmentationTask

_EACH = "one for each object"
_LARGEST_SIZE = 1_000_000
THIN = ("vessels",)  # tasks whose objects are lines


@dataclass(frozen=True)
class Settings:
    """What the visitor chose.

    Args:
        clahe: applied before the network.
        second_look: whether the network is asked twice.
        objects: how the network's maps become objects.
        style: how objects are drawn.
    """

    clahe: ClaheSettings
    second_look: bool
    objects: ObjectSettings
    style: OverlayStyle


def choose_settings(task: SegmentationTask) -> Settings:
    """Draw the settings of a task: the common ones at once, contrast and outlines below."""
    proposed = network_of(task).settings
    defaults = _defaults(task, proposed)
    objects = _choose_objects(task, proposed, defaults)
    with st.expander("What the network sees", key="seg_contrast_settings"):
        clahe = _choose_clahe(task, defaults)
        # a network that knows which way up an organ lies proposes one look
        second_look = proposed.second_look and _choose_looks(task)
    with st.expander("Outlines", key="seg_outline_settings"):
        style = _choose_style(task, _separate(proposed), defaults)
    changed = any(st.session_state.get(key, value) != value for key, value in defaults.items())
    st.button(
        "Reset settings",
        key="seg_reset",
        icon=":material/restart_alt:",
        on_click=_reset,
        args=(defaults,),
        disabled=not changed,
        type="tertiary",
    )
    return Settings(clahe, second_look, objects, style)


def _key(task: SegmentationTask, name: str) -> str:
    return f"{task.name}_{name}"


def _defaults(task: SegmentationTask, proposed: ModelSettings) -> dict[str, Any]:
    """What each widget shows at first, by its key."""
    values = {
        "threshold": round(proposed.threshold, 2),
        "size": proposed.minimum_size,
        "fill": True,
        "hole": proposed.hole_size,
        "split": True,
        "clahe": proposed.clahe,
        "clip": float(proposed.clip_limit),
        "grid": proposed.grid,
        "twice": True,
        "colour": _EACH if _separate(proposed) else "yellow",
        # outlines on both sides of a thin line would hide it
        "width": 1 if task.name in THIN else 2,
        "opacity": 1.0,
        "inside": 0.6 if task.name in THIN else 0.0,
        "numbers": False,
    }
    return {_key(task, name): value for name, value in values.items()}


def _separate(proposed: ModelSettings) -> bool:
    """Whether a network tells touching objects apart."""
    return len(proposed.channels) > 1


def _reset(defaults: dict[str, Any]) -> None:
    st.session_state.update(defaults)


def _choose_objects(task: SegmentationTask, proposed: ModelSettings, defaults: dict[str, Any]) -> ObjectSettings:
    threshold = st.slider(
        "Probability threshold",
        0.05,
        0.95,
        defaults[_key(task, "threshold")],
        0.01,
        key=_key(task, "threshold"),
        bind="query-params",
        help="A pixel belongs to an object from this probability on. Higher finds less, and surer.",
    )
    size = st.number_input(
        "Smallest object (pixels)",
        0,
        _LARGEST_SIZE,
        defaults[_key(task, "size")],
        10,
        key=_key(task, "size"),
        bind="query-params",
        help="Smaller ones are left out. In pixels of the image.",
    )
    fill = st.toggle("Fill holes", True, key=_key(task, "fill"), bind="query-params")
    hole = defaults[_key(task, "hole")]
    if fill:
        hole = st.number_input(
            "Largest hole to fill (pixels)", 0, _LARGEST_SIZE, hole, 10, key=_key(task, "hole"), bind="query-params"
        )
    split = not _separate(proposed) or st.toggle(
        f"Split touching {task.object_plural}", True, key=_key(task, "split"), bind="query-params"
    )
    return replace(
        ObjectSettings.of(proposed),
        threshold=float(threshold),
        minimum_size=int(size),
        fill_holes=bool(fill),
        hole_size=int(hole),
        split=bool(split),
    )


def _choose_clahe(task: SegmentationTask, defaults: dict[str, Any]) -> ClaheSettings:
    on = st.toggle(
        "CLAHE",
        defaults[_key(task, "clahe")],
        key=_key(task, "clahe"),
        bind="query-params",
        help="Contrast-limited adaptive histogram equalisation of the lightness. The network runs again.",
    )
    clip, grid = defaults[_key(task, "clip")], defaults[_key(task, "grid")]
    if on:
        clip = st.slider("Clip limit", 1.0, 10.0, clip, 0.5, key=_key(task, "clip"), bind="query-params")
        grid = st.slider("Grid (regions a side)", 2, 16, grid, key=_key(task, "grid"), bind="query-params")
    return ClaheSettings(bool(on), float(clip), int(grid))


def _choose_looks(task: SegmentationTask) -> bool:
    return bool(
        st.toggle(
            "Second look",
            True,
            key=_key(task, "twice"),
            bind="query-params",
            help="The network also looks at the image upside down and without CLAHE, and the mean of both counts: more "
            "accurate, and twice the time.",
        )
    )


def _choose_style(task: SegmentationTask, separate: bool, defaults: dict[str, Any]) -> OverlayStyle:
    colours = [*([_EACH] if separate else []), *PALETTE]
    colour = st.selectbox(
        "Colour",
        colours,
        index=colours.index(defaults[_key(task, "colour")]),
        format_func=str.capitalize,
        key=_key(task, "colour"),
        bind="query-params",
    )
    width = st.slider("Width", 1, 8, defaults[_key(task, "width")], key=_key(task, "width"), bind="query-params")
    opacity = st.slider("Opacity", 0.1, 1.0, 1.0, 0.1, key=_key(task, "opacity"), bind="query-params")
    inside = st.slider(
        "Filling", 0.0, 1.0, defaults[_key(task, "inside")], 0.1, key=_key(task, "inside"), bind="query-params"
    )
    numbers = st.toggle("Numbers", False, key=_key(task, "numbers"), bind="query-params")
    return OverlayStyle(PALETTE.get(colour or ""), int(width), float(opacity), float(inside), bool(numbers))
