"""The two encoders in Keras 3: a weighted bag of sub-word embeddings, and the same with context added."""

from typing import Any

import keras
from keras import ops

PAD = 0


@keras.saving.register_keras_serializable("polyglot")
class WeightedBag(keras.Model):
    """Sum of sub-word embeddings, each times exp of its piece's learned scalar, scaled to unit length.

    Args:
        vocabulary_size: number of pieces; piece 0 is padding.
        dimension: width of the embeddings.
        token_dropout: share of the input pieces that are left out while training.
        seed: for the initial table and the dropout.
    """

    def __init__(
        self,
        vocabulary_size: int,
        dimension: int = 512,
        token_dropout: float = 0.25,
        seed: int = 13,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.vocabulary_size = vocabulary_size
        self.dimension = dimension
        self.token_dropout = token_dropout
        self.seeds = keras.random.SeedGenerator(seed)
        start = keras.initializers.RandomNormal(stddev=0.05, seed=seed)
        self.table = self.add_weight(
            shape=(vocabulary_size, dimension), initializer=start, name="table", dtype="float32"
        )
        self.log_weight = self.add_weight(
            shape=(vocabulary_size,), initializer="zeros", name="log_weight", dtype="float32"
        )

    def piece_weights(self, tokens: Any, training: bool) -> Any:
        """Weights [batch, length] of the pieces: 0 for padding and for dropped pieces."""
        present = ops.cast(ops.not_equal(tokens, PAD), "float32")
        if training and self.token_dropout:
            kept = keras.random.uniform(ops.shape(tokens), seed=self.seeds) >= self.token_dropout
            present = present * ops.cast(kept, "float32")
        return present * ops.exp(ops.take(self.log_weight, tokens, axis=0))

    def call(self, tokens: Any, training: bool = False) -> Any:
        """Unit vectors float32 [batch, dimension] of token ids int32 [batch, length]."""
        weights = self.piece_weights(tokens, training)
        pieces = ops.take(self.table, tokens, axis=0)
        return unit_length(ops.sum(pieces * weights[..., None], axis=1))


def unit_length(vectors: Any) -> Any:
    """Rows of length 1; a row of zeros stays zero."""
    return vectors * ops.rsqrt(ops.maximum(ops.sum(vectors * vectors, axis=-1, keepdims=True), 1e-12))


@keras.saving.register_keras_serializable("polyglot")
class Block(keras.layers.Layer):
    """One pre-norm transformer block with a learned bias for each clipped distance between two pieces.

    Args:
        width: of the residual stream.
        heads: attention heads.
        reach: distances beyond this share one bias, so texts of any length work.
    """

    def __init__(self, width: int, heads: int, reach: int = 16, **options: Any) -> None:
        super().__init__(**options)
        self.width = width
        self.heads = heads
        self.reach = reach
        policy = self.dtype_policy
        self.norm_attention = keras.layers.LayerNormalization(epsilon=1e-5, dtype=policy, name="norm_attention")
        self.norm_forward = keras.layers.LayerNormalization(epsilon=1e-5, dtype=policy, name="norm_forward")
        self.query_key_value = keras.layers.Dense(3 * width, dtype=policy, name="query_key_value")
        self.mix = keras.layers.Dense(width, dtype=policy, name="mix")
        self.widen = keras.layers.Dense(4 * width, dtype=policy, name="widen")
        self.narrow = keras.layers.Dense(width, dtype=policy, name="narrow")

    def build(self, shape: Any) -> None:
        """Create the sub-layers' weights and the distance bias."""
        self.norm_attention.build(shape)
        self.norm_forward.build(shape)
        self.query_key_value.build(shape)
        self.mix.build(shape)
        self.widen.build(shape)
        self.narrow.build((*shape[:-1], 4 * self.width))
        self.distance_bias = self.add_weight(
            shape=(2 * self.reach + 1, self.heads), initializer="zeros", name="distance_bias"
        )

    def call(self, stream: Any, blocked: Any) -> Any:
        """Residual stream [batch, length, width] in and out; ``blocked`` [batch, 1, 1, length] is -1e4 at padding."""
        length = ops.shape(stream)[1]
        size = self.width // self.heads
        packed = self.query_key_value(self.norm_attention(stream))
        packed = ops.transpose(ops.reshape(packed, (-1, length, 3, self.heads, size)), (2, 0, 3, 1, 4))
        query, key, value = packed[0], packed[1], packed[2]
        scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2))) * (size**-0.5)
        places = ops.arange(length)
        distance = ops.clip(places[None, :] - places[:, None], -self.reach, self.reach) + self.reach
        bias = ops.transpose(ops.take(self.distance_bias, distance, axis=0), (2, 0, 1))[None]
        scores = ops.cast(scores, "float32") + ops.cast(bias, "float32") + blocked
        mixed = ops.matmul(ops.cast(ops.softmax(scores), value.dtype), value)
        stream = stream + self.mix(ops.reshape(ops.transpose(mixed, (0, 2, 1, 3)), (-1, length, self.width)))
        return stream + self.narrow(ops.gelu(self.widen(self.norm_forward(stream)), approximate=True))


