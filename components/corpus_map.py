"""A map of the corpus: passages that say the same lie together, whatever their language."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from components.wording import counted, language_name, source_of
from models.languages import LANGUAGES, UNKNOWN
from models.text.projection import Projection, fit_projection
from models.text.search import Answer, MultilingualSemanticSearch

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

MOST_POINTS = 2_000  # above this Vega draws on a canvas, which a screen reader cannot enter
_KEY = "search_map"
_SNIPPET = 140
_HEIGHT = 460


def show_map(index: MultilingualSemanticSearch, answer: Answer | None) -> None:
    """Draw the passages by language and, after a search, the query and its results among them."""
    projection, points = _cached_points(index)
    marks = None if answer is None else map_marks(index, projection, answer)
    asked = "" if answer is None else " The query and its results are marked."
    st.altair_chart(
        map_chart(points, marks),
        key="search_map_chart",
        alt=f"Map of {counted(len(points), 'passage')} by meaning, coloured by language.{asked}",
    )
    note = "Passages that mean the same lie together; the colour is their language."
    if answer is not None:
        note += " The cross is your query" + (", the large dots are its results." if answer.hits else ".")
    if len(points) < len(index):
        note += f" {len(points):,} of {len(index):,} passages are drawn."
    st.caption(note)


def _cached_points(index: MultilingualSemanticSearch) -> tuple[Projection, "pd.DataFrame"]:
    """Projection and points of the corpus; computed again only when the corpus has changed."""
    vectors = index.vectors
    held = st.session_state.get(_KEY)
    if held is None or held[0] is not vectors:
        projection = fit_projection(vectors)
        held = (vectors, projection, map_points(index, projection))
        st.session_state[_KEY] = held
    return held[1], held[2]


def map_points(index: MultilingualSemanticSearch, projection: Projection, most: int = MOST_POINTS) -> "pd.DataFrame":
    """Columns x, y, language, source and text of at most ``most`` passages, evenly spread over the corpus."""
    import numpy as np
    import pandas as pd

    passages = index.passages
    rows = np.linspace(0, len(passages) - 1, min(len(passages), most)).round().astype(np.int64)
    positions = projection.project(index.vectors.rows(rows))
    chosen = [passages[row] for row in rows]
    return pd.DataFrame(
        {
            "x": positions[:, 0],
            "y": positions[:, 1],
            "language": [language_name(passage.language) for passage in chosen],
            "source": [source_of(passage) for passage in chosen],
            "text": [_snippet(passage.text) for passage in chosen],
        }
    )


def map_marks(index: MultilingualSemanticSearch, projection: Projection, answer: Answer) -> "pd.DataFrame":
    """As ``map_points``, with a column rank: the hits of an answer, and the query as rank 0."""
    import numpy as np
    import pandas as pd

    rows = [hit.index for hit in answer.hits]
    positions = projection.project(np.vstack([answer.query_vector[None], index.vectors.rows(rows)]))
    return pd.DataFrame(
        {
            "x": positions[:, 0],
            "y": positions[:, 1],
            "rank": [0, *(hit.rank for hit in answer.hits)],
            "language": ["", *(language_name(hit.passage.language) for hit in answer.hits)],
            "source": ["Your query", *(source_of(hit.passage) for hit in answer.hits)],
            "text": [_snippet(answer.query), *(_snippet(hit.document) for hit in answer.hits)],
        }
    )


def map_chart(points: "pd.DataFrame", marks: "pd.DataFrame | None") -> "alt.LayerChart":
    """A layer of all passages and, after a search, one of its hits and one of the query."""
    import altair as alt

    names = [language_name(code) for code in (*LANGUAGES, UNKNOWN)]
    used = set(points["language"])
    scale = alt.Scale(zero=False, nice=False, padding=16)
    place: dict[str, Any] = {"x": alt.X("x:Q", axis=None, scale=scale), "y": alt.Y("y:Q", axis=None, scale=scale)}
    # All languages in the domain, so that each keeps its colour whatever the corpus holds.
    colour = alt.Color(
        "language:N",
        scale=alt.Scale(domain=names),
        legend=alt.Legend(
            title=None, orient="bottom", columns=2, symbolOpacity=1, values=[n for n in names if n in used]
        ),
    )
    tooltip = [alt.Tooltip(name, title=name.capitalize()) for name in ("language", "source", "text")]
    passages = alt.Chart(points).mark_circle(size=40, opacity=0.7 if marks is None else 0.35)
    layers = [passages.encode(**place, color=colour, tooltip=tooltip)]
    if marks is not None:
        hits, query = marks[marks["rank"] > 0], marks[marks["rank"] == 0]
        if len(hits):
            large = alt.Chart(hits).mark_circle(size=170, opacity=1)
            layers.append(large.encode(**place, color=colour, tooltip=[alt.Tooltip("rank", title="Result"), *tooltip]))
        cross = alt.Chart(query).mark_point(
            shape="cross", size=300, filled=True, opacity=1, color="gray", stroke="white", strokeWidth=1
        )
        layers.append(cross.encode(**place, tooltip=[alt.Tooltip("text", title="Your query")]))
    return alt.layer(*layers).properties(height=_HEIGHT)


def _snippet(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SNIPPET else flat[: _SNIPPET - 1] + "…"
