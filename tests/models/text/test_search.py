import inspect
from collections.abc import Sequence
from threading import Thread

import numpy as np
import pytest

from models.errors import CancelledError, InvalidInputError
from models.stores.memory import InMemoryStore
from models.text.passages import Passage
from models.text.search import MultilingualSemanticSearch

TEXTS = [
    "the sun warms the roof of the house",
    "a cat sleeps on the sofa",
    "trains run through the night",
    "bread rises in a warm kitchen",
]


class RecordingEncoder:
    """The tiny encoder, and a list of what it was asked for."""

    def __init__(self, encoder):
        self.name, self.dimension = encoder.name, encoder.dimension
        self.calls: list[list[str]] = []
        self.batch_sizes: list[int] = []
        self._encoder = encoder

    def encode(self, texts: Sequence[str], batch_size: int = 64, progress=None):
        self.calls.append(list(texts))
        self.batch_sizes.append(batch_size)
        return self._encoder.encode(texts, batch_size, progress=progress)

    @property
    def texts(self) -> list[str]:
        return [text for call in self.calls for text in call]


@pytest.fixture
def encoder(tiny_encoder) -> RecordingEncoder:
    return RecordingEncoder(tiny_encoder)


@pytest.fixture
def search(encoder) -> MultilingualSemanticSearch:
    search = MultilingualSemanticSearch(encoder)
    search.add_documents(TEXTS)
    return search


def passage(text: str, document: str = "a.txt", place: str = "line 1", language: str = "en") -> Passage:
    return Passage(text, document, place, 1, language)


def test_a_hit_carries_text_similarity_and_index(search):
    hits = search.search("where does the cat sleep", k=2)
    assert hits[0].document == TEXTS[1]
    assert hits[0].index == 1
    assert hits[0].rank == 1
    assert 0 < hits[1].similarity < hits[0].similarity <= 1
    assert hits[0].passage.text == hits[0].document
    assert search.search(TEXTS[2], k=1)[0].similarity == pytest.approx(1)


def test_the_public_signature_stays():
    assert list(inspect.signature(MultilingualSemanticSearch.search).parameters)[:3] == ["self", "query", "k"]
    assert next(iter(inspect.signature(MultilingualSemanticSearch).parameters)) == "model"


def test_the_model_can_be_a_path(tiny_text_model):
    search = MultilingualSemanticSearch(model=str(tiny_text_model))
    search.add_documents(TEXTS)
    assert search.search("night trains", 1)[0].index == 2


def test_only_new_texts_are_embedded_and_batches_stay_small(search, encoder):
    encoder.calls.clear()
    report = search.add_documents([*TEXTS, "a new line", TEXTS[0], "a new line"])
    assert encoder.texts == ["a new line"]
    assert max(encoder.batch_sizes) <= 64
    assert (report.added, report.duplicates, report.empty, report.total) == (1, 6, 0, 5)
    encoder.calls.clear()
    assert search.add_documents(TEXTS).added == 0
    assert encoder.texts == []


def test_the_same_text_from_two_documents_is_found_with_both_and_embedded_once(search, encoder):
    encoder.calls.clear()
    report = search.add_documents([
        passage("shared words here", "a.txt"), passage("shared words here", "b.txt"),
        passage("shared words here", "a.txt"), passage(TEXTS[0], "c.txt"),
    ])  # fmt: skip
    assert encoder.texts == ["shared words here"]
    assert (report.added, report.duplicates) == (3, 1)
    found = search.search("shared words here", 2)
    assert [hit.passage.document for hit in found] == ["a.txt", "b.txt"]
    assert found[0].similarity == pytest.approx(found[1].similarity, abs=1e-6)
    assert {hit.passage.document for hit in search.search(TEXTS[0], 2)} == {"Pasted text", "c.txt"}


def test_rows_stay_in_the_given_order_over_many_windows_with_repeats(encoder):
    texts = [f"number {n % 1500} of many" for n in range(4000)]
    search = MultilingualSemanticSearch(encoder, InMemoryStore(encoder.dimension, first_block_rows=700))
    seen: list[tuple[int, int]] = []
    passages = [passage(text, place=f"line {n}") for n, text in enumerate(texts)]
    report = search.add_documents(passages, progress=lambda done, total: seen.append((done, total)))
    assert report.added == 4000
    assert len(encoder.texts) == len(set(encoder.texts)) == 1500
    assert [row.text for row in search.passages] == texts
    np.testing.assert_allclose(search.embeddings, encoder.encode(texts), atol=1e-6)
    assert seen[0] == (0, 1500)
    assert seen[-1] == (1500, 1500)
    assert seen == sorted(seen)


def test_cancelling_and_failing_leave_the_index_as_it_was(search):
    before = search.embeddings.copy()
    many = [f"line {n}" for n in range(300)]
    calls = iter(range(100))
    with pytest.raises(CancelledError):
        search.add_documents(many, cancel=lambda: next(calls) == 3)

    def fail(done: int, total: int) -> None:
        if done > 128:
            raise RuntimeError("the page went away")

    with pytest.raises(RuntimeError):
        search.add_documents(many, progress=fail)
    assert len(search) == len(search.passages) == 4
    np.testing.assert_array_equal(search.embeddings, before)
    assert search.add_documents(many).added == 300
    assert search.search("line 7", 1)[0].document == "line 7"