@keras.saving.register_keras_serializable("polyglot")
class ContextualBag(WeightedBag):
    """The bag with a transformer beside it: what it adds to vectors and weights of the pieces begins at zero.

    Args:
        width, heads, depth: of the transformer.
        arithmetic: dtype policy inside the transformer; the bag itself stays float32.
        (others): as for ``WeightedBag``.
    """

    def __init__(
        self,
        vocabulary_size: int,
        dimension: int = 512,
        token_dropout: float = 0.1,
        seed: int = 13,
        width: int = 384,
        heads: int = 6,
        depth: int = 3,
        arithmetic: str = "float32",
        **options: Any,
    ) -> None:
        super().__init__(vocabulary_size, dimension, token_dropout, seed, **options)
        self.norm_in = keras.layers.LayerNormalization(epsilon=1e-5, name="norm_in")
        self.enter = keras.layers.Dense(width, name="enter", dtype=arithmetic)
        self.blocks = [Block(width, heads, name=f"block_{number}", dtype=arithmetic) for number in range(depth)]
        self.norm_out = keras.layers.LayerNormalization(epsilon=1e-5, name="norm_out", dtype=arithmetic)
        self.leave = keras.layers.Dense(
            dimension, kernel_initializer="zeros", use_bias=False, name="leave", dtype=arithmetic
        )
        self.reweigh = keras.layers.Dense(1, kernel_initializer="zeros", use_bias=False, name="reweigh")

    def call(self, tokens: Any, training: bool = False) -> Any:
        """Unit vectors float32 [batch, dimension] of token ids int32 [batch, length]."""
        weights = self.piece_weights(tokens, training)
        present = ops.cast(weights > 0, "float32")
        pieces = ops.take(self.table, tokens, axis=0)
        blocked = (present[:, None, None, :] - 1.0) * 1e4
        stream = self.enter(self.norm_in(pieces))
        for block in self.blocks:
            stream = block(stream, blocked)
        stream = self.norm_out(stream)
        weights = weights * ops.exp(self.reweigh(ops.cast(stream, "float32"))[..., 0])
        context = ops.cast(self.leave(stream), "float32")
        return unit_length(ops.sum((pieces + context) * weights[..., None], axis=1))


@keras.saving.register_keras_serializable("polyglot")
class Student(keras.Model):
    """An encoder with the training-only projection to the teacher's space."""

    def __init__(self, encoder: WeightedBag, teacher_width: int = 384, **options: Any) -> None:
        super().__init__(**options)
        self.encoder = encoder
        self.project = keras.layers.Dense(teacher_width, use_bias=False, name="project", dtype="float32")

    def call(self, tokens: Any, training: bool = False) -> tuple[Any, Any]:
        """(unit vectors [batch, dimension], unit vectors in the teacher's space [batch, teacher_width])."""
        vectors = self.encoder(tokens, training=training)
        return vectors, unit_length(self.project(vectors))
