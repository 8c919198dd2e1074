"""The matrix as a heat map: each cell is a pair that can be clicked; the tree of a clustering stands beside it.

The marks are hidden from screen readers, which would read out thousands of numbers: they have the chart's description,
the two lists of sentences and the table of pairs.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from components.similarity_tree import TREE_SHARE, Frame, tree_layer
from components.wording import language_name
from models.text.matrix_figure import MOST_VALUES
from models.text.ordered_matrix import OrderedMatrix
from models.text.short_labels import numbered_labels, shortened
from models.text.similarity_order import Dendrogram

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

SELECTION = "cell"  # the name of the selection in the chart
MOST_CELLS = 60  # sentences a side that are drawn cell by cell

_NARROW = 500  # pixels of a chart's width
_AT = "[round(datum.value - 0.5)]"  # the label at a place of an axis, in Vega's language
_TOOLTIP = 160  # columns of text
_LEAST_FOR_VALUES = 27  # pixels of a cell's width
MARK = "#e08a3c"  # around the chosen pair; the same in both themes, and nowhere else in the map


def matrix_chart(
    matrix: OrderedMatrix,
    rows: range,
    columns: range,
    chosen: tuple[int, int] | None,
    *,
    dark: bool,
    tree: Dendrogram | None = None,
) -> "alt.LayerChart":
    """Heat map of a part of a matrix, or of all of it.

    Args:
        matrix: values and order.
        rows: positions of the rows to draw.
        columns: positions of the columns.
        chosen: numbers (from 0) of the sentences of the marked pair.
        dark: whether the theme is dark, for the values in the cells.
        tree: of the rows; None without one.
    """
    import altair as alt

    cells = cell_table(matrix, rows, columns)
    click = alt.selection_point(name=SELECTION, fields=["row", "column"], on="click", clear=False, empty=False)
    across = len(columns) * (1 + TREE_SHARE if tree is not None else 1)
    frame = Frame(_column_axis(matrix, columns), _row_axis(matrix, rows), across, len(rows))
    lowest = matrix.measure.of_unrelated
    colour = alt.Color(
        "value:Q",
        scale=alt.Scale(domain=[lowest, 1.0], clamp=True),
        legend=alt.Legend(
            title=None, orient="bottom", gradientLength=180, values=[lowest, (1 + lowest) / 2, 1], format=".2~f"
        ),
    )
    tooltip = [
        alt.Tooltip("value:Q", title=matrix.measure.capitalize(), format=".3f"),
        alt.Tooltip("first:N", title="Row"),
        alt.Tooltip("second:N", title="Column"),
    ]
    base = alt.Chart(cells)
    layers = [
        base.mark_rect(cursor="pointer", aria=False)
        .encode(**frame.at("x", "y"), x2=alt.X2("x2"), y2=alt.Y2("y2"), color=colour, tooltip=tooltip)
        .add_params(click)
    ]
    if max(len(rows), len(columns)) <= MOST_VALUES:
        layers.append(_values(base, frame, tooltip, lowest, dark))
    marked = cells[(cells["row"] == chosen[0]) & (cells["column"] == chosen[1])] if chosen else cells[:0]
    if len(marked):
        layers.append(
            alt.Chart(marked)
            .mark_rect(fillOpacity=0, stroke=MARK, strokeWidth=3, aria=False)
            .encode(**frame.at("x", "y"), x2=alt.X2("x2"), y2=alt.Y2("y2"))
        )
    if tree is not None:
        layers.append(tree_layer(tree, len(columns), frame))
    height = _height(len(rows)) + (70 if not matrix.comparison.one_list else 0)
    return alt.layer(*layers).properties(height=height).configure_view(stroke=None)


def cell_table(matrix: OrderedMatrix, rows: range, columns: range) -> "pd.DataFrame":
    """One row for each cell: where it is drawn, the numbers (from 0) of its sentences, its value, and both texts."""
    import numpy as np
    import pandas as pd

    row_numbers = matrix.rows.rows[rows.start : rows.stop]
    column_numbers = matrix.columns.rows[columns.start : columns.stop]
    first, second = _described(matrix, 0, row_numbers), _described(matrix, 1, column_numbers)
    y, x = np.divmod(np.arange(len(row_numbers) * len(column_numbers)), max(len(column_numbers), 1))
    values = matrix.values[np.ix_(row_numbers, column_numbers)].ravel()
    return pd.DataFrame(
        {
            "x": x,
            "x2": x + 1,
            "y": y,
            "y2": y + 1,
            "row": row_numbers[y],
            "column": column_numbers[x],
            "value": np.round(values.astype(np.float64), 4),
            "first": [first[place] for place in y],
            "second": [second[place] for place in x],
        }
    )


def _described(matrix: OrderedMatrix, side: int, numbers: Any) -> list[str]:
    """Number, language and text of sentences, for tooltips."""
    sentences = [matrix.sentences(side)[number] for number in numbers]
    labels = numbered_labels(
        [sentence.text for sentence in sentences], _TOOLTIP, matrix.prefixes[side], [int(n) + 1 for n in numbers]
    )
    return [f"{label} ({language_name(s.language)})" for label, s in zip(labels, sentences, strict=True)]


def clicked(selection: Mapping[str, Any] | None, name: str, fields: tuple[str, str]) -> tuple[int, int] | None:
    """The two numbers that a click on a chart selected; None for a click beside everything, or for nonsense."""
    points = (selection or {}).get(name) or []
    try:
        return int(points[0][fields[0]]), int(points[0][fields[1]])
    except (IndexError, KeyError, TypeError, ValueError):
        return None


def _height(count: int) -> int:
    cell = min(46, max(13, 520 // max(count, 1)))
    return 110 + cell * count


def _row_axis(matrix: OrderedMatrix, rows: range) -> "alt.Axis":
    import altair as alt

    side = matrix.labels(0, rows)
    labels = numbered_labels(side.texts, 26, side.prefix, side.numbers)
    # On a phone the labels must leave room for the cells.
    limit = alt.ExprRef(f"containerSize()[0] < {_NARROW} ? 110 : 220")
    return alt.Axis(**_axis(labels), title=None, labelLimit=limit)


def _column_axis(matrix: OrderedMatrix, columns: range) -> "alt.Axis":
    import altair as alt

    side = matrix.labels(1, columns)
    if matrix.comparison.one_list:
        # Upright, where numbers of several digits would touch.
        angle = 0 if len(columns) <= MOST_VALUES else -90
        numbers = [str(number) for number in side.numbers]
        return alt.Axis(**_axis(numbers, MOST_VALUES), title=None, orient="top", labelAngle=angle)
    labels = [shortened(label, 22) for label in numbered_labels(side.texts, 16, side.prefix, side.numbers)]
    slanted = _axis(labels)
    # On a phone the columns are too narrow for slanted texts; the tooltip and the fields of the pair have them.
    short = json.dumps([f"{side.prefix}{number}" for number in side.numbers])
    slanted["labelExpr"] = f"(containerSize()[0] < {_NARROW} ? {short} : {json.dumps(labels)}){_AT}"
    return alt.Axis(**slanted, title=None, orient="top", labelAngle=-40, labelLimit=150, labelAlign="left")


def _axis(labels: list[str], most: int = 30) -> dict[str, Any]:
    """Labels in the middle of cells; of more than ``most`` those that would overlap are left out.

    JSON in ASCII is a literal of Vega's expressions: no text can leave it.
    """
    return {
        "values": [place + 0.5 for place in range(len(labels))],
        "labelExpr": f"{json.dumps(labels)}{_AT}",
        "labelOverlap": "greedy" if len(labels) > most else False,
        "grid": False,
        "ticks": False,
        "domain": False,
    }


def _values(base: "alt.Chart", frame: Frame, tooltip: list[Any], lowest: float, dark: bool) -> "alt.Chart":
    """Numbers in the cells, in ink that stands out from each; none where the cells are too narrow."""
    import altair as alt

    bright, ink = ("#12171b", "#e4e9eb") if dark else ("#ffffff", "#1b2328")
    middle = lowest + 0.6 * (1 - lowest)
    return (
        base.transform_calculate(cx="datum.x + 0.5", cy="datum.y + 0.5")
        .mark_text(fontSize=11, cursor="pointer", aria=False)
        .encode(
            **frame.at("cx", "cy"),
            text=alt.Text("value:Q", format=".2f"),
            color=alt.condition(f"datum.value > {middle}", alt.value(bright), alt.value(ink)),
            opacity=alt.condition(f"width / {frame.across} > {_LEAST_FOR_VALUES}", alt.value(1), alt.value(0)),
            tooltip=tooltip,
        )
    )
