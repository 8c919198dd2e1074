import json
from typing import Any

import numpy as np
import pytest

from components.similarity_chart import MARK, cell_table, clicked, matrix_chart
from components.similarity_overview import drawn_tree, overview_chart, overview_picture
from components.similarity_tiles import TILE, best_pair_of_tile, tile_of, tile_ranges, tile_table
from models.text.comparison import Comparison
from models.text.encoder import unit_rows
from models.text.ordered_matrix import OrderedMatrix, order_matrix
from models.text.passages import Passage
from models.text.similarity import Measure

COLOURS = ["#000000", "#ffffff"]


def matrix_of(count: int, columns: int | None = None, *, clustered: bool = False) -> OrderedMatrix:
    rng = np.random.default_rng(count)
    left = unit_rows(rng.standard_normal((count, 16), dtype=np.float32))
    right = None if columns is None else unit_rows(rng.standard_normal((columns, 16), dtype=np.float32))
    texts = ["كتاب جديد", "新しい本", 'a "quoted" \\ text </script>', "x" * 500]
    passages = [Passage(f"{texts[number % 4]} {number}", language="en") for number in range(max(count, columns or 0))]
    second = None if columns is None else passages[:columns]
    return order_matrix(Comparison(passages[:count], second, left, right, "m"), Measure.COSINE, clustered=clustered)


def drawn(chart: Any) -> dict[str, Any]:
    return json.loads(json.dumps(chart.to_dict()))


@pytest.mark.parametrize(("count", "columns"), [(2, None), (15, None), (4, 7), (1, 1), (60, None)])
@pytest.mark.parametrize("clustered", [False, True])
def test_every_cell_is_drawn_once_with_its_pair(count: int, columns: int | None, clustered: bool) -> None:
    matrix = matrix_of(count, columns, clustered=clustered)
    rows, cols = map(range, matrix.shape)
    cells = cell_table(matrix, rows, cols)
    assert len(cells) == matrix.values.size == len(cells[["row", "column"]].drop_duplicates())
    expected = matrix.values[cells["row"], cells["column"]]
    assert cells["value"].to_numpy() == pytest.approx(expected, abs=1e-4)
    assert (matrix.rows.rows[cells["y"]] == cells["row"]).all()
    chart = drawn(matrix_chart(matrix, rows, cols, (0, 0), dark=False, tree=matrix.rows.dendrogram))
    marks = [layer["mark"]["type"] for layer in chart["layer"]]
    assert ("line" in marks) == (clustered and count > 1)
    assert ("text" in marks) == (max(matrix.shape) <= 15), "values are written where they fit"
    assert any(layer["mark"].get("stroke") == MARK for layer in chart["layer"])


def test_labels_cannot_leave_their_expression() -> None:
    matrix = matrix_of(4)
    chart = drawn(matrix_chart(matrix, range(4), range(4), None, dark=True))
    expression = chart["layer"][0]["encoding"]["y"]["axis"]["labelExpr"]
    assert expression.isascii()
    labels = json.loads(expression.rsplit("[round", 1)[0])
    assert [label.split(" ")[0] for label in labels] == ["1", "2", "3", "4"]


def test_what_was_clicked() -> None:
    fields = ("row", "column")
    assert clicked({"cell": [{"row": 2, "column": 5}]}, "cell", fields) == (2, 5)
    for nothing in (None, {}, {"cell": []}, {"cell": [{}]}, {"cell": [{"row": "x", "column": 1}]}, {"cell": {}}):
        assert clicked(nothing, "cell", fields) is None


@pytest.mark.parametrize(("count", "columns"), [(61, None), (100, 7), (5, 640), (1100, None)])
def test_tiles_cover_the_matrix(count: int, columns: int | None) -> None:
    matrix = matrix_of(count, columns)
    tiles = tile_table(matrix.drawn)
    areas = (tiles["x2"] - tiles["x"]) * (tiles["y2"] - tiles["y"])
    assert areas.sum() == matrix.values.size and areas.max() <= TILE**2
    for pair in [(0, 0), (count - 1, matrix.shape[1] - 1)]:
        rows, cols = tile_ranges(matrix, tile_of(matrix, pair))
        assert pair[0] in matrix.rows.rows[rows.start : rows.stop]
        assert pair[1] in matrix.columns.rows[cols.start : cols.stop]


def test_a_click_on_a_tile_shows_its_best_pair_of_different_sentences() -> None:
    matrix = matrix_of(90, clustered=True)
    row, column = best_pair_of_tile(matrix, (1, 1)) or (0, 0)
    assert row != column and tile_of(matrix, (row, column)) == (1, 1)
    part = matrix.drawn[TILE : 2 * TILE, TILE : 2 * TILE] - 2 * np.eye(TILE)
    assert matrix.values[row, column] == pytest.approx(part.max())
    assert best_pair_of_tile(matrix, (99, 0)) is None and best_pair_of_tile(matrix, (-1, 0)) is None


def test_above_500_sentences_blocks_are_drawn_without_a_tree() -> None:
    small, large = matrix_of(70, clustered=True), matrix_of(1001, clustered=True)
    assert overview_picture(small, COLOURS).block == 1 and drawn_tree(small) is not None
    picture = overview_picture(large, COLOURS)
    assert picture.block == 3 and drawn_tree(large) is None
    marks = [layer["mark"]["type"] for layer in drawn(overview_chart(large, picture, (0, 0), MARK))["layer"]]
    assert marks == ["image", "rect", "rect"]


def test_the_picture_shows_the_values_in_the_order_of_the_matrix() -> None:
    import base64
    from io import BytesIO

    from PIL import Image

    matrix = matrix_of(64, clustered=True)
    data = overview_picture(matrix, COLOURS).url.removeprefix("data:image/png;base64,")
    dots = np.asarray(Image.open(BytesIO(base64.b64decode(data))).convert("L"))
    assert dots == pytest.approx(255 * np.clip(matrix.drawn, 0, 1), abs=1)
