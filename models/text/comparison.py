"""The sentences of a comparison with their embeddings: one list with itself, or list A with list B."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.text.evaluation import spearman
from models.text.passages import Passage
from models.text.similarity import Measure, SimilarPairs, similarity_matrix

if TYPE_CHECKING:
    from models.text.encoder import TextEncoder


@dataclass(frozen=True, eq=False)
class Comparison:
    """What a matrix is made of.

    Args:
        left: N sentences, the rows.
        right: M sentences, the columns; None when ``left`` is compared with itself.
        left_vectors: float32 [N, D], unit length.
        right_vectors: float32 [M, D], or None.
        model: name of the encoder.
    """

    left: list[Passage]
    right: list[Passage] | None
    left_vectors: NDArray[np.float32]
    right_vectors: NDArray[np.float32] | None
    model: str

    @property
    def one_list(self) -> bool:
        """Whether a list is compared with itself."""
        return self.right is None

    @property
    def columns(self) -> list[Passage]:
        """The M sentences of the columns."""
        return self.left if self.right is None else self.right

    def matrix(self, measure: Measure = Measure.COSINE) -> NDArray[np.float32]:
        """Similarities, float32 [N, M]."""
        return similarity_matrix(self.left_vectors, self.right_vectors, measure)


def check_lists(left: Sequence[Passage], right: Sequence[Passage] | None) -> None:
    """Raise InvalidInputError where there is nothing to compare."""
    if right is None and len(left) == 1:
        raise InvalidInputError("One sentence has nothing to be compared with. Add a second one on a line of its own.")
    if not left or (right is not None and not right):
        which = "The list" if right is None else "List A" if not left else "List B"
        raise InvalidInputError(f"{which} is empty. Type or paste sentences, one a line, or add a file.")


def compare_sentences(
    left: list[Passage],
    right: list[Passage] | None,
    encoder: "TextEncoder",
    progress: Callable[[int, int], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Comparison:
    """Embed the sentences of one list or of two; the same text is embedded once, so that it is identical to itself.

    Args:
        left: at least one sentence, two if there is no ``right``.
        right: list B, or None.
        encoder: any text encoder.
        progress: called with texts done and texts in all.
        cancel: asked between batches; True stops.

    Raises:
        InvalidInputError: an empty list, or a single sentence.
        CancelledError: ``cancel`` returned True.
    """
    check_lists(left, right)
    both = [*left, *(right or [])]
    first_row: dict[str, int] = {}
    rows = [first_row.setdefault(sentence.text, len(first_row)) for sentence in both]
    vectors = encoder.encode(list(first_row), progress=progress, cancel=cancel)[rows]
    split = len(left)
    return Comparison(left, right, vectors[:split], None if right is None else vectors[split:], encoder.name)


def rank_agreement(first: NDArray[np.float32], second: NDArray[np.float32], *, one_list: bool) -> float | None:
    """Spearman correlation of two matrices over the same sentences: do two models order the pairs alike?

    Args:
        first: [N, M].
        second: [N, M].
        one_list: only pairs of different sentences count, each once.

    Returns:
        -1 to 1; None with fewer than three pairs.
    """
    pairs = _pairs(first, second, one_list)
    return spearman(first[pairs], second[pairs]) if len(pairs[0]) >= 3 else None


def disagreements(
    first: NDArray[np.float32], second: NDArray[np.float32], limit: int = 100, *, one_list: bool
) -> SimilarPairs:
    """The pairs that two models place most differently among all pairs; models differ in scale, so ranks are compared.

    Args:
        first: [N, M].
        second: [N, M].
        limit: longest list.
        one_list: only pairs of different sentences count, each once.

    Returns:
        Pairs with, as value, the share of all pairs by which ``second`` ranks them higher than ``first``, in (-1, 1);
        the largest difference first.
    """
    rows, columns = _pairs(first, second, one_list)
    total = max(len(rows), 1)
    shift = (_ranks(second[rows, columns]) - _ranks(first[rows, columns])) / total
    order = np.argsort(-np.abs(shift), kind="stable")[:limit]
    return SimilarPairs(rows[order], columns[order], shift[order].astype(np.float32), len(rows))


def _pairs(
    first: NDArray[np.float32], second: NDArray[np.float32], one_list: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the pairs that count."""
    if first.shape != second.shape:
        raise InvalidInputError(f"Matrices of shapes {first.shape} and {second.shape} are not of the same sentences.")
    rows, columns = np.triu_indices(len(first), k=1) if one_list else np.indices(first.shape).reshape(2, -1)
    return rows, columns


def _ranks(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Place of each value among all, from 0; equal values share the mean of their places."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values) - 1, dtype=np.float64)
