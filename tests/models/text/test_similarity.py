import numpy as np
import pytest

from models.errors import InvalidInputError
from models.text.comparison import compare_sentences, disagreements, rank_agreement
from models.text.encoder import TextEncoder, unit_rows
from models.text.sentence_lists import sentences_from_lines
from models.text.similarity import (
    Measure,
    arccos_similarity,
    best_pair,
    cosine_similarity,
    most_similar_pairs,
    rank_of_pair,
    similarity_matrix,
)
from models.text.similarity_blocks import aggregate, block_range, block_size
from models.text.similarity_order import cluster_order, given_order
from models.text.sts import paired_similarity


def random_rows(count: int, width: int = 32, seed: int = 0) -> np.ndarray:
    return unit_rows(np.random.default_rng(seed).standard_normal((count, width), dtype=np.float32))


def test_known_angles_have_known_similarities() -> None:
    right_angle, diagonal = [1.0, 0.0], [np.sqrt(0.5), np.sqrt(0.5)]
    rows = np.array([right_angle, diagonal, [0.0, 1.0], [-1.0, 0.0]], dtype=np.float32)
    cosines = similarity_matrix(rows)
    assert cosines[0] == pytest.approx([1, np.sqrt(0.5), 0, -1], abs=1e-6)
    assert arccos_similarity(cosines)[0] == pytest.approx([1, 0.75, 0.5, 0], abs=1e-6)


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("width", [3, 384, 1024])
def test_identical_rows_give_exactly_one_and_nothing_is_nan(measure: Measure, width: int) -> None:
    rows = random_rows(300, width)
    rows = np.vstack([rows, rows[::-1], np.zeros((1, width), np.float32)])
    for matrix in (similarity_matrix(rows, measure=measure), similarity_matrix(rows, rows, measure)):
        assert not np.isnan(matrix).any()
        assert matrix.max() == 1.0 and matrix.min() >= (-1 if measure is Measure.COSINE else 0)
        assert all(matrix[i, 599 - i] == 1.0 for i in range(300))
    assert (np.diag(similarity_matrix(rows, measure=measure)) == 1.0).all()


def test_a_matrix_of_one_list_is_its_own_mirror() -> None:
    matrix = similarity_matrix(random_rows(123))
    assert (matrix == matrix.T).all()


def test_a_vector_that_is_no_number_or_zero_is_similar_to_nothing() -> None:
    rows = random_rows(3)
    rows[1] = np.nan
    rows[2] = 0
    matrix = similarity_matrix(rows)
    assert matrix[0].tolist() == [1, 0, 0] and matrix[1, 2] == 0
    assert arccos_similarity(np.array([1.0000001, -1.0000001], np.float32)).tolist() == [1, 0]


def test_embeddings_of_different_models_cannot_be_compared() -> None:
    with pytest.raises(InvalidInputError, match="cannot be compared"):
        cosine_similarity(random_rows(2, 8), random_rows(2, 9))


def test_pairs_of_one_list_are_named_once_and_best_first() -> None:
    matrix = np.array([[1, 0.9, 0.2], [0.9, 1, 0.7], [0.2, 0.7, 1]], dtype=np.float32)
    pairs = most_similar_pairs(matrix, 0.5, one_list=True)
    assert [*zip(pairs.rows, pairs.columns, strict=True)] == [(0, 1), (1, 2)]
    assert pairs.values == pytest.approx([0.9, 0.7])
    assert len(most_similar_pairs(matrix, 0.5, one_list=False)) == 7
    cut = most_similar_pairs(matrix, 0.0, 1, one_list=True)
    assert (len(cut), cut.total) == (1, 3)
    assert len(most_similar_pairs(matrix, 0.95, one_list=True)) == 0


def test_clusters_become_neighbours() -> None:
    centres = np.eye(4, 16, dtype=np.float32)
    labels = np.array([0, 1, 2, 3] * 6)
    noise = np.random.default_rng(1).standard_normal((24, 16)).astype(np.float32)
    order = cluster_order(similarity_matrix(unit_rows(centres[labels] + 0.05 * noise)))
    assert sorted(order.rows) == list(range(24))
    assert (np.diff(labels[order.rows]) != 0).sum() == 3  # each group in one piece


def test_the_dendrogram_agrees_with_scipy() -> None:
    from scipy.cluster.hierarchy import dendrogram, linkage
    from scipy.spatial.distance import squareform

    cosines = similarity_matrix(random_rows(40))
    distances = 1 - cosines.astype(np.float64)
    np.fill_diagonal(distances, 0)
    theirs = dendrogram(linkage(squareform(distances, checks=False), "average", optimal_ordering=True), no_plot=True)
    order = cluster_order(cosines)
    tree = order.dendrogram
    assert tree is not None and theirs["leaves"] == order.rows.tolist()
    # scipy puts leaf p at 10 p + 5, we at p + 0.5; which branch is called first does not matter.
    links = zip(tree.first * 10, tree.first_height, tree.second * 10, tree.second_height, tree.height, strict=True)
    ours = [[*sorted([(a, b), (c, d)]), (h, h)] for a, b, c, d, h in links]
    drawn = zip(theirs["icoord"], theirs["dcoord"], strict=True)
    expected = [[*sorted([(x[0], y[0]), (x[3], y[3])]), (y[1], y[1])] for x, y in drawn]
    assert np.allclose(sorted(ours), sorted(expected), atol=1e-4)


