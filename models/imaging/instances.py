"""From probability maps to separate objects: fast, so that a slider can ask for it again and again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.imaging.model_settings import ModelSettings

Labels = NDArray[np.int32]
_LARGEST_SIZE = 10**9
_RISES = (0.1, 0.2)  # above the threshold of the seeds: where they are looked at again


@dataclass(frozen=True)
class ObjectSettings:
    """What a person can change without running the network again; sizes are in pixels of the maps.

    Args:
        threshold: probability from which a pixel belongs to an object, in [0, 1].
        minimum_size: smaller objects are left out.
        fill_holes: fill holes in objects.
        hole_size: the largest hole that is filled.
        maximum_objects: keep only the largest so many; None keeps all.
        split: tell touching objects apart, where the model predicts what that needs.
        seed_threshold: see ``ModelSettings``.
        seed_smoothing: see ``ModelSettings``.
        seed_size: see ``ModelSettings``.
        opening: see ``ModelSettings``.
    """

    threshold: float = 0.5
    minimum_size: int = 0
    fill_holes: bool = True
    hole_size: int = 0
    maximum_objects: int | None = None
    split: bool = True
    seed_threshold: float = 0.5
    seed_smoothing: float = 1.0
    seed_size: int = 0
    opening: int = 0

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if not (0 <= self.threshold <= 1 and 0 <= self.seed_threshold <= 1):
            raise InvalidInputError(f"A threshold is a probability from 0 to 1, not {self.threshold}.")
        if not all(0 <= size <= _LARGEST_SIZE for size in (self.minimum_size, self.hole_size)):
            raise InvalidInputError("The sizes of objects and holes are numbers of pixels from 0.")
        if self.maximum_objects is not None and self.maximum_objects < 1:
            raise InvalidInputError("Keep at least one object.")

    @classmethod
    def of(cls, settings: ModelSettings) -> "ObjectSettings":
        """What a model proposes."""
        return cls(
            threshold=settings.threshold,
            minimum_size=settings.minimum_size,
            hole_size=settings.hole_size,
            maximum_objects=settings.maximum_objects,
            seed_threshold=settings.seed_threshold,
            seed_smoothing=settings.seed_smoothing,
            seed_size=settings.seed_size,
            opening=settings.opening,
        )


def instances_from_maps(
    maps: NDArray[np.float32], channels: Sequence[str], settings: ObjectSettings | None = None
) -> Labels:
    """Separate objects in probability maps.

    With a "boundary" or "distance" channel, seeds grow in a watershed within the foreground, so that touching objects
    come apart; without, every connected region is an object.

    Source: Beucher and Lantuejoul 1979, "Use of watersheds in contour detection"; a predicted boundary or distance as
    in Caicedo et al. 2019, "Nucleus segmentation across imaging experiments".

    Args:
        maps: float32 [H, W, C] in [0, 1].
        channels: meaning of the channels, of "foreground", "boundary" and "distance".
        settings: thresholds and sizes.

    Returns:
        int32 [H, W]: 0 is background; objects are numbered 1, 2, ... from top to bottom, left to right.
    """
    settings = settings or ObjectSettings()
    if maps.ndim != 3 or maps.shape[2] != len(channels):
        raise ValueError(f"maps {maps.shape} do not fit the channels {list(channels)}")
    by_name = {name: maps[..., index] for index, name in enumerate(channels)}
    mask = by_name["foreground"] >= max(settings.threshold, 1e-12)
    if settings.fill_holes:
        mask = fill_small_holes(mask, settings.hole_size)
    if settings.split and ("boundary" in by_name or "distance" in by_name):
        labels = _split(mask, _seed_map(by_name), settings)
    else:
        labels = connected_objects(mask)
    return keep_objects(labels, settings.minimum_size, settings.maximum_objects)


def connected_objects(mask: NDArray[np.bool_]) -> Labels:
    """Number the regions of bool [H, W] whose pixels touch by a side or a corner; int32 [H, W]."""
    import cv2

    return np.asarray(cv2.connectedComponents(mask.view(np.uint8), connectivity=8, ltype=cv2.CV_32S)[1])


def fill_small_holes(mask: NDArray[np.bool_], hole_size: int) -> NDArray[np.bool_]:
    """Fill regions of at most ``hole_size`` pixels that a mask encloses; what touches the image's edge is no hole."""
    if hole_size < 1 or mask.all():
        return mask
    import cv2

    outside = np.ascontiguousarray(~mask).view(np.uint8)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(outside, connectivity=4, ltype=cv2.CV_32S)
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    enclosed = (left > 0) & (top > 0) & (right < mask.shape[1]) & (bottom < mask.shape[0])
    hole = enclosed & (stats[:, cv2.CC_STAT_AREA] <= hole_size)
    hole[0] = False  # part 0 is the mask itself
    return np.asarray(mask | hole[parts])


