"""An image in a few dozen numbers that say what kind of image it is: colours, brightness, detail, framing."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_OVERVIEW = 256  # longest side at which colours and framing are measured: they do not depend on the resolution
_DARK, _BRIGHT = 20, 235
_LEVELS = 4
_BANDS = 4

ASPECTS: dict[str, tuple[str, ...]] = {
    "colours": ("a mean", "b mean", "a spread", "b spread", "a skewness", "b skewness", "chroma", "strongest chroma"),
    "brightness": (
        "lightness mean",
        "lightness spread",
        "lightness skewness",
        "lightness 1%",
        "lightness 25%",
        "lightness 75%",
        "lightness 99%",
        "gray entropy",
    ),
    "fine detail": (
        *(f"detail at 1/{2**level}" for level in range(_LEVELS)),
        *(f"spectrum band {band + 1}" for band in range(_BANDS)),
        "edge direction",
    ),
    "framing": ("dark rim", "dark share", "bright share", "corners against centre"),
}
"""What a person would call it, and the numbers that measure it; the order is that of ``image_statistics``."""

STATISTICS = tuple(name for names in ASPECTS.values() for name in names)


def image_statistics(rgb: NDArray[Any]) -> NDArray[np.float64]:
    """Describe an image by statistics that need no network.

    Moments of the LAB channels as in Stricker and Orengo 1995, "Similarity of color images"; energies of a Laplacian
    pyramid as in Burt and Adelson 1983; shares of the power spectrum in rings of doubling radius.

    Args:
        rgb: [H, W, 3], uint8 or float in [0, 1], at the working resolution of a network and before CLAHE.

    Returns:
        float64 [K], finite, in the order of ``STATISTICS``.
    """
    import cv2

    from models.imaging.preprocessing import rescale

    if rgb.dtype != np.uint8:
        rgb = np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8)
    small = rescale(rgb, min(1.0, _OVERVIEW / max(rgb.shape[:2])))
    lab = cv2.cvtColor(small.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB).astype(np.float64)
    lightness, a, b = lab[..., 0] / 100, lab[..., 1] / 100, lab[..., 2] / 100
    chroma = np.hypot(a, b)
    values = [
        *(a.mean(), b.mean(), a.std(), b.std(), _skewness(a), _skewness(b), chroma.mean()),
        np.percentile(chroma, 99),
        *(lightness.mean(), lightness.std(), _skewness(lightness)),
        *np.percentile(lightness, (1, 25, 75, 99)),
        _entropy(small),
        *_detail(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)),
        *_spectrum(lightness),
        _edge_direction(lightness),
        *_framing(small),
    ]
    return np.nan_to_num(np.array(values, dtype=np.float64))


def _skewness(values: NDArray[np.float64]) -> float:
    """Third standardised moment, pressed into [-3, 3]: its tail would otherwise rule every distance."""
    spread = float(values.std())
    # a gray picture has colours all the same, by rounding: about 1e-4, and their skewness is chance
    if spread < 2e-3:
        return 0.0
    return float(3 * np.tanh((((values - values.mean()) / spread) ** 3).mean() / 3))


def _entropy(rgb: NDArray[np.uint8]) -> float:
    """Of the gray values in 64 steps, as a share of the highest possible."""
    counts = np.bincount(rgb.max(axis=2).ravel() >> 2, minlength=64) / rgb[..., 0].size
    used = counts[counts > 0]
    return float(-(used * np.log2(used)).sum() / 6)


def _detail(gray: NDArray[np.uint8]) -> list[float]:
    """Logarithm of the contrast that lies in each octave, against the contrast of the whole."""
    import cv2

    level = gray.astype(np.float32) / np.float32(255)
    total = float(level.std()) + 1e-3
    energies = []
    for _ in range(_LEVELS):
        smooth = cv2.GaussianBlur(level, (5, 5), 1.0)
        energies.append(float(np.log10(float((level - smooth).std()) / total + 1e-3)))
        level = smooth[::2, ::2] if min(smooth.shape) >= 4 else smooth
    return energies


def _spectrum(lightness: NDArray[np.float64]) -> list[float]:
    """Logarithm of the share of the power in rings of the spectrum whose radius doubles up to the highest frequency."""
    window = np.outer(*(np.hanning(side + 2)[1:-1] for side in lightness.shape))
    power = np.abs(np.fft.rfft2((lightness - lightness.mean()) * window)) ** 2
    rows, columns = np.fft.fftfreq(lightness.shape[0]), np.fft.rfftfreq(lightness.shape[1])
    radius = np.hypot(rows[:, None], columns[None, :])
    total = float(power.sum()) + 1e-9
    rings = [(0.5 / 2 ** (band + 1), 0.5 / 2**band if band else 1.0) for band in range(_BANDS)]
    return [float(np.log10(power[(radius > low) & (radius <= high)].sum() / total + 1e-6)) for low, high in rings]


def _edge_direction(lightness: NDArray[np.float64]) -> float:
    """How much edges share one direction: 0 none, 1 all. Coherence of the structure tensor, Bigun and Granlund 1987."""
    down, across = (np.diff(lightness, axis=axis) for axis in (0, 1))
    jyy, jxx = float((down**2).sum()), float((across**2).sum())
    jxy = float((down[:, : lightness.shape[1] - 1] * across[: lightness.shape[0] - 1]).sum())
    return float(np.hypot(jxx - jyy, 2 * jxy) / (jxx + jyy + 1e-9))


def _framing(rgb: NDArray[np.uint8]) -> list[float]:
    brightest = rgb.max(axis=2)
    height, width = brightest.shape
    rows, columns = max(1, height // 20), max(1, width // 20)
    rim = np.ones(brightest.shape, dtype=bool)
    rim[rows : height - rows, columns : width - columns] = False
    corner_rows, corner_columns = max(1, height // 8), max(1, width // 8)
    corners = [
        brightest[:corner_rows, :corner_columns],
        brightest[:corner_rows, -corner_columns:],
        brightest[-corner_rows:, :corner_columns],
        brightest[-corner_rows:, -corner_columns:],
    ]
    centre = brightest[height // 4 : height - height // 4, width // 4 : width - width // 4]
    return [
        float((brightest[rim] < _DARK).mean()),
        float((brightest < _DARK).mean()),
        float((rgb.min(axis=2) > _BRIGHT).mean()),
        float((np.mean([corner.mean() for corner in corners]) - centre.mean()) / 255),
    ]
