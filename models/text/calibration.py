"""What a similarity means in this corpus: chance, or a match.

A cosine says little by itself: every encoder has its own idea of "unrelated", and among many passages one is always
nearest. So the best score is compared with what this query scores against passages that do not answer it: the bulk of
the corpus, and, where the corpus is small, the sample corpus. Three numbers come out, and a logistic model that was
fitted on queries with known answers (``python -m training.text.calibrate``) turns them into the probability that the
hit is right.
"""

import json
import math
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from statistics import NormalDist
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from models.text.sample_corpus import load_sample_corpus
from models.text.sentence_encoder import MAX_BATCH, SentenceEncoder

# Enough for a median and a quartile, and no second pass over 200,000 scores.
MAX_BACKGROUND = 4_096
# The sample corpus counts as much as this many passages of the corpus itself.
REFERENCE_WEIGHT = 50
SMALLEST_SPREAD = 0.01
CALIBRATION_FILE = "assets.extra/calibration.json"


@dataclass(frozen=True)
class Calibration:
    """A fitted logistic model: ``confidence = 1 / (1 + exp(-(intercept + weights . features)))``.

    Args:
        intercept: log-odds where all features are 0.
        excess: weight of how far the score lies above the best that chance gives in a corpus of this size, in spreads.
        reference: weight of how far it lies above the sample corpus' typical score, in spreads.
        cosine: weight of the score itself.
        threshold: smallest confidence that counts as a match.
    """

    intercept: float = -4.0
    excess: float = 1.0
    reference: float = 0.5
    cosine: float = 0.0
    threshold: float = 0.5


@dataclass(frozen=True)
class Assessment:
    """The best score of a query against its background.

    Args:
        best: highest similarity in the corpus.
        typical: median similarity of passages that do not answer the query.
        spread: their robust standard deviation.
        expected_best: what the best of this many unrelated passages would score.
        confident: whether the best hit stands out.
        confidence: probability that the best hit answers the query, in [0, 1].
    """

    best: float
    typical: float
    spread: float
    expected_best: float
    reference_typical: float
    reference_spread: float
    calibration: Calibration

    def confidence_of(self, similarity: float) -> float:
        """Probability that a passage of this similarity answers the query, in [0, 1]."""
        model = self.calibration
        odds = (
            model.intercept
            + model.excess * (similarity - self.expected_best) / self.spread
            + model.reference * (similarity - self.reference_typical) / self.reference_spread
            + model.cosine * similarity
        )
        return 1 / (1 + math.exp(-min(max(odds, -50.0), 50.0)))

    @property
    def confidence(self) -> float:
        """Probability that the best hit answers the query, in [0, 1]."""
        return self.confidence_of(self.best)

    @property
    def confident(self) -> bool:
        """Whether the best hit counts as a match."""
        return self.confidence >= self.calibration.threshold

    @property
    def message(self) -> str:
        """One sentence for a person."""
        if self.confident:
            return "The best result stands out from the rest of the corpus."
        return (
            "No confident match: the best passage is hardly closer to this query than unrelated passages are. "
            "The corpus may have nothing on it."
        )


class Calibrator:
    """Judges scores of one encoder."""

    def __init__(self, encoder: SentenceEncoder, calibration: Calibration | None = None) -> None:
        self._encoder = encoder
        self._calibration = calibration or load_calibration(model_folder(encoder))

    def assess(self, query: NDArray[np.float32], similarities: NDArray[np.float32]) -> Assessment:
        """Compare the best of ``similarities`` [N] of ``query`` [D] with their background."""
        return assess(similarities, reference_vectors(self._encoder) @ query, self._calibration)


def assess(similarities: NDArray[np.float32], reference: NDArray[np.float32], calibration: Calibration) -> Assessment:
    """Compare the best of ``similarities`` [N >= 1] with the rest of them and with ``reference`` [M], the query's
    similarities to the sample corpus.
    """
    count = len(similarities)
    # every n-th row: the same each time, and spread over all documents
    sample = similarities[:: math.ceil(count / MAX_BACKGROUND)]
    reference_typical, reference_spread = bulk(reference)
    typical, spread = bulk(sample)
    share = count / (count + REFERENCE_WEIGHT)
    typical = share * typical + (1 - share) * reference_typical
    spread = share * spread + (1 - share) * reference_spread
    return Assessment(
        best=float(similarities.max()),
        typical=typical,
        spread=spread,
        expected_best=typical + spread * expected_maximum(count),
        reference_typical=reference_typical,
        reference_spread=reference_spread,
        calibration=calibration,
    )


def bulk(similarities: NDArray[np.float32]) -> tuple[float, float]:
    """Median and robust standard deviation: the distance from median to upper quartile in normal quantiles.

    Passages that do answer the query lie above both, so they move neither unless they are a large part of the corpus.
    """
    middle, upper = np.quantile(similarities, [0.5, 0.75])
    return float(middle), max(float(upper - middle) / NormalDist().inv_cdf(0.75), SMALLEST_SPREAD)


def expected_maximum(count: int) -> float:
    """Expected greatest of ``count`` standard normal numbers.

    Source: Blom 1958, "Statistical estimates and transformed beta-variables": an approximation of order statistics.
    """
    return NormalDist().inv_cdf((count - 0.375) / (count + 0.25))


@cache
def _reference_texts() -> tuple[str, ...]:
    return tuple(passage.text for passage in load_sample_corpus())


_references: WeakKeyDictionary[SentenceEncoder, NDArray[np.float32]] = WeakKeyDictionary()
_encoding = Lock()


def reference_vectors(encoder: SentenceEncoder) -> NDArray[np.float32]:
    """The sample corpus in the encoder's space, float32 [M, D]; encoded once for all searches with this encoder."""
    with _encoding:
        if encoder not in _references:
            _references[encoder] = encoder.encode(_reference_texts(), MAX_BATCH)
        return _references[encoder]


def model_folder(encoder: SentenceEncoder) -> Path | None:
    """The folder that a loaded model came from, if it came from one."""
    path = getattr(getattr(encoder, "loaded", None), "path", None)
    return Path(path) if path else None


def load_calibration(folder: Path | None) -> Calibration:
    """The calibration beside a SavedModel, or the general one, which knows no raw cosine, for a model without."""
    path = folder / CALIBRATION_FILE if folder else None
    if path is None or not path.is_file():
        return Calibration()
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return Calibration(**{field.name: float(values[field.name]) for field in fields(Calibration)})
    except (ValueError, TypeError, KeyError):
        # a stranger's file in a stranger's model: search must work without it
        return Calibration()
