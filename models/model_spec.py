"""What is known about a model before it is loaded."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Modality(StrEnum):
    """What a model reads."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"


class Purpose(StrEnum):
    """What comes out of a model."""

    EMBEDDING = "embedding"
    SEGMENTATION = "segmentation"


@dataclass(frozen=True)
class InputContract:
    """What a model expects, so that a caller can check or convert before calling it.

    Args:
        dtype: TensorFlow's name of the element type.
        shape: the tensor's shape; None where any length will do.
        value_range: smallest and largest allowed value; None for strings.
        image_size: (height, width) in pixels that the model was trained at.
        sample_rate: in Hz, for audio.
        notes: what the numbers do not say.
    """

    dtype: str
    shape: tuple[int | None, ...]
    value_range: tuple[float, float] | None = None
    image_size: tuple[int, int] | None = None
    sample_rate: int | None = None
    notes: str = ""


@dataclass(frozen=True)
class ModelSpec:
    """One model.

    Args:
        name: the key in ``CATALOG``; short, stable, fit for a URL.
        title: the name that a person reads.
        modality: what it reads.
        input: its input contract.
        handle: the TensorFlow Hub address; None for a model that only exists in this repository.
        bundled_path: the folder of the SavedModel in this repository; None for a hub model.
        kaggle_handle: the same model's address on Kaggle Models, where it is known; a copy cached under it counts.
        output_width: length of one embedding; None when it is only known after loading.
        languages: codes of ``models.languages``; empty for images and audio.
        size_mb: size on disk in units of 1,000,000 bytes; None when nobody published it.
        licence: SPDX identifier; None when it is not known.
        source: the page that describes the model, or its model card.
        description: one or two plain sentences.
        variants: the names by which ``DynamicFeatureExtractor`` selects it.
        purpose: what it returns: vectors to compare, or probabilities for each pixel.
    """

    name: str
    title: str
    modality: Modality
    input: InputContract
    handle: str | None = None
    bundled_path: Path | None = None
    kaggle_handle: str | None = None
    output_width: int | None = None
    languages: tuple[str, ...] = ()
    size_mb: float | None = None
    licence: str | None = None
    source: str = ""
    description: str = ""
    variants: tuple[str, ...] = ()
    purpose: Purpose = Purpose.EMBEDDING

    @property
    def handles(self) -> tuple[str, ...]:
        """Every address under which this model may be downloaded or cached, the preferred one first."""
        return tuple(handle for handle in (self.handle, self.kaggle_handle) if handle)
