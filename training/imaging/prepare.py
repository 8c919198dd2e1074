"""Turns the images of a task into one array of pixels: colours, colours after CLAHE, and what to predict."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.imaging.image import image_from_array
from models.imaging.model_settings import ModelSettings
from models.imaging.preprocessing import ClaheSettings, prepare_medical_image, resize
from models.imaging.targets import target_maps
from training.imaging.sources import Archive, Sample, group_of, parts, subject_of


@dataclass(frozen=True, eq=False)
class Prepared:
    """The images of one split, at the working resolution.

    Args:
        pixels: uint8 [all pixels, 6 + channels]: RGB, RGB after CLAHE, targets times 255.
        table: int32 [images, 3]: first pixel, height and width of each image.
        groups: the group of each image.
        subjects: the person, or whatever else the images of one are not to be divided.
    """

    pixels: NDArray[np.uint8]
    table: NDArray[np.int32]
    groups: NDArray[np.str_]
    subjects: NDArray[np.str_]

    def folds(self, count: int) -> NDArray[np.int64]:
        """The part of each image, from 1 to ``count``, as ``parts`` deals them out: int [images]."""
        return parts(self.subjects.tolist(), count)

    def weights(self, balance: float, small: float = 0.0) -> NDArray[np.float64]:
        """How often each image is shown.

        Args:
            balance: a group of n images counts n to the power of this.
            small: an image whose first target covers a share s of it counts s to the power of minus this; a share
                below a thousandth counts as one.
        """
        _, group, counts = np.unique(self.groups, return_inverse=True, return_counts=True)
        weights = np.asarray(counts[group] ** (balance - 1.0))
        if small:
            shares = [
                self.pixels[first : first + height * width, 6].mean() / 255 for first, height, width in self.table
            ]
            weights = weights * np.maximum(shares, 1e-3) ** -small
        return weights

    def image(self, number: int) -> NDArray[np.uint8]:
        """An image before CLAHE at the working resolution, uint8 [h, w, 3]."""
        first, height, width = self.table[number]
        return self.pixels[first : first + height * width, :3].reshape(height, width, 3)

    def save(self, path: Path) -> None:
        """Write one npz, as large as the pixels: compressing them would take longer than training some networks."""
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, pixels=self.pixels, table=self.table, groups=self.groups, subjects=self.subjects)

    @classmethod
    def load(cls, path: Path) -> "Prepared":
        """Read what ``save`` wrote."""
        with np.load(path) as stored:
            return cls(stored["pixels"], stored["table"], stored["groups"], stored["subjects"])


def prepare(archive: Archive, settings: ModelSettings, split: str, limit: int | None = None) -> Prepared:
    """Read a split and bring it to the working resolution of ``settings``.

    Args:
        archive: the images.
        settings: decides scaling, CLAHE and channels.
        split: "train" or "val".
        limit: read no more images than this.
    """
    pieces, table, groups, subjects, first = [], [], [], [], 0
    for sample in archive.samples(split, limit):
        pixels = prepare_sample(sample, settings)
        table.append((first, *pixels.shape[:2]))
        groups.append(group_of(settings.task, sample))
        subjects.append(subject_of(settings.task, sample))
        pieces.append(pixels.reshape(-1, pixels.shape[-1]))
        first += len(pieces[-1])
    return Prepared(np.concatenate(pieces), np.array(table, np.int32), np.array(groups), np.array(subjects))


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
