"""Passages and their vectors, kept together while documents come and go."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from models.errors import CancelledError, InvalidInputError
from models.languages import identify_language
from models.stores.memory import Appending, InMemoryStore, Snapshot
from models.text.passages import Passage
from models.text.sentence_encoder import MAX_BATCH, SentenceEncoder

# Texts that are embedded between two copies into the store: many batches, so that the encoder can sort them by length.
WINDOW = 16 * MAX_BATCH


@dataclass(frozen=True)
class AddReport:
    """What became of the passages that were added: new ones, duplicates, those without text, and the new total."""

    added: int
    duplicates: int
    empty: int
    total: int


@dataclass(frozen=True)
class IndexSnapshot:
    """What a reader sees: passages, their languages and vectors, all of one moment.

    Args:
        rows: the passages; only the first ``len(vectors)`` belong to this snapshot, the list may grow behind them.
        language_numbers: int16 [N], positions in ``language_codes``.
        language_codes: code of each number.
        vectors: float32 [N, D] in blocks.
    """

    rows: list[Passage]
    language_numbers: NDArray[np.int16]
    language_codes: list[str]
    vectors: Snapshot

    def __len__(self) -> int:
        """Number of passages."""
        return len(self.vectors)

    @property
    def passages(self) -> list[Passage]:
        """The passages in the order of their rows."""
        return self.rows[: len(self)]

    def in_languages(self, codes: set[str]) -> NDArray[np.bool_]:
        """Mask [N] of the passages in one of these languages."""
        numbers = [number for number, code in enumerate(self.language_codes) if code in codes]
        return np.isin(self.language_numbers, numbers)


class PassageIndex:
    """Adds and removes passages; readers take ``snapshot()`` and need no lock.

    Args:
        encoder: makes the vectors.
        store: keeps them; must be empty.
    """

    def __init__(self, encoder: SentenceEncoder, store: InMemoryStore) -> None:
        if len(store):
            raise InvalidInputError("The store already holds vectors without their passages. Give an empty one.")
        self._encoder = encoder
        self._store = store
        self._write = Lock()
        self._row_of_text: dict[str, int] = {}
        self._known: set[tuple[str, str, str]] = set()
        self._snapshot = IndexSnapshot([], np.empty(0, dtype=np.int16), [], store.snapshot())

    def snapshot(self) -> IndexSnapshot:
        """The passages as they are now; later changes do not touch it."""
        return self._snapshot

    def add(
        self,
        passages: Sequence[Passage],
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> AddReport:
        """Add passages; only texts that the corpus does not hold yet are embedded.

        A passage of the same text, document and place is a duplicate and left out. The same text from another place is
        found with both, at the cost of one embedding. When anything fails, the corpus stays as it was.

        Args:
            passages: their order is kept.
            progress: called with (texts embedded, texts to embed).
            cancel: asked between batches; True stops.

        Raises:
            InvalidInputError: more passages than the store holds.
            CancelledError: ``cancel`` said so.
        """
        with self._write:
            fresh, duplicates = self._without_duplicates(passages)
            filled = [passage for passage in fresh if passage.text.strip()]
            total = len(self._snapshot) + len(filled)
            if total > self._store.max_rows:
                raise InvalidInputError(
                    f"These documents would make {total:,} passages; the index holds at most "
                    f"{self._store.max_rows:,}. Remove documents or add fewer."
                )
            if filled:
                with self._store.appending() as pending:
                    self._embed(filled, pending, progress, cancel)
                self._publish(filled)
            return AddReport(len(filled), duplicates, len(fresh) - len(filled), total)

    def _without_duplicates(self, passages: Sequence[Passage]) -> tuple[list[Passage], int]:
        fresh: dict[tuple[str, str, str], Passage] = {}
        for passage in passages:
            identity = _identity(passage)
            if identity not in self._known:
                fresh.setdefault(identity, passage)
        return list(fresh.values()), len(passages) - len(fresh)

    def _embed(
        self,
        passages: list[Passage],
        pending: Appending,
        progress: Callable[[int, int], None] | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        """Append one vector a passage, encoding each distinct text once."""
        row_of = {p.text: self._row_of_text[p.text] for p in passages if p.text in self._row_of_text}
        to_embed = len({passage.text for passage in passages} - row_of.keys())
        embedded = 0

        def report(done: int, _: int) -> None:
            if cancel is not None and cancel():
                raise CancelledError("Indexing was stopped; the corpus is as it was.")
            if progress is not None:
                progress(embedded + done, to_embed)

        report(0, to_embed)
        for start in range(0, len(passages), WINDOW):
            window = passages[start : start + WINDOW]
            texts = list(dict.fromkeys(passage.text for passage in window if passage.text not in row_of))
            vectors = np.empty((len(window), self._encoder.dimension), dtype=np.float32)
            # rows of equal texts, published or written by an earlier window of this call
            known = [n for n, passage in enumerate(window) if passage.text in row_of]
            vectors[known] = pending.rows([row_of[window[n].text] for n in known])
            if texts:
                new = dict(zip(texts, self._encoder.encode(texts, MAX_BATCH, progress=report), strict=True))
                for n, passage in enumerate(window):
                    if passage.text in new:
                        vectors[n] = new[passage.text]
                        row_of[passage.text] = pending.count + n
            pending.append(vectors)
            embedded += len(texts)

    def _publish(self, passages: list[Passage]) -> None:
        """Show passages whose vectors are in the store to readers."""
        before = self._snapshot
        codes = list(dict.fromkeys([*before.language_codes, *(passage.language for passage in passages)]))
        number_of = {code: number for number, code in enumerate(codes)}
        self._remember(passages, len(before))
        before.rows[len(before) :] = passages
        numbers = np.fromiter((number_of[passage.language] for passage in passages), np.int16, len(passages))
        numbers = np.concatenate([before.language_numbers, numbers])
        self._snapshot = IndexSnapshot(before.rows, numbers, codes, self._store.snapshot())

    def _remember(self, passages: list[Passage], first_row: int) -> None:
        for row, passage in enumerate(passages, start=first_row):
            self._row_of_text.setdefault(passage.text, row)
            self._known.add(_identity(passage))

    def restore(self, passages: list[Passage], vectors: Iterable[NDArray[np.float32]]) -> None:
        """Fill an empty index with passages whose vectors are known, for instance from a file."""
        with self._write:
            with self._store.appending() as pending:
                for block in vectors:
                    pending.append(block)
                if pending.count != len(passages) or len(self._snapshot):
                    raise InvalidInputError("Passages and vectors can only be restored together, into an empty index.")
            self._publish(passages)

    def remove(self, documents: set[str]) -> int:
        """Remove all passages of these documents; returns how many went.

        Raises:
            InvalidInputError: one of them is unknown; nothing is removed then.
        """
        with self._write:
            before = self._snapshot
            passages = before.passages
            unknown = documents - {passage.document for passage in passages}
            if unknown:
                raise InvalidInputError(f"The corpus holds no document named {', '.join(sorted(unknown))}.")
            mask = np.array([passage.document not in documents for passage in passages], dtype=bool)
            kept = [passage for passage in passages if passage.document not in documents]
            self._store.keep(mask)
            self._row_of_text, self._known = {}, set()
            self._remember(kept, 0)
            numbers = before.language_numbers[mask]
            self._snapshot = IndexSnapshot(kept, numbers, before.language_codes, self._store.snapshot())
            return len(passages) - len(kept)


def _identity(passage: Passage) -> tuple[str, str, str]:
    return passage.text, passage.document, passage.place


def as_passages(documents: Sequence[str] | Sequence[Passage]) -> list[Passage]:
    """Turn texts into passages with their language; passages stay as they are.

    Raises:
        InvalidInputError: not a list of texts or passages.
    """
    if isinstance(documents, str | Passage):
        raise InvalidInputError("Documents come as a list, also when there is only one.")
    passages = []
    for position, document in enumerate(documents):
        if isinstance(document, Passage):
            passages.append(document)
        elif isinstance(document, str):
            passages.append(Passage(document, language=identify_language(document), position=position))
        else:
            raise InvalidInputError(f"Document {position + 1} is not a text but {type(document).__name__}.")
    return passages
