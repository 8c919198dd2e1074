"""The matrix and the pairs as files; each is made when somebody asks for it."""

from functools import partial
from typing import Literal

import streamlit as st

from components.wording import language_name
from models.text.export import to_csv
from models.text.matrix_figure import FigureSettings, draw_matrix
from models.text.ordered_matrix import OrderedMatrix, matrix_rows
from models.text.similarity import SimilarPairs


def matrix_downloads(matrix: OrderedMatrix) -> None:
    """Draw the downloads of a matrix: numbers, picture, drawing."""
    with st.popover("Download", icon=":material/download:", key="similarity_downloads"):
        st.download_button(
            "Matrix as CSV",
            partial(matrix_csv, matrix),
            "similarity_matrix.csv",
            "text/csv",
            key="similarity_csv",
            icon=":material/table:",
            type="tertiary",
            on_click="ignore",
        )
        for name, file_format, mime in (("PNG", "png", "image/png"), ("SVG", "svg", "image/svg+xml")):
            st.download_button(
                f"Figure as {name}",
                partial(matrix_figure, matrix, file_format),  # type: ignore[arg-type]
                f"similarity_matrix.{file_format}",
                mime,
                key=f"similarity_{file_format}",
                icon=":material/image:",
                type="tertiary",
                on_click="ignore",
            )


def matrix_csv(matrix: OrderedMatrix) -> bytes:
    """The matrix as CSV, in the order of the lists."""
    return to_csv(*matrix_rows(matrix))


def matrix_figure(matrix: OrderedMatrix, file_format: Literal["png", "svg"]) -> bytes:
    """The matrix as a picture or a drawing, in the order in which the page shows it."""
    title = f"{matrix.measure.capitalize()} similarity, {matrix.comparison.model}"
    settings = FigureSettings(title=title, lowest=matrix.measure.of_unrelated)
    columns = None if matrix.comparison.one_list else matrix.labels(1)
    return draw_matrix(matrix.drawn, matrix.labels(0), columns, file_format, settings, matrix.rows.dendrogram).data


def pairs_download(matrix: OrderedMatrix, pairs: SimilarPairs) -> None:
    """Draw the download of a list of pairs."""
    st.download_button(
        "Pairs as CSV",
        partial(pairs_csv, matrix, pairs),
        "similar_pairs.csv",
        "text/csv",
        key="similarity_pairs_csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        disabled=not len(pairs),
    )


def pairs_csv(matrix: OrderedMatrix, pairs: SimilarPairs) -> bytes:
    """A list of pairs as CSV: value, then number, language and text of both sentences."""
    header = ["similarity", "first", "second", "first_language", "second_language", "first_text", "second_text"]
    left, right = matrix.sentences(0), matrix.sentences(1)
    first, second = matrix.prefixes
    rows = (
        [
            round(float(value), 6),
            f"{first}{row + 1}",
            f"{second}{column + 1}",
            language_name(left[row].language),
            language_name(right[column].language),
            left[row].text,
            right[column].text,
        ]
        for row, column, value in zip(pairs.rows, pairs.columns, pairs.values, strict=True)
    )
    return to_csv(header, rows)
