"""Reads the archives of images and masks: a tar file, a folder, or a folder that holds either."""

import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import PolyglotError

_IMAGES = (".png", ".webp", ".jpg", ".jpeg")


@dataclass(frozen=True)
class Source:
    """A data set, for the model card.

    Args:
        title: its name and who made it.
        licence: as the publisher names it.
        citation: what to cite.
    """

    title: str
    licence: str
    citation: str


SOURCES: dict[str, tuple[Source, ...]] = {
    "nuclei": (
        Source(
            "2018 Data Science Bowl stage 1 (BBBC038v1), Broad Bioimage Benchmark Collection",
            "CC0 1.0",
            "Caicedo et al., Nature Methods 16, 1247-1253 (2019)",
        ),
    ),
    "ventricle": (
        Source(
            "Sunnybrook Cardiac Data, Cardiac Atlas Project",
            "CC0 1.0",
            "Radau et al., Evaluation framework for algorithms segmenting short axis cardiac MRI, MIDAS Journal (2009)",
        ),
    ),
    "vessels": (
        Source(
            "HRF, high-resolution fundus images, FAU Erlangen-Nürnberg",
            "CC BY 4.0",
            "Budai et al., Robust vessel segmentation in fundus images, Int. J. Biomedical Imaging (2013)",
        ),
        Source(
            "LES-AV",
            "CC BY 4.0",
            "Orlando et al., Towards a glaucoma risk index based on simulated hemodynamics from fundus images, "
            "MICCAI (2018)",
        ),
        Source(
            "CHASE_DB1, Kingston University",
            "CC BY 4.0",
            "Fraz et al., An ensemble classification-based approach applied to retinal blood vessel segmentation, "
            "IEEE Trans. Biomedical Engineering 59 (2012)",
        ),
    ),
}


IMAGENET = Source(
    "Weights of EfficientNet-Lite0, trained on ImageNet by its authors (tensorflow/tpu)",
    "Apache-2.0",
    "Tan and Le, EfficientNet, ICML (2019)",
)
"""What an encoder that does not start from random weights starts from."""


@dataclass(frozen=True)
class Sample:
    """One image with its truth.

    Args:
        id: as ``split.json`` names it.
        image: uint8 [H, W, 3].
        labels: int32 [H, W], 0 is background; instances for nuclei, else 0 and 1. The original labels of nuclei.
        field_of_view: bool [H, W], where the truth counts; None for everywhere.
    """

    id: str
    image: NDArray[np.uint8]
    labels: NDArray[np.int32]
    field_of_view: NDArray[np.bool_] | None = None


