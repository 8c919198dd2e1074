"""Chooses thresholds on the validation images; nothing else may choose them."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np

from models.imaging.model_settings import ModelSettings
from training.imaging.evaluate import Maps, score
from training.imaging.sources import Sample

GRIDS: dict[str, dict[str, tuple[Any, ...]]] = {
    "mask": {"threshold": (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)},
    "seeds": {
        "seed_threshold": (0.3, 0.4, 0.5, 0.6, 0.7),
        "seed_smoothing": (0.0, 1.0, 2.0),
        "seed_size": (0, 15, 30, 50),
    },
    "sizes": {
        "minimum_size": (10, 20, 30, 40),
    },
}
"""What is tried: the threshold first, for the Dice of the mask; then what separates instances, for their mean AP."""


def tune(pairs: list[tuple[Sample, Maps]], settings: ModelSettings) -> ModelSettings:
    """The settings with the thresholds that score best.

    Args:
        pairs: validation images and their maps.
        settings: what to start from.
    """
    settings = best(pairs, settings, "mask", "dice")
    if "boundary" in settings.channels or "distance" in settings.channels:
        settings = best(pairs, settings, "seeds", "map")
        settings = best(pairs, settings, "sizes", "map")
    return settings


def best(pairs: list[tuple[Sample, Maps]], settings: ModelSettings, grid: str, metric: str) -> ModelSettings:
    """The best of a grid; of equally good ones the first."""
    names = list(GRIDS[grid])
    tried = [
        replace(settings, **dict(zip(names, values, strict=True)))
        for values in itertools.product(*(GRIDS[grid][name] for name in names))
    ]
    means = [float(np.mean([getattr(score(*pair, each), metric) or 0.0 for pair in pairs])) for each in tried]
    return tried[int(np.argmax(means))]
