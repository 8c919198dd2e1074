import numpy as np
import pytest
from sklearn.decomposition import PCA

from models.errors import InvalidInputError
from models.stores.memory import InMemoryStore
from models.text.projection import MAX_FITTED, fit_projection


def rows(count: int, dimension: int = 12) -> np.ndarray:
    rng = np.random.default_rng(4)
    scales = np.linspace(3, 0.1, dimension)
    return (rng.standard_normal((count, dimension)) * scales).astype(np.float32)


def test_it_agrees_with_scikit_learn():
    vectors = rows(300)
    projection = fit_projection(vectors)
    reference = PCA(2, svd_solver="full").fit(vectors)
    expected = reference.transform(vectors)
    found = projection.project(vectors)
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-3)
    np.testing.assert_allclose(projection.explained_variance, reference.explained_variance_ratio_, rtol=1e-4)
    assert found.dtype == np.float32


def test_it_is_the_same_each_time_and_for_a_store():
    vectors = rows(100)
    store = InMemoryStore(12, first_block_rows=7)
    store.append(vectors)
    first, second = fit_projection(vectors), fit_projection(store.snapshot())
    np.testing.assert_array_equal(first.axes, second.axes)
    np.testing.assert_allclose(second.project_all(store.snapshot()), first.project(vectors), atol=1e-5)


def test_a_large_corpus_is_fitted_on_a_sample_and_hardly_moves():
    vectors = rows(3 * MAX_FITTED)
    sampled, whole = fit_projection(vectors), PCA(2, svd_solver="full").fit(vectors)
    cosines = np.abs(np.sum(sampled.axes * whole.components_, axis=1))
    assert cosines.min() > 0.98


def test_a_query_lands_beside_its_passage():
    vectors = rows(50)
    projection = fit_projection(vectors)
    np.testing.assert_allclose(projection.project(vectors[7]), projection.project(vectors)[7], atol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("same", [True, False])
def test_tiny_and_uniform_corpora_have_a_map_without_nan(count, same):
    vectors = np.repeat(rows(1), count, axis=0) if same else rows(count)
    projection = fit_projection(vectors)
    positions = projection.project(vectors)
    assert positions.shape == (count, 2)
    assert np.isfinite(positions).all()
    assert 0 <= sum(projection.explained_variance) <= 1 + 1e-6
    if same or count == 1:
        assert projection.explained_variance == (0.0, 0.0)


def test_one_dimension_is_enough():
    assert fit_projection(np.array([[1.0], [2.0]], dtype=np.float32)).project(np.ones((3, 1))).shape == (3, 2)


def test_an_empty_corpus_is_refused():
    with pytest.raises(InvalidInputError, match="empty"):
        fit_projection(np.empty((0, 4), dtype=np.float32))
    assert fit_projection(rows(3)).project_all(InMemoryStore(12).snapshot()).shape == (0, 2)
