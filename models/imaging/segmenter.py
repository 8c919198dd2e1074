"""``MedicalImageSegmenter``: from an image to probability maps, and from maps to objects, in two separate steps."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError, UnreadableFileError
from models.hub import Progress
from models.imaging.familiarity import Familiarity
from models.imaging.image import MedicalImage, image_from_array
from models.imaging.instances import ObjectSettings, instances_from_maps
from models.imaging.looks import look
from models.imaging.model_settings import ModelSettings
from models.imaging.objects import ObjectMeasurement, measure
from models.imaging.preprocessing import (
    ClaheSettings,
    PreparedImage,
    at_working_resolution,
    maps_to_original,
    prepare_medical_image,
)
from models.imaging.reading import read_image
from models.imaging.segmentation_model import SegmentationModel, load_segmentation_model
from models.imaging.tasks import TASKS, SegmentationTask

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from models.imaging.contours import OverlayStyle

Source = MedicalImage | NDArray[Any] | bytes | str | Path
"""A picture: read already, an array, a file's bytes, or the path of a file."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a network says about an image; kept, so that thresholds can change without asking it again.

    Args:
        image: the image.
        maps: float32 [H, W, C], probabilities at the image's own resolution.
        channels: meaning of the maps.
        clahe: what was applied before.
        agreement: of two looks, see ``looks``, in [0, 1]; below its ``LEAST_AGREEMENT`` only the first counts. None for
            one look.
        scale: working pixels for each pixel of the image.
        model: title of the model.
        fingerprint: SHA-256 of the model's files.
        seconds: that preparing and the network took.
    """

    image: MedicalImage
    maps: NDArray[np.float32]
    channels: tuple[str, ...]
    clahe: ClaheSettings
    agreement: float | None
    scale: float
    model: str
    fingerprint: str
    seconds: float

    @property
    def foreground(self) -> NDArray[np.float32]:
        """Probability of an object, float32 [H, W]."""
        return self.maps[..., self.channels.index("foreground")]

    @property
    def second_look(self) -> bool:
        """Whether the network was asked twice."""
        return self.agreement is not None


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Objects in an image.

    Args:
        prediction: what they were found in.
        settings: how.
        labels: int32 [H, W]; 0 is background, objects are 1, 2, ...
    """

    prediction: Prediction
    settings: ObjectSettings
    labels: NDArray[np.int32] = field(repr=False)

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Bool [H, W]: anything but background."""
        return self.labels > 0

    @property
    def count(self) -> int:
        """Number of objects."""
        return int(self.labels.max(initial=0))

    def measure(self) -> list[ObjectMeasurement]:
        """Every object in numbers."""
        return measure(self.labels, self.prediction.image)


class MedicalImageSegmenter:
    """Finds objects in medical images with a network that ships with the app, or one of yours. Thread-safe.

    Args:
        task: "nuclei", "ventricle" or "vessels"; or the folder of a SavedModel that maps float32 [N, H, W, 3] in [0, 1]
            to probabilities [N, H, W, C], with its settings in ``assets.extra/task.json``; or a network that is loaded
            already, such as a fine-tuned one.
        progress: told what happens while the model is loaded.

    Raises:
        InvalidInputError: no such task.
        ModelUnavailableError: the model cannot be loaded, or is none for segmentation.
    """

    def __init__(self, task: str | Path | SegmentationModel = "nuclei", progress: Progress | None = None) -> None:
        self.model = task if isinstance(task, SegmentationModel) else load_segmentation_model(task, progress)

    @property
    def task(self) -> SegmentationTask | None:
        """What the model is for; None for a model that does not say."""
        return TASKS.get(self.settings.task)

    @property
    def settings(self) -> ModelSettings:
        """How the model wants to be used."""
        return self.model.settings

    @property
    def default_clahe(self) -> ClaheSettings:
        """The CLAHE that the model was trained with."""
        return ClaheSettings(self.settings.clahe, self.settings.clip_limit, self.settings.grid)

    @property
    def default_objects(self) -> ObjectSettings:
        """The thresholds and sizes that the model proposes."""
        return ObjectSettings.of(self.settings)

    def prepare_medical_image(
        self, source: Source, clahe: ClaheSettings | None = None, *, name: str | None = None, frame: int = 0
    ) -> PreparedImage:
        """Read an image, apply CLAHE and bring it to the model's working resolution; the aspect ratio is kept.

        Args:
            source: see ``Source``.
            clahe: by default as the model was trained.
            name: of the file, where ``source`` is bytes.
            frame: page or time point, from 0.

        Raises:
            UnreadableFileError: a file that cannot be used.
            InvalidInputError: an array that is no image.
        """
        image = open_image(source, name, frame)
        return prepare_medical_image(image, clahe or self.default_clahe, self.settings.scaling)

    def predict(
        self,
        source: Source | PreparedImage,
        clahe: ClaheSettings | None = None,
        *,
        second_look: bool | None = None,
        name: str | None = None,
        frame: int = 0,
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> Prediction:
        """Run the network; the slow step.

        Args:
            source: see ``Source``; a prepared image is used as it is.
            clahe: by default as the model was trained.
            second_look: asks the network twice, see ``looks``; by default as the model proposes.
            name: of the file, where ``source`` is bytes.
            frame: page or time point, from 0.
            progress: told the number of tiles done and of all tiles.
            cancel: asked between tiles; True stops.

        Raises:
            CancelledError: ``cancel`` returned True.
            UnreadableFileError: a file that cannot be used.
            InvalidInputError: an array that is no image.
            ModelUnavailableError: the model returns something else than probabilities.
        """
        started = time.perf_counter()
        prepared = (
            source
            if isinstance(source, PreparedImage)
            else self.prepare_medical_image(source, clahe, name=name, frame=frame)
        )
        looks = look(self.model, prepared, self._looks_twice(second_look), progress, cancel)
        return Prediction(
            image=prepared.image,
            maps=maps_to_original(looks.maps, prepared),
            channels=self.settings.channels,
            clahe=prepared.clahe,
            agreement=looks.agreement,
            scale=prepared.scale,
            model=self.model.title,
            fingerprint=self.model.fingerprint,
            seconds=time.perf_counter() - started,
        )

    def segment(
        self,
        source: Source | PreparedImage | Prediction,
        settings: ObjectSettings | None = None,
        clahe: ClaheSettings | None = None,
        *,
        second_look: bool | None = None,
        name: str | None = None,
        frame: int = 0,
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> Segmentation:
        """Find objects: ``predict``, unless that is done, and ``objects_in``.

        Arguments and errors are those of ``predict``.
        """
        prediction = (
            source
            if isinstance(source, Prediction)
            else self.predict(
                source, clahe, second_look=second_look, name=name, frame=frame, progress=progress, cancel=cancel
            )
        )
        return objects_in(prediction, settings or self.default_objects)

    def visualize_segmentation(
        self, source: Source | Segmentation, mask: NDArray[Any] | None = None, style: "OverlayStyle | None" = None
    ) -> "Figure":
        """Three panels for a report: the image, the mask, and the image with outlines.

        Args:
            source: an image, or a segmentation, which brings its mask along.
            mask: bool or labels [H, W].
            style: of the outlines.
        """
        from models.imaging.figure import visualize_segmentation

        if isinstance(source, Segmentation):
            return visualize_segmentation(source.prediction.image, source.labels if mask is None else mask, style)
        if mask is None:
            raise InvalidInputError("Give the mask that is to be shown with the image.")
        return visualize_segmentation(open_image(source), mask, style)

    def familiarity(self, source: Source) -> Familiarity | None:
        """How unlike an image is to the training images; None where the model does not know them."""
        known = self.model.familiarity
        if known is None:
            return None
        return known.compare(at_working_resolution(open_image(source), self.settings.scaling))

    def prediction_key(self, image: MedicalImage, clahe: ClaheSettings, second_look: bool | None = None) -> str:
        """Identifies a prediction exactly: the model's files, the image's file, the frame, CLAHE, and the looks."""
        applied = f"{clahe.clip_limit:g}/{clahe.grid}" if clahe.enabled else "off"
        return f"{self.model.fingerprint}:{image.key}:{applied}:{2 if self._looks_twice(second_look) else 1}"

    def _looks_twice(self, asked: bool | None) -> bool:
        return self.settings.second_look if asked is None else asked


def objects_in(prediction: Prediction, settings: ObjectSettings) -> Segmentation:
    """Find objects in a prediction; the fast step, for thresholds and sizes."""
    return Segmentation(prediction, settings, instances_from_maps(prediction.maps, prediction.channels, settings))


def open_image(source: Source, name: str | None = None, frame: int = 0) -> MedicalImage:
    """Return the image of any ``Source``.

    Raises:
        UnreadableFileError: a file that is not there or cannot be used.
        InvalidInputError: an array that is no image.
    """
    if isinstance(source, MedicalImage):
        return source
    if isinstance(source, np.ndarray):
        return image_from_array(source, name or "array")
    if isinstance(source, bytes):
        return read_image(name or "image", source, frame=frame)
    path = Path(source)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(path.name, "cannot be opened", "Check the path.") from error
    return read_image(name or path.name, data, frame=frame)
