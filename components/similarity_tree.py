"""Axes in cells, and on them the tree of a clustering beside the matrix whose rows it joins."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.text.similarity_order import Dendrogram

if TYPE_CHECKING:
    import altair as alt

TREE_SHARE = 0.2  # of the width of the matrix


@dataclass(frozen=True)
class Frame:
    """The axes that all layers share, in cells: quantities, so that a tree can stand beside the cells."""

    x_axis: "alt.Axis"
    y_axis: "alt.Axis"
    across: float
    down: float

    def at(self, x: str, y: str) -> dict[str, Any]:
        """Encodings that place a mark by two columns of its data."""
        import altair as alt

        across = alt.Scale(domain=[0, self.across], nice=False)
        down = alt.Scale(domain=[0, self.down], nice=False, reverse=True)
        return {
            "x": alt.X(f"{x}:Q", axis=self.x_axis, scale=across),
            "y": alt.Y(f"{y}:Q", axis=self.y_axis, scale=down),
        }


def tree_layer(tree: Dendrogram, edge: int, frame: Frame) -> "alt.Chart":
    """The links of a clustering to the right of the rows that they join.

    Args:
        tree: of the rows.
        edge: number of columns, where the matrix ends.
        frame: ``across`` leaves ``TREE_SHARE`` of the columns beyond the edge.
    """
    import altair as alt
    import numpy as np
    import pandas as pd

    links = len(tree.height)
    depth = 0.92 * TREE_SHARE * edge / max(float(tree.height.max(initial=0)), 1e-9)
    heights = np.stack([tree.first_height, tree.height, tree.height, tree.second_height], axis=1)
    points = pd.DataFrame(
        {
            "x": (edge * (1 + 0.03 * TREE_SHARE) + depth * heights).ravel().round(4),
            "y": np.stack([tree.first, tree.first, tree.second, tree.second], axis=1).ravel().round(4),
            "link": np.repeat(np.arange(links), 4),
            "step": np.tile(np.arange(4), links),
        }
    )
    return (
        alt.Chart(points)
        .mark_line(aria=False, color="gray", strokeWidth=1.2 if links <= 60 else 0.7)
        .encode(**frame.at("x", "y"), detail=alt.Detail("link:N"), order=alt.Order("step:O"), tooltip=alt.value(None))
    )
