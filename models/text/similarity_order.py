"""The order of sentences in a matrix: as given, or so that similar ones stand together, with their dendrogram."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MOST_OPTIMAL = 300  # rows; the best order of the leaves takes time with the square of their number


@dataclass(frozen=True)
class Dendrogram:
    """The tree of a hierarchical clustering, ready to be drawn; N - 1 links for N leaves.

    Leaf ``p`` of the order stands at position ``p + 0.5``, the middle of its cell in a matrix.

    Args:
        first: float64 [N - 1], position of the first branch of each link.
        second: float64 [N - 1], position of the second branch.
        first_height: float64 [N - 1], cosine distance at which the first branch begins; 0 for a leaf.
        second_height: float64 [N - 1].
        height: float64 [N - 1], cosine distance at which the two are joined; never falls along a branch.
    """

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    first_height: NDArray[np.float64]
    second_height: NDArray[np.float64]
    height: NDArray[np.float64]


@dataclass(frozen=True)
class Order:
    """An order of N sentences.

    Args:
        rows: int64 [N], a permutation: which sentence stands at each position.
        dendrogram: how they were grouped; None for the order as given.
    """

    rows: NDArray[np.int64]
    dendrogram: Dendrogram | None = None


def given_order(count: int) -> Order:
    """The sentences as they came."""
    return Order(np.arange(count))


def cluster_order(cosines: NDArray[np.float32]) -> Order:
    """Order by hierarchical clustering: similar sentences become neighbours.

    Average linkage on the cosine distance, ``1 - cosine``; up to 300 sentences the branches are also turned so that
    neighbours are as similar as possible. Sources: Sokal and Michener 1958 (average linkage); Bar-Joseph, Gifford and
    Jaakkola 2001, "Fast optimal leaf ordering for hierarchical clustering".

    Args:
        cosines: [N, N], symmetric, from ``similarity_matrix`` with the cosine as measure.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    count = len(cosines)
    if count < 2:
        return given_order(count)
    distances = np.clip(1.0 - cosines.astype(np.float64), 0.0, 2.0)
    np.fill_diagonal(distances, 0.0)
    links = linkage(squareform(distances, checks=False), "average", optimal_ordering=count <= _MOST_OPTIMAL)
    rows = leaves_list(links).astype(np.int64)
    return Order(rows, _dendrogram(links, rows))


def _dendrogram(links: NDArray[np.float64], rows: NDArray[np.int64]) -> Dendrogram:
    """Coordinates by one pass over the links; scipy's own function recurses as deep as the tree, which may be N."""
    count = len(rows)
    position, height = np.zeros(2 * count - 1), np.zeros(2 * count - 1)
    position[rows] = np.arange(count) + 0.5
    branches = links[:, :2].astype(np.int64)
    for node, ((one, other), distance) in enumerate(zip(branches, links[:, 2], strict=True), start=count):
        position[node] = (position[one] + position[other]) / 2
        height[node] = max(distance, height[one], height[other])
    first, second = branches.T
    return Dendrogram(position[first], position[second], height[first], height[second], height[count:])
