"""The network beside what one would do without it: Otsu's threshold and a watershed."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.segmentation_memory import baselines
from components.segmentation_pictures import encoded, labels_on_screen
from components.segmentation_subject import Subject
from models.imaging.classical import DESCRIPTIONS, classical_baseline
from models.imaging.contours import draw_overlay
from models.imaging.display import to_rgb
from models.imaging.metrics import dice
from models.imaging.preprocessing import rescale

_LARGEST = 2_000_000  # pixels; the watershed of a large image would take many seconds


def show_baseline(subject: Subject) -> None:
    """Draw both results, and how far they agree."""
    classical = baseline_labels(subject)
    shown = labels_on_screen(classical).astype(np.int32)
    network, other = subject.found.segmentation.count, int(classical.max(initial=0))
    st.markdown(
        f"Network: **{subject.task.count(network)}**. Classical: **{other:,}**. "
        f"Dice between both masks: **{dice(subject.labels, classical):.3f}**."
    )
    pairs = {"Network": subject.screen_labels, "Classical": shown}
    for column, (name, labels) in zip(st.columns(2, gap="medium"), pairs.items(), strict=True):
        overlay = draw_overlay(subject.opened.picture, labels, subject.settings.style)
        column.image(encoded(overlay), caption=name, width="stretch", alt=name)
    st.caption(
        f"The classical way: {DESCRIPTIONS[subject.task.name]} It knows nothing of what it looks at. A mask of your "
        "own, in the next tab, says which of both is closer to the truth."
    )


def baseline_labels(subject: Subject) -> NDArray[np.int32]:
    """Objects without the network, int32 [H, W]; with the sizes of the settings."""
    key = (subject.image.key, subject.task.name, subject.settings.objects)
    kept = baselines().get(key)
    if kept is None:
        kept = _find(subject)
        baselines().put(key, kept)
    return kept


def _find(subject: Subject) -> NDArray[np.int32]:
    rgb = to_rgb(subject.image)
    height, width = rgb.shape[:2]
    small = rescale(rgb, min(1.0, (_LARGEST / (height * width)) ** 0.5))
    labels = classical_baseline(small, subject.task.name, subject.settings.objects)
    rows = (np.arange(height) * labels.shape[0] // height).astype(np.int64)
    columns = (np.arange(width) * labels.shape[1] // width).astype(np.int64)
    return np.asarray(labels[rows[:, None], columns])
