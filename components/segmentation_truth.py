"""The mask beside the truth that a person drew: scores, and where both disagree."""

import math
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.guard import plain, show_error
from components.segmentation_baseline import baseline_labels
from components.segmentation_pictures import encoded, labels_on_screen
from components.segmentation_subject import Subject
from models.errors import UnreadableFileError
from models.imaging.contours import difference_image
from models.imaging.ground_truth import GroundTruth, read_ground_truth
from models.imaging.matching import match_instances
from models.imaging.metrics import dice, hd95, iou, mean_average_precision

_MEGABYTES = 200


def show_truth(subject: Subject) -> None:
    """Draw the field for a mask, and what it says about the result."""
    truth = _choose_truth(subject)
    if truth is None:
        st.markdown(
            "Add the mask that a person drew for this image: black is background, and every other value, or colour, "
            "is an object. You see Dice, IoU, the distance of outlines and where both disagree."
        )
        return
    for note in truth.notes:
        st.caption(plain(f"{truth.name}: {note}"))
    picture, numbers = st.columns([1, 1.1], gap="medium")
    with picture:
        difference = difference_image(
            subject.opened.picture, labels_on_screen(truth.mask) != 0, subject.screen_labels > 0
        )
        st.image(encoded(difference), width="stretch", alt="Where the mask and the truth disagree")
        st.caption("Sky blue: both agree. Yellow: missed. Vermilion: found wrongly.")
    with numbers:
        rows = {"Network": subject.labels, "Classical": baseline_labels(subject)}
        scored = [{"": name, **scores(subject, truth, labels)} for name, labels in rows.items()]
        st.dataframe(_as_columns(scored), hide_index=True, alt="Scores of the network and of the classical way")
        _explain(subject, truth)


def scores(subject: Subject, truth: GroundTruth, labels: NDArray[np.int32]) -> dict[str, str]:
    """Scores of one result in words and numbers, by their name."""
    pixel = subject.image.pixel_size
    spacing, unit = ((pixel.row, pixel.column), pixel.unit) if pixel else ((1.0, 1.0), "pixels")
    distance = hd95(truth.mask, labels, spacing)
    result = {
        "Dice": f"{dice(truth.mask, labels):.3f}",
        "IoU": f"{iou(truth.mask, labels):.3f}",
        "HD95": _distance_in_words(distance, unit),
    }
    if subject.separate:
        matching = match_instances(truth.labels, labels)
        mean, _ = mean_average_precision(truth.labels, labels)
        result |= {
            "AP at IoU 0.5": f"{matching.average_precision:.3f}",
            "AP at IoU 0.5 to 0.9": f"{mean:.3f}",
            "Matched objects": f"{matching.true_positives:,}",
            "Found wrongly": f"{matching.false_positives:,}",
            "Missed": f"{matching.false_negatives:,}",
        }
    return result


def _distance_in_words(distance: float, unit: str) -> str:
    if math.isinf(distance):
        return "nothing to measure"
    number = f"{distance:.3g}"
    return f"{number} {'pixel' if unit == 'pixels' and number == '1' else unit}"


def _choose_truth(subject: Subject) -> GroundTruth | None:
    image = subject.image
    upload = st.file_uploader(
        "Mask drawn by a person",
        type=["png", "tif", "tiff", "bmp", "gif", "jpg", "jpeg", "webp", "dcm"],
        key=f"seg_truth_{image.sha256[:16]}_{image.frame}",
        max_upload_size=_MEGABYTES,
    )
    sample = subject.file.sample
    try:
        if upload is not None:
            return read_ground_truth(upload.name, upload.getvalue(), (image.height, image.width))
        if sample is not None and sample.read_truth is not None:
            return read_ground_truth("The sample's own mask", sample.read_truth(), (image.height, image.width))
    except UnreadableFileError as error:
        show_error(error)
    return None


def _as_columns(rows: list[dict[str, str]]) -> dict[str, list[Any]]:
    """One line for each score, one column for each way: it fits a phone."""
    names = [name for name in rows[0] if name]
    return {"Score": names, **{row[""]: [row[name] for name in names] for row in rows}}


def _explain(subject: Subject, truth: GroundTruth) -> None:
    lines = ["Dice and IoU: 1 is perfect overlap. HD95: 95 percent of the outlines lie closer than that."]
    if subject.separate:
        lines.append("AP: matched objects as a share of all true and found ones.")
        if not truth.separate:
            lines.append("This mask does not tell touching objects apart, so AP is lower than it should be.")
    st.caption(" ".join(lines))
