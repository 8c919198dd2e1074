"""Turns trained weights into one SavedModel: tokenizer, int8 embedding table and all inside."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.saved_module import save_module, serving


def quantize_rows(table: NDArray[np.floating[Any]]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Symmetric int8 rows [V, D] and the float32 scale [V] of each: row = int8 * scale."""
    scale = np.abs(table).max(axis=1).astype(np.float32) / 127.0
    safe = np.where(scale > 0, scale, 1.0)
    return np.round(table / safe[:, None]).astype(np.int8), scale


def piece_factors(log_weight: NDArray[np.floating[Any]], vocabulary: bytes) -> NDArray[np.float32]:
    """Weights [V] of the pieces; 0 for the unknown piece and the bare word border.

    Both stand in place of anything, so a text of nothing else would resemble whatever they were seen with. With them
    out of the way it gets a zero row, which matches nothing.
    """
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_proto=vocabulary)
    factors = np.exp(log_weight.astype(np.float32))
    factors[[processor.unk_id(), processor.piece_to_id("\u2581")]] = 0.0
    return factors


def export_bag(weights: dict[str, NDArray[Any]], vocabulary: bytes, folder: Path) -> Path:
    """Write a bag encoder.

    The model is called on a 1-D string tensor and returns float32 [N, D] of unit length, a zero row for an empty text;
    ``serving_default`` maps ``inputs`` to ``outputs``.

    Args:
        weights: ``table`` [V, D] and ``log_weight`` [V].
        vocabulary: the serialised SentencePiece model.
        folder: replaced when it exists.
    """
    import tensorflow as tf
    import tensorflow_text

    rows, scale = quantize_rows(weights["table"].astype(np.float32))
    # the learned weight of a piece and the scale of its row are one factor
    factor = scale * piece_factors(weights["log_weight"], vocabulary)

    specification = tf.TensorSpec([None], tf.string, name="inputs")

    class Encoder(tf.Module):
        """The exported object; holds each array once."""

        def __init__(self) -> None:
            super().__init__(name="encoder")
            self.tokenizer = tensorflow_text.SentencepieceTokenizer(model=vocabulary)
            self.table = tf.Variable(rows, trainable=False, name="table")
            self.factor = tf.Variable(factor, trainable=False, name="factor")

        @tf.function(input_signature=[specification])
        def __call__(self, text: Any) -> Any:
            """Embed texts."""
            pieces = self.tokenizer.tokenize(text)
            ids = pieces.flat_values
            vectors = tf.cast(tf.gather(self.table, ids), tf.float32) * tf.gather(self.factor, ids)[:, None]
            total = tf.math.unsorted_segment_sum(vectors, pieces.value_rowids(), pieces.nrows())
            return tf.math.l2_normalize(total, axis=1)

    encoder = Encoder()
    return save_module(encoder, serving(encoder, specification), folder)


def folder_digest(folder: Path) -> str:
    """sha256 over the names and contents of the model's files, model card apart."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in {".md", ".json"}:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
