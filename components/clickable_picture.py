"""A picture that says where it was clicked.

It takes no focus and traps no key: what a click does must be possible elsewhere on the page as well.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).parent / "assets" / "clickable_picture.js"
_STYLE = """
img {
    display: block;
    width: 100%;
    height: auto;
    border-radius: var(--st-base-radius);
    cursor: pointer;
}
"""
_draw = st.components.v2.component(
    "clickable_picture", html="<img draggable='false'>", css=_STYLE, js=_SCRIPT.read_text(encoding="utf-8")
)
_FARTHEST = 0.1  # of the width; what a browser says is not trusted


@dataclass(frozen=True)
class Click:
    """A place in a picture.

    Args:
        of: what the picture showed.
        across: from the left edge, as a share of the width, in [0, 1].
        down: from the upper edge, as a share of the height, in [0, 1].
        reach: how far from the place something may lie that was meant, as a share of the width.
    """

    of: str
    across: float
    down: float
    reach: float


def clickable_picture(
    jpeg: bytes, size: tuple[int, int], *, alt: str, of: str, key: str, on_click: Callable[[Click], None]
) -> None:
    """Draw a picture as wide as its column.

    Args:
        jpeg: the picture.
        size: its width and height in pixels, so that there is room for it before it is decoded.
        alt: what it shows.
        of: tells what it shows from all else that is drawn under this key; comes back with each click.
        key: of the widget.
        on_click: called before the page runs again.
    """
    source = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"
    width, height = size
    _draw(
        key=key,
        data={"source": source, "width": width, "height": height, "alt": alt, "of": of},
        on_click_change=partial(_hear, key, on_click),
    )


def click_of(said: object) -> Click | None:
    """What a browser said, as a click; None where it is none inside of a picture."""
    if not isinstance(said, Mapping):
        return None
    of, numbers = said.get("of"), [said.get(name) for name in ("across", "down", "reach")]
    if not isinstance(of, str) or not all(isinstance(number, int | float) for number in numbers):
        return None
    across, down, reach = (float(number) for number in numbers if number is not None)
    # comparisons with what is not a number are false
    inside = 0 <= across <= 1 and 0 <= down <= 1 and reach >= 0
    return Click(of, across, down, min(reach, _FARTHEST)) if inside else None


def _hear(key: str, on_click: Callable[[Click], None]) -> None:
    click = click_of(st.session_state[key].click)
    if click is not None:
        on_click(click)
