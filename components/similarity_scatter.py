"""Scores by people beside the similarities of a model: as a table, a file and a scatter."""

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from models.text.export import to_csv
from models.text.graded_pairs import GradedPairs
from models.text.similarity import Measure

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

SCATTER_HEIGHT = 380


def scored_table(pairs: GradedPairs, similarity: NDArray[np.float32]) -> "pd.DataFrame":
    """Columns Gap (in per cent of the pairs), Score, Similarity and both sentences, in the order of the file."""
    import pandas as pd

    ranks = pd.DataFrame({"gold": pairs.gold, "similarity": similarity}).rank()
    return pd.DataFrame(
        {
            "Gap": (100 * (ranks["similarity"] - ranks["gold"]) / len(ranks)).round(0),
            "Score": pairs.gold,
            "Similarity": similarity.astype(float).round(4),
            "First sentence": pairs.first,
            "Second sentence": pairs.second,
        }
    )


def scatter(data: "pd.DataFrame", measure: Measure, colour: str) -> "alt.Chart":
    """A dot for each pair: the score by people across, the similarity up."""
    import altair as alt

    dots = alt.Chart(data).mark_circle(size=60 if len(data) < 200 else 25, opacity=0.6, color=colour)
    return cast(
        "alt.Chart",
        dots.encode(
            x=alt.X("Score:Q", title="Score by people", scale=alt.Scale(zero=False, padding=12)),
            y=alt.Y(
                "Similarity:Q", title=f"{measure.capitalize()} similarity", scale=alt.Scale(zero=False, padding=12)
            ),
            tooltip=["Score:Q", alt.Tooltip("Similarity:Q", format=".3f"), "First sentence:N", "Second sentence:N"],
        ).properties(height=SCATTER_HEIGHT),
    )


def scored_csv(data: "pd.DataFrame") -> bytes:
    """The pairs with both scores as CSV, in the order of the file."""
    header = {"First sentence": "first", "Second sentence": "second", "Score": "score", "Similarity": "similarity"}
    return to_csv(list(header.values()), data[list(header)].values.tolist())
