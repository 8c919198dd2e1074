"""Texts to unit-length vectors, with any text model of the catalogue, a folder or a hub address."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import CancelledError, InvalidInputError, ModelUnavailableError
from models.hub import LoadedModel, Progress, describe_model, load_model
from models.hub_failures import first_line
from models.model_call import embedding_of, one_input_function
from models.model_spec import Modality, ModelSpec

MAX_BATCH = 64
_REMEDY = "Choose a TensorFlow 2 text model that has its tokenizer inside."


class TextEncoder:
    """A text model that returns one unit-length vector a text; safe to share between threads.

    Args:
        loaded: a model that is callable on a 1-D string tensor or has a ``serving_default`` signature with one input,
            and that returns a float tensor [N, D], alone or in a dictionary.

    Attributes:
        name: the model's name in the catalogue, its folder or its address.
        dimension: D.
        spec: what is known about the model.
        origin: "bundled", "cache", "download" or "path".

    Raises:
        ModelUnavailableError: the model does not work in this way.
    """

    def __init__(self, loaded: LoadedModel) -> None:
        self.loaded = loaded
        self.spec: ModelSpec = loaded.spec
        self.name: str = loaded.spec.name
        self.origin: str = loaded.origin
        self._call = one_input_function(loaded, "the texts", _REMEDY)
        # A real call proves the model, tells the width, and has TensorFlow prepare its graph before the first visitor.
        self.dimension: int = self._run(["Polyglot Lens"]).shape[1]

    def encode(
        self,
        texts: Sequence[str],
        batch_size: int = MAX_BATCH,
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        """Return the embeddings of ``texts`` in their order.

        Args:
            texts: any length each; sorted by length inside, because a batch costs as much as its longest text.
            batch_size: 1 to 64.
            progress: called after each batch with texts done and texts in all.
            cancel: asked before each batch; True stops.

        Returns:
            float32 [N, D]; rows have unit length, or are zero for an empty text.

        Raises:
            InvalidInputError: ``texts`` is one string, or ``batch_size`` is out of range.
            CancelledError: ``cancel`` returned True.
            ModelUnavailableError: the model failed on a text.
        """
        if isinstance(texts, str):
            raise InvalidInputError("Give a list of texts, not one string.")
        if not 1 <= batch_size <= MAX_BATCH:
            raise InvalidInputError(f"The batch size must be between 1 and {MAX_BATCH}, not {batch_size}.")
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        written = np.array([i for i, text in enumerate(texts) if text.strip()], dtype=np.int64)
        order = written[np.argsort([len(texts[i]) for i in written], kind="stable")]
        done = len(texts) - len(order)
        for start in range(0, len(order), batch_size):
            if cancel is not None and cancel():
                raise CancelledError(f"Stopped after {done:,} of {len(texts):,} texts.")
            rows = order[start : start + batch_size]
            vectors[rows] = unit_rows(self._run([texts[i] for i in rows]))
            done += len(rows)
            if progress is not None:
                progress(done, len(texts))
        return vectors

    def _run(self, texts: list[str]) -> NDArray[np.float32]:
        from models.runtime import import_tensorflow

        tf = import_tensorflow()
        try:
            # Bytes, because half of a surrogate pair in a broken file cannot be a TensorFlow string.
            output = self._call(tf.constant([text.encode("utf-8", "replace") for text in texts], dtype=tf.string))
            vectors = np.asarray(embedding_of(output), dtype=np.float32)
        except Exception as error:
            raise self._unusable(f"failed on a text ({first_line(error)})") from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or vectors.shape[1] == 0:
            raise self._unusable(f"returned an array of shape {vectors.shape} for {len(texts)} texts")
        return vectors

    def _unusable(self, problem: str) -> ModelUnavailableError:
        remedy = "Choose a text model that takes a 1-D string tensor and returns one vector a text."
        return ModelUnavailableError(self.spec.title, "incompatible", problem, remedy)


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale each row [N, D] to unit length; a row without length, or with a value that is no number, becomes zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    usable = np.isfinite(lengths) & (lengths > 0)
    return np.where(usable, vectors / np.where(usable, lengths, 1), 0).astype(np.float32)


def load_text_encoder(
    model: ModelSpec | str | Path, progress: Progress | None = None, cache_dir: Path | str | None = None
) -> TextEncoder:
    """Load a text encoder by catalogue name, folder or hub address; see ``models.hub.load_model`` for the errors."""
    spec = describe_model(model)
    if spec.modality is not Modality.TEXT:
        raise InvalidInputError(f"{spec.title} reads {spec.modality}, not text. Choose a text model.")
    return TextEncoder(load_model(spec, progress, cache_dir))
