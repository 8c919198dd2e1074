"""How well the features tell kinds of sound apart: the nearest other sound should be of the same kind."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.feature_inputs.sound_kinds import KINDS, sound_set
from models.text.encoder import unit_rows


def same_kind(vectors: NDArray[np.float32], kinds: NDArray[np.int64]) -> float:
    """Share of rows [N, D] whose nearest other row, by cosine, has the same kind [N]."""
    similarity = unit_rows(vectors) @ unit_rows(vectors).T
    np.fill_diagonal(similarity, -np.inf)
    return float((kinds[similarity.argmax(axis=1)] == kinds).mean())


def scores(model: Callable[[Any], dict[str, Any]], each: int, seed: int) -> dict[str, float]:
    """Share of sounds whose nearest other sound is of their kind: the model, and two baselines."""
    sounds, kinds = sound_set(each, seed)
    outputs = [model(sound) for sound in sounds]
    vectors = np.stack([np.asarray(output["embeddings"]).mean(axis=0) for output in outputs])
    spectra = np.stack([np.asarray(output["log_mel"]).mean(axis=0) for output in outputs])
    simple = np.stack([np.abs(np.diff(np.sign(sounds), axis=1)).mean(axis=1), sounds.std(axis=1)], axis=1)
    return {
        "handcrafted-audio": same_kind(vectors, kinds),
        "mean log-mel spectrum": same_kind(spectra - spectra.mean(axis=0), kinds),
        "zero crossings and level": same_kind((simple - simple.mean(axis=0)) / simple.std(axis=0), kinds),
        "chance": (each - 1) / (len(kinds) - 1) if len(KINDS) > 1 else 1.0,
    }
