"""The picture in which objects are clicked, and the selected one from near."""

from dataclasses import replace

import streamlit as st

from components.clickable_picture import clickable_picture
from components.segmentation_pictures import close_up, encoded, highlighted
from components.segmentation_selection import ask_for, picture_name, selection_is_lost
from components.segmentation_subject import Subject
from components.wording import four_digits
from models.imaging.objects import ObjectMeasurement, measurement_table


def show_marked(subject: Subject, chosen: ObjectMeasurement | None) -> None:
    """Draw all objects, the chosen one among them, and the chosen one again from near."""
    style = replace(subject.settings.style, selected=chosen.label if chosen else None)
    overlay = highlighted(subject.opened.picture, subject.screen_labels, style)
    clickable_picture(
        encoded(overlay),
        (overlay.shape[1], overlay.shape[0]),
        alt=f"Object {chosen.label} among all objects" if chosen else "All objects",
        of=picture_name(subject),
        key="seg_clickable",
        on_click=ask_for,
    )
    if chosen is not None:
        _show_close_up(subject, chosen)
        st.caption("Click the background, or clear the row, to see all objects again.")
        return
    if selection_is_lost(subject):
        st.caption("The object that was selected is not found with these settings.")
    order = " The row of a clicked object comes first." if len(subject.found.objects) > 1 else ""
    st.caption(f"Click an object, or choose its row in the table.{order}")


def _show_close_up(subject: Subject, chosen: ObjectMeasurement) -> None:
    style = replace(subject.settings.style, numbers=False, fill=0.0)
    near = close_up(subject.opened.picture, subject.screen_labels, style, _on_screen(subject, chosen))
    image, words = st.columns([1, 1.3], vertical_alignment="center", wrap=False)
    image.image(encoded(near), width="stretch", alt=f"Object {chosen.label} from near")
    words.markdown(f"**Object {chosen.label}**  \n{_in_words(subject, chosen)}")


def _on_screen(subject: Subject, one: ObjectMeasurement) -> tuple[int, int, int, int]:
    scale = subject.screen_labels.shape[0] / subject.image.height
    top, left, bottom, right = (round(value * scale) for value in one.box)
    return top, left, bottom, right


def _in_words(subject: Subject, one: ObjectMeasurement) -> str:
    """Its numbers, in the unit of length where the pixel size is known."""
    pixel, count = subject.image.pixel_size, len(subject.found.objects)
    header, rows = measurement_table([one], pixel)
    values = dict(zip(header, rows[0], strict=True))
    area, perimeter = f"{one.area:,} pixels", f"{four_digits(one.perimeter)} pixels"
    if pixel:
        area = f"{four_digits(values[f'area_{pixel.unit}2'])} {pixel.unit}²"
        # unknown in this unit where pixels are not square
        length = values.get(f"perimeter_{pixel.unit}")
        perimeter = perimeter if length is None else f"{four_digits(length)} {pixel.unit}"
    if count > 1:
        area += f", number {1 + sum(other.area > one.area for other in subject.found.objects):,} of {count:,} by size"
    return (
        f"{area}. Perimeter {perimeter}, eccentricity {one.eccentricity:.2f}, "
        f"mean intensity {four_digits(one.mean_intensity)}."
    )
