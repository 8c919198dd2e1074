"""A loaded segmentation network with its settings, its fingerprint, and what it knows of its training images."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError, ModelUnavailableError
from models.hub import LoadedModel, Progress, load_model
from models.imaging.familiarity import FamiliarityModel, read_familiarity
from models.imaging.model_settings import ModelSettings, read_settings
from models.imaging.tasks import TASKS
from models.model_call import embedding_of, one_input_function
from models.model_spec import Modality

OUTPUT_KEYS = ("outputs", "probabilities", "masks", "output_0")
_REMEDY = "Choose one of the tasks that come with the app, or a model that returns probabilities for each pixel."


@dataclass(frozen=True, eq=False)
class SegmentationModel:
    """A network that is ready to use.

    Args:
        loaded: the SavedModel.
        settings: how it wants to be used.
    """

    loaded: LoadedModel
    settings: ModelSettings

    @property
    def title(self) -> str:
        """The name that a person reads."""
        return self.loaded.spec.title

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the model's files, in hexadecimal."""
        return fingerprint_of(self.loaded.path)

    @cached_property
    def familiarity(self) -> FamiliarityModel | None:
        """What it was trained on; None where it does not say."""
        return read_familiarity(self.loaded.path)

    @cached_property
    def _call(self) -> Callable[[Any], Any]:
        return one_input_function(self.loaded, "the image", _REMEDY)

    def predict_batch(self, tiles: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the network on float32 [N, h, w, 3] in [0, 1]; returns probabilities float32 [N, h, w, C].

        Raises:
            ModelUnavailableError: it fails, or returns another shape or values outside of [0, 1].
        """
        from models.runtime import import_tensorflow

        tf = import_tensorflow()
        try:
            output = embedding_of(self._call(tf.constant(tiles)), OUTPUT_KEYS)
            maps = np.asarray(output, dtype=np.float32)
        except (ValueError, TypeError, tf.errors.OpError) as error:
            first_line = (str(error).strip().splitlines() or ["no reason given"])[0][:200]
            raise self._unfit(f"does not accept an image: {first_line}") from error
        expected = (*tiles.shape[:3], len(self.settings.channels))
        if maps.shape != expected:
            raise self._unfit(f"returns {list(maps.shape)} for {list(tiles.shape)}, not {list(expected)}")
        # written so that NaN fails too
        if not (maps.min() >= -1e-3 and maps.max() <= 1 + 1e-3):
            raise self._unfit("returns values that are no probabilities from 0 to 1")
        return maps

    def _unfit(self, problem: str) -> ModelUnavailableError:
        return ModelUnavailableError(self.title, "incompatible", problem, _REMEDY)


def load_segmentation_model(task: str | Path, progress: Progress | None = None) -> SegmentationModel:
    """Load the model of a task, or one from a folder.

    Raises:
        InvalidInputError: no such task, or settings that cannot be used.
        ModelUnavailableError: see its ``reason``.
    """
    known = TASKS.get(str(task))
    if known is None and not isinstance(task, Path) and not Path(task).expanduser().is_dir():
        raise InvalidInputError(
            f"There is no task called {task[:100]!r}. Choose one of: {', '.join(TASKS)}; or give the folder of a model."
        )
    loaded = load_model(known.model if known else Path(task), progress, modality=Modality.IMAGE)
    settings = read_settings(loaded.path, known.defaults if known else None)
    return SegmentationModel(loaded, settings)


def fingerprint_of(folder: Path) -> str:
    """SHA-256 over names and contents of the files that decide a model's results: graph, weights, settings."""
    digest = hashlib.sha256()
    chosen = ["saved_model.pb", "variables/*", "assets/*", "assets.extra/task.json"]
    for file in sorted({file for pattern in chosen for file in folder.glob(pattern) if file.is_file()}):
        digest.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