def test_too_many_passages_are_refused_before_any_is_embedded(encoder):
    search = MultilingualSemanticSearch(encoder, InMemoryStore(encoder.dimension, max_rows=5))
    search.add_documents(TEXTS)
    encoder.calls.clear()
    with pytest.raises(InvalidInputError, match=r"6 passages.*at most 5"):
        search.add_documents(["one", "two"])
    assert encoder.calls == []
    assert len(search) == 4


def test_blank_texts_are_counted_not_indexed(search):
    report = search.add_documents(["", "  \n", "words"])
    assert (report.added, report.empty, report.total) == (1, 2, 5)


@pytest.mark.parametrize("documents", ["one text", Passage("one"), [1, 2], [None]])
def test_documents_must_be_a_list_of_texts(search, documents):
    with pytest.raises(InvalidInputError):
        search.add_documents(documents)
    assert len(search) == 4


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("x" * 2001, "2,001 characters"),
        ("x" * 1_000_000, "2,000"),
        (None, "NoneType"),
    ],
)
def test_an_unusable_query_is_refused_with_the_reason(search, query, problem):
    with pytest.raises(InvalidInputError, match=problem):
        search.search(query)


@pytest.mark.parametrize("k", [0, -1, 1001, 2.5, "3", None])
def test_an_unusable_number_of_results_is_refused(search, k):
    with pytest.raises(InvalidInputError, match="number of results"):
        search.search("cat", k)


def test_a_corpus_smaller_than_k_returns_all_of_it(search):
    assert len(search.search("cat", 1000)) == 4
    assert len(search.search("cat", np.int64(3))) == 3


def test_an_empty_corpus_says_so(encoder):
    with pytest.raises(InvalidInputError, match="corpus is empty"):
        MultilingualSemanticSearch(encoder).search("cat")


def test_languages_and_minimum_similarity_filter(encoder):
    search = MultilingualSemanticSearch(encoder)
    search.add_documents([
        passage("the cat", language="en"), passage("die katze the cat", "b", language="de"),
        passage("el gato", language="es"),
    ])  # fmt: skip
    assert [hit.passage.language for hit in search.search("the cat", languages=["de", "es"])] == ["de", "es"]
    assert [hit.passage.language for hit in search.search("the cat", languages="en")] == ["en"]
    assert len(search.search("the cat", languages=[])) == 3
    assert search.search("the cat", languages=["th"]) == []
    assert len(search.search("the cat", min_similarity=0.99)) == 1
    with pytest.raises(InvalidInputError, match="klingon"):
        search.search("the cat", languages=["klingon"])
    for wrong in (1.5, -2, float("nan")):
        with pytest.raises(InvalidInputError, match="between -1 and 1"):
            search.search("the cat", min_similarity=wrong)
    assert search.languages == {"en": 1, "de": 1, "es": 1}


def test_removal_is_by_document_and_all_or_nothing(search):
    search.add_documents([passage("one", "a.txt"), passage("two", "a.txt", "line 2"), passage("three", "b.txt")])
    with pytest.raises(InvalidInputError, match=r"missing\.txt"):
        search.remove(["a.txt", "missing.txt"])
    assert len(search) == 7
    assert search.remove("a.txt") == 2
    assert search.documents == {"Pasted text": 4, "b.txt": 1}
    assert search.search("three", 1)[0].index == 4
    assert search.add_documents([passage("one", "a.txt")]).added == 1
    assert search.search("one", 1)[0].passage.document == "a.txt"
    search.remove(search.documents)
    assert len(search) == 0
    assert search.embeddings.shape == (0, search.encoder.dimension)


def test_searching_goes_on_while_documents_come_and_go(search):
    failures: list[object] = []
    stop = False

    def read() -> None:
        while not stop:
            for hit in search.search("line of text number 3", 3):
                if search.encoder.encode([hit.document])[0] @ search.encoder.encode(["line of text number 3"])[0] < (
                    hit.similarity - 1e-4
                ):
                    failures.append(hit)

    reader = Thread(target=read)
    reader.start()
    for n in range(15):
        search.add_documents([passage(f"line of text number {m}", f"{n}.txt", f"line {m}") for m in range(20)])
        if n % 3 == 2:
            search.remove(f"{n - 1}.txt")
    stop = True
    reader.join(timeout=20)
    assert failures == []


def test_a_used_store_is_refused(encoder):
    store = InMemoryStore(encoder.dimension)
    store.append(np.zeros((1, encoder.dimension), dtype=np.float32))
    with pytest.raises(InvalidInputError, match="empty one"):
        MultilingualSemanticSearch(encoder, store)


def test_languages_of_plain_texts_are_identified(encoder):
    search = MultilingualSemanticSearch(encoder)
    search.add_documents(["Der Zug fährt heute Nacht nach Hamburg und Berlin.", "今日はとても良い天気ですね。"])
    assert [row.language for row in search.passages] == ["de", "ja"]


def test_an_answer_carries_confidence_and_the_query_vector(search):
    answer = search.answer("  cat  ", 2)
    assert answer.query == "cat"
    assert answer.query_vector.shape == (search.encoder.dimension,)
    assert answer.message
    assert all(0 <= hit.confidence <= 1 for hit in answer.hits)
    assert answer.hits[0].confidence == pytest.approx(answer.assessment.confidence)
    assert isinstance(answer.confident, bool)
