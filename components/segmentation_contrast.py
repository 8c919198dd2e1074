"""What CLAHE does to an image and to its mask: before and after, with histograms, and the Dice between both masks."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.segmentation_memory import found_in
from components.segmentation_pictures import encoded, on_screen
from components.segmentation_run import predicted
from components.segmentation_subject import Subject
from components.similarity_settings import theme_colour
from models.imaging.contours import draw_overlay
from models.imaging.display import to_rgb
from models.imaging.metrics import dice
from models.imaging.preprocessing import ClaheSettings, apply_clahe

if TYPE_CHECKING:
    import altair as alt

_JOB = "seg_contrast_job"


def show_contrast(subject: Subject) -> None:
    """Draw the image without and with CLAHE, each with the objects that are found in it."""
    clahe = subject.settings.clahe
    after_settings = replace(clahe, enabled=True)
    before = to_rgb(subject.image)
    pictures = {"Without CLAHE": before, _title(after_settings): apply_clahe(before, after_settings)}
    other = _other_objects(subject, replace(clahe, enabled=not clahe.enabled))
    labels = [subject.screen_labels, other]
    if clahe.enabled:
        labels.reverse()
    overlap = st.container()
    for column, (name, rgb), found in zip(st.columns(2, gap="medium"), pictures.items(), labels, strict=True):
        shown = on_screen(rgb)
        if found is not None:
            shown = draw_overlay(shown, found, subject.settings.style)
        used = " · used now" if (name != "Without CLAHE") == clahe.enabled else ""
        column.image(encoded(shown), caption=name + used, width="stretch", alt=name)
        column.altair_chart(histogram_chart(rgb, theme_colour()), width="stretch")
    with overlap:
        if other is not None:
            _show_overlap(subject, other)


def _other_objects(subject: Subject, clahe: ClaheSettings) -> NDArray[np.int32] | None:
    """The objects with the opposite setting of CLAHE, at the size of the screen; None until they are there."""
    from components.segmentation_pictures import labels_on_screen

    result = predicted(subject.task, subject.image, clahe, subject.settings.second_look, _JOB)
    if result is None:
        return None
    key, outcome = result
    found = found_in(key, outcome.prediction, subject.settings.objects)
    return labels_on_screen(found.segmentation.labels).astype(np.int32)


def _show_overlap(subject: Subject, other: NDArray[np.int32]) -> None:
    value = dice(subject.screen_labels, other)
    here, there = subject.found.segmentation.count, len(np.unique(other[other > 0]))
    if not here and not there:
        st.markdown(f"No {subject.task.object_noun} is found without or with CLAHE.")
        return
    with_clahe, without = (here, there) if subject.settings.clahe.enabled else (there, here)
    st.markdown(
        f"**Dice {value:.3f}** between the masks without and with CLAHE: {_effect(value)} "
        f"{subject.task.count(without)} without, {with_clahe:,} with."
    )


def _effect(value: float) -> str:
    if value >= 0.98:
        return "it changes next to nothing."
    if value >= 0.9:
        return "it changes little."
    return "it changes the result much, so look closely."


def _title(clahe: ClaheSettings) -> str:
    return f"CLAHE, clip limit {clahe.clip_limit:g}, grid {clahe.grid} x {clahe.grid}"


def histogram_chart(rgb: NDArray[np.uint8], colour: str) -> "alt.Chart":
    """How often each of 64 steps of lightness occurs."""
    import altair as alt
    import pandas as pd

    gray = rgb @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    counts, edges = np.histogram(gray, bins=64, range=(0, 256))
    frame = pd.DataFrame({"lightness": edges[:-1], "share": counts / gray.size})
    return (
        alt.Chart(frame)
        .mark_area(color=colour, opacity=0.8, interpolate="step-after", aria=False)
        .encode(
            x=alt.X("lightness:Q", title="Lightness", scale=alt.Scale(domain=[0, 255]), axis=alt.Axis(tickCount=5)),
            y=alt.Y("share:Q", title=None, axis=alt.Axis(format="%", tickCount=3)),
        )
        .properties(height=130)
    )
