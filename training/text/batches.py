"""Draws training batches: sources by rate, groups inside a source evenly, two sentences of each group."""

import queue
import threading
from collections.abc import Iterator

import numpy as np

from training.text.prepare import Prepared


class BatchSampler:
    """An endless, seeded stream of batches as small index arrays; the token ids stay where the model is.

    Args:
        prepared: the arrays.
        pairs: translation pairs in a batch.
        graded: STS pairs in a batch.
        english: share of the pairs that have their English sentence on the left, where there is one.
        sampled: share of the sentences that take a sampled segmentation.
    """

    def __init__(
        self, prepared: Prepared, pairs: int, graded: int, english: float = 0.6, sampled: float = 0.5, seed: int = 13
    ) -> None:
        self.prepared = prepared
        self.pairs = pairs
        self.graded = graded if len(prepared.sts) else 0
        self.english = english
        self.sampled = sampled
        self.generator = np.random.default_rng(seed)
        self._cumulative = np.cumsum(prepared.source_rate)
        self._group_of_teacher = prepared.teacher_row

    def draw(self) -> dict[str, np.ndarray]:
        """One batch: ``rows`` int32 [2 pairs + 2 graded] into the flattened tokens, and what ``loss`` asks."""
        prepared, generator = self.prepared, self.generator
        source = np.minimum(np.searchsorted(self._cumulative, generator.random(self.pairs)), len(self._cumulative) - 1)
        start, end = prepared.source_start[source], prepared.source_end[source]
        groups = start + (generator.random(self.pairs) * (end - start)).astype(np.int64)
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
        batch["rows"] = (variant * count + sentences).astype(np.int32)
        teacher = prepared.teacher_row[groups]
        batch["known"] = (teacher >= 0).astype(np.float32)
        batch["teacher_rows"] = np.maximum(teacher, 0)
        batch["group"] = np.where(teacher >= 0, teacher, -1 - groups).astype(np.int32)
        return batch

    def stream(self, ahead: int = 8) -> Iterator[dict[str, np.ndarray]]:
        """Batches drawn ahead of time in a thread, in the same order for the same seed."""
        waiting: queue.Queue[dict[str, np.ndarray]] = queue.Queue(ahead)

        def fill() -> None:
            while True:
                waiting.put(self.draw())

        threading.Thread(target=fill, daemon=True).start()
        while True:
            yield waiting.get()
