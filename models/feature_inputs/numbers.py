"""Checks of numeric arrays that pictures and sounds share."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import UnreadableFileError

# Rounding in a resampler or an encoder goes this far beyond the range.
TOLERANCE = 1e-3


def checked_range(name: str, values: NDArray[Any], lowest: float, highest: float, remedy: str) -> NDArray[np.float32]:
    """The values as float32, with rounding errors beyond the range clipped.

    Raises:
        UnreadableFileError: no values, values that are no numbers, or values out of range.
    """
    if values.size == 0:
        raise UnreadableFileError(name, "is empty", "Give an array with values.")
    wrong = int(values.size - np.count_nonzero(np.isfinite(values)))
    if wrong:
        verb = "is" if wrong == 1 else "are"
        raise UnreadableFileError(
            name,
            f"cannot be read: {wrong:,} of its {values.size:,} values {verb} no number (NaN or infinite)",
            "Replace them.",
        )
    low, high = float(values.min()), float(values.max())
    if low < lowest - TOLERANCE or high > highest + TOLERANCE:
        raise UnreadableFileError(
            name, f"has values from {low:,.6g} to {high:,.6g} where {lowest:g} to {highest:g} are expected", remedy
        )
    return np.clip(values, lowest, highest).astype(np.float32)