def keep_objects(labels: Labels, minimum_size: int = 0, maximum_objects: int | None = None) -> Labels:
    """Leave out small objects, keep the largest so many of the others, and number them 1, 2, ... in reading order."""
    if not labels.any():
        return labels
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    kept = np.flatnonzero((areas >= minimum_size) & (areas > 0))
    if maximum_objects is not None and len(kept) > maximum_objects:
        # stable, so that of two objects of one size the first one stays
        kept = kept[np.argsort(-areas[kept], kind="stable")[:maximum_objects]]
    wanted = np.zeros(len(areas), dtype=bool)
    wanted[kept] = True
    positions = np.flatnonzero(wanted[labels.ravel()])
    found, first = np.unique(labels.ravel()[positions], return_index=True)
    numbers = np.zeros(len(areas), dtype=np.int32)
    numbers[found[np.argsort(first)]] = np.arange(1, len(found) + 1)
    return numbers[labels]


def _seed_map(by_name: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """High at the centres of objects and low between them."""
    inside = by_name["foreground"] * (1 - by_name["boundary"]) if "boundary" in by_name else None
    if "distance" not in by_name:
        assert inside is not None  # noqa: S101  (the caller has seen to it)
        return inside
    # both agree at a true centre; where the distance alone joins two objects, the boundary between them decides
    return by_name["distance"] if inside is None else np.sqrt(by_name["distance"] * inside)


def _seeds(mask: NDArray[np.bool_], seed_map: NDArray[np.float32], settings: ObjectSettings) -> tuple[int, Labels]:
    """Number the seeds: int32 [H, W], and a bound that their numbers stay below; not all numbers are used.

    No one threshold suits all objects: a low one joins large neighbours, a high one loses small objects. So low seeds
    are divided where higher ones tell several apart.
    """
    import cv2

    seeds = mask & (seed_map >= settings.seed_threshold)
    if settings.opening:
        size = 2 * settings.opening + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        seeds = cv2.erode(seeds.view(np.uint8), kernel).astype(bool)
    count, markers = cv2.connectedComponents(seeds.view(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    for rise in _RISES if settings.seed_size else ():
        higher = seeds & (seed_map >= settings.seed_threshold + rise)
        count, markers = _divided(markers, count, higher, settings.seed_size)
    return count, markers


def _divided(seeds: Labels, count: int, higher: NDArray[np.bool_], smallest: int) -> tuple[int, Labels]:
    """Replace each seed in which there are several regions of ``higher``, of at least ``smallest`` pixels, by these."""
    import cv2

    parts, regions, stats, _ = cv2.connectedComponentsWithStats(higher.view(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    places = np.flatnonzero(regions)
    owner = np.zeros(parts, dtype=np.int64)
    owner[regions.ravel()[places]] = seeds.ravel()[places]
    owner[stats[:, cv2.CC_STAT_AREA] < smallest] = 0
    several = np.bincount(owner, minlength=count) >= 2
    several[0] = False
    if not several.any():
        return count, seeds
    numbers = np.where(several[owner], count + np.arange(parts), 0).astype(np.int32)
    return count + parts, np.where(several[seeds], numbers[regions], seeds)


def _split(mask: NDArray[np.bool_], seed_map: NDArray[np.float32], settings: ObjectSettings) -> Labels:
    import cv2
    from skimage.segmentation import watershed

    if settings.seed_smoothing > 0:
        seed_map = cv2.GaussianBlur(seed_map, (0, 0), settings.seed_smoothing)
    count, markers = _seeds(mask, seed_map, settings)
    regions = connected_objects(mask)
    seeds_in = _seeds_in_regions(regions, markers, count)
    # A region without a seed, such as a faint object, is one object rather than none, and so is one with a single
    # seed: only the others need the watershed, which takes most of the time.
    labels = np.where(seeds_in[regions] < 2, regions, 0).astype(np.int32)
    touching = seeds_in[regions] >= 2
    if touching.any():
        # 256 levels: the queue of the watershed is as fast as its number of distinct values is small
        levels = np.rint(seed_map * -255).astype(np.int16)
        split = watershed(levels, np.where(touching, markers, 0), mask=touching)
        labels[touching] = split[touching] + len(seeds_in)
    return labels


def _seeds_in_regions(regions: Labels, markers: Labels, count: int) -> NDArray[np.int64]:
    """Number of seeds in each region [regions + 1]; 0 for the background."""
    seeded = np.flatnonzero(markers)
    pairs = np.unique(regions.ravel()[seeded].astype(np.int64) * count + markers.ravel()[seeded])
    return np.bincount(pairs // count, minlength=int(regions.max()) + 1)
