"""The result as pictures: side by side, one large overlay, or a slider between two of them."""

import numpy as np
import streamlit as st

from components.segmentation_pictures import blended, encoded, labels_on_screen, mask_picture, wiped
from components.segmentation_subject import Subject
from models.imaging.contours import draw_overlay

_VIEW = "seg_look"  # its name in the URL
_SIDE, _LARGE, _SLIDER = "Side by side", "Overlay", "Compare slider"
_HOW = "seg_slider"
_WIPE, _BLEND = "Wipe", "Blend"
_OTHER = "seg_other"
_LEAST = 150  # pixels of a picture's width: two stand side by side on a phone


def show_pictures(subject: Subject) -> None:
    """Draw original, mask and overlay in the way that the visitor chose."""
    view = st.segmented_control(
        "View",
        [_SIDE, _LARGE, _SLIDER],
        default=_SIDE,
        required=True,
        key=_VIEW,
        bind="query-params",
        label_visibility="collapsed",
    )
    original = subject.opened.picture
    overlay = draw_overlay(original, subject.screen_labels, subject.settings.style)
    if view == _LARGE:
        st.image(encoded(overlay), width="stretch", alt=_described(subject, "with outlines"))
    elif view == _SLIDER:
        _show_slider(subject, overlay)
    else:
        mask = mask_picture(subject.screen_labels, subject.separate)
        pictures = {"Original": original, "Mask": mask, "Overlay": overlay}
        with st.grid(3, min_column_width=_LEAST):
            for name, picture in pictures.items():
                st.image(encoded(picture), caption=name, width="stretch", alt=_described(subject, name.lower()))


def _show_slider(subject: Subject, overlay: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> None:
    original = subject.opened.picture
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        other = st.segmented_control(
            "Compare the original with",
            ["Overlay", "Mask", "Probability"],
            default="Overlay",
            required=True,
            key=_OTHER,
            bind="query-params",
            label_visibility="collapsed",
        )
        how = st.segmented_control(
            "How",
            [_WIPE, _BLEND],
            default=_WIPE,
            required=True,
            key=_HOW,
            bind="query-params",
            label_visibility="collapsed",
        )
    share = st.slider("Original up to here (percent)", 0, 100, 50, key="seg_share", bind="query-params") / 100
    if other == "Mask":
        second = mask_picture(subject.screen_labels, subject.separate)
    elif other == "Probability":
        probability = labels_on_screen(subject.outcome.prediction.foreground).astype(np.float32)
        gray = np.rint(np.clip(probability, 0, 1) * 255).astype(np.uint8)
        second = np.repeat(gray[..., None], 3, axis=2)
    else:
        second = overlay
    mix = wiped if how == _WIPE else blended
    st.image(encoded(mix(original, second, share)), width="stretch", alt=_described(subject, f"and its {other}"))


def _described(subject: Subject, what: str) -> str:
    return f"{subject.image.name}, {what}: {subject.task.count(subject.found.segmentation.count)}"
