"""What a network learns to say about labelled objects: the truth of each of its channels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

RIM = 2.0
"""Width in pixels of the rim of a nucleus that the boundary channel marks."""


def target_maps(labels: NDArray[np.int32], channels: Sequence[str]) -> list[NDArray[np.float32]]:
    """What the network should say, float32 [H, W] in [0, 1] for each channel.

    The distance is that to the nearest pixel outside of the object, divided by the object's largest; the boundary is
    where it is small in pixels. Both are taken of each object alone, so they separate objects that touch.
    """
    foreground = (labels > 0).astype(np.float32)
    if set(channels) == {"foreground"}:
        return [foreground]
    depth, relative = object_depth(labels)
    rim = ((labels > 0) & (depth <= RIM)).astype(np.float32)
    return [{"foreground": foreground, "boundary": rim, "distance": relative}[name] for name in channels]


def object_depth(labels: NDArray[np.int32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Distance of each pixel to the outside of its object, in pixels and relative to the object's largest."""
    import cv2
    from scipy.ndimage import find_objects

    depth, relative = np.zeros(labels.shape, np.float32), np.zeros(labels.shape, np.float32)
    for number, box in enumerate(find_objects(labels), start=1):
        if box is None:
            continue
        mask = labels[box] == number
        # the image's edge does not end an object
        near = tuple((0 if edge.start == 0 else 1, 0 if edge.stop == size else 1) for edge, size in _edges(box, labels))
        inside = np.pad(mask, 1).astype(np.uint8)
        for axis, (before, after) in enumerate(near):
            view = np.moveaxis(inside, axis, 0)
            if not before:
                view[0] = view[1]
            if not after:
                view[-1] = view[-2]
        distance = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
        largest = float(distance[mask].max())
        # an object that fills the image has no outside
        if mask.size == labels.size and mask.all():
            distance, largest = np.full_like(distance, max(labels.shape)), float(max(labels.shape))
        depth[box][mask] = distance[mask]
        relative[box][mask] = distance[mask] / largest
    return depth, relative


def _edges(box: tuple[slice, ...], labels: NDArray[Any]) -> list[tuple[slice, int]]:
    return list(zip(box, labels.shape, strict=True))
