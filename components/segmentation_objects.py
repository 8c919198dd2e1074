"""The found objects in numbers: a table whose rows light up in the picture, and how their sizes spread."""

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from components.segmentation_pictures import close_up, encoded, highlighted
from components.segmentation_sizes import size_chart
from components.segmentation_subject import Subject
from components.similarity_settings import theme_colour
from models.imaging.objects import ObjectMeasurement, measurement_table

if TYPE_CHECKING:
    import pandas as pd

_TITLES = {
    "label": "Number",
    "area_px": "Area (px)",
    "perimeter_px": "Perimeter (px)",
    "eccentricity": "Eccentricity",
    "mean_intensity": "Mean intensity",
    "centroid_x_px": "Centre x (px)",
    "centroid_y_px": "Centre y (px)",
}
_HELP = {
    "eccentricity": "0 is a circle, near 1 is a line.",
    "mean_intensity": "In the values of the file; the mean of the channels of a colour image.",
    "perimeter_px": "Length of the outline.",
}
_TABLE = 330  # pixels of its height


def show_objects(subject: Subject) -> None:
    """Draw the table beside the picture, and the histogram of areas below."""
    objects = subject.found.objects
    if not objects:
        st.markdown("There is nothing to measure: no object was found with these settings.")
        return
    picture, table = st.columns([1, 1.25], gap="medium")
    with table:
        chosen = _table(subject)
    with picture:
        _picture(subject, chosen)
    if len(objects) > 1:
        with table:
            st.altair_chart(size_chart(subject, chosen, theme_colour()), width="stretch")


def objects_frame(objects: list[ObjectMeasurement], subject: Subject) -> "pd.DataFrame":
    """The table as it is shown and saved: one row an object."""
    import pandas as pd

    header, rows = measurement_table(objects, subject.image.pixel_size)
    frame = pd.DataFrame(rows, columns=header)
    return frame.astype({"label": int, "area_px": int})


def _table(subject: Subject) -> ObjectMeasurement | None:
    """Draw the table; return the object of the chosen row."""
    objects = subject.found.objects
    frame = objects_frame(objects, subject)
    columns = {
        name: st.column_config.NumberColumn(
            _TITLES.get(name) or _physical_title(name),
            help=_HELP.get(name),
            format="%d" if name in ("label", "area_px") else "%.4g",
        )
        for name in frame
    }
    event = st.dataframe(
        frame,
        hide_index=True,
        column_config=columns,
        key=f"seg_table_{abs(hash((subject.key, subject.settings.objects)))}",
        on_select="rerun",
        selection_mode="single-row",
        height=min(_TABLE, 38 + 35 * len(objects)),
        alt=f"{subject.task.count(len(objects))} with area, perimeter, shape, intensity and place",
    )
    rows = event.selection.rows
    return objects[rows[0]] if rows and rows[0] < len(objects) else None


def _physical_title(name: str) -> str:
    """Of a column in a unit of length: "area_mm2" becomes "Area (mm²)"."""
    what, _, unit = name.rpartition("_")
    words = {"centroid_x": "Centre x", "centroid_y": "Centre y"}.get(what, what.capitalize())
    return f"{words} ({unit.replace('2', '²')})"


def _picture(subject: Subject, chosen: ObjectMeasurement | None) -> None:
    style = replace(subject.settings.style, selected=chosen.label if chosen else None)
    overlay = highlighted(subject.opened.picture, subject.screen_labels, style)
    if chosen is None:
        st.image(encoded(overlay), width="stretch", alt="All objects")
        st.caption("Choose a row of the table to see its object.")
        return
    st.image(encoded(overlay), width="stretch", alt=f"Object {chosen.label} among all objects")
    near_style = replace(style, selected=None, numbers=False, fill=0.0)
    near = close_up(subject.opened.picture, subject.screen_labels, near_style, _on_screen(subject, chosen))
    image, words = st.columns([1, 1.3], vertical_alignment="center", wrap=False)
    image.image(encoded(near), width="stretch", alt=f"Object {chosen.label} from near")
    words.markdown(f"**Object {chosen.label}**  \n{_in_words(subject, chosen)}")


def _on_screen(subject: Subject, one: ObjectMeasurement) -> tuple[int, int, int, int]:
    scale = subject.screen_labels.shape[0] / subject.image.height
    top, left, bottom, right = (round(value * scale) for value in one.box)
    return top, left, bottom, right


def _in_words(subject: Subject, one: ObjectMeasurement) -> str:
    pixel = subject.image.pixel_size
    area = f"{one.area * pixel.area:,.4g} {pixel.unit}²" if pixel else f"{one.area:,} pixels"
    rank = 1 + sum(other.area > one.area for other in subject.found.objects)
    return f"{area}, number {rank} of {len(subject.found.objects)} by size"
