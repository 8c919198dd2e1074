"""Embeddings as files: for NumPy, for a spreadsheet, and for the Embedding Projector."""

import io

import numpy as np

from models.feature_outputs.features import Features
from models.text.export import safe_cell, to_csv


def to_npy(features: Features) -> bytes:
    """The embeddings as a .npy file, float32 [N, D]; rows as in the tables."""
    buffer = io.BytesIO()
    np.save(buffer, features.embeddings, allow_pickle=False)
    return buffer.getvalue()


def windows_npz(features: Features) -> bytes:
    """The windows of each sound, float32 [F, D], as a .npz file with the keys 000, 001, ... in the order of rows."""
    buffer = io.BytesIO()
    windows = {f"{number:03}": row.windows for number, row in enumerate(features.rows) if row.windows is not None}
    np.savez(buffer, allow_pickle=False, **windows)
    return buffer.getvalue()


def features_csv(features: Features) -> bytes:
    """One row an input: name, then the numbers as columns d0, d1, ... with nine digits, which is all of a float32."""
    header = ["name", *(f"d{number}" for number in range(features.shape[1]))]
    rows = ([row.name, *_numbers(vector)] for row, vector in zip(features.rows, features.embeddings, strict=True))
    return to_csv(header, rows)


def projector_vectors(features: Features) -> bytes:
    """The vectors as TSV, as projector.tensorflow.org loads them: no header, no names."""
    return "".join("\t".join(map(str, _numbers(vector))) + "\n" for vector in features.embeddings).encode()


def projector_metadata(features: Features) -> bytes:
    """The labels of the same rows as TSV, with a header; line breaks and tabs become spaces."""
    lines = ["name\tmodel\tnotes"]
    lines += ["\t".join(map(_cell, (row.name, features.model.name, " ".join(row.notes)))) for row in features.rows]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _numbers(vector: np.ndarray) -> list[float]:
    return [float(f"{value:.9g}") for value in vector]


def _cell(text: str) -> str:
    return safe_cell(" ".join(text.split()))
