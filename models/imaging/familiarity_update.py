"""What a fine-tuned network knows: the images that it learned from last, because it may have forgotten the others."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.imaging.familiarity import FamiliarityModel, blended_covariance
from models.imaging.image_statistics import image_statistics

OWN_GROUP = "fine-tuning images"


def familiar_with(images: Sequence[NDArray[np.uint8]], known: FamiliarityModel) -> FamiliarityModel:
    """Describe a few images; too few to say how they spread, they borrow that, and the limit, of others.

    Args:
        images: uint8 [H, W, 3] each, at the working resolution and before CLAHE; at least one.
        known: of the network that was fine-tuned.
    """
    statistics = np.array([image_statistics(image) for image in images])
    mean = statistics.mean(axis=0)
    own = blended_covariance(statistics - mean, known.covariances.mean(axis=0))
    return replace(known, names=(OWN_GROUP,), means=mean[None], covariances=own[None], count=len(images))
