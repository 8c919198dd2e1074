"""The kernels of the filter bank."""

import numpy as np
from numpy.typing import NDArray

ORIENTATIONS = 6
SIZE = 9  # pixels
WAVELENGTH = 4.0  # pixels
SIGMA = 2.2  # pixels


def gabor_bank() -> NDArray[np.float32]:
    """Even and odd Gabor kernels, float32 [9, 9, 1, 12]: six orientations, zero mean, unit length.

    Source: Daugman 1985, "Uncertainty relation for resolution in space, spatial frequency, and orientation optimized by
    two-dimensional visual cortical filters".
    """
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    envelope = np.exp(-(x**2 + y**2) / (2 * SIGMA**2))
    kernels = []
    for wave in (np.cos, np.sin):
        for number in range(ORIENTATIONS):
            angle = np.pi * number / ORIENTATIONS
            kernel = envelope * wave(2 * np.pi / WAVELENGTH * (x * np.cos(angle) + y * np.sin(angle)))
            # without the mean, a uniform area has no energy, whatever its brightness
            kernel -= envelope * kernel.sum() / envelope.sum()
            kernels.append(kernel / np.linalg.norm(kernel))
    return np.stack(kernels, axis=-1)[:, :, None].astype(np.float32)


def sobel_pair() -> NDArray[np.float32]:
    """Horizontal and vertical derivative, float32 [3, 3, 1, 2]."""
    smooth, slope = np.array([1, 2, 1]) / 4, np.array([-1, 0, 1]) / 2
    return np.stack([np.outer(smooth, slope), np.outer(slope, smooth)], axis=-1)[:, :, None].astype(np.float32)
