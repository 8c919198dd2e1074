"""The found objects in numbers: a table whose rows are the objects of the picture, and how their sizes spread."""

from functools import partial
from math import floor, log10
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from components.segmentation_marked import show_marked
from components.segmentation_selection import RowChoice, ask_for, in_order, selected_object, settle
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
_WHOLE = ("label", "area_px")
_TABLE = 330  # pixels of its height


def show_objects(subject: Subject) -> None:
    """Draw the table beside the picture, and the histogram of areas below."""
    objects = subject.found.objects
    if not objects:
        st.markdown("There is nothing to measure: no object was found with these settings.")
        return
    key = f"seg_table_{abs(hash((subject.key, subject.settings.objects)))}"
    settle(subject, key)
    chosen = selected_object(subject)
    picture, table = st.columns([1, 1.25], gap="medium")
    with picture:
        show_marked(subject, chosen)
    with table:
        _table(subject, chosen, key)
        if len(objects) > 1:
            _show_sizes(subject, chosen)


def objects_frame(objects: list[ObjectMeasurement], subject: Subject) -> "pd.DataFrame":
    """The table as it is shown and saved: one row an object."""
    import pandas as pd

    header, rows = measurement_table(objects, subject.image.pixel_size)
    frame = pd.DataFrame(rows, columns=header)
    return frame.astype({"label": int, "area_px": int})


def _table(subject: Subject, chosen: ObjectMeasurement | None, key: str) -> None:
    """Draw the table, with the row of the chosen object marked."""
    objects = in_order(subject)
    frame = objects_frame(objects, subject)
    columns = {
        name: st.column_config.NumberColumn(
            _TITLES.get(name) or _physical_title(name),
            help=_HELP.get(name),
            format=number_format(float(frame[name].abs().max())) if name not in _WHOLE else "%d",
        )
        for name in frame
    }
    rows = [objects.index(chosen)] if chosen else []
    if _rows(key) != rows:
        st.session_state[key] = {"selection": {"rows": rows}}
    st.dataframe(
        frame,
        hide_index=True,
        column_config=columns,
        key=key,
        on_select=partial(_ask_for_row, key),
        selection_mode="single-row",
        height=min(_TABLE, 38 + 35 * len(objects)),
        alt=f"{subject.task.count(len(objects))} with area, perimeter, shape, intensity and place",
    )


def number_format(largest: float) -> str:
    """The same digits after the point in a whole column: as many as leave the largest number about four in all."""
    if largest <= 0:
        return "%.0f"
    before = floor(log10(largest)) + 1
    return f"%.{min(max((3 if before < 1 else 4) - before, 0), 4)}f"


def _show_sizes(subject: Subject, chosen: ObjectMeasurement | None) -> None:
    factor, unit = subject.area_unit
    areas = np.array([one.area for one in subject.found.objects]) * factor
    st.altair_chart(size_chart(areas, unit, chosen.area * factor if chosen else None, theme_colour()), width="stretch")


def _ask_for_row(key: str) -> None:
    rows = _rows(key)
    ask_for(RowChoice(key, rows[0] if rows else None))


def _rows(key: str) -> list[int]:
    """The rows that are marked in the table now."""
    return list(st.session_state[key]["selection"]["rows"]) if key in st.session_state else []


def _physical_title(name: str) -> str:
    """Of a column in a unit of length: "area_mm2" becomes "Area (mm²)"."""
    what, _, unit = name.rpartition("_")
    words = {"centroid_x": "Centre x", "centroid_y": "Centre y"}.get(what, what.capitalize())
    return f"{words} ({unit.replace('2', '²')})"
