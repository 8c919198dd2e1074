"""The matrix of a comparison beside the chosen pair."""

from typing import cast

import streamlit as st

from components.similarity_chart import MARK, MOST_CELLS, SELECTION, clicked, matrix_chart
from components.similarity_downloads import matrix_downloads
from components.similarity_overview import TILE_SELECTION, Picture, drawn_tree, overview_chart, overview_picture
from components.similarity_pair import choose_pair, chosen_pair, pair_round, show_pair
from components.similarity_settings import choose_measure, choose_order, heat_colours, is_dark
from components.similarity_tiles import TILE, best_pair_of_tile, tile_of, tile_ranges
from components.similarity_vectors import matrix_of
from components.wording import counted
from models.text.comparison import Comparison
from models.text.ordered_matrix import OrderedMatrix
from models.text.similarity_blocks import MOST_DRAWN

_PICTURE = "similarity_picture"


def show_matrix(comparison: Comparison, key: str) -> None:
    """Draw the matrix with its settings, and the pair that was chosen in it.

    Args:
        comparison: the sentences and their embeddings.
        key: of the lists.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        measure = choose_measure()
        clustered = choose_order()
        downloads = st.container(width="content")
    matrix = matrix_of(comparison, measure, clustered=clustered)
    with downloads:
        matrix_downloads(matrix)
    pair = chosen_pair(matrix, key)
    if max(matrix.shape) > MOST_CELLS:
        _large(matrix, pair, key)
        return
    drawn, beside = st.columns([5, 3], gap="medium")
    with beside:
        show_pair(matrix, pair)
    with drawn:
        _cells(matrix, range(matrix.shape[0]), range(matrix.shape[1]), pair, key, tree=True)
        st.caption("Click a cell to compare its two sentences.")


def _large(matrix: OrderedMatrix, pair: tuple[int, int], key: str) -> None:
    """The pair, below it the whole as a picture beside the part of it around the pair."""
    show_pair(matrix, pair, wide=True)
    whole, part = st.columns(2, gap="medium")
    tile = tile_of(matrix, pair)
    with whole:
        _overview(matrix, tile, key)
    with part:
        _cells(matrix, *tile_ranges(matrix, tile), pair, key, tree=False)
        st.caption(f"The framed part, {TILE} sentences a side at most. Click a cell to compare its two sentences.")


def _overview(matrix: OrderedMatrix, tile: tuple[int, int], key: str) -> None:
    picture = _picture(matrix)
    name = f"similarity_overview_{key[:12]}_{pair_round()}"
    chart = overview_chart(matrix, picture, tile, MARK)
    rows, columns = matrix.shape
    st.altair_chart(
        chart,
        key=name,
        on_select=lambda: _take_tile(matrix, name),
        selection_mode=TILE_SELECTION,
        alt=f"Heat map of {rows:,} x {columns:,} {matrix.measure} similarities, as a whole",
    )
    each = "Each dot is a pair of sentences."
    if picture.block > 1:
        each = (
            f"More than {MOST_DRAWN} sentences a side are drawn in summary: each dot is the mean of {picture.block} x "
            f"{picture.block} pairs. The framed part, the list of pairs and the table keep every pair."
        )
    if matrix.rows.dendrogram is not None and drawn_tree(matrix) is None:
        each += f" The tree of the clustering is drawn up to {MOST_DRAWN} sentences."
    st.caption(f"{each} Click the picture to look closer at a part.")


def _picture(matrix: OrderedMatrix) -> Picture:
    """The picture of the matrix; prepared again only when the matrix or the theme changes."""
    colours = heat_colours()
    held = st.session_state.get(_PICTURE)
    if held is None or held[0] is not matrix or held[1] != colours:
        held = (matrix, colours, overview_picture(matrix, colours))
        st.session_state[_PICTURE] = held
    return cast("Picture", held[2])


def _cells(matrix: OrderedMatrix, rows: range, columns: range, pair: tuple[int, int], key: str, *, tree: bool) -> None:
    name = f"similarity_cells_{key[:12]}_{pair_round()}"
    chart = matrix_chart(matrix, rows, columns, pair, dark=is_dark(), tree=matrix.rows.dendrogram if tree else None)
    st.altair_chart(
        chart,
        key=name,
        on_select=lambda: _take_cell(name),
        selection_mode=SELECTION,
        alt=f"Heat map of the {matrix.measure} similarity of {counted(len(rows), 'sentence')} with "
        f"{counted(len(columns), 'sentence')}; the fields Row and Column choose a pair without it",
    )


def _take_cell(name: str) -> None:
    choose_pair(clicked(st.session_state[name].get("selection"), SELECTION, ("row", "column")))


def _take_tile(matrix: OrderedMatrix, name: str) -> None:
    tile = clicked(st.session_state[name].get("selection"), TILE_SELECTION, ("row", "column"))
    if tile is not None:
        choose_pair(best_pair_of_tile(matrix, tile))
