"""Pairs of images and masks to try fine-tuning with: made by code, of kinds that the bundled networks have not seen."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from models.imaging.export import labels_png, mask_png, picture_png
from models.imaging.phantoms import fundus_phantom, nuclei_phantom, ventricle_phantom

Picture = NDArray[np.uint8]
Labels = NDArray[np.int32]

_COUNT, _FIRST_SEED = 6, 20
_FUNDUS = 600  # pixels


@dataclass(frozen=True)
class ExampleSet:
    """Images and masks as files.

    Args:
        description: what they show, and that they are synthetic.
        files: names and contents; ``stained_1.png`` belongs to ``stained_1_mask.png``.
    """

    description: str
    files: tuple[tuple[str, bytes], ...]


@cache
def example_set(task: str) -> ExampleSet:
    """Six pairs for a task; the same ones each time.

    Raises:
        KeyError: no such task.
    """
    stem, description, draw = _KINDS[task]
    save = labels_png if task == "nuclei" else mask_png
    files: list[tuple[str, bytes]] = []
    for number in range(1, _COUNT + 1):
        picture, labels = draw(_FIRST_SEED + number)
        files += [(f"{stem}_{number}.png", picture_png(picture)), (f"{stem}_{number}_mask.png", save(labels))]
    return ExampleSet(f"Synthetic, made by code of this app: {description}", tuple(files))


def stained_nuclei(seed: int) -> tuple[Picture, Labels]:
    """Weakly stained nuclei, mauve on pale lilac: the fluorescent phantom turned into absorbed light."""
    light, labels = nuclei_phantom(seed)
    ground, stain = np.array([0.86, 0.80, 0.84]), np.array([0.45, 0.25, 0.55])
    absorbed = 0.6 * (light / 255.0) ** 0.7
    return _as_bytes(ground - absorbed[..., None] * (ground - stain)), labels


def black_blood_heart(seed: int) -> tuple[Picture, Labels]:
    """A short-axis slice on which blood is dark, turned and shifted a little by the seed."""
    import cv2

    random = np.random.default_rng(seed)
    signal, cavity = ventricle_phantom(seed)
    size = signal.shape[0]
    matrix = cv2.getRotationMatrix2D((size / 2, size / 2), random.uniform(-15, 15), random.uniform(0.85, 1.15))
    matrix[:, 2] += random.uniform(-0.05, 0.05, 2) * size
    moved = cv2.warpAffine(signal.astype(np.float32), matrix, (size, size))
    mask = cv2.warpAffine(cavity.astype(np.uint8), matrix, (size, size), flags=cv2.INTER_NEAREST)
    # air stays dark, and so does blood, which has left the slice before it is read out
    air = 1 - np.clip(cv2.GaussianBlur(moved, (0, 0), 3) / 60, 0, 1)
    light = np.clip(1 - moved / np.percentile(moved, 99.5), 0, 1) ** 1.5 * (1 - air) ** 2
    return _as_bytes(light / light.max()), mask.astype(np.int32)


def angiography(seed: int) -> tuple[Picture, Labels]:
    """A fundus in gray on which vessels shine, as with fluorescein."""
    import cv2

    photograph, vessels = fundus_phantom(seed, _FUNDUS)
    field = cv2.erode((photograph.max(axis=2) > 25).astype(np.uint8), np.ones((9, 9), np.uint8))
    return np.where(field > 0, 255 - photograph[..., 1], 0).astype(np.uint8), vessels.astype(np.int32)


def _as_bytes(values: NDArray[np.floating]) -> Picture:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


_KINDS: dict[str, tuple[str, str, Callable[[int], tuple[Picture, Labels]]]] = {
    "nuclei": ("stained", "weakly stained nuclei, mauve on pale lilac.", stained_nuclei),
    "ventricle": ("black_blood", "heart slices on which blood is dark instead of bright.", black_blood_heart),
    "vessels": ("angiography", "gray fundus pictures on which vessels shine instead of being dark.", angiography),
}
