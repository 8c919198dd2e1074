"""Sounds made by code: the page's examples. None is a recording.

``training.audio_features`` scales and measures the hand-crafted features on them: another sound is another model.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

RATE = 16_000  # Hz
SECONDS = 2.0
_Sound = NDArray[np.float64]


def _time() -> _Sound:
    return np.arange(int(SECONDS * RATE)) / RATE


def _pitch(random: np.random.Generator) -> float:
    """A frequency between 110 and 1,760 Hz, even in octaves."""
    return float(110 * 2 ** random.uniform(0, 4))


def pure_tone(random: np.random.Generator) -> _Sound:
    """A sine."""
    return np.sin(2 * np.pi * _pitch(random) * _time())


def harmonic_tone(random: np.random.Generator) -> _Sound:
    """A fundamental with overtones that fall off."""
    pitch, slope = _pitch(random), random.uniform(0.7, 1.5)
    orders = np.arange(1, min(20, int(7_000 / pitch)) + 1)
    return (np.sin(2 * np.pi * pitch * orders[:, None] * _time()) / orders[:, None] ** slope).sum(axis=0)


def _sweep(start: float, end: float) -> _Sound:
    """A sine whose frequency moves evenly in octaves."""
    rate = np.log(end / start) / SECONDS
    return np.sin(2 * np.pi * start * (np.exp(rate * _time()) - 1) / rate)


def rising_chirp(random: np.random.Generator) -> _Sound:
    """A sine that rises by two to four octaves."""
    low = random.uniform(100, 400)
    return _sweep(low, low * 2 ** random.uniform(2, 4))


def falling_chirp(random: np.random.Generator) -> _Sound:
    """A sine that falls by two to four octaves."""
    low = random.uniform(100, 400)
    return _sweep(low * 2 ** random.uniform(2, 4), low)


def _noise(random: np.random.Generator, slope: float) -> _Sound:
    """Noise whose amplitude spectrum falls with the power ``slope`` of the frequency."""
    spectrum = np.fft.rfft(random.normal(size=len(_time())))
    return np.fft.irfft(spectrum / np.arange(1, len(spectrum) + 1) ** slope, n=len(_time()))


def white_noise(random: np.random.Generator) -> _Sound:
    """Noise with as much at every frequency."""
    return _noise(random, random.uniform(-0.1, 0.1))


def low_noise(random: np.random.Generator) -> _Sound:
    """Noise like wind or surf."""
    return _noise(random, random.uniform(0.8, 1.2))


def clicks(random: np.random.Generator) -> _Sound:
    """Short clicks, 3 to 12 a second."""
    sound = np.zeros(len(_time()))
    sound[:: int(RATE / random.uniform(3, 12))] = 1
    decay = np.exp(-np.arange(400) / random.uniform(20, 80)) * random.normal(size=400)
    return np.convolve(sound, decay)[: len(sound)]


def tremolo(random: np.random.Generator) -> _Sound:
    """A harmonic tone whose loudness swings 4 to 9 times a second."""
    return harmonic_tone(random) * (1 + 0.9 * np.sin(2 * np.pi * random.uniform(4, 9) * _time()))


def bell(random: np.random.Generator) -> _Sound:
    """Partials out of tune with one another that die away."""
    partials = _pitch(random) * np.array([1.0, 2.0, 2.4, 3.0, 4.5])[:, None]
    fading = np.exp(-_time() * np.array([1.5, 2.5, 3.0, 4.0, 6.0])[:, None])
    return (np.sin(2 * np.pi * np.minimum(partials, 7_500) * _time()) * fading).sum(axis=0)


KINDS: tuple[Callable[[np.random.Generator], _Sound], ...] = (
    pure_tone,
    harmonic_tone,
    rising_chirp,
    falling_chirp,
    white_noise,
    low_noise,
    clicks,
    tremolo,
    bell,
)


def sound_set(each: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """``each`` sounds of every kind at random levels, float32 [N, T] in [-1, 1], and the number of their kind [N]."""
    random = np.random.default_rng(seed)
    kinds = np.repeat(np.arange(len(KINDS)), each)
    sounds = np.stack([KINDS[kind](random) for kind in kinds])
    level = random.uniform(0.05, 0.9, (len(sounds), 1))
    sounds = level * sounds / np.abs(sounds).max(axis=1, keepdims=True)
    # the faint hiss of any recording
    noisy = sounds + random.normal(0, 0.001, sounds.shape)
    return np.clip(noisy, -1, 1).astype(np.float32), kinds
