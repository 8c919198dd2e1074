"""The inputs on a plane: what lies together is alike for the model."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from components.features_drawing import TEAL, data_url
from components.features_source import NOUNS
from components.wording import counted, language_name
from models.features import Features
from models.languages import LANGUAGES, UNKNOWN, identify_language
from models.model_spec import Modality
from models.text.encoder import unit_rows
from models.text.projection import fit_projection

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

MOST_POINTS = 2_000
_MOST_THUMBNAILS = 80
_MOST_LABELS = 40
_HEIGHT = 480
_LABEL = 26
_WIDTH, _LINE, _LETTER = 1_100, 14, 6.5  # pixels: the chart on a wide screen, and its labels


def show_map(features: Features) -> None:
    """Draw the inputs by the two principal components of their directions."""
    if len(features) < 3:
        st.info("Give at least three inputs to see a map of them.", icon=":material/info:")
        return
    points, shares = map_points(features)
    noun = counted(len(points), *NOUNS[features.modality])
    st.altair_chart(map_chart(points, features.modality), key="features_map", alt=f"Map of {noun} by their vectors")
    note = f"Principal components of the unit vectors; the plane keeps {100 * sum(shares):.0f}% of their variance."
    if len(points) < len(features):
        note += f" {len(points):,} of {len(features):,} are drawn."
    st.caption(note)


def map_points(features: Features) -> tuple["pd.DataFrame", tuple[float, float]]:
    """Columns x, y, name, label, and language of texts or thumbnail of pictures; the share of variance of both axes."""
    import numpy as np
    import pandas as pd

    vectors = unit_rows(features.embeddings)
    projection = fit_projection(vectors)
    rows = np.linspace(0, len(vectors) - 1, min(len(vectors), MOST_POINTS)).round().astype(np.int64)
    positions = projection.project(vectors[rows])
    chosen = [features.rows[row] for row in rows]
    columns: dict[str, Any] = {
        "x": positions[:, 0],
        "y": positions[:, 1],
        "name": [row.name for row in chosen],
        "label": [row.name if len(row.name) <= _LABEL else row.name[: _LABEL - 1] + "…" for row in chosen],
    }
    if features.modality is Modality.TEXT:
        columns["language"] = [language_name(identify_language(row.preview or row.name)) for row in chosen]
    if features.modality is Modality.IMAGE and len(chosen) <= _MOST_THUMBNAILS:
        columns["thumbnail"] = [data_url(row.preview) for row in chosen]
    return pd.DataFrame(columns), projection.explained_variance


def map_chart(points: "pd.DataFrame", modality: Modality) -> "alt.LayerChart":
    """Dots coloured by language, thumbnails, or dots with names."""
    import altair as alt

    scale = alt.Scale(zero=False, nice=False, padding=36)
    place: dict[str, Any] = {"x": alt.X("x:Q", axis=None, scale=scale), "y": alt.Y("y:Q", axis=None, scale=scale)}
    base = alt.Chart(points)
    tooltip: list[Any] = [alt.Tooltip("name:N", title="Input")]
    if "thumbnail" in points:
        layers = [base.mark_image(width=52, height=52).encode(**place, url="thumbnail:N", tooltip=tooltip)]
    elif "language" in points:
        names = [language_name(code) for code in (*LANGUAGES, UNKNOWN)]
        used = set(points["language"])
        # All languages in the domain, so that each keeps its colour on every map of the app.
        colour = alt.Color(
            "language:N",
            scale=alt.Scale(domain=names),
            legend=alt.Legend(title=None, orient="bottom", columns=3, values=[name for name in names if name in used]),
        )
        tooltip.append(alt.Tooltip("language:N", title="Language"))
        layers = [base.mark_circle(size=70, opacity=0.85).encode(**place, color=colour, tooltip=tooltip)]
    else:
        layers = [base.mark_circle(size=70, opacity=0.85, color=TEAL).encode(**place, tooltip=tooltip)]
    if modality is not Modality.IMAGE:
        # none on a phone, where they would cover one another
        opacity = alt.ExprRef("width < 500 ? 0 : 1")
        layers.append(
            alt.Chart(points[readable(points)])
            .mark_text(align="left", dx=8, fontSize=11, color="#8a969c", opacity=opacity)
            .encode(**place, text="label:N", tooltip=tooltip)
        )
    return alt.layer(*layers).properties(height=_HEIGHT)


def readable(points: "pd.DataFrame") -> list[bool]:
    """Which labels can be drawn without covering another one or a dot, the first ones first; none for a crowd."""
    import numpy as np

    if len(points) > _MOST_LABELS:
        return [False] * len(points)
    across, down = points["x"].to_numpy(), points["y"].to_numpy()
    left = (across - across.min()) / (np.ptp(across) or 1.0) * _WIDTH
    top = (down - down.min()) / (np.ptp(down) or 1.0) * _HEIGHT
    taken: list[tuple[float, float, float]] = []
    fits = []
    for x, y, label in zip(left, top, points["label"], strict=True):
        # letters of Chinese, Japanese and Korean are twice as wide
        right = x + 8 + _LETTER * sum(2 if ord(letter) > 0x2E80 else 1 for letter in label)
        on_label = any(abs(y - other) < _LINE and x < end and start < right for start, end, other in taken)
        on_dot = bool(((np.abs(y - top) < _LINE / 2 + 2) & (left > x) & (left - 5 < right)).any())
        fits.append(not on_label and not on_dot)
        if fits[-1]:
            taken.append((x, right, y))
    return fits
