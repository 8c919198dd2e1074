"""Searches with a known outcome: the answer is in the corpus, its topic was taken out, or no corpus could have it.

All corpora are cut from the sample corpus, in the shapes that people bring: everything, one language, a handful of
passages, one field of knowledge, or one topic only.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.languages import LANGUAGES
from models.text.calibration import log_odds_terms, query_background
from models.text.calibrator import reference
from models.text.sample_corpus import load_example_queries, load_sample_documents, sample_topics
from models.text.sentence_encoder import MAX_BATCH, SentenceEncoder

QUERIES = Path(__file__).with_name("calibration_queries.json")
OFF_TOPIC, NONSENSE = "off topic", "nonsense"
QUESTION, TITLE = "question", "title"
# corpora of so many passages, and the name under which they are reported
SIZES = {
    1: "1 to 3",
    2: "1 to 3",
    3: "1 to 3",
    5: "5 to 20",
    10: "5 to 20",
    20: "5 to 20",
    50: "50 to 150",
    150: "50 to 150",
}
LANGUAGES_A_QUERY = 2


@dataclass(frozen=True)
class Material:
    """The sample corpus and all queries in an encoder's space.

    Args:
        topics: topic of each passage [M]; ``fields``: its category; ``languages``: its language.
        query_topics: topic of each query [Q], or OFF_TOPIC, or NONSENSE.
        query_kinds: QUESTION, worded unlike the passage on purpose; TITLE, the keywords that a person in a hurry types;
            or OFF_TOPIC, or NONSENSE [Q].
        similarities: float32 [Q, M].
        to_reference: float32 [Q, R], queries to the reference passages.
        from_reference: float32 [M, S], passages to the reference queries.
    """

    topics: NDArray[np.str_]
    fields: NDArray[np.str_]
    languages: NDArray[np.str_]
    query_topics: NDArray[np.str_]
    query_kinds: NDArray[np.str_]
    similarities: NDArray[np.float32]
    to_reference: NDArray[np.float32]
    from_reference: NDArray[np.float32]


@dataclass(frozen=True)
class Cases:
    """Outcomes of N searches.

    Args:
        terms: float64 [N, 3], what the calibration weighs.
        shape: kind of corpus [N].
        outcome: "right", "wrong" (the corpus has the answer, another passage came first), "absent", OFF_TOPIC or
            NONSENSE [N].
        topic: of the query [N].
        kind: of the query [N].
    """

    terms: NDArray[np.float64]
    shape: NDArray[np.str_]
    outcome: NDArray[np.str_]
    topic: NDArray[np.str_]
    kind: NDArray[np.str_]


def embed(encoder: SentenceEncoder) -> Material:
    """Encode the sample corpus and the queries."""
    documents, examples = load_sample_documents(), load_example_queries()
    others = json.loads(QUERIES.read_text(encoding="utf-8"))
    off_topic = [query for queries in others["off_topic"].values() for query in queries]
    nonsense = list(others["nonsense"])
    passages = encoder.encode([document.text for document in documents], MAX_BATCH)
    asked = [
        *((example.text, example.topic, QUESTION) for example in examples),
        *((document.title, document.topic, TITLE) for document in documents),
        *((query, OFF_TOPIC, OFF_TOPIC) for query in off_topic),
        *((query, NONSENSE, NONSENSE) for query in nonsense),
    ]
    texts, query_topics, kinds = zip(*asked, strict=True)
    queries = encoder.encode(texts, MAX_BATCH)
    known = reference(encoder)
    return Material(
        topics=np.array([document.topic for document in documents]),
        fields=np.array([document.category for document in documents]),
        languages=np.array([document.language for document in documents]),
        query_topics=np.array(query_topics),
        query_kinds=np.array(kinds),
        similarities=queries @ passages.T,
        to_reference=queries @ known.passages.T,
        from_reference=passages @ known.queries.T,
    )


def run_cases(material: Material, seed: int = 0) -> Cases:
    """Search each corpus with each query, as the library does."""
    rows: list[tuple[NDArray[np.float64], str, str, str, str]] = []
    for shape, query, corpus in _corpora(material, np.random.default_rng(seed)):
        scores = material.similarities[query, corpus]
        best = corpus[int(np.argmax(scores))]
        background = query_background(scores, material.to_reference[query])
        terms = log_odds_terms(scores.max(keepdims=True), background, material.from_reference[best][None])[0]
        topic = str(material.query_topics[query])
        if topic in (OFF_TOPIC, NONSENSE):
            outcome = topic
        elif topic not in material.topics[corpus]:
            outcome = "absent"
        else:
            outcome = "right" if material.topics[best] == topic else "wrong"
        rows.append((terms, shape, outcome, topic, str(material.query_kinds[query])))
    stacked, *names = zip(*rows, strict=True)
    return Cases(np.stack(stacked), *(np.array(column) for column in names))


def _corpora(material: Material, rng: np.random.Generator) -> Iterator[tuple[str, int, NDArray[np.int64]]]:
    """Kind of corpus, query and rows of the corpus; with the query's topic and without."""
    everything = np.arange(len(material.topics))
    codes, topics = list(LANGUAGES), list(sample_topics())
    for query, topic in enumerate(material.query_topics):
        known = topic in topics
        own = everything[material.topics == topic]
        rest = everything[material.topics != topic]
        yield from _both("all", query, everything, rest, known)
        for code in rng.choice(codes, LANGUAGES_A_QUERY, replace=False):
            spoken = everything[material.languages == code]
            yield from _both("one language", query, spoken, np.intersect1d(spoken, rest), known)
        for size, shape in SIZES.items():
            others = rng.choice(rest, size, replace=False)
            with_answer = np.append(others[1:], rng.choice(own)) if known else others
            yield from _both(shape, query, with_answer, others, known)
        if known:
            field = everything[material.fields == material.fields[own[0]]]
            yield from _both("one field", query, field, np.intersect1d(field, rest), known)
            other = rng.choice([name for name in topics if name != topic])
            yield from _both("one topic", query, own, everything[material.topics == other], known)


def _both(
    shape: str, query: int, corpus: NDArray[np.int64], without: NDArray[np.int64], known: bool
) -> Iterator[tuple[str, int, NDArray[np.int64]]]:
    yield shape, query, corpus
    if known:
        yield shape, query, without
