"""Turns the images of a task into one array of pixels: colours, colours after CLAHE, and what to predict."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.imaging.image import image_from_array
from models.imaging.model_settings import ModelSettings
from models.imaging.preprocessing import ClaheSettings, prepare_medical_image, resize
from training.imaging.sources import Archive, Sample, group_of

RIM = 2.0
"""Width in pixels of the rim of a nucleus that the boundary channel marks."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """The images of one split, at the working resolution.

    Args:
        pixels: uint8 [all pixels, 6 + channels]: RGB, RGB after CLAHE, targets times 255.
        table: int32 [images, 3]: first pixel, height and width of each image.
        groups: the group of each image.
    """

    pixels: NDArray[np.uint8]
    table: NDArray[np.int32]
    groups: NDArray[np.str_]

    def weights(self, balance: float) -> NDArray[np.float64]:
        """How often each image is shown: a group of n images counts n to the power of ``balance``."""
        _, group, counts = np.unique(self.groups, return_inverse=True, return_counts=True)
        return np.asarray(counts[group] ** (balance - 1.0))

    def image(self, number: int) -> NDArray[np.uint8]:
        """An image before CLAHE at the working resolution, uint8 [h, w, 3]."""
        first, height, width = self.table[number]
        return self.pixels[first : first + height * width, :3].reshape(height, width, 3)

    def save(self, path: Path) -> None:
        """Write one npz; planes of one kind lie together, which compresses better."""
        path.parent.mkdir(parents=True, exist_ok=True)
        planes = np.ascontiguousarray(self.pixels.T)
        np.savez_compressed(path, planes=planes, table=self.table, groups=self.groups)

    @classmethod
    def load(cls, path: Path) -> "Prepared":
        """Read what ``save`` wrote."""
        with np.load(path) as stored:
            return cls(np.ascontiguousarray(stored["planes"].T), stored["table"], stored["groups"])


def prepare(archive: Archive, settings: ModelSettings, split: str, limit: int | None = None) -> Prepared:
    """Read a split and bring it to the working resolution of ``settings``.

    Args:
        archive: the images.
        settings: decides scaling, CLAHE and channels.
        split: "train" or "val".
        limit: read no more images than this.
    """
    parts, table, groups, first = [], [], [], 0
    for sample in archive.samples(split, limit):
        pixels = prepare_sample(sample, settings)
        table.append((first, *pixels.shape[:2]))
        groups.append(group_of(settings.task, sample))
        parts.append(pixels.reshape(-1, pixels.shape[-1]))
        first += len(parts[-1])
    return Prepared(np.concatenate(parts), np.array(table, np.int32), np.array(groups))


def prepare_sample(sample: Sample, settings: ModelSettings) -> NDArray[np.uint8]:
    """One image at the working resolution, uint8 [h, w, 6 + channels]; the app's own preprocessing."""
    image = image_from_array(sample.image, sample.id)
    equalised = prepare_medical_image(
        image, ClaheSettings(True, settings.clip_limit, settings.grid), settings.scaling
    ).pixels
    height, width = equalised.shape[:2]
    plain = resize(sample.image, height, width)
    maps = target_maps(sample.labels, settings.channels)
    targets = np.stack([resize(each, height, width) for each in maps], axis=-1)
    return np.concatenate([plain, equalised, np.rint(targets * 255).astype(np.uint8)], axis=-1)


def target_maps(labels: NDArray[np.int32], channels: tuple[str, ...]) -> list[NDArray[np.float32]]:
    """What the network should say, float32 [H, W] in [0, 1] for each channel.

    The distance is that to the nearest pixel outside of the object, divided by the object's largest; the boundary is
    where it is small in pixels. Both are taken of each object alone, so they separate objects that touch.
    """
    foreground = (labels > 0).astype(np.float32)
    if set(channels) == {"foreground"}:
        return [foreground]
    depth, relative = object_depth(labels)
    rim = ((labels > 0) & (depth <= RIM)).astype(np.float32)
    return [{"foreground": foreground, "boundary": rim, "distance": relative}[name] for name in channels]


def object_depth(labels: NDArray[np.int32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Distance of each pixel to the outside of its object, in pixels and relative to the object's largest."""
    import cv2
    from scipy.ndimage import find_objects

    depth, relative = np.zeros(labels.shape, np.float32), np.zeros(labels.shape, np.float32)
    for number, box in enumerate(find_objects(labels), start=1):
        if box is None:
            continue
        mask = labels[box] == number
        # the image's edge does not end an object
        near = tuple((0 if edge.start == 0 else 1, 0 if edge.stop == size else 1) for edge, size in _edges(box, labels))
        inside = np.pad(mask, 1).astype(np.uint8)
        for axis, (before, after) in enumerate(near):
            view = np.moveaxis(inside, axis, 0)
            if not before:
                view[0] = view[1]
            if not after:
                view[-1] = view[-2]
        distance = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
        largest = float(distance[mask].max())
        # an object that fills the image has no outside
        if mask.size == labels.size and mask.all():
            distance, largest = np.full_like(distance, max(labels.shape)), float(max(labels.shape))
        depth[box][mask] = distance[mask]
        relative[box][mask] = distance[mask] / largest
    return depth, relative


def _edges(box: tuple[slice, ...], labels: NDArray[Any]) -> list[tuple[slice, int]]:
    return list(zip(box, labels.shape, strict=True))
