"""Exact search by matrix product over vectors held in memory.

Vectors lie in blocks that are reserved whole and take memory only as rows are written; a full block is never copied,
growing reserves one more. They are large, because a threaded matrix product waits once a block for its slowest thread:
100,000 rows in six blocks took twice as long as in one on a busy machine. Writers publish a new ``Snapshot`` when they
have finished; readers work on the one that they took and need no lock.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError

MAX_ROWS = 200_000
FIRST_BLOCK_ROWS = 131_072
SMALLEST_BLOCK_ROWS = 1_024
# Equal texts can differ in the last bits, because a matrix product adds in another order at the end of a block.
TIE = 5e-7


@dataclass(frozen=True)
class Snapshot:
    """The vectors of one moment: ``count`` rows, float32, in blocks of which only the last may be part full."""

    blocks: tuple[NDArray[np.float32], ...]
    count: int
    dimension: int

    def __len__(self) -> int:
        """Number of rows."""
        return self.count

    def views(self) -> Iterator[NDArray[np.float32]]:
        """The rows block by block, read-only and without a copy."""
        start = 0
        for block in self.blocks:
            view = block[: self.count - start]
            view.flags.writeable = False
            yield view
            start += len(block)

    def similarities(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Dot product of each row with ``query`` [D]: the cosine where both have unit length. float32 [N]."""
        if query.shape != (self.dimension,):
            raise InvalidInputError(
                f"A query of shape {query.shape} does not fit an index of {self.dimension} dimensions."
            )
        query = np.ascontiguousarray(query, dtype=np.float32)
        scores = np.empty(self.count, dtype=np.float32)
        start = 0
        for view in self.views():
            np.dot(view, query, out=scores[start : start + len(view)])
            start += len(view)
        return scores

    def rows(self, indices: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Copies of the rows ``indices``, float32 [len(indices), D]."""
        return _gather(self.blocks, np.asarray(indices, dtype=np.int64), self.count, self.dimension)

    def matrix(self) -> NDArray[np.float32]:
        """All rows as one read-only array [N, D]; a copy only when they span several blocks."""
        views = list(self.views())
        if len(views) == 1:
            return views[0]
        matrix = np.concatenate(views) if views else np.empty((0, self.dimension), dtype=np.float32)
        matrix.flags.writeable = False
        return matrix


class Appending:
    """Rows on their way into a store, visible to nobody until the store publishes them."""

    def __init__(self, snapshot: Snapshot, first_block_rows: int, max_rows: int) -> None:
        self.blocks = list(snapshot.blocks)
        self.count = snapshot.count
        self._dimension = snapshot.dimension
        self._capacity = sum(map(len, self.blocks))
        self._first_block_rows = first_block_rows
        self._max_rows = max_rows

    def append(self, vectors: NDArray[np.float32]) -> None:
        """Add rows [n, D] at the end; InvalidInputError when they do not fit or a value is not finite."""
        if vectors.ndim != 2 or vectors.shape[1] != self._dimension:
            raise InvalidInputError(
                f"Vectors of shape {vectors.shape} do not fit an index of {self._dimension} dimensions."
            )
        if not np.isfinite(vectors).all():
            raise InvalidInputError("The model returned values that are not numbers. Choose another model.")
        if self.count + len(vectors) > self._max_rows:
            raise InvalidInputError(
                f"The index holds at most {self._max_rows:,} passages. Remove documents or add fewer at a time."
            )
        done = 0
        while done < len(vectors):
            if self.count == self._capacity:
                self.blocks.append(self._reserve(self._capacity or self._first_block_rows))
                self._capacity += len(self.blocks[-1])
            used = self.count - (self._capacity - len(self.blocks[-1]))
            take = min(self._capacity - self.count, len(vectors) - done)
            self.blocks[-1][used : used + take] = vectors[done : done + take]
            self.count += take
            done += take

    def _reserve(self, rows: int) -> NDArray[np.float32]:
        rows = min(rows, self._max_rows - self._capacity)
        while True:
            try:
                # np.empty touches no page: a small corpus does not pay for a whole block
                return np.empty((rows, self._dimension), dtype=np.float32)
            except MemoryError:  # some hosts count what is reserved
                if rows <= SMALLEST_BLOCK_ROWS:
                    raise InvalidInputError("The memory is full. Remove documents or add fewer.") from None
                rows //= 2

    def rows(self, indices: Sequence[int]) -> NDArray[np.float32]:
        """Copies of rows, those not yet published included."""
        return _gather(self.blocks, np.asarray(indices, dtype=np.int64), self.count, self._dimension)


class InMemoryStore:
    """Vectors of one dimension, searched exactly; at most ``max_rows`` of them.

    Args:
        dimension: length of each vector.
        max_rows: a product over more rows no longer answers while a person types.
        first_block_rows: rows that are allocated first; each further block doubles the capacity, up to the limit.
    """

    def __init__(self, dimension: int, max_rows: int = MAX_ROWS, first_block_rows: int = FIRST_BLOCK_ROWS) -> None:
        if dimension < 1 or max_rows < 1 or first_block_rows < 1:
            raise InvalidInputError("A store needs at least one dimension, one row and one row a block.")
        self.max_rows = max_rows
        self._first_block_rows = first_block_rows
        self._write = RLock()
        self._snapshot = Snapshot((), 0, dimension)

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return self._snapshot.dimension

    def __len__(self) -> int:
        """Number of published rows."""
        return len(self._snapshot)

    def snapshot(self) -> Snapshot:
        """The rows as they are now; later writes do not change it."""
        return self._snapshot

    @contextmanager
    def appending(self) -> Iterator[Appending]:
        """Collect rows that are published together at the end, or not at all when the block raises."""
        with self._write:
            pending = Appending(self._snapshot, self._first_block_rows, self.max_rows)
            yield pending
            self._snapshot = Snapshot(tuple(pending.blocks), pending.count, self.dimension)

    def append(self, vectors: NDArray[np.float32]) -> None:
        """Add rows [n, D], float32."""
        with self.appending() as pending:
            pending.append(vectors)

    def keep(self, mask: NDArray[np.bool_]) -> None:
        """Remove the rows where ``mask`` [N] is False; the others keep their order."""
        with self._write:
            before = self._snapshot
            if mask.shape != (before.count,):
                raise InvalidInputError(f"A mask of shape {mask.shape} does not fit {before.count} rows.")
            if mask.all():
                return
            # Blocks before the first removed row stay as they are; the rest moves to new blocks, because readers
            # may still be looking at the old ones.
            starts = _starts(before.blocks)
            first = int(np.searchsorted(starts, np.argmin(mask), side="right")) - 1
            untouched = Snapshot(before.blocks[:first], int(starts[first]), before.dimension)
            pending = Appending(untouched, self._first_block_rows, self.max_rows)
            for number, view in enumerate(before.views()):
                if number >= first:
                    pending.append(view[mask[starts[number] : starts[number] + len(view)]])
            self._snapshot = Snapshot(tuple(pending.blocks), pending.count, before.dimension)

    def search(
        self,
        query: NDArray[np.float32],
        k: int,
        allowed: NDArray[np.bool_] | None = None,
        min_similarity: float | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The ``k`` rows most similar to ``query`` [D]: their numbers and dot products, best first.

        Args:
            query: float32 [D].
            k: at least 1; fewer rows come back when the store, the mask or the minimum leaves fewer.
            allowed: bool [N]; rows that may be returned.
            min_similarity: smallest dot product to return.
        """
        return best_rows(self._snapshot.similarities(query), k, allowed, min_similarity)


def best_rows(
    scores: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None, min_similarity: float | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Row numbers (int64) and values of the ``k`` greatest of ``scores`` [N], greatest first; ties by row number."""
    if k < 1:
        raise InvalidInputError(f"The number of results must be at least 1, not {k}.")
    if allowed is not None:
        if allowed.shape != scores.shape:
            raise InvalidInputError(f"A mask of shape {allowed.shape} does not fit {len(scores)} rows.")
        candidates = np.flatnonzero(allowed)
        values = scores[candidates]
    else:
        candidates, values = None, scores
    threshold = float(np.partition(values, len(values) - k)[len(values) - k]) if len(values) > k else -np.inf
    if min_similarity is not None:
        threshold = max(threshold, min_similarity)
    chosen = np.flatnonzero(values >= threshold - TIE)
    chosen = chosen[np.argsort(-values[chosen], kind="stable")]
    level = np.cumsum(np.diff(values[chosen], prepend=values[chosen][:1]) < -TIE)
    chosen = chosen[np.lexsort((chosen, level))][:k]
    return (chosen if candidates is None else candidates[chosen]), values[chosen]


def _starts(blocks: Sequence[NDArray[np.float32]]) -> NDArray[np.int64]:
    """Number of the first row of each block."""
    return np.cumsum([0, *map(len, blocks)], dtype=np.int64)[:-1]


def _gather(
    blocks: Sequence[NDArray[np.float32]], indices: NDArray[np.int64], count: int, dimension: int
) -> NDArray[np.float32]:
    if len(indices) and (indices.min() < 0 or indices.max() >= count):
        raise InvalidInputError(f"Row numbers must lie between 0 and {count - 1}.")
    rows = np.empty((len(indices), dimension), dtype=np.float32)
    starts = _starts(blocks)
    number = np.searchsorted(starts, indices, side="right") - 1
    for block in np.unique(number):
        here = number == block
        rows[here] = blocks[block][indices[here] - starts[block]]
    return rows
