"""How well a model crosses languages, measured on texts that are known to say the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.languages import LANGUAGES
from models.text.evaluation import bitext_accuracy, nearest_neighbours
from models.text.passages import Passage
from models.text.sentence_encoder import MAX_BATCH, SentenceEncoder

MAX_PAIRS = 20_000


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


@dataclass(frozen=True)
class PairsCheck:
    """How often a text finds its own translation among those of all pairs.

    Args:
        count: number of pairs.
        forward: share of first texts whose nearest second text is their own.
        backward: the other way round.
        accuracy: mean of both directions.
        similarities: float32 [count], cosine of each pair.
        mistakes: up to 20 pairs (row from 0, row found instead) of first texts that found another.
    """

    count: int
    forward: float
    backward: float
    accuracy: float
    similarities: NDArray[np.float32]
    mistakes: list[tuple[int, int]]


def check_pairs(
    encoder: SentenceEncoder,
    pairs: Sequence[tuple[str, str]],
    progress: Callable[[int, int], None] | None = None,
) -> PairsCheck:
    """Measure an encoder on a person's own translations.

    Args:
        encoder: the model to judge.
        pairs: 2 to 20,000 aligned texts.
        progress: called with (texts embedded, texts to embed).

    Raises:
        InvalidInputError: too few or too many pairs, or an empty text.
    """
    if not 2 <= len(pairs) <= MAX_PAIRS:
        raise InvalidInputError(f"The self-check takes 2 to {MAX_PAIRS:,} pairs, not {len(pairs):,}.")
    for row, pair in enumerate(pairs, start=1):
        if not all(text.strip() for text in pair):
            raise InvalidInputError(f"Pair {row} has an empty side. Remove the row or fill it in.")
    both = encoder.encode([first for first, _ in pairs] + [second for _, second in pairs], MAX_BATCH, progress=progress)
    left, right = both[: len(pairs)], both[len(pairs) :]
    truth = np.arange(len(pairs))
    found = nearest_neighbours(left, right)
    forward, accuracy = float(np.mean(found == truth)), bitext_accuracy(left, right)
    wrong = np.flatnonzero(found != truth)[:20]
    return PairsCheck(
        count=len(pairs),
        forward=forward,
        backward=2 * accuracy - forward,
        accuracy=accuracy,
        similarities=np.einsum("nd,nd->n", left, right),
        mistakes=[(int(row), int(found[row])) for row in wrong],
    )
