"""Exact search next to a bare NumPy product and to scikit-learn's NearestNeighbors, in one run on one machine.

``python -m benchmarks.search_speed [--json] [--rows 100000]``. The contenders take turns query by query, so that a busy
moment hits all of them; medians are compared. Vectors are random: the time of an exact search does not depend on them.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from models.errors import ModelUnavailableError
from models.stores.memory import InMemoryStore
from models.text.passages import Passage
from models.text.search import MultilingualSemanticSearch

ROWS, DIMENSIONS, QUERIES, K = 100_000, 512, 50, 10
SMALL_ROWS = 10_000


def unit_rows(count: int, seed: int) -> NDArray[np.float32]:
    """Random unit vectors, float32 [count, 512]."""
    rows = np.random.default_rng(seed).standard_normal((count, DIMENSIONS), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def medians(contenders: dict[str, Callable[[NDArray[np.float32]], object]]) -> dict[str, float]:
    """Median milliseconds a query of each contender, taking turns."""
    queries = unit_rows(QUERIES + 3, seed=1)
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number, query in enumerate(queries):
        for name, search in contenders.items():
            start = time.perf_counter()
            search(query)
            if number >= 3:  # the first ones warm threads and caches
                seconds[name].append(time.perf_counter() - start)
    return {name: float(np.median(values)) * 1000 for name, values in seconds.items()}


def bare_product(matrix: NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.int64]:
    """What one would write by hand: product, argpartition, sort."""
    scores = matrix @ query
    best = np.argpartition(-scores, K)[:K]
    return best[np.argsort(-scores[best])]


def measure_store(rows: int = ROWS) -> dict[str, Any]:
    """Times at ``rows`` x 512 and the memory of the store beyond the vectors themselves."""
    from sklearn.neighbors import NearestNeighbors

    resident = psutil.Process().memory_info().rss
    store = InMemoryStore(DIMENSIONS, max_rows=max(rows, 200_000))
    for part in range(0, rows, 1000):
        store.append(unit_rows(min(1000, rows - part), seed=part))
    resident = psutil.Process().memory_info().rss - resident
    matrix = np.array(store.snapshot().matrix())
    neighbours = NearestNeighbors(n_neighbors=K, metric="cosine").fit(matrix)
    times = medians(
        {
            "numpy": lambda query: bare_product(matrix, query),
            "store": lambda query: store.search(query, K),
            "scikit_learn": lambda query: neighbours.kneighbors(query[None]),
        }
    )
    query = unit_rows(1, seed=5)[0]
    agree = set(store.search(query, K)[0]) == set(neighbours.kneighbors(query[None])[1][0])
    return {
        "rows": rows,
        "p50_ms": {name: round(value, 2) for name, value in times.items()},
        "ratio_to_numpy": round(times["store"] / times["numpy"], 3),
        "times_faster_than_scikit_learn": round(times["scikit_learn"] / times["store"], 2),
        "memory_per_vector_byte": round(resident / matrix.nbytes, 3),
        "same_answers": agree,
    }


def measure_queries(rows: int = SMALL_ROWS) -> dict[str, Any] | None:
    """Median time of a whole query with encoding and calibration, and indexing speed; None without the model."""
    try:
        search = MultilingualSemanticSearch()
    except ModelUnavailableError:
        return None
    words = [
        "solar",
        "panels",
        "turn",
        "light",
        "into",
        "power",
        "while",
        "night",
        "trains",
        "leave",
        "for",
        "mountains",
    ]
    rng = np.random.default_rng(0)
    passages = [Passage(" ".join(rng.choice(words, 40)), "generated.txt", f"line {n}", n, "en", n) for n in range(rows)]
    start = time.perf_counter()
    search.add_documents(passages)
    indexing = time.perf_counter() - start
    search.answer("warm up")
    seconds = []
    for number in range(QUERIES):
        start = time.perf_counter()
        search.answer(f"when does the train number {number} leave", K)
        seconds.append(time.perf_counter() - start)
    return {
        "rows": rows,
        "model": search.encoder.name,
        "query_p50_ms": round(float(np.median(seconds)) * 1000, 2),
        "passages_per_second": round(rows / indexing),
    }


def measure(rows: int = ROWS) -> dict[str, Any]:
    """Everything above."""
    return {"store": measure_store(rows), "query": measure_queries()}


def main() -> None:
    """Print the measurements for a person, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rows", type=int, default=ROWS)
    arguments = parser.parse_args()
    result = measure(arguments.rows)
    if arguments.json:
        print(json.dumps(result))
        return
    store, query = result["store"], result["query"]
    times = store["p50_ms"]
    print(f"Exact search, {store['rows']:,} x {DIMENSIONS}, {K} results, median of {QUERIES} queries")
    print(f"  bare NumPy product      {times['numpy']:8.2f} ms")
    print(f"  this store              {times['store']:8.2f} ms   {store['ratio_to_numpy']:.2f} times NumPy (limit 1.2)")
    faster = store["times_faster_than_scikit_learn"]
    print(f"  scikit-learn (cosine)   {times['scikit_learn']:8.2f} ms   {faster:.1f} times slower (at least 5)")
    print(f"  memory                  {store['memory_per_vector_byte']:8.2f} bytes per byte of vectors")
    if query:
        print(f"Whole query on {query['rows']:,} passages with {query['model']}: {query['query_p50_ms']} ms (limit 50)")
        print(f"Indexing: {query['passages_per_second']:,} passages a second (at least 500)")


if __name__ == "__main__":
    main()
