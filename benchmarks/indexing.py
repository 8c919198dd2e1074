"""Indexing speed, and the time of a query on 10,000 passages: ``python -m benchmarks.indexing``.

The text is the app's own sample corpus in 16 languages, its sentences shuffled into passages that all differ. A query
is what the search page does for one: encode, search, calibrate the answer, find the best sentence of each hit.
"""

import random
import time
from statistics import median

from benchmarks.report import Measurement, run_alone
from models import MultilingualSemanticSearch
from models.languages import LANGUAGES
from models.text.documents import read_document
from models.text.highlighting import best_sentences
from models.text.sample_corpus import load_example_queries, load_sample_documents
from models.text.search import Answer
from models.text.sentences import split_sentences

PASSAGES = 10_000
SENTENCES_EACH = 3
QUERIES = 100


def paragraphs(count: int) -> list[str]:
    """Different paragraphs of three sentences in one language each, languages in turn."""
    rng = random.Random(0)
    sentences = {
        code: [
            sentence
            for document in load_sample_documents([code])
            for sentence in split_sentences(document.text, document.language)
        ]
        for code in LANGUAGES
    }
    found: dict[str, None] = {}  # a set that keeps its order
    while len(found) < count:
        for code in LANGUAGES:
            glue = "" if code in ("ja", "th", "zh", "zh_tw") else " "
            found[glue.join(rng.sample(sentences[code], SENTENCES_EACH))] = None
    return list(found)[:count]


def ask(search: MultilingualSemanticSearch, query: str) -> Answer:
    """One query with all that the search page computes for it."""
    answer = search.answer(query)
    best_sentences(search.encoder, answer.query_vector, [hit.passage for hit in answer.hits])
    return answer


def measure(count: int = PASSAGES) -> list[Measurement]:
    """Passages a second from a file's bytes to the index, and the times of the first and of later queries."""
    search = MultilingualSemanticSearch()
    search.encoder.encode(["warm"])
    data = "\n\n".join(paragraphs(count)).encode()
    start = time.perf_counter()
    contents = read_document("benchmark.txt", data)
    read = time.perf_counter() - start
    search.add_documents(contents.passages)
    seconds = time.perf_counter() - start
    queries = [query.text for query in load_example_queries()][:QUERIES]
    times = []
    for query in queries:
        start = time.perf_counter()
        ask(search, query)
        times.append(time.perf_counter() - start)
    size = f"{len(search):,} passages"
    return [
        Measurement(
            f"Read and index a text file of {size}",
            len(search) / seconds,
            "passages/s",
            500,
            at_least=True,
            detail=f"{len(data) / 1e6:.1f} MB: {read:.1f} s to read and split, {seconds - read:.1f} s to embed",
        ),
        Measurement(f"First query on {size}, in the server", times[0], "s", 1.0),
        Measurement(
            f"Query on {size}, in the server",
            median(times[1:]) * 1000,
            "ms",
            50,
            detail=f"median of {len(times) - 1}, longest {max(times[1:]) * 1000:.0f} ms",
        ),
    ]


if __name__ == "__main__":
    run_alone(measure, __doc__)
