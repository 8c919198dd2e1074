"""What the two hand-crafted models share: scaling to unit variance, and the model card."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.text.export import folder_digest

SMALLEST_DEVIATION = 1e-3


def block_scaling(
    features: NDArray[np.floating[Any]], blocks: Mapping[str, int], weights: Mapping[str, float]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Offset [D] and factor [D] that give each block of features its weight in a cosine similarity.

    Args:
        features: float [N, D], the raw features of signals made by code.
        blocks: width of each block, in order; their sum is D.
        weights: share of the squared length of an average vector that each block gets; need not add up to 1.

    Raises:
        ValueError: the blocks do not add up to D.
    """
    if sum(blocks.values()) != features.shape[1]:
        raise ValueError(f"blocks of {sum(blocks.values())} columns do not fit features of {features.shape[1]}")
    spread = np.maximum(features.std(axis=0), SMALLEST_DEVIATION)
    share = np.concatenate([np.full(width, np.sqrt(weights[name] / width)) for name, width in blocks.items()])
    return features.mean(axis=0).astype(np.float32), (share / spread).astype(np.float32)


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def write_card(folder: Path, sections: Sequence[str]) -> Path:
    """Write ``MODEL_CARD.md``; the first section gets the size and the digest of the folder's files."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".md")
    facts = f"{size / 1e6:.2f} MB on disk. sha256 of the folder's files: `{folder_digest(folder)}`."
    first, *rest = sections
    path = folder / "MODEL_CARD.md"
    path.write_text("\n\n".join([f"# {folder.parent.name}", first, facts, *rest]) + "\n", encoding="utf-8")
    return path
