"""How unlike an image is to those that a network was trained on: a measured score, and a sentence."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.imaging.image_statistics import ASPECTS, STATISTICS, image_statistics

FAMILIARITY_FILE = "assets.extra/familiarity.json"
_PERCENTS = (0, 5, 10, 25, 50, 75, 90, 95, 98, 99, 100)
_TRIMMED = 0.05  # share of the training images that lie farthest out and do not shape the covariance
_PRIOR = 10  # a group's own covariance counts as much as the common one when it has so many images
_SHRINKAGE = 0.15  # towards the diagonal, so that a direction without variance in training is not infinitely odd
_FLOOR = 0.02  # smallest standard deviation of a statistic; smaller ones are chance
_FOLDS = 5
_GROUP_SIZE, _MOST_GROUPS = 60, 8  # where nobody names the kinds of images, one cluster for so many images


@dataclass(frozen=True)
class Familiarity:
    """How an image compares with the training images.

    Args:
        distance: from the nearest group of training images, in standard deviations.
        percentile: share of the training images that lie less far out, in [0, 100].
        limit: distance from which an image counts as unlike them.
        aspects: what differs most, most first: of "colours", "brightness", "fine detail", "framing".
        group: the nearest group; "" where there is only one.
        count: number of training images.
    """

    distance: float
    percentile: float
    limit: float
    aspects: tuple[str, ...]
    group: str
    count: int

    @property
    def unusual(self) -> bool:
        """Whether the image is unlike the training images."""
        return self.distance > self.limit

    @property
    def sentence(self) -> str:
        """What to tell a person."""
        if self.unusual:
            what = " and ".join(self.aspects[:2])
            return (
                f"This image is unlike the {self.count:,} images that the model was trained on: its {what} "
                f"{'differ' if len(self.aspects) > 1 or what.endswith('s') else 'differs'} most. "
                "The result may be wrong; check it with care."
            )
        if self.percentile > 95:
            return "This image is at the edge of what the model was trained on."
        return "This image resembles those that the model was trained on."


@dataclass(frozen=True, eq=False)
class FamiliarityModel:
    """Gaussians around groups of training images.

    Source: Lee et al. 2018, "A simple unified framework for detecting out-of-distribution samples" (arXiv 1807.03888),
    on hand-made statistics instead of a network's features; the farthest images are left out of the covariance as in
    Rousseeuw 1985, "Multivariate estimation with high breakdown point".

    Args:
        names: of the groups [G].
        means: float64 [G, K].
        covariances: float64 [G, K, K].
        quantiles: distances of held-out training images at ``_PERCENTS``, rising.
        limit: from which an image is unlike them.
        count: number of training images.
    """

    names: tuple[str, ...]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    quantiles: tuple[float, ...]
    limit: float
    count: int

    def distances(self, statistics: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance [N, G] of statistics [N, K] from each group: Mahalanobis over the root of K, so 1 is ordinary."""
        result = np.empty((len(statistics), len(self.means)))
        for group, (mean, covariance) in enumerate(zip(self.means, self.covariances, strict=True)):
            white = np.linalg.solve(np.linalg.cholesky(covariance), (statistics - mean).T)
            result[:, group] = np.sqrt((white**2).mean(axis=0))
        return result

    def compare(self, rgb: NDArray[Any]) -> Familiarity:
        """Compare an image, [H, W, 3] at the working resolution and before CLAHE, with the training images."""
        statistics = image_statistics(rgb)
        distances = self.distances(statistics[None])[0]
        group = int(distances.argmin())
        spread = np.sqrt(np.diag(self.covariances[group]))
        deviation = np.abs(statistics - self.means[group]) / spread
        by_aspect = {a: float(np.max(deviation[[STATISTICS.index(n) for n in names]])) for a, names in ASPECTS.items()}
        aspects = sorted((a for a in by_aspect if by_aspect[a] > 2), key=lambda a: -by_aspect[a])
        return Familiarity(
            distance=float(distances[group]),
            percentile=float(np.interp(distances[group], self.quantiles, _PERCENTS)),
            limit=self.limit,
            aspects=tuple(aspects or [max(by_aspect, key=lambda aspect: by_aspect[aspect])]),
            group=self.names[group] if len(self.names) > 1 else "",
            count=self.count,
        )

    def to_json(self) -> str:
        """The text of ``familiarity.json``."""
        groups = [
            {"name": name, "mean": _rounded(mean), "covariance": [_rounded(row) for row in covariance]}
            for name, mean, covariance in zip(self.names, self.means, self.covariances, strict=True)
        ]
        values = {
            "statistics": STATISTICS,
            "count": self.count,
            "limit": round(self.limit, 6),
            "percents": _PERCENTS,
            "quantiles": _rounded(np.array(self.quantiles)),
            "groups": groups,
        }
        return json.dumps(values) + "\n"


