"""What a fine-tuned network knows of its images: those of the network that it started from, and the new ones."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.imaging.familiarity import PRIOR, FamiliarityModel
from models.imaging.image_statistics import image_statistics

OWN_GROUP = "fine-tuning images"


def with_images(known: FamiliarityModel, images: Sequence[NDArray[np.uint8]]) -> FamiliarityModel:
    """Add a group of images to what is known; too few to say how they spread, they borrow that of the others.

    Args:
        known: of the network that was fine-tuned.
        images: uint8 [H, W, 3] each, at the working resolution and before CLAHE; at least one.
    """
    statistics = np.array([image_statistics(image) for image in images])
    mean = statistics.mean(axis=0)
    residuals = statistics - mean
    common = known.covariances.mean(axis=0)
    own = (residuals.T @ residuals + PRIOR * common) / (len(images) + PRIOR)
    return replace(
        known,
        names=(*known.names, OWN_GROUP),
        means=np.concatenate([known.means, mean[None]]),
        covariances=np.concatenate([known.covariances, own[None]]),
        count=known.count + len(images),
    )
