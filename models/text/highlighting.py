"""The sentence of a passage that answers a query best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.text.passages import Passage
from models.text.sentence_encoder import MAX_BATCH, SentenceEncoder
from models.text.sentences import sentence_spans


@dataclass(frozen=True)
class Highlight:
    """``passage.text[start:end]`` is the sentence closest to the query; ``similarity`` is its cosine."""

    start: int
    end: int
    similarity: float


def best_sentences(
    encoder: SentenceEncoder, query_vector: NDArray[np.float32], passages: Sequence[Passage]
) -> list[Highlight]:
    """Find the best sentence of each passage.

    All sentences go through the encoder together, in batches of at most 64, so the cost is that of one longer passage.

    Args:
        encoder: the one that made ``query_vector``.
        query_vector: float32 [D], unit length, as in ``Answer.query_vector``.
        passages: those of the hits that are shown, not the whole corpus.

    Returns:
        One highlight a passage; a passage of one sentence is highlighted whole. The first of equal sentences wins.
    """
    spans = [sentence_spans(passage.text, passage.language) or [(0, len(passage.text))] for passage in passages]
    sentences = [passage.text[start:end] for passage, own in zip(passages, spans, strict=True) for start, end in own]
    if not sentences:
        return []
    similarities = encoder.encode(sentences, MAX_BATCH) @ query_vector
    highlights = []
    first = 0
    for own in spans:
        scores = similarities[first : first + len(own)]
        best = int(np.argmax(scores))
        highlights.append(Highlight(*own[best], similarity=float(np.clip(scores[best], -1, 1))))
        first += len(own)
    return highlights
