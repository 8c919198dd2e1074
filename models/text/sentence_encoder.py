"""What search needs of an encoder: a name, a width and unit vectors."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

MAX_BATCH = 64


class SentenceEncoder(Protocol):
    """Anything that turns texts into unit vectors; ``models.text.encoder.TextEncoder`` is the one in use."""

    @property
    def name(self) -> str:
        """Name of the model, kept beside a saved corpus."""

    @property
    def dimension(self) -> int:
        """Width of the vectors."""

    def encode(
        self,
        texts: Sequence[str],
        batch_size: int = MAX_BATCH,
        progress: Callable[[int, int], None] | None = None,
    ) -> NDArray[np.float32]:
        """Unit-length rows [len(texts), dimension]; a zero row for a text without content."""
