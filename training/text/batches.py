"""Draws training batches: sources by rate, groups inside a source evenly, two sentences of each group."""

import queue
import threading
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from training.text.neighbours import Neighbourhoods
from training.text.prepare import Prepared

SHARES = (0.5, 0.3, 0.2)
"""The shortest half of a batch, the next three tenths and the rest are encoded apart: most padding is saved."""


class BatchSampler:
    """An endless, seeded stream of batches as small index arrays; the token ids stay where the model is.

    Args:
        prepared: the arrays.
        pairs: translation pairs in a batch.
        graded: STS pairs in a batch.
        english: share of the pairs that have their English sentence on the left, where there is one.
        sampled: share of the sentences that take a sampled segmentation.
        seed: of everything drawn.
        near: pairs at the front of a batch that come from neighbourhoods, ``near_size`` from each.
        near_size: pairs from one neighbourhood.
        near_to: the neighbourhoods; needed when ``near`` is above 0.
    """

    def __init__(
        self,
        prepared: Prepared,
        pairs: int,
        graded: int,
        english: float = 0.6,
        sampled: float = 0.5,
        seed: int = 13,
        near: int = 0,
        near_size: int = 32,
        near_to: Neighbourhoods | None = None,
    ) -> None:
        self.prepared = prepared
        self.pairs = pairs
        self.graded = graded if len(prepared.sts) else 0
        self.english = english
        self.sampled = sampled
        self.near, self.near_size, self._near_to = near if near_to else 0, near_size, near_to
        self.seed = seed
        self.generator = np.random.default_rng(seed)
        self.lengths = (prepared.tokens != 0).sum(-1, dtype=np.uint8).reshape(-1)
        self._cumulative = np.cumsum(prepared.source_rate)
        taught = np.flatnonzero(prepared.teacher_row >= 0)
        self._groups_by_row = taught[np.argsort(prepared.teacher_row[taught], kind="stable")]
        self._first_of_row = np.searchsorted(
            prepared.teacher_row[self._groups_by_row], np.arange(len(prepared.teacher) + 1)
        )

    def _groups(self, count: int) -> NDArray[np.int64]:
        """Groups drawn by the rates of their sources."""
        random = self.generator.random
        last = len(self._cumulative) - 1
        source = np.minimum(np.searchsorted(self._cumulative, random(count)), last)
        start, end = self.prepared.source_start[source], self.prepared.source_end[source]
        return start + (random(count) * (end - start)).astype(np.int64)

    def _near_groups(self) -> NDArray[np.int64]:
        """Groups that lie in common neighbourhoods, ``near_size`` after one another."""
        if self._near_to is None:
            return np.zeros(0, np.int64)
        wanted = self.near // self.near_size
        drawn = self.prepared.teacher_row[self._groups(4 * wanted)]
        centres = drawn[drawn >= 0][:wanted].astype(np.int64)
        missing = self.generator.integers(0, len(self.prepared.teacher), wanted - len(centres))
        rows = self._near_to.draw(np.concatenate([centres, missing]), self.near_size, self.generator).reshape(-1)
        first, end = self._first_of_row[rows], self._first_of_row[rows + 1]
        return np.asarray(self._groups_by_row[first + (self.generator.random(len(rows)) * (end - first)).astype(int)])

    def draw(self) -> dict[str, np.ndarray]:
        """One batch.

        Returns:
            ``rows`` int32 [2 pairs + 2 graded] into the flattened tokens, the shortest first; ``restore`` int32, the
            places in ``rows`` of left sides, right sides, graded left and graded right sides; and what ``loss`` asks.
        """
        prepared, generator = self.prepared, self.generator
        groups = self._groups(self.pairs)
        if self.near:
            near = self._near_groups()
            groups[: len(near)] = near
        first = prepared.offsets[groups]
        size = prepared.offsets[groups + 1] - first
        left = (generator.random(self.pairs) * size).astype(np.int64)
        to_english = prepared.english[groups] & (generator.random(self.pairs) < self.english)
        left[to_english] = 0
        right = (left + 1 + (generator.random(self.pairs) * (size - 1)).astype(np.int64)) % size
        sentences = np.concatenate([prepared.members[first + left], prepared.members[first + right]])
        batch: dict[str, np.ndarray] = {}
        if self.graded:
            graded = generator.integers(0, len(prepared.sts), self.graded)
            sentences = np.concatenate([sentences, prepared.sts[graded, 0], prepared.sts[graded, 1]])
            batch["score"] = prepared.sts_score[graded]
        else:
            batch["score"] = np.zeros(0, np.float32)
        variants, count = prepared.tokens.shape[:2]
        variant = np.zeros(len(sentences), np.int64)
        if variants > 1:
            use = generator.random(len(sentences)) < self.sampled
            variant = np.where(use, generator.integers(1, variants, len(sentences)), 0)
        rows = variant * count + sentences
        order = np.argsort(self.lengths[rows], kind="stable")
        batch["rows"] = rows[order].astype(np.int32)
        batch["restore"] = np.empty(len(rows), np.int32)
        batch["restore"][order] = np.arange(len(rows), dtype=np.int32)
        teacher = prepared.teacher_row[groups]
        batch["known"] = (teacher >= 0).astype(np.float32)
        batch["teacher_rows"] = np.maximum(teacher, 0)
        batch["group"] = np.where(teacher >= 0, teacher, -1 - groups).astype(np.int32)
        return batch

    def buckets(self, longest: int, trials: int = 20) -> list[tuple[int, int, int]]:
        """(first row, last row, pieces) of the parts in which a batch is encoded; the last part has ``longest`` pieces.

        The numbers of pieces are the most that ``trials`` batches need; what is longer is cut, which is rare.
        """
        state, self.generator = self.generator, np.random.default_rng(self.seed)
        drawn = [self.lengths[self.draw()["rows"]] for _ in range(trials)]
        self.generator = state
        count = len(drawn[0])
        ends = [*(round(sum(SHARES[: number + 1]) * count) for number in range(len(SHARES) - 1)), count]
        parts, start = [], 0
        for end in ends:
            need = longest if end == count else min(longest, max(int(lengths[end - 1]) for lengths in drawn))
            if end > start:
                parts.append((start, end, max(need, 1)))
            start = end
        return parts

    def stream(self, taken: int = 0, ahead: int = 8) -> Iterator[dict[str, np.ndarray]]:
        """Batches drawn ahead of time in a thread, in the same order for the same seed.

        ``taken`` batches were used up before: a run that goes on must not see the first ones again.
        """
        if taken:
            self.generator = np.random.default_rng((self.seed, taken))
        waiting: queue.Queue[dict[str, np.ndarray]] = queue.Queue(ahead)

        def fill() -> None:
            while True:
                waiting.put(self.draw())

        threading.Thread(target=fill, daemon=True).start()
        while True:
            yield waiting.get()
