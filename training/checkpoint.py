"""Where a training run stands, in one file that is never half written."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]


def save_checkpoint(path: Path, step: int, seconds: float, arrays: Arrays) -> None:
    """Replace the file ``path``, an npz, in one go: whoever is cut off while writing keeps the one before.

    Args:
        path: the file.
        step: steps that were taken.
        seconds: that they took.
        arrays: the trainer's state by name.
    """
    part = path.with_suffix(".part.npz")
    state: dict[str, Any] = dict(arrays)
    np.savez(part, taken=step, seconds=seconds, **state)
    part.replace(path)


def take_up(path: Path, restore: Callable[[Arrays], None]) -> tuple[int, float]:
    """Go on from what ``save_checkpoint`` wrote.

    Args:
        path: the file; without it, a run begins and nothing is restored.
        restore: is given the arrays.

    Returns:
        Steps that were taken, and the seconds that they took.
    """
    if not path.exists():
        return 0, 0.0
    with np.load(path) as stored:
        restore(stored)
        return int(stored["taken"]), float(stored["seconds"])
