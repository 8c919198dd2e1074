"""The result of the feature extractor: an array that knows what its rows are."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.model_spec import Modality, ModelSpec


@dataclass(frozen=True, eq=False)
class FeatureRow:
    """What is known about one row of the embeddings.

    Args:
        name: of the input; no two rows share one.
        source: position of the input in what was given; the passages of one document share it.
        notes: what was changed before the model saw it, as sentences.
        preview: see ``models.feature_inputs.Prepared``.
        seconds: of a sound.
        windows: of a sound, float32 [F, D]: the embeddings of its stretches, whose mean is the row.
        log_mel: of a sound, float32 [T, bands]; None where the model computes none.
        classes: of a sound, the most likely classes with their mean score, where the model names any.
    """

    name: str
    source: int
    notes: tuple[str, ...] = ()
    preview: Any = field(default=None, repr=False)
    seconds: float | None = None
    windows: NDArray[np.float32] | None = field(default=None, repr=False)
    log_mel: NDArray[np.float32] | None = field(default=None, repr=False)
    classes: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Problem:
    """An input that was left out: its name, its position, and a sentence that says why and what to do."""

    name: str
    source: int
    sentence: str


@dataclass(frozen=True, eq=False)
class Features:
    """Embeddings and what they are of; ``numpy.asarray(features)`` is the array alone.

    Args:
        embeddings: float32 [N, D], as the model returns them: rows of unit length from text models, any length from
            others. A sound's row is the mean over its windows.
        rows: N of them.
        modality: what was read.
        model: which model read it.
        problems: inputs that were left out; only where ``skip_unreadable`` was asked for.
        seconds: how long it took, without the loading of the model.
    """

    embeddings: NDArray[np.float32]
    rows: tuple[FeatureRow, ...]
    modality: Modality
    model: ModelSpec
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0

    @property
    def names(self) -> list[str]:
        """The names of the rows."""
        return [row.name for row in self.rows]

    @property
    def shape(self) -> tuple[int, int]:
        """(N, D)."""
        return self.embeddings.shape[0], self.embeddings.shape[1]

    def __len__(self) -> int:
        """N."""
        return len(self.rows)

    def __getitem__(self, row: Any) -> NDArray[np.float32]:
        """Embeddings by position, as of the array."""
        return self.embeddings[row]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """The embeddings, for NumPy and TensorFlow."""
        return np.array(self.embeddings, dtype=dtype, copy=copy)
