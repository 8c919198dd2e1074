"""Which object is selected: one answer for the picture and the table.

A place inside the object is kept, not its number: with another threshold the same object has another number. What was
clicked waits until the page has the objects again: Streamlit never forgets a callback, nor what is bound to it.
"""

from dataclasses import dataclass

import streamlit as st

from components.clickable_picture import Click
from components.segmentation_subject import Subject
from models.imaging.objects import ObjectMeasurement
from models.imaging.picking import innermost_pixel, object_at, object_near

_ASKED = "seg_asked"
_SELECTED = "seg_selected"
_FIRST = "seg_first"  # what was clicked last: the first row of the table, where it is seen


@dataclass(frozen=True)
class RowChoice:
    """A row of a table was chosen, or none.

    Args:
        table: key of the widget.
        row: from 0.
    """

    table: str
    row: int | None


@dataclass(frozen=True)
class _Place:
    """A pixel of an image, inside an object.

    Args:
        of: which task on which image.
        row: in pixels of the image.
        column: in pixels of the image.
    """

    of: str
    row: int
    column: int


def picture_name(subject: Subject) -> str:
    """Tells task and image from all others; settings leave it as it is."""
    return f"{subject.task.name}:{subject.image.key}"


def ask_for(what: Click | RowChoice) -> None:
    """Remember what was clicked until ``settle``; for callbacks."""
    st.session_state[_ASKED] = what


def settle(subject: Subject, table: str) -> None:
    """Select what was clicked since the last run, in the picture or in the table with this key.

    Beside all objects, and where a row is cleared, this selects none. What was clicked on another image is forgotten.
    """
    asked = st.session_state.pop(_ASKED, None)
    if isinstance(asked, RowChoice) and asked.table == table:
        rows = in_order(subject)
        _keep(subject, _SELECTED, rows[asked.row] if asked.row is not None and asked.row < len(rows) else None)
    elif isinstance(asked, Click) and asked.of == picture_name(subject):
        height, width = subject.labels.shape
        label = object_near(subject.labels, asked.down * height, asked.across * width, asked.reach * width)
        for key in (_SELECTED, _FIRST):
            _keep(subject, key, _numbered(subject, label))


def selected_object(subject: Subject) -> ObjectMeasurement | None:
    """The object at the kept place."""
    return _object_at(subject, _SELECTED)


def selection_is_lost(subject: Subject) -> bool:
    """Whether an object was selected that these settings do not find."""
    return _place(subject, _SELECTED) is not None and selected_object(subject) is None


def in_order(subject: Subject) -> list[ObjectMeasurement]:
    """All objects as the table lists them: by number, but the one that was clicked last comes first.

    A table of a thousand rows cannot be scrolled from here. Only a click in the picture moves a row, so that none moves
    away under the mouse.
    """
    first = _object_at(subject, _FIRST)
    objects = subject.found.objects
    return [first, *(one for one in objects if one is not first)] if first else objects


def _keep(subject: Subject, key: str, chosen: ObjectMeasurement | None) -> None:
    if chosen is None:
        st.session_state.pop(key, None)
    else:
        row, column = innermost_pixel(subject.labels, chosen.label, chosen.box)
        st.session_state[key] = _Place(picture_name(subject), row, column)


def _place(subject: Subject, key: str) -> _Place | None:
    place = st.session_state.get(key)
    return place if isinstance(place, _Place) and place.of == picture_name(subject) else None


def _object_at(subject: Subject, key: str) -> ObjectMeasurement | None:
    place = _place(subject, key)
    return _numbered(subject, object_at(subject.labels, place.row, place.column)) if place else None


def _numbered(subject: Subject, label: int) -> ObjectMeasurement | None:
    return next((one for one in subject.found.objects if one.label == label), None)
