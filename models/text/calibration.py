"""What a similarity means in this corpus: chance, or a match.

A cosine says little by itself. Some queries are near to everything, some passages too, and among many passages one is
always nearest. So a score is seen from both sides, as speaker verification does with voices: in standard deviations
above what this query scores against the background (passages of this corpus and of the sample corpus), and above what
this passage scores against unrelated queries; and less is made of it the more passages were compared. A logistic model,
fitted on queries with known answers (``python -m training.text.calibrate``), turns this into a probability.

Source: Auckenthaler, Carey and Lloyd-Thomas 2000, "Score normalization for text-independent speaker verification
systems": the query side is their T-norm, the passage side their Z-norm.
"""

import json
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

# Enough for a mean and a deviation, and no second pass over 200,000 scores.
MAX_BACKGROUND = 4_096
# The sample corpus counts as much as this many passages of the corpus itself: a corpus of one has a background too.
REFERENCE_WEIGHT = 150
SMALLEST_SPREAD = 0.01
# From here on a hit counts as a match; the intercept is fitted so that this is where false matches get rare.
CONFIDENT = 0.5
# From here on it may be one, and is shown at once: most right answers that no threshold could call confident.
POSSIBLE = 0.25
CALIBRATION_FILE = "assets.extra/calibration.json"


@dataclass(frozen=True)
class Calibration:
    """A logistic model: ``confidence = 1 / (1 + exp(-log_odds))`` with the weighted sum of three numbers.

    The defaults suit an encoder that nobody has calibrated: the three numbers do not depend on its scale.

    Args:
        intercept: log-odds where all three are 0.
        query_side: weight of the standard deviations above the query's background.
        passage_side: weight of the standard deviations above the passage's background.
        crowd: weight, negative, of how far the best of so many unrelated passages is expected above the mean.
    """

    intercept: float = -1.9
    query_side: float = 1.3
    passage_side: float = 0.8
    crowd: float = -1.4


@dataclass(frozen=True)
class Background:
    """What a query scores against passages that do not answer it.

    Args:
        typical: mean similarity.
        spread: standard deviation.
        count: number of passages that were compared.
    """

    typical: float
    spread: float
    count: int

    @property
    def expected_best(self) -> float:
        """What the best of so many unrelated passages would score."""
        return self.typical + self.spread * expected_maximum(self.count)


def query_background(similarities: NDArray[np.float32], reference: NDArray[np.float32]) -> Background:
    """The background of a query: its similarities to the corpus [N >= 1], pooled with those to a reference [M >= 1].

    A few right answers among them hardly move mean and deviation; a corpus in which most passages answer the query is
    kept in place by the reference.
    """
    count = len(similarities)
    # every n-th row: the same ones each time, and spread over all documents
    sample = similarities[:: math.ceil(count / MAX_BACKGROUND)]
    share = count / (count + REFERENCE_WEIGHT)
    typical = share * float(sample.mean()) + (1 - share) * float(reference.mean())
    spread = share * float(sample.std()) + (1 - share) * float(reference.std())
    return Background(typical, max(spread, SMALLEST_SPREAD), count)


def log_odds_terms(
    similarities: NDArray[np.float32], background: Background, passage_scores: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The three numbers that the logistic model weighs, float64 [k, 3].

    Args:
        similarities: [k] of the query and each hit.
        background: of the query.
        passage_scores: [k, Q] of each hit and Q unrelated queries.
    """
    spread = np.maximum(passage_scores.std(axis=1, dtype=np.float64), SMALLEST_SPREAD)
    return np.stack(
        [
            (similarities - background.typical) / background.spread,
            (similarities - passage_scores.mean(axis=1, dtype=np.float64)) / spread,
            np.full(len(similarities), expected_maximum(background.count)),
        ],
        axis=1,
    ).astype(np.float64)


def confidences(terms: NDArray[np.float64], calibration: Calibration) -> NDArray[np.float64]:
    """Probability, in [0, 1], that each hit answers the query, from ``log_odds_terms`` [k, 3]; float64 [k]."""
    weights = np.array([calibration.query_side, calibration.passage_side, calibration.crowd])
    odds: NDArray[np.float64] = calibration.intercept + terms @ weights
    return 1 / (1 + np.exp(-np.clip(odds, -50, 50)))


def expected_maximum(count: int) -> float:
    """Expected greatest of ``count`` standard normal numbers.

    Source: Blom 1958, "Statistical estimates and transformed beta-variables": an approximation of order statistics.
    """
    return NormalDist().inv_cdf((count - 0.375) / (count + 0.25))


def load_calibration(folder: Path | None) -> Calibration:
    """The calibration beside the SavedModel in ``folder``; the general one for a model without."""
    path = folder / CALIBRATION_FILE if folder else None
    if path is None or not path.is_file():
        return Calibration()
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        calibration = Calibration(**{field.name: float(values[field.name]) for field in fields(Calibration)})
    except (OSError, ValueError, TypeError, KeyError):
        # a stranger's file beside a stranger's model: search has to work without it
        return Calibration()
    return calibration if all(map(math.isfinite, asdict(calibration).values())) else Calibration()


def save_calibration(calibration: Calibration, folder: Path) -> Path:
    """Write a calibration beside the SavedModel in ``folder``; returns the file."""
    path = folder / CALIBRATION_FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(asdict(calibration), indent=2) + "\n", encoding="utf-8")
    return path
