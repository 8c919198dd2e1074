"""The contextual encoder as a SavedModel: the bag's table in int8, the transformer's weights in one float16 tensor."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.packed_weights import float32_on_load, pack
from models.saved_module import save_module, serving
from training.text.export import piece_factors, quantize_rows

WINDOW = 64
"""Pieces that see one another; longer texts are several windows that add up, so nothing is cut."""

_TABLE = {"table", "log_weight", "project"}


def export_contextual(weights: dict[str, NDArray[Any]], vocabulary: bytes, heads: int, folder: Path) -> Path:
    """Write a contextual encoder; called and signed like the bag's.

    Args:
        weights: as ``training.text.train.export_arrays`` names them.
        vocabulary: the serialised SentencePiece model.
        heads: attention heads of each block.
        folder: replaced when it exists.
    """
    import tensorflow as tf
    import tensorflow_text

    rows, scale = quantize_rows(weights["table"].astype(np.float32))
    factors = piece_factors(weights["log_weight"], vocabulary)
    names = sorted(name for name in weights if name not in _TABLE)
    flat, borders, digest = pack([weights[name] for name in names])
    shapes = {name: weights[name].shape for name in names}
    depth = len({name.split("/")[0] for name in names if name.startswith("block_")})
    specification = tf.TensorSpec([None], tf.string, name="inputs")

    class Encoder(tf.Module):
        """The exported object; holds each array once."""

        def __init__(self) -> None:
            super().__init__(name="encoder")
            self.tokenizer = tensorflow_text.SentencepieceTokenizer(model=vocabulary)
            self.table = tf.Variable(rows, trainable=False, name="table")
            self.scale = tf.Variable(scale, trainable=False, name="scale")
            self.weight = tf.Variable(factors, trainable=False, name="weight")
            self.packed = tf.Variable(flat, trainable=False, name="packed")
            # one for each array: a slice of a common one would be copied in every call, which costs a single sentence
            # more than all of its arithmetic
            self.full = {
                name: float32_on_load(self.packed, f"{name}_{digest}", shapes[name], start)
                for name, start in zip(names, borders[:-1], strict=True)
            }

        @tf.function(input_signature=[specification])
        def __call__(self, text: Any) -> Any:
            """Embed texts."""
            pieces = self.tokenizer.tokenize(text)
            # windows: the flat pieces again, cut every WINDOW pieces of a row
            within = tf.range(tf.shape(pieces.flat_values, tf.int64)[0]) - tf.gather(
                pieces.row_starts(), pieces.value_rowids()
            )
            per_row = (pieces.row_lengths() + WINDOW - 1) // WINDOW
            first = tf.cumsum(per_row, exclusive=True)
            window = tf.gather(first, pieces.value_rowids()) + within // WINDOW
            count = tf.reduce_sum(per_row)
            ids = tf.RaggedTensor.from_value_rowids(pieces.flat_values, window, nrows=count, validate=False).to_tensor()
            sums = self._windows(ids)
            owner = tf.repeat(tf.range(pieces.nrows()), per_row)
            return tf.math.l2_normalize(tf.math.unsorted_segment_sum(sums, owner, pieces.nrows()), axis=1)

        def _windows(self, ids: Any) -> Any:
            """Sums over the pieces of each window, float32 [windows, dimension]; piece 0 is padding."""

            def get(name: str) -> Any:
                return self.full[name].read()

            def norm(values: Any, name: str) -> Any:
                centred = values - tf.reduce_mean(values, axis=-1, keepdims=True)
                spread = tf.reduce_mean(centred * centred, axis=-1, keepdims=True)
                return centred * tf.math.rsqrt(spread + 1e-5) * get(f"{name}/gamma") + get(f"{name}/beta")

            def dense(values: Any, name: str) -> Any:
                return tf.nn.bias_add(tf.matmul(values, get(f"{name}/kernel")), get(f"{name}/bias"))

            def gelu(values: Any) -> Any:
                # the same function as with tanh, in fewer passes over the values
                return values * tf.sigmoid(2 * (2 / np.pi) ** 0.5 * values * (1.0 + 0.044715 * values * values))

            # two-dimensional products over all pieces at once are the fast ones on a CPU
            shape = tf.shape(ids)
            length = shape[1]
            flat_ids = tf.reshape(ids, [-1])
            piece_weight = tf.gather(self.weight, flat_ids)
            # neither padding nor a piece without weight is seen by the others
            present = tf.reshape(tf.cast((flat_ids > 0) & (piece_weight > 0), tf.float32), shape)
            pieces = tf.cast(tf.gather(self.table, flat_ids), tf.float32) * tf.gather(self.scale, flat_ids)[:, None]
            stream = dense(norm(pieces, "norm_in"), "enter")
            width = shapes["enter/kernel"][1]
            size = width // heads
            blocked = (present[:, None, None, :] - 1.0) * 1e4
            reach = (shapes["block_0/distance_bias"][0] - 1) // 2 if depth else 0
            places = tf.range(length)
            distance = tf.clip_by_value(places[None, :] - places[:, None], -reach, reach) + reach
            for number in range(depth):
                name = f"block_{number}"
                packed = dense(norm(stream, f"{name}/norm_attention"), f"{name}/query_key_value")
                packed = tf.transpose(tf.reshape(packed, [shape[0], length, 3, heads, size]), [2, 0, 3, 1, 4])
                scores = tf.matmul(packed[0], packed[1], transpose_b=True) * size**-0.5 + blocked
                scores += tf.transpose(tf.gather(get(f"{name}/distance_bias"), distance), [2, 0, 1])[None]
                mixed = tf.transpose(tf.matmul(tf.nn.softmax(scores), packed[2]), [0, 2, 1, 3])
                stream += dense(tf.reshape(mixed, [-1, width]), f"{name}/mix")
                wide = dense(norm(stream, f"{name}/norm_forward"), f"{name}/widen")
                stream += dense(gelu(wide), f"{name}/narrow")
            stream = norm(stream, "norm_out")
            weight = piece_weight * tf.exp(tf.matmul(stream, get("reweigh/kernel"))[:, 0])
            weight *= tf.reshape(present, [-1])
            vectors = (pieces + tf.matmul(stream, get("leave/kernel"))) * weight[:, None]
            return tf.reduce_sum(tf.reshape(vectors, [shape[0], length, rows.shape[1]]), axis=1)

    encoder = Encoder()
    return save_module(encoder, serving(encoder, specification), folder)
