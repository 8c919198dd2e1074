"""A matrix that is too large for single cells as a picture, with tiles that can be clicked to look closer."""

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from components.similarity_tiles import tile_table
from components.similarity_tree import TREE_SHARE, Frame, tree_layer
from models.text.ordered_matrix import OrderedMatrix
from models.text.similarity_blocks import MOST_DRAWN, aggregate, block_size
from models.text.similarity_order import Dendrogram

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

TILE_SELECTION = "tile"  # the name of the selection in the chart
_HEIGHT = 520


@dataclass(frozen=True, eq=False)
class Picture:
    """What is drawn of a large matrix.

    Args:
        url: a PNG with one dot for each block, as an address that holds its own data.
        tiles: see ``tile_table``.
        block: pairs a side that a dot stands for; 1 up to 500 sentences.
    """

    url: str
    tiles: "pd.DataFrame"
    block: int


def overview_picture(matrix: OrderedMatrix, colours: list[str]) -> Picture:
    """Prepare the picture of a matrix, averaged where it has more than 500 sentences a side.

    Args:
        matrix: values and order.
        colours: of the scale, from the lowest value to the highest, as "#rrggbb".
    """
    drawn = matrix.drawn
    blocks = aggregate(drawn, block_size(matrix.shape))
    return Picture(_png_url(blocks.means, matrix.measure.of_unrelated, colours), tile_table(drawn), blocks.size)


def overview_chart(
    matrix: OrderedMatrix, picture: Picture, tile: tuple[int, int] | None, mark: str
) -> "alt.LayerChart":
    """The picture, its tiles, a frame around the one that is shown closer, and the tree of up to 500 rows.

    Args:
        matrix: values and order.
        picture: of this matrix.
        tile: row and column of the framed tile; None without one.
        mark: colour of the frame.
    """
    import altair as alt
    import pandas as pd

    count_down, count_across = matrix.shape
    tree = drawn_tree(matrix)
    frame = _frame(matrix, count_across * (1 + TREE_SHARE if tree is not None else 1))
    place = {**frame.at("x", "y"), "x2": alt.X2("x2"), "y2": alt.Y2("y2")}
    whole = pd.DataFrame({"x": [0], "x2": [count_across], "y": [0], "y2": [count_down], "url": [picture.url]})
    tooltip = [
        alt.Tooltip("rows:N", title="Rows"),
        alt.Tooltip("columns:N", title="Columns"),
        alt.Tooltip("mean:Q", title="Mean", format=".2f"),
        alt.Tooltip("highest:Q", title="Highest", format=".2f"),
    ]
    click = alt.selection_point(name=TILE_SELECTION, fields=["row", "column"], on="click", clear=False, empty=False)
    layers = [
        alt.Chart(whole).mark_image(aspect=False, smooth=False, aria=False).encode(**place, url=alt.Url("url:N")),
        alt.Chart(picture.tiles)
        .mark_rect(fill="white", fillOpacity=0, cursor="zoom-in", aria=False)
        .encode(**place, tooltip=tooltip)
        .add_params(click),
    ]
    if tile is not None:
        tiles = picture.tiles
        framed = tiles[(tiles["row"] == tile[0]) & (tiles["column"] == tile[1])]
        layers.append(
            alt.Chart(framed).mark_rect(fillOpacity=0, stroke=mark, strokeWidth=3, aria=False).encode(**place)
        )
    if tree is not None:
        layers.append(tree_layer(tree, count_across, frame))
    return cast("alt.LayerChart", alt.layer(*layers).properties(height=_HEIGHT).configure_view(stroke=None))


def drawn_tree(matrix: OrderedMatrix) -> Dendrogram | None:
    """The tree of the rows, unless it has more leaves than can be told apart."""
    return matrix.rows.dendrogram if matrix.shape[0] <= MOST_DRAWN else None


def _frame(matrix: OrderedMatrix, across: float) -> Frame:
    """Axes that count the places in the order in which the sentences are drawn."""
    import altair as alt

    first, second = (f"List {prefix}" if prefix else None for prefix in matrix.prefixes)
    ticks = [list(range(0, length + 1, _tick_step(length))) for length in matrix.shape]
    return Frame(
        alt.Axis(title=second, orient="top", grid=False, values=ticks[1]),
        alt.Axis(title=first, grid=False, values=ticks[0]),
        across,
        matrix.shape[0],
    )


def _tick_step(length: int) -> int:
    """The smallest round number with which an axis of ``length`` has at most about ten ticks."""
    return next((step for step in (1, 2, 5, 10, 20, 50, 100, 200) if length <= 11 * step), 500)


def _png_url(values: NDArray[np.float32], lowest: float, colours: list[str]) -> str:
    from PIL import Image

    stops = np.array([[int(colour[start : start + 2], 16) for start in (1, 3, 5)] for colour in colours])
    levels = np.linspace(0, 255, len(stops))
    palette = np.stack([np.interp(np.arange(256), levels, stops[:, part]) for part in range(3)], axis=1)
    shares = np.clip((values - lowest) / (1 - lowest), 0, 1)
    image = Image.fromarray((shares * 255).round().astype(np.uint8))
    image.putpalette(palette.round().astype(np.uint8).tobytes())
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=3)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
