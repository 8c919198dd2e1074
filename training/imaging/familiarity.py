"""Describes the training images, so that the app can tell when an image is unlike them."""

from models.imaging.familiarity import fit_familiarity
from training.imaging.prepare import Prepared

FEWEST = 10
"""Images from which a description means something."""


def describe(data: Prepared) -> str:
    """The text of ``familiarity.json`` for training images; "" when they are too few."""
    if len(data.table) < FEWEST:
        return ""
    images = [data.image(number) for number in range(len(data.table))]
    # patients are no kinds of images, but the images of one are held out together; the kinds that matter are few
    groups = data.groups.tolist()
    few = len(set(groups)) <= 4
    return fit_familiarity(images, groups if few else None, None if few else groups).to_json()