def test_a_chain_as_deep_as_the_list_is_no_problem() -> None:
    # Each sentence joins the group of all before it: scipy's own drawing would recurse 2,000 times.
    angles = np.cumsum(np.linspace(0.0001, 0.001, 2000))
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    order = cluster_order(similarity_matrix(rows))
    assert order.dendrogram is not None and len(order.dendrogram.height) == 1999
    assert np.isfinite(order.dendrogram.first).all()


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_cluster_stays_as_it_is(count: int) -> None:
    order = cluster_order(np.ones((count, count), np.float32))
    assert order.rows.tolist() == given_order(count).rows.tolist() and order.dendrogram is None


def test_blocks_are_means_and_cover_everything() -> None:
    matrix = np.random.default_rng(0).random((7, 5), dtype=np.float32)
    blocks = aggregate(matrix, 3)
    assert blocks.means.shape == (3, 2) and blocks.aggregated
    assert blocks.means[0, 0] == pytest.approx(matrix[:3, :3].mean())
    assert blocks.means[2, 1] == pytest.approx(matrix[6:, 3:].mean())
    assert [*block_range(2, 3, 7)] == [6] and not block_range(3, 3, 7) and not block_range(-1, 3, 7)
    assert not aggregate(matrix, 1).aggregated


@pytest.mark.parametrize(("shape", "size"), [((500, 500), 1), ((501, 20), 2), ((2000, 2000), 4), ((1, 1), 1)])
def test_at_most_500_by_500_blocks_are_drawn(shape: tuple[int, int], size: int) -> None:
    assert block_size(shape) == size


def test_the_same_text_is_identical_whatever_is_encoded_beside_it(tiny_encoder: TextEncoder) -> None:
    lines = "the sun is warm\n" + "a long line of other words that pads the batch " * 5 + "\nthe sun is warm"
    sentences = sentences_from_lines(lines).sentences
    one_list = compare_sentences(sentences, None, tiny_encoder)
    assert one_list.one_list and one_list.matrix()[0, 2] == 1.0 and one_list.matrix(Measure.ARCCOS)[0, 2] == 1.0
    two_lists = compare_sentences(sentences[:1], sentences, tiny_encoder)
    assert two_lists.matrix().shape == (1, 3) and two_lists.matrix()[0, 2] == 1.0
    assert two_lists.columns == sentences and two_lists.model == tiny_encoder.name


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [("", None, "The list is empty"), ("one", None, "One sentence"), ("", "b", "List A is empty"), ("a", "", "List B")],
)
def test_too_little_is_said_in_a_sentence(left: str, right: str | None, words: str, tiny_encoder: TextEncoder) -> None:
    columns = None if right is None else sentences_from_lines(right).sentences
    with pytest.raises(InvalidInputError, match=words):
        compare_sentences(sentences_from_lines(left).sentences, columns, tiny_encoder)


def test_agreement_of_two_models() -> None:
    matrix = similarity_matrix(random_rows(20))
    assert rank_agreement(matrix, matrix**3, one_list=True) == pytest.approx(1.0)
    assert rank_agreement(matrix, -matrix, one_list=False) == pytest.approx(-1.0)
    assert rank_agreement(matrix[:2, :2], matrix[:2, :2], one_list=True) is None
    with pytest.raises(InvalidInputError, match="not of the same sentences"):
        rank_agreement(matrix, matrix[:3], one_list=False)


def test_best_pair_and_ranks() -> None:
    matrix = np.array([[1, 0.2, 0.9], [0.2, 1, 0.9], [0.9, 0.9, 1]], dtype=np.float32)
    assert best_pair(matrix, one_list=True) == (0, 2) and best_pair(matrix, one_list=False) == (0, 0)
    assert rank_of_pair(matrix, (2, 1), one_list=True) == (1, 3)
    assert rank_of_pair(matrix, (0, 1), one_list=True) == (3, 3)
    assert rank_of_pair(matrix, (1, 1), one_list=True) == (None, 3)
    assert rank_of_pair(matrix, (0, 2), one_list=False) == (4, 9)
    assert best_pair(np.zeros((0, 0), np.float32), one_list=True) is None
    assert best_pair(np.ones((1, 1), np.float32), one_list=True) == (0, 0)


def test_pairs_that_two_models_place_differently() -> None:
    first = np.array([[1, 0.1, 0.2], [0.1, 1, 0.3], [0.2, 0.3, 1]], dtype=np.float32)
    second = np.array([[1, 0.9, 0.5], [0.9, 1, 0.6], [0.5, 0.6, 1]], dtype=np.float32)
    pairs = disagreements(first, second, one_list=True)
    assert (pairs.rows[0], pairs.columns[0]) == (0, 1) and pairs.values[0] == pytest.approx(2 / 3)
    assert pairs.total == 3 and not disagreements(first, 2 * first, one_list=True).values.any()
    with pytest.raises(InvalidInputError, match="not of the same sentences"):
        disagreements(first, second[:2], one_list=True)


@pytest.mark.parametrize("measure", Measure)
def test_similarity_of_pairs_is_that_of_the_matrix(measure: Measure) -> None:
    first, second = random_rows(20), random_rows(20, seed=1)
    second[3], second[4] = first[3], np.nan
    paired = paired_similarity(first, second, measure)
    assert paired == pytest.approx(np.diag(similarity_matrix(first, second, measure)), abs=1e-6)
    assert paired[3] == 1.0 and not np.isnan(paired).any()
    with pytest.raises(InvalidInputError, match="not of pairs"):
        paired_similarity(first, second[:5])
