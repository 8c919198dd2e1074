"""A similarity matrix in the order in which it is drawn, and which sentences stand where."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.text.comparison import Comparison
from models.text.matrix_figure import AxisLabels
from models.text.passages import Passage
from models.text.similarity import Measure, arccos_similarity, similarity_matrix
from models.text.similarity_order import Order, cluster_order, given_order


@dataclass(frozen=True, eq=False)
class OrderedMatrix:
    """The values of a comparison and an order for its rows and columns.

    Args:
        comparison: the sentences.
        measure: of the values.
        values: float32 [N, M], in the order of the lists.
        rows: order of the N rows.
        columns: order of the M columns.
    """

    comparison: Comparison
    measure: Measure
    values: NDArray[np.float32]
    rows: Order
    columns: Order

    @property
    def drawn(self) -> NDArray[np.float32]:
        """The values in the order in which they are drawn, float32 [N, M]."""
        return self.values[np.ix_(self.rows.rows, self.columns.rows)]

    @property
    def shape(self) -> tuple[int, int]:
        """(N, M)."""
        return self.values.shape[0], self.values.shape[1]

    @property
    def prefixes(self) -> tuple[str, str]:
        """What stands before the number of a sentence: nothing, or the name of its list."""
        return ("", "") if self.comparison.one_list else ("A", "B")

    def sentences(self, side: int) -> list[Passage]:
        """Sentences of the rows (0) or columns (1), in the order of their list."""
        return self.comparison.columns if side else self.comparison.left

    def labels(self, side: int, positions: range | None = None) -> AxisLabels:
        """Texts and numbers of the rows (0) or columns (1), in the order in which they are drawn; some or all."""
        order = (self.columns if side else self.rows).rows
        chosen = order if positions is None else order[positions.start : positions.stop]
        sentences = self.sentences(side)
        return AxisLabels(
            [sentences[row].text for row in chosen], [int(row) + 1 for row in chosen], self.prefixes[side]
        )


def order_matrix(comparison: Comparison, measure: Measure, *, clustered: bool) -> OrderedMatrix:
    """Compute the matrix of a comparison and its order; with two lists each is clustered among its own sentences."""
    cosines = comparison.matrix()
    if not clustered:
        rows, columns = map(given_order, cosines.shape)
    elif comparison.right_vectors is None:
        rows = columns = cluster_order(cosines)
    else:
        rows = cluster_order(similarity_matrix(comparison.left_vectors))
        columns = cluster_order(similarity_matrix(comparison.right_vectors))
    values = arccos_similarity(cosines) if measure is Measure.ARCCOS else cosines
    return OrderedMatrix(comparison, measure, values, rows, columns)


def in_order_of(matrix: OrderedMatrix, comparison: Comparison) -> OrderedMatrix:
    """The matrix of another comparison of the same sentences, by the same measure and in the same order.

    Raises:
        InvalidInputError: the lists differ in length.
    """
    values = comparison.matrix(matrix.measure)
    if values.shape != matrix.shape:
        raise InvalidInputError(f"Matrices of shapes {matrix.shape} and {values.shape} are not of the same sentences.")
    return OrderedMatrix(comparison, matrix.measure, values, replace(matrix.rows, dendrogram=None), matrix.columns)


def matrix_rows(matrix: OrderedMatrix) -> tuple[list[str], list[list[object]]]:
    """Header and rows of the matrix as a table, in the order of the lists: a number and a text, then the values."""
    first, second = matrix.prefixes
    header = ["number", "sentence", *(f"{second}{number}" for number in range(1, matrix.shape[1] + 1))]
    rows: list[list[object]] = [
        [f"{first}{number}", sentence.text, *(round(float(value), 6) for value in values)]
        for number, (sentence, values) in enumerate(zip(matrix.comparison.left, matrix.values, strict=True), start=1)
    ]
    return header, rows
