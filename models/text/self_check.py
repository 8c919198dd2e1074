"""How well a model crosses languages, measured on texts that are known to say the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.languages import LANGUAGES
from models.text.evaluation import nearest_neighbours
from models.text.passages import Passage


@dataclass(frozen=True)
class LanguageMatrix:
    """Precision at 1 for each ordered pair of languages.

    Args:
        languages: codes, in the order of ``LANGUAGES``.
        precision: float64 [L, L] in [0, 1]; row = language of the query text, column = language searched; NaN on the
            diagonal and where the two share no topic.
        counts: int64 [L, L], texts that were looked up.
        topics: number of different topics.
    """

    languages: list[str]
    precision: NDArray[np.float64]
    counts: NDArray[np.int64]
    topics: int

    @property
    def mean(self) -> float:
        """Mean over all pairs that were measured."""
        return float(np.nanmean(self.precision))


def check_languages(passages: Sequence[Passage], vectors: NDArray[np.float32]) -> LanguageMatrix:
    """Look up each passage among those of every other language; right when the nearest has the same topic.

    Args:
        passages: N passages; those without a topic are left out.
        vectors: float32 [N, D], unit length, in the same order.

    Raises:
        InvalidInputError: fewer than two languages share a topic.
    """
    rows_of: dict[str, list[int]] = {}
    for row, passage in enumerate(passages):
        if passage.topic is not None:
            rows_of.setdefault(passage.language, []).append(row)
    languages = sorted(rows_of, key=lambda code: (list(LANGUAGES).index(code) if code in LANGUAGES else 99, code))
    topics = {code: [passages[row].topic for row in rows] for code, rows in rows_of.items()}
    precision = np.full((len(languages), len(languages)), np.nan)
    counts = np.zeros(precision.shape, dtype=np.int64)
    for i, source in enumerate(languages):
        for j, target in enumerate(languages):
            shared = set(topics[source]) & set(topics[target])
            asked = [n for n, topic in enumerate(topics[source]) if topic in shared]
            if i == j or not asked:
                continue
            queries = vectors[[rows_of[source][n] for n in asked]]
            nearest = nearest_neighbours(queries, vectors[rows_of[target]])
            right = [topics[source][n] == topics[target][best] for n, best in zip(asked, nearest, strict=True)]
            precision[i, j], counts[i, j] = np.mean(right), len(asked)
    if not counts.any():
        raise InvalidInputError(
            "The self-check needs texts on the same topics in at least two languages. "
            "Use the sample corpus, or a file of two columns with a translation in each row."
        )
    return LanguageMatrix(languages, precision, counts, len({p.topic for p in passages if p.topic is not None}))
