from threading import Event, Thread

import numpy as np
import pytest

from models.errors import InvalidInputError
from models.stores.memory import InMemoryStore, best_rows


def unit_rows(count: int, dimension: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("first_block_rows", [1, 7, 64, 1000])
@pytest.mark.parametrize("k", [1, 5, 200, 500])
def test_finds_the_same_rows_as_sorting_every_product(first_block_rows, k):
    vectors = unit_rows(200, 16)
    store = InMemoryStore(16, first_block_rows=first_block_rows)
    for part in np.array_split(vectors, 9):
        store.append(part)
    query = unit_rows(1, 16, seed=1)[0]
    rows, similarities = store.search(query, k)
    expected = np.argsort(-(vectors @ query), kind="stable")[:k]
    assert rows.tolist() == expected.tolist()
    np.testing.assert_allclose(similarities, (vectors @ query)[expected], atol=1e-6)
    assert similarities.dtype == np.float32


def test_equal_rows_come_back_in_the_order_in_which_they_were_added():
    row = unit_rows(1, 33)
    store = InMemoryStore(33, first_block_rows=10)
    store.append(np.repeat(row, 47, axis=0))
    rows, _ = store.search(row[0], 12)
    assert rows.tolist() == list(range(12))


def test_mask_and_minimum_similarity_limit_the_answer():
    store = InMemoryStore(2)
    store.append(np.array([[1, 0], [0.8, 0.6], [0, 1], [-1, 0]], dtype=np.float32))
    query = np.array([1, 0], dtype=np.float32)
    assert store.search(query, 4, allowed=np.array([False, True, True, True]))[0].tolist() == [1, 2, 3]
    assert store.search(query, 4, min_similarity=0.5)[0].tolist() == [0, 1]
    assert store.search(query, 4, min_similarity=1.0)[0].tolist() == [0]
    assert store.search(query, 1, allowed=np.zeros(4, dtype=bool))[0].tolist() == []


def test_an_empty_store_answers_with_nothing():
    rows, similarities = InMemoryStore(3).search(np.ones(3, dtype=np.float32), 5)
    assert len(rows) == len(similarities) == 0
    assert InMemoryStore(3).snapshot().matrix().shape == (0, 3)


@pytest.mark.parametrize("removed", [[0], [3, 4], [9], list(range(10)), [], [7, 8, 9]])
def test_removal_keeps_the_order_of_the_rest_and_the_snapshots_of_readers(removed):
    vectors = unit_rows(10, 4)
    store = InMemoryStore(4, first_block_rows=3)
    store.append(vectors)
    before = store.snapshot()
    mask = np.ones(10, dtype=bool)
    mask[removed] = False
    store.keep(mask)
    store.append(unit_rows(5, 4, seed=2))
    np.testing.assert_array_equal(store.snapshot().matrix()[:-5], vectors[mask])
    np.testing.assert_array_equal(store.snapshot().matrix()[-5:], unit_rows(5, 4, seed=2))
    np.testing.assert_array_equal(before.matrix(), vectors)


def test_rows_are_gathered_across_blocks_also_before_they_are_published():
    vectors = unit_rows(10, 4)
    store = InMemoryStore(4, first_block_rows=3)
    store.append(vectors[:4])
    with store.appending() as pending:
        pending.append(vectors[4:])
        np.testing.assert_array_equal(pending.rows([9, 0, 5]), vectors[[9, 0, 5]])
        assert len(store) == 4
    np.testing.assert_array_equal(store.snapshot().rows([9, 0, 5]), vectors[[9, 0, 5]])
    with pytest.raises(InvalidInputError):
        store.snapshot().rows([10])


def test_a_failed_append_leaves_the_store_as_it_was():
    store = InMemoryStore(4, first_block_rows=3)
    store.append(unit_rows(4, 4))
    with pytest.raises(RuntimeError), store.appending() as pending:
        pending.append(unit_rows(20, 4, seed=3))
        raise RuntimeError("the model failed")
    np.testing.assert_array_equal(store.snapshot().matrix(), unit_rows(4, 4))
    store.append(unit_rows(2, 4, seed=5))
    np.testing.assert_array_equal(store.snapshot().matrix()[4:], unit_rows(2, 4, seed=5))


def test_limits_and_wrong_shapes_are_named():
    store = InMemoryStore(4, max_rows=5)
    with pytest.raises(InvalidInputError, match="at most 5 passages"):
        store.append(unit_rows(6, 4))
    with pytest.raises(InvalidInputError, match="4 dimensions"):
        store.append(unit_rows(1, 3))
    with pytest.raises(InvalidInputError, match="not numbers"):
        store.append(np.full((1, 4), np.nan, dtype=np.float32))
    with pytest.raises(InvalidInputError, match="4 dimensions"):
        store.search(np.ones(3, dtype=np.float32), 1)
    with pytest.raises(InvalidInputError, match="at least 1"):
        store.search(np.ones(4, dtype=np.float32), 0)
    with pytest.raises(InvalidInputError, match="mask"):
        store.keep(np.ones(3, dtype=bool))
    assert len(store) == 0


def test_growing_copies_no_full_block_and_views_are_read_only():
    store = InMemoryStore(4, first_block_rows=3)
    store.append(unit_rows(3, 4))
    first = store.snapshot().blocks[0]
    store.append(unit_rows(30, 4))
    assert store.snapshot().blocks[0] is first
    with pytest.raises(ValueError, match="read-only"):
        next(store.snapshot().views())[0, 0] = 1


def test_readers_see_whole_snapshots_while_a_writer_adds_and_removes():
    store = InMemoryStore(8, first_block_rows=16)
    store.append(unit_rows(100, 8))
    stop, failures = Event(), []

    def read() -> None:
        query = unit_rows(1, 8, seed=9)[0]
        while not stop.is_set():
            rows, similarities = store.search(query, 3)
            if len(rows) != 3 or not np.isfinite(similarities).all() or np.abs(similarities).max() > 1.00001:
                failures.append((rows, similarities))

    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for round_number in range(60):
        store.append(unit_rows(25, 8, seed=round_number))
        mask = np.ones(len(store), dtype=bool)
        mask[::5] = False
        store.keep(mask)
    stop.set()
    for reader in readers:
        reader.join(timeout=10)
    assert failures == []


def test_best_rows_returns_all_when_fewer_than_k_pass():
    rows, values = best_rows(np.array([0.1, 0.9, 0.5], dtype=np.float32), 10, min_similarity=0.4)
    assert rows.tolist() == [1, 2]
    assert values.tolist() == pytest.approx([0.9, 0.5])
