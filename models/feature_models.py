"""One way to call text, image and audio models: prepared inputs in, a row each out."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelUnavailableError
from models.hub import LoadedModel
from models.hub_failures import first_line
from models.model_call import embedding_of, one_input_function
from models.model_spec import Modality, ModelSpec
from models.text.encoder import TextEncoder

MOST_CLASSES = 5
_REMEDY = "Choose another model."


@dataclass(frozen=True, eq=False)
class Embedded:
    """What a model made of one input: ``vector`` float32 [D]; for the rest see ``FeatureRow``."""

    vector: NDArray[np.float32]
    windows: NDArray[np.float32] | None = None
    log_mel: NDArray[np.float32] | None = None
    classes: tuple[tuple[str, float], ...] = ()


class FeatureModel(Protocol):
    """A loaded model of any modality."""

    spec: ModelSpec

    def embed(
        self,
        values: Sequence[Any],
        batch_size: int,
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> list[Embedded]:
        """Embed the ``value`` of each ``Prepared``; at most ``batch_size`` at a time.

        Raises:
            ModelUnavailableError: the model failed on them.
            CancelledError: ``cancel`` returned True.
        """


class TextModel:
    """A text encoder as a feature model."""

    def __init__(self, encoder: TextEncoder) -> None:
        self.spec, self._encoder = encoder.spec, encoder

    def embed(
        self,
        values: Sequence[str],
        batch_size: int,
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> list[Embedded]:
        """Embed texts; see ``FeatureModel``."""
        return [Embedded(vector) for vector in self._encoder.encode(values, batch_size, progress, cancel)]


class ImageModel:
    """A model of float32 [N, H, W, 3] that returns one vector a picture."""

    def __init__(self, loaded: LoadedModel) -> None:
        self.spec = loaded.spec
        self._call = one_input_function(loaded, "the pictures", _REMEDY)

    def embed(
        self,
        values: Sequence[NDArray[np.float32]],
        batch_size: int,
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> list[Embedded]:
        """Embed pictures; see ``FeatureModel``."""
        rows: list[Embedded] = []
        for start in range(0, len(values), batch_size):
            batch = np.stack(values[start : start + batch_size])
            vectors = _array(self.spec, self._call, batch, lambda output: _flat(embedding_of(output)))
            if vectors.ndim != 2 or len(vectors) != len(batch):
                raise _unusable(self.spec, f"returned an array of shape {vectors.shape} for {len(batch)} pictures")
            rows += [Embedded(vector) for vector in vectors]
        return rows


class AudioModel:
    """A model of one waveform float32 [T] that returns a vector a window, as YAMNet does."""

    def __init__(self, loaded: LoadedModel) -> None:
        self.spec = loaded.spec
        self._model = loaded.model
        self._call = one_input_function(loaded, "the waveform", _REMEDY)

    def embed(
        self,
        values: Sequence[NDArray[np.float32]],
        batch_size: int,
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> list[Embedded]:
        """Embed sounds, one by one, because they differ in length; see ``FeatureModel``."""
        return [self._one(value) for value in values]

    def _one(self, wave: NDArray[np.float32]) -> Embedded:
        parts: dict[str, NDArray[np.float32]] = {}

        def windows_of(output: Any) -> Any:
            named = output if isinstance(output, dict) else {}
            if isinstance(output, tuple | list) and len(output) == 3:
                # YAMNet, called directly, returns them in this order
                named = dict(zip(("scores", "embeddings", "log_mel"), output, strict=True))
            parts.update({key: np.asarray(named[key], np.float32) for key in ("scores", "log_mel") if key in named})
            return named["embeddings"] if "embeddings" in named else embedding_of(output)

        windows = _array(self.spec, self._call, wave, windows_of)
        windows = windows[None] if windows.ndim == 1 else windows
        if windows.ndim != 2 or not windows.size:
            raise _unusable(self.spec, f"returned an array of shape {windows.shape} for a waveform")
        classes = self._classes(parts["scores"]) if "scores" in parts else ()
        return Embedded(windows.mean(axis=0), windows, parts.get("log_mel"), classes)

    def _classes(self, scores: NDArray[np.float32]) -> tuple[tuple[str, float], ...]:
        """The classes with the highest mean score [F, classes], if the model brings their names."""
        if scores.ndim != 2 or len(self._class_names) != scores.shape[1]:
            return ()
        mean = scores.mean(axis=0)
        return tuple((self._class_names[i], float(mean[i])) for i in np.argsort(-mean)[:MOST_CLASSES])

    @cached_property
    def _class_names(self) -> list[str]:
        """YAMNet carries a table index, mid, display_name."""
        try:
            path = self._model.class_map_path().numpy().decode("utf-8")
            with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123  (a path that TensorFlow made)
                return [row["display_name"] for row in csv.DictReader(file)]
        except Exception:
            return []  # names are an extra: no model has to bring them


def feature_model(loaded: LoadedModel) -> FeatureModel:
    """The loaded model behind the interface of its modality.

    Raises:
        ModelUnavailableError: it does not take one tensor.
    """
    if loaded.spec.modality is Modality.TEXT:
        return TextModel(TextEncoder(loaded))
    return ImageModel(loaded) if loaded.spec.modality is Modality.IMAGE else AudioModel(loaded)


def _array(
    spec: ModelSpec, call: Callable[[Any], Any], values: NDArray[np.float32], pick: Callable[[Any], Any]
) -> NDArray[np.float32]:
    """Call the model; whatever it does wrong becomes one sentence."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()
    try:
        vectors = np.asarray(pick(call(tf.constant(values))), dtype=np.float32)
    except Exception as error:
        raise _unusable(spec, f"failed on an input ({first_line(error)})") from error
    if not np.isfinite(vectors).all():
        raise _unusable(spec, "returned values that are no numbers")
    return vectors


def _flat(output: Any) -> NDArray[np.float32]:
    """Vectors [N, D]; some image models keep the height and width of one pixel."""
    vectors = np.asarray(output)
    return vectors.reshape(len(vectors), -1) if vectors.ndim == 4 and vectors.shape[1:3] == (1, 1) else vectors


def _unusable(spec: ModelSpec, problem: str) -> ModelUnavailableError:
    return ModelUnavailableError(spec.title, "incompatible", problem, _REMEDY)
