"""The tiles of a large matrix: the parts that a click on its picture shows cell by cell."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.text.ordered_matrix import OrderedMatrix
from models.text.similarity_blocks import aggregate, block_range

if TYPE_CHECKING:
    import pandas as pd

TILE = 30  # sentences a side


def tile_table(drawn: NDArray[np.float32]) -> "pd.DataFrame":
    """One row for each tile of a matrix: its place, the positions it covers, and the mean and highest value in it."""
    import pandas as pd

    starts = [np.arange(0, length, TILE) for length in drawn.shape]
    means = aggregate(drawn, TILE).means
    highest = np.maximum.reduceat(np.maximum.reduceat(drawn, starts[0], axis=0), starts[1], axis=1)
    row, column = (axis.ravel() for axis in np.indices(means.shape))
    down, across = ([block_range(int(n), TILE, drawn.shape[side]) for n in (row, column)[side]] for side in (0, 1))
    return pd.DataFrame(
        {
            "row": row,
            "column": column,
            "x": [r.start for r in across],
            "x2": [r.stop for r in across],
            "y": [r.start for r in down],
            "y2": [r.stop for r in down],
            "rows": [f"{r.start + 1} to {r.stop}" for r in down],
            "columns": [f"{r.start + 1} to {r.stop}" for r in across],
            "mean": means.ravel().astype(np.float64).round(4),
            "highest": highest.ravel().astype(np.float64).round(4),
        }
    )


def tile_of(matrix: OrderedMatrix, pair: tuple[int, int]) -> tuple[int, int]:
    """Row and column of the tile in which a pair of sentences is drawn."""
    return (
        int(np.flatnonzero(matrix.rows.rows == pair[0])[0]) // TILE,
        int(np.flatnonzero(matrix.columns.rows == pair[1])[0]) // TILE,
    )


def tile_ranges(matrix: OrderedMatrix, tile: tuple[int, int]) -> tuple[range, range]:
    """Positions of the rows and columns of a tile; empty outside of the matrix."""
    return block_range(tile[0], TILE, matrix.shape[0]), block_range(tile[1], TILE, matrix.shape[1])


def best_pair_of_tile(matrix: OrderedMatrix, tile: tuple[int, int]) -> tuple[int, int] | None:
    """Numbers of the most similar sentences of a tile, different ones if there are any; None outside of the matrix."""
    rows, columns = (
        order.rows[part.start : part.stop]
        for order, part in zip((matrix.rows, matrix.columns), tile_ranges(matrix, tile), strict=True)
    )
    values = matrix.values[np.ix_(rows, columns)]
    if not values.size:
        return None
    if matrix.comparison.one_list and values.size > 1:
        values = np.where(rows[:, None] == columns[None, :], -np.inf, values)
    row, column = np.unravel_index(int(np.argmax(values)), values.shape)
    return int(rows[row]), int(columns[column])
