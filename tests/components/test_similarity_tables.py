import csv
import io

import numpy as np
import pytest

from components.similarity_alignment import alignment_csv, alignment_table
from components.similarity_downloads import matrix_csv, matrix_figure, pairs_csv
from components.similarity_list import pairs_table
from components.similarity_models import difference_table
from components.similarity_scatter import scatter, scored_csv, scored_table
from models.text.bitext_mining import align
from models.text.comparison import compare_sentences, disagreements
from models.text.encoder import TextEncoder
from models.text.graded_pairs import read_graded_pairs
from models.text.ordered_matrix import OrderedMatrix, in_order_of, order_matrix
from models.text.sentence_lists import sentences_from_lines
from models.text.similarity import Measure, most_similar_pairs
from models.text.similarity_examples import scored_example

A = sentences_from_lines("=1+1 is a sum\nthe red book\na green house\nكتاب أحمر").sentences
B = sentences_from_lines("a house that is green\nthe book is red").sentences


@pytest.fixture(scope="module")
def matrix(tiny_encoder: TextEncoder) -> OrderedMatrix:
    return order_matrix(compare_sentences(A, B, tiny_encoder), Measure.COSINE, clustered=True)


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_matrix_csv_keeps_the_order_of_the_lists_and_is_no_formula(matrix: OrderedMatrix) -> None:
    header, *rows = read(matrix_csv(matrix))
    assert header == ["number", "sentence", "B1", "B2"]
    assert [row[0] for row in rows] == ["A1", "A2", "A3", "A4"] and rows[0][1] == "'=1+1 is a sum"
    assert np.array([row[2:] for row in rows], dtype=float) == pytest.approx(matrix.values, abs=1e-6)


def test_figures_are_pictures(matrix: OrderedMatrix) -> None:
    assert matrix_figure(matrix, "png").startswith(b"\x89PNG")
    assert b"<svg" in matrix_figure(matrix, "svg")


def test_pairs_as_table_and_csv(matrix: OrderedMatrix) -> None:
    pairs = most_similar_pairs(matrix.values, 0.2, one_list=False)
    table = pairs_table(matrix, pairs)
    assert table["First sentence"][0].startswith("A") and table["Similarity"].is_monotonic_decreasing
    rows = read(pairs_csv(matrix, pairs))
    assert len(rows) == len(pairs) + 1 and rows[1][1] == table["First sentence"][0].split(" ")[0]


def test_alignment_as_table_and_csv(matrix: OrderedMatrix) -> None:
    alignment = align(matrix.values)
    aligned = np.flatnonzero(alignment.mutual)
    table = alignment_table(matrix.comparison, alignment, aligned)
    assert set(zip(table["List A"].str[:2], table["List B"].str[:2], strict=True)) == {("A2", "B2"), ("A3", "B1")}
    assert [row[2:4] for row in read(alignment_csv(matrix.comparison, alignment, aligned))[1:]] == [
        ["A2", "B2"],
        ["A3", "B1"],
    ]


def test_differences_of_two_models(matrix: OrderedMatrix) -> None:
    other = in_order_of(matrix, matrix.comparison)
    assert (other.rows.rows == matrix.rows.rows).all() and other.rows.dendrogram is None
    pairs = disagreements(matrix.values, -matrix.values, 3, one_list=False)
    table = difference_table(matrix, other, pairs)
    assert len(table) == 3 and table["Shift"].abs().max() > 50


def test_scored_pairs_with_their_gap() -> None:
    pairs = read_graded_pairs(*scored_example())
    same = scored_table(pairs, pairs.gold.astype(np.float32))
    assert len(same) == 20 and (same["Gap"] == 0).all()
    opposite = scored_table(pairs, -pairs.gold.astype(np.float32))
    assert opposite["Gap"].max() > 80 and opposite["Gap"].min() < -80
    assert read(scored_csv(same))[1][:2] == ["A man is playing the guitar.", "Ein Mann spielt Gitarre."]
    assert scatter(same, Measure.ARCCOS, "#0b6b73").to_dict()["encoding"]["y"]["title"] == "Arccos similarity"