class Archive:
    """A set of images: ``image_<id>``, ``mask_<id>.png`` and ``split.json``, in a folder or a tar file.

    Args:
        path: a tar file, the set's folder, or a folder with the sets or tar files of several tasks in it.
        task: chooses among several by the beginning of their name.

    Raises:
        PolyglotError: there is no such set.
    """

    def __init__(self, path: Path, task: str) -> None:
        self.path = _find(path, task)

    @cached_property
    def _files(self) -> dict[str, bytes | Path]:
        """Files of the set by name; a tar is read once, these are small."""
        if self.path.is_dir():
            return {file.name: file for file in sorted(self.path.iterdir()) if file.is_file()}
        files: dict[str, bytes | Path] = {}
        with tarfile.open(self.path) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None:
                    files[PurePosixPath(member.name).name] = content.read()
        return files

    def _read(self, name: str) -> bytes:
        content = self._files[name]
        return content if isinstance(content, bytes) else content.read_bytes()

    @cached_property
    def split(self) -> dict[str, Any]:
        """The content of ``split.json``; an archive without one is a single split called all."""
        if "split.json" in self._files:
            return dict(json.loads(self._read("split.json")))
        names = (PurePosixPath(name) for name in sorted(self._files))
        return {
            "all": [n.stem.removeprefix("image_") for n in names if n.stem.startswith("image_") and n.suffix in _IMAGES]
        }

    def ids(self, split: str) -> list[str]:
        """The ids of a split.

        Raises:
            PolyglotError: there is no such split.
        """
        chosen = self.split.get(split, self.split.get("all"))
        if not isinstance(chosen, list) or not chosen:
            known = ", ".join(name for name, value in self.split.items() if isinstance(value, list) and value)
            raise PolyglotError(f"{self.path.name} has no split called {split!r}. Choose one of: {known}.")
        return [str(name) for name in chosen]

    def sample(self, name: str) -> Sample:
        """Read one image and its truth.

        Raises:
            PolyglotError: a file is missing or the sizes differ.
        """
        image = next((f"image_{name}{end}" for end in _IMAGES if f"image_{name}{end}" in self._files), None)
        mask = next(
            (f"{kind}_{name}.png" for kind in ("maskorig", "mask") if f"{kind}_{name}.png" in self._files), None
        )
        if image is None or mask is None:
            raise PolyglotError(f"{self.path.name} names {name} in split.json but lacks its image or mask.")
        pixels, labels = _decode(self._read(image), "RGB"), _decode(self._read(mask))
        view = _decode(self._read(f"fov_{name}.png")) > 0 if f"fov_{name}.png" in self._files else None
        if labels.ndim == 3:
            labels = labels[..., 0]
        if view is not None and view.ndim == 3:
            view = view[..., 0]
        if labels.shape != pixels.shape[:2] or (view is not None and view.shape != labels.shape):
            raise PolyglotError(f"The image and the mask of {name} in {self.path.name} differ in size.")
        return Sample(name, pixels.astype(np.uint8), labels.astype(np.int32), view)

    def samples(self, split: str, limit: int | None = None) -> Iterator[Sample]:
        """Read the samples of a split one after the other, at most ``limit``."""
        for name in self.ids(split)[:limit]:
            yield self.sample(name)


def _decode(content: bytes, mode: str | None = None) -> NDArray[Any]:
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert(mode) if mode else image)


def _find(path: Path, task: str) -> Path:
    if path.is_file() or (path / "split.json").is_file() or any(path.glob("image_*")):
        return path
    for folder in (path, path / "images"):
        found = sorted(each for each in folder.glob(f"{task}*") if each.is_dir() or each.suffix == ".tar")
        if found:
            return found[0]
    inside = sorted(each.parent for each in path.glob("*/split.json"))
    if len(inside) == 1:
        return inside[0]
    raise PolyglotError(f"There are no images of the task {task} in {path}. Name a tar file or the folder of the set.")


def modality_of(image: NDArray[np.uint8]) -> str:
    """The kind of a picture of nuclei, told by its colours: the data set has no such field.

    Args:
        image: uint8 [H, W, 3].
    """
    if float(np.ptp(image.astype(np.int16), axis=-1).mean()) > 8:
        return "stained tissue"
    return "brightfield" if float(image.mean()) > 127 else "fluorescence"


def subject_of(task: str, sample: Sample) -> str:
    """Whose image it is; where nothing is known of a person, each image is one's own."""
    if task == "vessels" and sample.id.startswith("chase_"):
        # both eyes: chase_01L and chase_01R
        return sample.id.rstrip("LR")
    return sample.id.split("-IM-")[0]


def parts(subjects: Sequence[str], count: int) -> NDArray[np.int64]:
    """The part of each image when its subjects, in the order of their names, are dealt out to ``count`` parts.

    Returns:
        int [images], from 1 to ``count``.
    """
    _, subject = np.unique(np.array(subjects), return_inverse=True)
    return np.asarray(subject % count + 1)


def group_of(task: str, sample: Sample) -> str:
    """The group under which a sample is reported: modality, patient, or data set."""
    if task == "nuclei":
        return modality_of(sample.image)
    if task == "ventricle":
        return sample.id.split("-IM-")[0]
    return sample.id.split("_")[0]
