"""How similarity is measured and the sentences are ordered; all of it lives in the URL."""

import streamlit as st

from models.text.similarity import Measure

# Keys are names in the URL; other pages have others.
_MEASURE = "measure"
_ORDER = "order"
_GIVEN, _CLUSTERED = "As given", "Clustered"


def choose_measure() -> Measure:
    """Draw the choice of the measure."""
    chosen = st.segmented_control(
        "Measure",
        list(Measure),
        default=Measure.COSINE,
        required=True,
        key=_MEASURE,
        format_func=lambda measure: str(measure).capitalize(),
        bind="query-params",
        label_visibility="collapsed",
    )
    return Measure(chosen or Measure.COSINE)


def choose_order() -> bool:
    """Draw the choice of the order; return whether it is by clustering."""
    chosen = st.segmented_control(
        "Order",
        [_GIVEN, _CLUSTERED],
        default=_GIVEN,
        required=True,
        key=_ORDER,
        bind="query-params",
        label_visibility="collapsed",
    )
    return chosen == _CLUSTERED


def is_dark() -> bool:
    """Whether the visitor's theme is dark."""
    return st.context.theme.type == "dark"


def theme_colour() -> str:
    """The colour of the visitor's theme, for marks of one kind."""
    return str(st.get_option(f"theme.{'dark' if is_dark() else 'light'}.primaryColor") or "teal")


def heat_colours() -> list[str]:
    """The colours of heat maps in the visitor's theme, from the lowest value to the highest."""
    colours = st.get_option(f"theme.{'dark' if is_dark() else 'light'}.chartSequentialColors")
    return [str(colour) for colour in colours] if colours else ["#eef5f4", "#7bb8b9", "#0a535a"]
