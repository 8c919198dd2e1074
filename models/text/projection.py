"""A map of a corpus: principal components of its vectors, so that neighbours on the page are neighbours in meaning."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.stores.memory import Snapshot

MAX_FITTED = 5_000


@dataclass(frozen=True)
class Projection:
    """A plane through the corpus.

    Source: Pearson 1901, "On lines and planes of closest fit to systems of points in space"; signs as in scikit-learn's
    ``svd_flip``, so that the map of a corpus does not mirror from one run to the next.

    Args:
        mean: float32 [D].
        axes: float32 [2, D], orthonormal; a zero row where the corpus does not extend in a second direction.
        explained_variance: share of the variance along each axis, in [0, 1].
    """

    mean: NDArray[np.float32]
    axes: NDArray[np.float32]
    explained_variance: tuple[float, float]

    def project(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Positions [N, 2] of vectors [N, D], or [2] of one vector [D]."""
        return np.asarray((vectors - self.mean) @ self.axes.T, dtype=np.float32)

    def project_all(self, snapshot: Snapshot) -> NDArray[np.float32]:
        """Positions [N, 2] of a whole corpus, without a copy of its vectors."""
        if not len(snapshot):
            return np.empty((0, 2), dtype=np.float32)
        origin = self.mean @ self.axes.T
        return np.concatenate([view @ self.axes.T - origin for view in snapshot.views()])


def fit_projection(vectors: NDArray[np.float32] | Snapshot) -> Projection:
    """Find the plane that keeps most of the variance of vectors [N, D].

    Above 5,000 rows every n-th is used: the plane of a corpus hardly moves, and the result stays the same each time.

    Raises:
        InvalidInputError: no vectors.
    """
    count = len(vectors)
    if not count:
        raise InvalidInputError("The corpus is empty. Add documents to see their map.")
    rows = np.linspace(0, count - 1, min(count, MAX_FITTED)).round().astype(np.int64)
    sample = vectors.rows(rows) if isinstance(vectors, Snapshot) else np.asarray(vectors)[rows]
    mean = sample.mean(axis=0, dtype=np.float64)
    centred = sample - mean
    # right singular vectors of the centred matrix by way of its D x D product, far faster than the SVD of 5,000 rows
    values, vectors_of = np.linalg.eigh(centred.T @ centred)
    values = np.clip(values[::-1][:2], 0, None)
    axes = vectors_of[:, ::-1][:, :2].T
    total = float(np.square(centred).sum())
    significant = values > 1e-9 * max(total, 1e-12)
    # the entry of greatest size becomes positive: eigenvectors come with either sign
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    axes = np.where(significant[:, None], axes * signs[:, None], 0)
    if len(axes) < 2:
        axes, values = np.vstack([axes, np.zeros_like(axes)]), np.append(values, 0)
    share = values / total if total > 0 else np.zeros(2)
    return Projection(mean.astype(np.float32), axes.astype(np.float32), (float(share[0]), float(share[1])))
