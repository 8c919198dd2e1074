"""Scores on the development sets while a model trains, from token ids, without the exported graph."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from models.text.evaluation import bitext_accuracy, spearman


class DevelopmentSets:
    """All ``bitext.*``, ``sts.*`` and ``stsx.*`` files of a folder, tokenized once.

    Args:
        folder: the files, see ``training.text.evaluate``.
        tokenize: texts -> int32 [N, length].
    """

    def __init__(self, folder: Path, tokenize: Callable[[list[str]], np.ndarray]) -> None:
        self.files: dict[str, tuple[int, int, int, list[float]]] = {}
        texts: list[str] = []
        for path in sorted(folder.glob("*.tsv")):
            rows = [line.split("\t") for line in path.read_text(encoding="utf8").splitlines() if line]
            start = len(texts)
            texts.extend(row[0] for row in rows)
            texts.extend(row[1] for row in rows)
            scores = [float(row[2]) for row in rows] if len(rows[0]) > 2 else []
            self.files[path.stem] = (start, start + len(rows), start + 2 * len(rows), scores)
        self.tokens = tokenize(texts) if texts else np.zeros((0, 1), np.int32)

    def score(self, embed: Callable[[np.ndarray], np.ndarray], batch: int = 4096) -> dict[str, float]:
        """Percentages: each file's and, for each set, the mean over its languages as ``<set>``."""
        count = len(self.tokens)
        padded = np.pad(self.tokens, ((0, -count % batch), (0, 0)))
        parts = [np.asarray(embed(padded[start : start + batch])) for start in range(0, count, batch)]
        vectors = np.concatenate(parts)[:count].astype(np.float32) if parts else np.zeros((0, 1), np.float32)
        results: dict[str, float] = {}
        sets: dict[str, list[float]] = defaultdict(list)
        for name, (start, middle, end, scores) in self.files.items():
            left, right = vectors[start:middle], vectors[middle:end]
            value = spearman((left * right).sum(1), np.array(scores)) if scores else bitext_accuracy(left, right)
            results[name] = 100 * value
            sets[name.rsplit(".", 1)[0]].append(100 * value)
        return {**{name: float(np.mean(values)) for name, values in sets.items()}, **results}