def fit_familiarity(
    images: Sequence[NDArray[Any]],
    groups: Sequence[str] | None = None,
    origins: Sequence[str] | None = None,
    limit: float | None = None,
) -> FamiliarityModel:
    """Learn what training images look like.

    Args:
        images: [H, W, 3] each, at the working resolution and before CLAHE; at least 10.
        groups: the kind of each image, such as "fluorescence" and "tissue"; None for one kind. Kinds of fewer than 5
            images are put together. Without it, clusters take their place: one Gaussian around fluorescence and
            stained tissue together would call a photograph ordinary.
        origins: whom or what each image comes from, such as a patient. Images of one origin are held out together, so
            that the limit is right for new patients; None where every image has its own.
        limit: distance from which an image is unlike them; by default the 95th percentile of training images that were
            held out, and a margin that grows where there are few.
    """
    return fit_statistics(np.array([image_statistics(image) for image in images]), groups, origins, limit)


def fit_statistics(
    statistics: NDArray[np.float64],
    groups: Sequence[str] | None = None,
    origins: Sequence[str] | None = None,
    limit: float | None = None,
) -> FamiliarityModel:
    """As ``fit_familiarity``, from statistics [N, K] that are known already.

    Raises:
        InvalidInputError: fewer than 10 images, or not one group and origin an image.
    """
    count = len(statistics)
    if count < 10 or any(names is not None and len(names) != count for names in (groups, origins)):
        raise InvalidInputError(
            "What is familiar is learnt from at least 10 images, with one group and origin for each."
        )
    labels = np.array(groups if groups is not None else _clusters(statistics), dtype=object)
    names, sizes = np.unique(labels, return_counts=True)
    labels[np.isin(labels, names[sizes < 5])] = "other"
    # distances of images that did not shape the Gaussians: of 50 images, each one pulls the mean towards itself
    held_out = np.empty(count)
    _, origin = np.unique(np.arange(count) if origins is None else np.array(origins, dtype=object), return_inverse=True)
    fold = origin % _FOLDS
    for number in range(_FOLDS):
        out = fold == number
        held_out[out] = _fit(statistics[~out], labels[~out]).distances(statistics[out]).min(axis=1)
    quantiles = np.percentile(held_out, _PERCENTS)
    fitted = _fit(statistics, labels)
    chosen = limit if limit is not None else (1 + 7 / np.sqrt(count)) * float(np.percentile(held_out, 95))
    return FamiliarityModel(
        fitted.names, fitted.means, fitted.covariances, tuple(quantiles.tolist()), float(chosen), count
    )


def read_familiarity(folder: Path) -> FamiliarityModel | None:
    """What the model in ``folder`` was trained on; None where it does not say, or says it in other statistics."""
    file = folder / FAMILIARITY_FILE
    if not file.is_file():
        return None
    values = json.loads(file.read_text(encoding="utf-8"))
    if tuple(values["statistics"]) != STATISTICS or tuple(values["percents"]) != _PERCENTS:
        return None
    return FamiliarityModel(
        names=tuple(group["name"] for group in values["groups"]),
        means=np.array([group["mean"] for group in values["groups"]]),
        covariances=np.array([group["covariance"] for group in values["groups"]]),
        quantiles=tuple(values["quantiles"]),
        limit=float(values["limit"]),
        count=int(values["count"]),
    )


def blended_covariance(residuals: NDArray[np.float64], common: NDArray[np.float64]) -> NDArray[np.float64]:
    """Covariance [K, K] of residuals [N, K], drawn towards a common one: the more, the fewer they are."""
    return (residuals.T @ residuals + _PRIOR * common) / (len(residuals) + _PRIOR)


def _clusters(statistics: NDArray[np.float64]) -> list[str]:
    count = min(len(statistics) // _GROUP_SIZE, _MOST_GROUPS)
    if count < 2:
        return [""] * len(statistics)
    from sklearn.cluster import KMeans

    scaled = (statistics - statistics.mean(axis=0)) / (statistics.std(axis=0) + _FLOOR)
    found = KMeans(count, n_init=10, random_state=0).fit_predict(scaled)
    return [f"cluster {number + 1}" for number in found]


def _fit(statistics: NDArray[np.float64], labels: NDArray[Any]) -> FamiliarityModel:
    names = sorted(set(labels))
    kept = np.ones(len(statistics), dtype=bool)
    model = _gaussians(statistics, labels, names)
    for _ in range(2):
        own = np.array([names.index(label) for label in labels])
        distance = model.distances(statistics)[np.arange(len(labels)), own]
        kept = distance <= np.quantile(distance, 1 - _TRIMMED)
        # a group may not vanish because it differs from the others
        kept |= np.isin(labels, [name for name in names if (kept & (labels == name)).sum() < 3])
        model = _gaussians(statistics[kept], labels[kept], names)
    return model


def _gaussians(statistics: NDArray[np.float64], labels: NDArray[Any], names: Sequence[str]) -> FamiliarityModel:
    means = np.array([statistics[labels == name].mean(axis=0) for name in names])
    residuals = statistics - means[[list(names).index(label) for label in labels]]
    common = residuals.T @ residuals / len(residuals)
    covariances = []
    for name in names:
        own = residuals[labels == name]
        mixed = blended_covariance(own, common)
        diagonal = np.diag(np.diag(mixed))
        covariances.append((1 - _SHRINKAGE) * mixed + _SHRINKAGE * diagonal + _FLOOR**2 * np.eye(len(mixed)))
    return FamiliarityModel(tuple(names), means, np.array(covariances), (), 0.0, len(statistics))


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.8g}") for value in values]
