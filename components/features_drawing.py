"""Arrays as pictures: thumbnails, heat maps and spectra, as data that a chart or a table can show."""

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import altair as alt

# From the darkest to the brightest, in steps that look even; close to matplotlib's "magma".
_SPECTRUM = ((9, 7, 32), (73, 20, 112), (150, 44, 121), (226, 85, 95), (252, 166, 110), (252, 244, 190))
TEAL = "#1f8f8a"  # for marks without a meaning of their own; stands out from both themes
_ABOVE, _BELOW = (15, 138, 131), (224, 122, 60)  # teal and orange, as in the theme


def data_url(pixels: NDArray[np.uint8], kind: str = "PNG") -> str:
    """An image [h, w, 3] or [h, w, 4] as an address that holds the picture itself."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def signed_colours(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Values [h, w] as RGBA: teal above zero, orange below, transparent at zero, so that both themes show through.

    Full colour stands for the 99th percentile of the sizes: a few outliers would leave the rest pale.
    """
    size = np.abs(values)
    strength = np.clip(size / max(float(np.percentile(size, 99)), 1e-12), 0, 1)
    colour = np.where((values >= 0)[..., None], np.array(_ABOVE, np.uint8), np.array(_BELOW, np.uint8))
    return np.concatenate([colour, (255 * strength[..., None] + 0.5).astype(np.uint8)], axis=2)


def spectrum_colours(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Values [h, w] from their 1st to their 99.9th percentile as RGB, dark to bright."""
    low, high = np.percentile(values, [1, 99.9])
    share = np.clip((values - low) / max(float(high - low), 1e-9), 0, 1)
    stops = np.linspace(0, 1, len(_SPECTRUM))
    channels = [np.interp(share, stops, [stop[channel] for stop in _SPECTRUM]) for channel in range(3)]
    return np.stack(channels, axis=2).round().astype(np.uint8)


def image_layers(
    url: str,
    x: "tuple[tuple[float, float], alt.Axis]",
    y: "tuple[tuple[float, float], alt.Axis]",
    smooth: bool = False,
) -> "alt.LayerChart":
    """A picture that fills a chart, with axes: thousands of cells cost no more than one.

    Args:
        url: of the picture; its first row is drawn at the top.
        x: values at the left and right edge, and the axis.
        y: values at the top and bottom edge, and the axis.
        smooth: whether pixels are blended when they are enlarged.
    """
    import altair as alt

    def scale(ends: tuple[float, float]) -> Any:
        return alt.Scale(domain=list(ends), nice=False, zero=False)

    (left, right), x_axis = x
    (top, bottom), y_axis = y
    picture = (
        alt.Chart(alt.Data(values=[{"url": url}]))
        .mark_image(
            align="left",
            baseline="top",
            aspect=False,
            smooth=smooth,
            width=alt.ExprRef("width"),
            height=alt.ExprRef("height"),
        )
        .encode(x=alt.value(0), y=alt.value(0), url="url:N")
    )
    corners = (
        alt.Chart(alt.Data(values=[{"x": left, "y": top}, {"x": right, "y": bottom}]))
        .mark_point(opacity=0)
        .encode(
            x=alt.X("x:Q", axis=x_axis, scale=scale((left, right))),
            y=alt.Y("y:Q", axis=y_axis, scale=scale((bottom, top))),
            tooltip=alt.value(None),
        )
    )
    return alt.layer(picture, corners)
