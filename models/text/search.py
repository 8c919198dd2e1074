"""Semantic search over passages in any of the encoder's languages."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from models.catalog import CATALOG, DEFAULT_TEXT_MODEL
from models.errors import InvalidInputError, UnreadableFileError
from models.stores.memory import InMemoryStore, Snapshot, best_rows
from models.text.calibrator import Assessment, Calibrator
from models.text.corpus_file import open_corpus, write_corpus
from models.text.encoder import load_text_encoder
from models.text.passage_index import AddReport, PassageIndex, as_passages
from models.text.passages import Passage
from models.text.queries import checked_count, checked_languages, checked_minimum, checked_query
from models.text.sentence_encoder import SentenceEncoder

__all__ = ["AddReport", "Answer", "Hit", "MultilingualSemanticSearch"]


@dataclass(frozen=True)
class Hit:
    """One passage found for a query.

    Args:
        document: text of the passage.
        similarity: cosine of query and passage, in [-1, 1].
        index: position of the passage in the corpus, from 0.
        passage: the passage with its document, place and language.
        rank: 1 for the best.
        confidence: probability that the passage answers the query, in [0, 1]; None where it was not asked for.
    """

    document: str
    similarity: float
    index: int
    passage: Passage
    rank: int
    confidence: float | None = None


@dataclass(frozen=True)
class Answer:
    """Hits together with what their scores mean in this corpus.

    Args:
        query: the query without surrounding white space.
        hits: best first, also when none of them is a confident match.
        assessment: the best score against its background; None when the filter left no passage to compare.
        query_vector: float32 [D], to place the query on a map without encoding it again.
    """

    query: str
    hits: list[Hit]
    assessment: Assessment | None
    query_vector: NDArray[np.float32]

    @property
    def confident(self) -> bool:
        """Whether the best passage stands out from the background."""
        return self.assessment is not None and self.assessment.confident

    @property
    def possible(self) -> bool:
        """Whether the best passage is worth a look, confident or not."""
        return self.assessment is not None and self.assessment.possible

    @property
    def message(self) -> str:
        """One sentence for a person about how far to trust the hits."""
        if self.assessment is None:
            return "The corpus holds no passage in the chosen languages."
        if not self.hits:
            return f"No passage reaches the minimum similarity; the best one has {self.assessment.best:.2f}."
        return self.assessment.message


@dataclass(frozen=True)
class _Found:
    """Hits and what they were chosen from: similarities [N] of all passages, and the mask [N] of those searched."""

    hits: list[Hit]
    vector: NDArray[np.float32]
    scores: NDArray[np.float32]
    allowed: NDArray[np.bool_] | None
    vectors: Snapshot


class MultilingualSemanticSearch:
    """Find passages by meaning, across languages.

    Safe to read from several threads while one adds or removes: a reader works on the corpus as it was.

    Args:
        model: name of a catalogued model, a path or handle of a SavedModel, or an encoder that is already loaded.
        store: where vectors are kept, empty; in memory if None.

    Raises:
        ModelUnavailableError: the model cannot be loaded.
    """

    def __init__(self, model: str | SentenceEncoder = DEFAULT_TEXT_MODEL, store: InMemoryStore | None = None) -> None:
        self.encoder: SentenceEncoder = load_text_encoder(model) if isinstance(model, str) else model
        self._index = PassageIndex(self.encoder, InMemoryStore(self.encoder.dimension) if store is None else store)
        self._calibrator = Calibrator(self.encoder)

    def __len__(self) -> int:
        """Number of passages."""
        return len(self._index.snapshot())

    @property
    def passages(self) -> list[Passage]:
        """All passages in the order of their index."""
        return self._index.snapshot().passages

    @property
    def embeddings(self) -> NDArray[np.float32]:
        """Their vectors, read-only float32 [N, D]; a copy only above 131,072 passages."""
        return self.vectors.matrix()

    @property
    def vectors(self) -> Snapshot:
        """Their vectors as the store holds them, never copied."""
        return self._index.snapshot().vectors

    @property
    def documents(self) -> dict[str, int]:
        """Number of passages of each document, in the order in which they were added."""
        return dict(Counter(passage.document for passage in self.passages))

    @property
    def languages(self) -> dict[str, int]:
        """Number of passages of each language code, most frequent first."""
        return dict(Counter(passage.language for passage in self.passages).most_common())

    def add_documents(
        self,
        documents: Sequence[str] | Sequence[Passage],
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> AddReport:
        """Add texts or passages; only texts that the corpus does not hold yet are embedded, at most 64 at a time.

        A passage of the same text, document and place is a duplicate and left out. The same text from another place is
        found with both, at the cost of one embedding. When anything fails, the corpus stays as it was.

        Args:
            documents: texts, whose language is identified, or passages of ``models.text.documents``.
            progress: called with (texts embedded, texts to embed).
            cancel: asked between batches; True stops.

        Raises:
            InvalidInputError: not a list of texts, or more than 200,000 passages in all.
            CancelledError: ``cancel`` said so.
        """
        return self._index.add(as_passages(documents), progress, cancel)

    def remove(self, documents: str | Iterable[str]) -> int:
        """Remove all passages of one or several documents, by name; returns how many passages went.

        Raises:
            InvalidInputError: no such document; nothing is removed then.
        """
        return self._index.remove({documents} if isinstance(documents, str) else set(documents))

    def search(
        self,
        query: str,
        k: int = 5,
        *,
        languages: Iterable[str] | None = None,
        min_similarity: float | None = None,
    ) -> list[Hit]:
        """The ``k`` passages most similar to ``query``, best first; see ``answer`` for arguments and errors."""
        return self._find(query, k, languages, min_similarity).hits

    def answer(
        self,
        query: str,
        k: int = 5,
        *,
        languages: Iterable[str] | None = None,
        min_similarity: float | None = None,
    ) -> Answer:
        """The ``k`` most similar passages, and whether the best of them is more than chance in this corpus.

        Args:
            query: 1 to 2,000 characters in any of the languages.
            k: 1 to 1,000; fewer hits come back when the corpus is smaller.
            languages: codes of the passages to search; None or empty for all.
            min_similarity: smallest cosine to return, in [-1, 1].

        Raises:
            InvalidInputError: an argument out of range, or an empty corpus.
        """
        found = self._find(query, k, languages, min_similarity)
        scores = found.scores if found.allowed is None else found.scores[found.allowed]
        if not len(scores):
            return Answer(query.strip(), [], None, found.vector)
        background = self._calibrator.background(found.vector, scores)
        # the best passage is judged also when the minimum similarity keeps it out of the hits
        rows = [hit.index for hit in found.hits] or best_rows(found.scores, 1, found.allowed)[0].tolist()
        confidences = self._calibrator.confidences(found.scores[rows], found.vectors.rows(rows), background).tolist()
        assessment = Assessment(float(found.scores[rows[0]]), confidences[0], background)
        hits = [replace(hit, confidence=confidences[n]) for n, hit in enumerate(found.hits)]
        return Answer(query.strip(), hits, assessment, found.vector)

    def _find(self, query: str, k: int, languages: Iterable[str] | None, min_similarity: float | None) -> "_Found":
        text, count, minimum = checked_query(query), checked_count(k), checked_minimum(min_similarity)
        codes = checked_languages(languages)
        corpus = self._index.snapshot()
        if not len(corpus):
            raise InvalidInputError("The corpus is empty. Add documents before you search.")
        allowed = corpus.in_languages(codes) if codes else None
        vector = self.encoder.encode([text], 1)[0]
        scores = corpus.vectors.similarities(vector)
        rows, values = best_rows(scores, count, allowed, minimum)
        hits = [
            # rounding can carry the cosine of equal texts a little beyond 1
            Hit(corpus.rows[row].text, float(np.clip(value, -1, 1)), int(row), corpus.rows[row], rank)
            for rank, (row, value) in enumerate(zip(rows, values, strict=True), start=1)
        ]
        return _Found(hits, vector, scores, allowed, corpus.vectors)

    def save(self, target: str | Path | BinaryIO) -> None:
        """Write passages, vectors and the model's name to a path or an open binary file; see ``corpus_file``."""
        corpus = self._index.snapshot()
        write_corpus(target, self.encoder.name, corpus.passages, corpus.vectors)

    @classmethod
    def load(
        cls, source: str | Path | BinaryIO, model: str | SentenceEncoder | None = None
    ) -> "MultilingualSemanticSearch":
        """Read a corpus that ``save`` wrote.

        Args:
            source: a path or an open binary file.
            model: the encoder that made the vectors; None loads the one that the file names, if it is in the catalogue.

        Raises:
            UnreadableFileError: the file is damaged, or its vectors come from another model.
        """
        with open_corpus(source) as reader:
            if model is None:
                # a stranger's file must not make this program run a stranger's model
                if reader.header.model not in CATALOG:
                    raise _other_model(reader.name, reader.header.model, "Load it together with that model.")
                model = reader.header.model
            search = cls(model)
            encoder = search.encoder
            if (reader.header.model, reader.header.dimension) != (encoder.name, encoder.dimension):
                raise _other_model(reader.name, reader.header.model, f"Choose that model instead of {encoder.name}.")
            passages = reader.passages()
            search._index.restore(passages, reader.vectors())
        if passages and not _made_by(encoder, passages[0], search.vectors.rows([0])[0]):
            raise _other_model(reader.name, f"another version of {encoder.name}", "Add the documents anew.")
        return search


def _made_by(encoder: SentenceEncoder, passage: Passage, vector: NDArray[np.float32]) -> bool:
    """Whether ``encoder`` gives ``passage`` this vector: a retrained model of one name gives another."""
    return float(np.linalg.norm(encoder.encode([passage.text], 1)[0] - vector)) < 0.1


def _other_model(file_name: str, model: str, remedy: str) -> UnreadableFileError:
    return UnreadableFileError(file_name, f"was made with the model {model}", remedy)
