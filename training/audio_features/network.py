"""The graph: a waveform in; log-mel spectrum, and statistics of its 0.96 s windows out, timed as YAMNet's are."""

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16_000  # Hz
WINDOW, HOP, FFT = 400, 160, 512  # samples: 25 ms every 10 ms
BANDS, LOWEST, HIGHEST = 64, 125.0, 7_500.0  # mel bands between two frequencies in Hz
PATCH, PATCH_HOP = 96, 48  # spectra: 0.96 s every 0.48 s
SHORTEST = (PATCH - 1) * HOP + WINDOW  # samples that fill one window
LOG_OFFSET = 0.001
MODULATIONS = 8

BLOCKS = {
    "spectrum": BANDS,
    "deviation in time": BANDS,
    "change": BANDS,
    "modulation": MODULATIONS,
    "shape": 4,
    "loudness": 1,
}
WIDTH = sum(BLOCKS.values())
# Shares of the similarity, chosen by hand: what sounds, then how it moves, and hardly how loud it was recorded.
WEIGHTS = {
    "spectrum": 0.40,
    "deviation in time": 0.20,
    "change": 0.15,
    "modulation": 0.10,
    "shape": 0.12,
    "loudness": 0.03,
}


def log_mel(waveform: Any) -> Any:
    """Log-mel spectrum float32 [T, 64] of a waveform float32 [N]: a row each 10 ms, as in YAMNet.

    Short waveforms are padded with silence to one window, longer ones to a whole number of hops.
    """
    import tensorflow as tf

    samples = tf.shape(waveform)[0]
    hops = tf.maximum(0, -((SHORTEST - samples) // (PATCH_HOP * HOP)))
    padded = tf.pad(waveform, [[0, tf.maximum(0, SHORTEST + hops * PATCH_HOP * HOP - samples)]])
    magnitude = tf.abs(tf.signal.stft(padded, WINDOW, HOP, FFT))
    mel = tf.signal.linear_to_mel_weight_matrix(BANDS, FFT // 2 + 1, RATE, LOWEST, HIGHEST)
    return tf.math.log(tf.matmul(magnitude, mel) + LOG_OFFSET)


def raw_features(spectrum: Any) -> Any:
    """Features [F, 205] before scaling, of a log-mel spectrum [T, 64]; one row each 0.48 s."""
    import tensorflow as tf

    patches = tf.signal.frame(spectrum, PATCH, PATCH_HOP, axis=0)
    mean = tf.reduce_mean(patches, axis=1)
    loudness = tf.reduce_mean(mean, axis=1, keepdims=True)
    deviation = tf.math.reduce_std(patches, axis=1)
    change = tf.reduce_mean(tf.abs(patches[:, 1:] - patches[:, :-1]), axis=1)
    parts = [mean - loudness, deviation, change, _modulation(patches), _shape(patches), loudness]
    return tf.concat(parts, axis=1)


def _modulation(patches: Any) -> Any:
    """How strongly the loudness of a window swings, by frequency: logarithm of 8 bands up to 50 Hz, [F, 8]."""
    import tensorflow as tf

    envelope = tf.reduce_mean(patches, axis=2)
    swing = tf.abs(tf.signal.rfft(envelope - tf.reduce_mean(envelope, axis=1, keepdims=True)))
    # periods a window: single ones at first, because slow swings tell more
    edges = [1, 2, 3, 5, 8, 13, 21, 33, PATCH // 2 + 1]
    bands = [tf.reduce_mean(swing[:, low:high], axis=1) for low, high in itertools.pairwise(edges)]
    return tf.math.log(tf.stack(bands, axis=1) + 0.1)


def _shape(patches: Any) -> Any:
    """Centre, width, peakedness and drift of the spectrum, [F, 4]."""
    import tensorflow as tf

    share = tf.nn.softmax(patches, axis=2)  # of the magnitude in each band
    place = tf.linspace(0.0, 1.0, BANDS)
    centre = tf.reduce_sum(share * place, axis=2)
    width = tf.sqrt(tf.reduce_sum(share * tf.square(place - centre[..., None]), axis=2) + 1e-9)
    peak = tf.reduce_max(patches, axis=2) - tf.reduce_mean(patches, axis=2)
    third = PATCH // 3
    drift = tf.reduce_mean(centre[:, -third:], axis=1) - tf.reduce_mean(centre[:, :third], axis=1)
    means = [tf.reduce_mean(values, axis=1) for values in (centre, width, peak)]
    return tf.stack([*means, drift], axis=1)


def build(offset: NDArray[np.float32], factor: NDArray[np.float32]) -> Any:
    """The module to export: callable on one waveform, returns ``embeddings`` [F, 205] and ``log_mel`` [T, 64]."""
    import tensorflow as tf

    class HandcraftedAudio(tf.Module):
        """The exported object."""

        def __init__(self) -> None:
            super().__init__(name="handcrafted_audio")
            self.offset = tf.Variable(offset, trainable=False, name="offset")
            self.factor = tf.Variable(factor, trainable=False, name="factor")

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="inputs")])
        def __call__(self, waveform: Any) -> dict[str, Any]:
            """Embed one waveform."""
            spectrum = log_mel(waveform)
            scaled = (raw_features(spectrum) - self.offset) * self.factor
            return {"embeddings": tf.math.l2_normalize(scaled, axis=1), "log_mel": spectrum}

    return HandcraftedAudio()
