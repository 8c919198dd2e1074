"""Pictures made by code, on which the features are scaled: none is drawn from a collection."""

import numpy as np
from numpy.typing import NDArray

from training.image_features.network import SIDE

_Picture = NDArray[np.float32]


def dead_leaves(random: np.random.Generator) -> _Picture:
    """Overlapping discs and boxes of random colours, sizes by a power law; float32 [224, 224, 3] in [0, 1].

    Source: Lee, Mumford and Huang 2001, "Occlusion models for natural images": the statistics come close to those of
    photographs.
    """
    y, x = np.mgrid[:SIDE, :SIDE]
    picture = np.tile(random.uniform(0, 1, 3), (SIDE, SIDE, 1))
    tint = random.uniform(0, 1, 3)
    for _ in range(int(random.integers(20, 160))):
        radius = min(6 * random.uniform(0.002, 1) ** -0.5, SIDE / 2)
        column, row = random.uniform(0, SIDE, 2)
        if random.random() < 0.6:
            inside = (x - column) ** 2 + (y - row) ** 2 < radius**2
        else:
            inside = (np.abs(x - column) < radius) & (np.abs(y - row) < radius * random.uniform(0.3, 2))
        picture[inside] = 0.5 * random.uniform(0, 1, 3) + 0.5 * tint * random.uniform(0, 1)
    return _with_noise(picture, random)


def coloured_noise(random: np.random.Generator) -> _Picture:
    """Noise whose spectrum falls with a random power of the frequency, in random colours."""
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None]) + 1 / SIDE
    waves = random.normal(size=(2, *frequency.shape)) + 1j * random.normal(size=(2, *frequency.shape))
    planes = np.fft.irfft2(waves * frequency ** -random.uniform(0.3, 2.2), s=(SIDE, SIDE))
    planes /= planes.std(axis=(1, 2), keepdims=True)
    colours = random.normal(0, 0.15, (2, 3)) + random.normal(0, 0.1, (2, 1))
    return _with_noise(random.uniform(0.2, 0.8, 3) + np.tensordot(planes, colours, ([0], [0])), random)


def gratings(random: np.random.Generator) -> _Picture:
    """One or two waves in random directions, between two colours."""
    y, x = np.mgrid[:SIDE, :SIDE]
    wave = np.zeros((SIDE, SIDE))
    for _ in range(int(random.integers(1, 3))):
        angle, length = random.uniform(0, np.pi), random.uniform(4, 80)
        wave += np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / length + random.uniform(0, 6))
    if random.random() < 0.5:
        wave = np.sign(wave)
    mix = (wave[..., None] / 2 + 1) / 2
    return _with_noise(mix * random.uniform(0, 1, 3) + (1 - mix) * random.uniform(0, 1, 3), random)


def _with_noise(picture: NDArray[np.floating], random: np.random.Generator) -> _Picture:
    """Add a little noise, and drop the colour of every fifth picture."""
    if random.random() < 0.2:
        picture = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)
    noisy = picture + random.normal(0, random.uniform(0, 0.04), picture.shape)
    return np.clip(noisy, 0, 1).astype(np.float32)


def picture_set(count: int, seed: int) -> _Picture:
    """``count`` pictures of all kinds, float32 [count, 224, 224, 3]; the same for the same seed."""
    random = np.random.default_rng(seed)
    kinds = (dead_leaves, dead_leaves, coloured_noise, gratings)
    return np.stack([kinds[number % len(kinds)](random) for number in range(count)])
