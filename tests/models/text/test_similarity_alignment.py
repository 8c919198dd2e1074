import numpy as np
import pytest

from models.errors import InvalidInputError
from models.text.bitext_mining import align, margin_scores
from models.text.encoder import unit_rows
from models.text.similarity import cosine_similarity


def noisy_translations(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List A, list B in another order, and where the translation of each row of A stands in B."""
    rng = np.random.default_rng(seed)
    left = unit_rows(rng.standard_normal((count, 32), dtype=np.float32))
    place = rng.permutation(count)
    right = np.empty_like(left)
    right[place] = unit_rows(left + 0.15 * rng.standard_normal(left.shape).astype(np.float32))
    return left, right, place


def test_margins_are_those_of_the_paper() -> None:
    cosines = cosine_similarity(*noisy_translations(9)[:2])[:, :7]
    k = 4
    for i in range(9):
        for j in range(7):
            around_x = np.sort(cosines[i])[-k:].sum() / (2 * k)
            around_y = np.sort(cosines[:, j])[-k:].sum() / (2 * k)
            assert margin_scores(cosines, k)[i, j] == pytest.approx(cosines[i, j] / (around_x + around_y), rel=1e-5)


def test_translations_find_each_other_and_strangers_are_left_over() -> None:
    left, right, place = noisy_translations(50)
    strangers = unit_rows(np.random.default_rng(9).standard_normal((5, 32), dtype=np.float32))
    alignment = align(cosine_similarity(left, np.vstack([right, strangers])))
    assert alignment.mutual.all() and (alignment.partner == place).all()
    assert alignment.left_over.tolist() == [50, 51, 52, 53, 54]
    assert alignment.margin.min() > 1.2


def test_the_margin_is_not_fooled_by_a_sentence_that_is_close_to_everything() -> None:
    # Column 2 is everybody's nearest by cosine; the margin knows that this means nothing.
    cosines = np.array([[0.80, 0.1, 0.82], [0.1, 0.80, 0.82], [0.1, 0.1, 0.81], [0.1, 0.1, 0.81]], dtype=np.float32)
    assert cosines[:2].argmax(axis=1).tolist() == [2, 2]
    alignment = align(cosines, k=3)
    assert alignment.partner[:2].tolist() == [0, 1] and alignment.mutual[:2].all()


def test_mutual_pairs_are_one_to_one_even_with_duplicates() -> None:
    rows = unit_rows(np.random.default_rng(2).standard_normal((6, 8), dtype=np.float32))
    left, right = rows[[0, 0, 1, 2]], rows[[0, 1, 1, 3, 4]]
    alignment = align(cosine_similarity(left, right))
    partners = alignment.partner[alignment.mutual]
    assert len(set(partners)) == len(partners)
    assert not set(alignment.left_over) & set(partners)


def test_few_sentences_opposite_ones_and_empty_rows_give_numbers() -> None:
    for cosines in (np.ones((1, 1)), -np.ones((3, 2)), np.zeros((2, 5))):
        alignment = align(cosines.astype(np.float32), k=4)
        assert np.isfinite(alignment.margin).all()
    assert align(np.ones((1, 1), np.float32)).margin.tolist() == [1.0]


@pytest.mark.parametrize(("shape", "k"), [((0, 3), 4), ((3, 0), 4), ((2, 2), 0)])
def test_nothing_to_align_is_said(shape: tuple[int, int], k: int) -> None:
    with pytest.raises(InvalidInputError):
        align(np.zeros(shape, np.float32), k)
