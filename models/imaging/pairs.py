"""Images and the masks that a person drew for them: which belong together by their names, and both read."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import UnreadableFileError
from models.imaging.ground_truth import read_ground_truth
from models.imaging.image import MedicalImage
from models.imaging.limits import ImageLimits
from models.imaging.reading import read_image

PAIR_LIMITS = ImageLimits(file_bytes=50_000_000, pixels=9_000_000)
"""Smaller than elsewhere: pixels, objects and targets of all pairs are in memory at the same time."""

_MASK_WORDS = "masks?|labels?|seg|segmentation|gt|truth|annotations?"
_MASK = re.compile(rf"^(?:{_MASK_WORDS})[ _.-]+|[ _.-]+(?:{_MASK_WORDS})$", re.IGNORECASE)
_IMAGE = re.compile(r"^(?:image|img)[ _.-]+|[ _.-]+(?:image|img)$", re.IGNORECASE)


@dataclass(frozen=True)
class Matching:
    """Which files belong together.

    Args:
        pairs: position of the image and of its mask.
        problems: position of each file that is left out, and why, as a sentence without the file's name.
    """

    pairs: tuple[tuple[int, int], ...]
    problems: dict[int, str]


@dataclass(frozen=True, eq=False)
class TrainingPair:
    """An image with its truth.

    Args:
        image: in the values of its file.
        labels: uint8, uint16 or int32 [H, W]; 0 is background, objects are 1, 2, ...
        separate: whether the mask told touching objects apart.
        notes: sentences on how the image was understood.
        mask_notes: sentences on how the mask was.
    """

    image: MedicalImage
    labels: NDArray[np.integer]
    separate: bool = True
    notes: tuple[str, ...] = ()
    mask_notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the image."""
        return self.image.name

    @property
    def pixels(self) -> int:
        """Of the image."""
        return self.image.height * self.image.width

    @property
    def objects(self) -> int:
        """Number of drawn objects."""
        return int(self.labels.max())


def match_by_name(names: Sequence[str], masks: Sequence[bool] = ()) -> Matching:
    """Find the mask of each image by their names.

    ``cell1.png`` belongs to ``cell1_mask.png``, to ``mask_cell1.tif`` (also "label", "seg", "gt", "truth",
    "annotation"), and to any ``cell1.*`` that is known to be a mask. Letters of either case are alike.

    Args:
        names: of all files.
        masks: whether a file is known to be a mask, whatever its name; by default none is.
    """
    known = list(masks) or [False] * len(names)
    stems = [re.sub(r"\.[^.]*$", "", name.replace("\\", "/").rsplit("/", 1)[-1]) for name in names]
    is_mask = [mask or bool(_MASK.search(stem)) for mask, stem in zip(known, stems, strict=True)]
    images_of: dict[str, list[int]] = defaultdict(list)
    masks_of: dict[str, list[int]] = defaultdict(list)
    for place, stem in enumerate(stems):
        key = _IMAGE.sub("", _MASK.sub("", stem, count=1) if is_mask[place] else stem, count=1).lower()
        (masks_of if is_mask[place] else images_of)[key].append(place)
    pairs, problems = [], {}
    for key in {**images_of, **masks_of}:
        images, drawn = images_of.get(key, []), masks_of.get(key, [])
        if len(images) == len(drawn) == 1:
            pairs.append((images[0], drawn[0]))
            continue
        for place in images:
            problems[place] = (
                f"There are {len(images)} images of this name. Rename one of them."
                if len(images) > 1
                else f"There are {len(drawn)} masks for it. Keep one."
                if drawn
                else f"There is no mask for it. Add {stems[place]}_mask.png, or one of this name among the masks."
            )
        for place in drawn:
            problems[place] = (
                f"There are {len(drawn)} masks of this name. Keep one."
                if len(drawn) > 1
                else f"There are {len(images)} images that it could belong to. Rename one of them."
                if images
                else "There is no image that it belongs to. Add the image, or rename one of both."
            )
    return Matching(tuple(sorted(pairs)), dict(sorted(problems.items())))


def read_pair(
    image_name: str, image_data: bytes, mask_name: str, mask_data: bytes, limits: ImageLimits = PAIR_LIMITS
) -> TrainingPair:
    """Read an image and its mask; of files with several frames, the first.

    Raises:
        UnreadableFileError: unreadable, too large, of different sizes, or a mask that marks nothing or everything.
    """
    image = read_image(image_name, image_data, limits=limits)
    truth = read_ground_truth(mask_name, mask_data, (image.height, image.width), limits)
    count = int(truth.labels.max(initial=0))
    if count == 0:
        raise UnreadableFileError(mask_name, "marks no object", "Draw the objects of the image, or leave the pair out.")
    if truth.labels.all():
        raise UnreadableFileError(
            mask_name, "marks every pixel as object", "Save the background as 0, or leave the pair out."
        )
    # a quarter of the memory, or half of it
    small = truth.labels.astype(np.min_scalar_type(count)) if count < 65_536 else truth.labels
    frames = (f"Only the first of {image.frames:,} frames is used.",) if image.frames > 1 else ()
    return TrainingPair(image, small, truth.separate, frames, truth.notes)
