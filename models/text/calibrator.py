"""Judges the hits of one encoder: confident, or no better than chance."""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from models.languages import LANGUAGES
from models.text.calibration import (
    CONFIDENT,
    POSSIBLE,
    Background,
    Calibration,
    confidences,
    load_calibration,
    log_odds_terms,
    query_background,
)
from models.text.sample_corpus import load_example_queries, load_sample_documents, sample_topics
from models.text.sentence_encoder import MAX_BATCH, SentenceEncoder

# Every fourth passage and query, so that each topic and each language is there and a slow model need not encode all.
STRIDE = 4


@dataclass(frozen=True)
class Reference:
    """The sample corpus in an encoder's space: passages [M, D] and queries [Q, D], float32."""

    passages: NDArray[np.float32]
    queries: NDArray[np.float32]


@dataclass(frozen=True)
class Assessment:
    """The best score of a query against its background.

    Args:
        best: highest similarity in the corpus.
        confidence: probability that this passage answers the query, in [0, 1].
        background: what the query scores against passages that do not answer it.
    """

    best: float
    confidence: float
    background: Background

    @property
    def confident(self) -> bool:
        """Whether the confidence is enough to call the best passage a match."""
        return self.confidence >= CONFIDENT

    @property
    def possible(self) -> bool:
        """Whether the best passage may be a match, or is one: worth a look."""
        return self.confidence >= POSSIBLE

    @property
    def message(self) -> str:
        """One sentence for a person."""
        if self.confident:
            return "The best result stands out from the rest of the corpus."
        if self.possible:
            return "No confident match: the best result may answer this query, or only be near it."
        return "No confident match: the best result is hardly closer to this query than unrelated passages are."


class Calibrator:
    """Judges the scores of one encoder.

    Args:
        encoder: made the vectors.
        calibration: None takes the one beside the encoder's SavedModel, or the general one.
    """

    def __init__(self, encoder: SentenceEncoder, calibration: Calibration | None = None) -> None:
        self._encoder = encoder
        self._calibration = calibration or load_calibration(model_folder(encoder))

    def background(self, query: NDArray[np.float32], similarities: NDArray[np.float32]) -> Background:
        """What ``query`` [D] scores by chance, from its ``similarities`` [N] to all passages that were searched."""
        # einsum, here and below: on a busy machine the threads of a matrix product wait longer than these few rows take
        return query_background(similarities, np.einsum("md,d->m", reference(self._encoder).passages, query))

    def confidences(
        self, similarities: NDArray[np.float32], vectors: NDArray[np.float32], background: Background
    ) -> NDArray[np.float64]:
        """Probability that each of k hits answers the query: from similarities [k] and vectors [k, D]; float64 [k]."""
        scores = np.einsum("kd,qd->kq", vectors, reference(self._encoder).queries)
        return confidences(log_odds_terms(similarities, background, scores), self._calibration)


_references: WeakKeyDictionary[SentenceEncoder, Reference] = WeakKeyDictionary()
_encoding = Lock()


def reference(encoder: SentenceEncoder) -> Reference:
    """The sample corpus in the space of ``encoder``; encoded once, and shared by all searches with it."""
    known = _references.get(encoder)  # without the lock: a slow model must not hold up searches with another
    if known is not None:
        return known
    with _encoding:
        if encoder not in _references:
            passages, queries = reference_texts()
            vectors = encoder.encode([*passages, *queries], MAX_BATCH)
            _references[encoder] = Reference(vectors[: len(passages)], vectors[len(passages) :])
        return _references[encoder]


def reference_texts() -> tuple[list[str], list[str]]:
    """Passages and queries of the sample corpus that stand for unrelated ones."""
    topics, languages = list(sample_topics()), list(LANGUAGES)

    def chosen(topic: str, language: str) -> bool:
        return (topics.index(topic) + languages.index(language)) % STRIDE == 0

    passages = [item.text for item in load_sample_documents() if chosen(item.topic, item.language)]
    queries = [item.text for item in load_example_queries() if chosen(item.topic, item.language)]
    return passages, queries


def model_folder(encoder: SentenceEncoder) -> Path | None:
    """The folder that a loaded model came from, if it came from one."""
    path = getattr(getattr(encoder, "loaded", None), "path", None)
    return Path(path) if path else None
