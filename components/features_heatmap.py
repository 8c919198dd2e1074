"""The numbers as colours, and the similarity of each input with each other."""

from typing import TYPE_CHECKING

import streamlit as st

from components.features_drawing import data_url, image_layers, signed_colours
from components.features_source import NOUNS
from components.wording import counted
from models.features import Features
from models.text.encoder import unit_rows

if TYPE_CHECKING:
    import altair as alt

MOST_ROWS = 200
_MOST_CELLS = 60  # inputs a side that are drawn cell by cell, with a tooltip each
_LABEL = 30
_VECTORS, _SIMILARITIES = "Vectors", "Similarities"


def show_heatmap(features: Features) -> None:
    """Draw the embeddings or their similarities as a heat map."""
    what = st.radio(
        "What to draw",
        [_VECTORS, _SIMILARITIES],
        horizontal=True,
        key="heatmap",
        bind="query-params",
        label_visibility="collapsed",
    )
    count = min(len(features), MOST_ROWS)
    noun = counted(count, *NOUNS[features.modality])
    if what == _SIMILARITIES:
        count = min(count, _MOST_CELLS)
        chart, alt_text = similarity_chart(features), f"Cosine similarity of {count} inputs with one another"
        note = "Cosine similarity; rows and columns are the inputs in their order."
    else:
        chart = vectors_chart(features)
        alt_text = f"The vectors of {noun}: a row each, a column for each of {features.shape[1]:,} numbers"
        note = "A row is an input, a column a number of its vector: teal above zero, orange below, faint near zero."
    st.altair_chart(chart, key=f"features_heatmap_{what}", alt=alt_text)
    if count < len(features):
        note += f" The first {count:,} of {len(features):,} are drawn."
    st.caption(note)


def vectors_chart(features: Features) -> "alt.LayerChart":
    """Embeddings as one picture [N, D], drawn as they are."""
    import altair as alt

    count = min(len(features), MOST_ROWS)
    url = data_url(signed_colours(features.embeddings[:count]))
    x_axis = alt.Axis(title="Position in the vector", grid=False, tickCount=6)
    y_axis = _names_axis(features.names[:count])
    chart = image_layers(url, ((0, features.shape[1]), x_axis), ((0, count), y_axis))
    return chart.properties(height=_height(count)).configure_view(strokeOpacity=0.3)


def similarity_chart(features: Features) -> "alt.Chart":
    """Cosine similarities of the first inputs, a cell each."""
    import altair as alt
    import numpy as np
    import pandas as pd

    count = min(len(features), _MOST_CELLS)
    unit = unit_rows(features.embeddings[:count])
    names = features.names[:count]
    y, x = np.divmod(np.arange(count * count), count)
    cells = pd.DataFrame(
        {
            "x": x,
            "x2": x + 1,
            "y": y,
            "y2": y + 1,
            "value": np.clip(unit @ unit.T, -1, 1).ravel().round(4).astype(np.float64),
            "first": [names[place] for place in y],
            "second": [names[place] for place in x],
        }
    )
    numbers = alt.Axis(values=[], title=None, ticks=False, domain=False, grid=False)
    return (
        alt.Chart(cells)
        .mark_rect()
        .encode(
            x=alt.X("x:Q", axis=numbers, scale=alt.Scale(domain=[0, count], nice=False)),
            y=alt.Y("y:Q", axis=_names_axis(names), scale=alt.Scale(domain=[0, count], nice=False, reverse=True)),
            x2="x2:Q",
            y2="y2:Q",
            color=alt.Color(
                "value:Q",
                scale=alt.Scale(domain=[0, 1], clamp=True),
                legend=alt.Legend(title=None, orient="bottom", gradientLength=180, tickCount=3, format=".1f"),
            ),
            tooltip=[
                alt.Tooltip("value:Q", title="Similarity", format=".3f"),
                alt.Tooltip("first:N", title="Row"),
                alt.Tooltip("second:N", title="Column"),
            ],
        )
        .properties(height=_height(count) + 60)
        .configure_view(stroke=None)
    )


def _names_axis(names: list[str]) -> "alt.Axis":
    """Names in the middle of rows. JSON in ASCII is a literal of Vega's expressions: no name can leave it."""
    import json

    import altair as alt

    labels = [name if len(name) <= _LABEL else name[: _LABEL - 1] + "…" for name in names]
    return alt.Axis(
        values=[place + 0.5 for place in range(len(labels))],
        labelExpr=f"{json.dumps(labels)}[round(datum.value - 0.5)]",
        labelLimit=alt.ExprRef("containerSize()[0] < 500 ? 100 : 200"),
        labelOverlap="greedy",
        title=None,
        grid=False,
        ticks=False,
        domain=False,
    )


def _height(count: int) -> int:
    return 70 + max(count * min(28, max(4, 560 // max(count, 1))), 60)
