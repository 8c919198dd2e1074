"""How well the features know a picture again: crops of one picture against crops of the others."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.text.encoder import unit_rows
from training.image_features.network import SIDE

# They lie in scikit-image's wheel; the others are downloaded by it, and are left out here.
PHOTOGRAPHS = (
    "astronaut", "brick", "camera", "cell", "chelsea", "coffee", "coins", "grass", "gravel", "hubble_deep_field",
    "immunohistochemistry", "moon", "page", "retina", "rocket", "text",
)  # fmt: skip


def halves() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Left and right halves of scikit-image's pictures, which share no pixel; float32 [16, 224, 224, 3] in [0, 1]."""
    from skimage import data

    pictures = [getattr(data, name)() for name in PHOTOGRAPHS]
    colour = [picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2) for picture in pictures]
    middles = [picture.shape[1] // 2 for picture in colour]
    left = [_fitted(picture[:, :middle]) for picture, middle in zip(colour, middles, strict=True)]
    right = [_fitted(picture[:, middle:]) for picture, middle in zip(colour, middles, strict=True)]
    return np.stack(left), np.stack(right)


def _fitted(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    from PIL import Image

    resized = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.asarray(resized, dtype=np.float32) / np.float32(255)


def found_again(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Share of rows whose nearest row on the other side, by cosine, is their own partner; mean of both directions."""
    similarity = unit_rows(first) @ unit_rows(second).T
    own = np.arange(len(similarity))
    return float(((similarity.argmax(axis=1) == own).mean() + (similarity.argmax(axis=0) == own).mean()) / 2)


def scores(model: Callable[[Any], Any]) -> dict[str, float]:
    """Share of halves that find the other half of their picture: the model, and two baselines."""
    left, right = halves()
    tiny = [side.reshape(len(side), 8, SIDE // 8, 8, SIDE // 8, 3).mean(axis=(2, 4)) for side in (left, right)]
    thumbnails = [pixels.reshape(len(pixels), -1) - pixels.mean() for pixels in tiny]
    colours = [pixels.mean(axis=(1, 2)) - 0.5 for pixels in tiny]
    return {
        "handcrafted-image": found_again(np.asarray(model(left)), np.asarray(model(right))),
        "mean colour": found_again(colours[0], colours[1]),
        "8 x 8 thumbnail": found_again(thumbnails[0], thumbnails[1]),
        "chance": 1 / len(PHOTOGRAPHS),
    }
