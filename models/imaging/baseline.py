"""What one would do without a network: Otsu's threshold, and a watershed that splits what touches."""

import numpy as np
from numpy.typing import NDArray

from models.imaging.instances import ObjectSettings, connected_objects, fill_small_holes, keep_objects
from models.imaging.working_scale import field_of_view

Labels = NDArray[np.int32]

_SMOOTHING = 1.5  # standard deviation in pixels; noise would be cut into objects
_LINE_WIDTH = 1 / 60  # widest line that is looked for, as a share of the image's shorter side
_LEAST_DISTANCE = 0.65  # share of the largest distance within a region at which a centre begins


def classical_baseline(
    rgb: NDArray[np.uint8], settings: ObjectSettings | None = None, *, split: bool = True, dark_lines: bool = False
) -> Labels:
    """Find objects without a network.

    The rarer side of Otsu's threshold is taken for objects, whether it is the bright or the dark one. Source: Otsu
    1979, "A threshold selection method from gray-level histograms"; the watershed of distances as in Beucher and
    Lantuejoul 1979, "Use of watersheds in contour detection".

    Args:
        rgb: uint8 [H, W, 3].
        settings: sizes; the threshold is Otsu's.
        split: tell touching objects apart by their shape.
        dark_lines: look for thin dark lines, such as vessels, in the green channel.

    Returns:
        int32 [H, W], as ``instances_from_maps``.
    """
    settings = settings or ObjectSettings()
    mask = _dark_lines(rgb) if dark_lines else _rarer_side(rgb)
    if settings.fill_holes:
        mask = fill_small_holes(mask, settings.hole_size)
    labels = _split_by_shape(mask) if split else connected_objects(mask)
    return keep_objects(labels, settings.minimum_size, settings.maximum_objects)


def _rarer_side(rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    import cv2

    gray = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (0, 0), _SMOOTHING)
    bright = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1] > 0
    return np.asarray(bright if bright.mean() <= 0.5 else ~bright)


def _dark_lines(rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """A closing fills dark lines; what it adds is thresholded inside of the bright field."""
    import cv2

    green = cv2.GaussianBlur(np.ascontiguousarray(rgb[..., 1]), (0, 0), _SMOOTHING)
    width = max(3, round(min(rgb.shape[:2]) * _LINE_WIDTH)) | 1
    field = field_of_view(rgb).astype(np.uint8)
    # the rim of the field is a step, not a line
    field = cv2.erode(np.pad(field, 1), np.ones((width, width), np.uint8), borderValue=0)[1:-1, 1:-1] > 0
    depth = cv2.morphologyEx(green, cv2.MORPH_BLACKHAT, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    if not field.any():
        return np.zeros(field.shape, dtype=bool)
    limit, _ = cv2.threshold(np.ascontiguousarray(depth[field]), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(field & (depth > limit))


def _split_by_shape(mask: NDArray[np.bool_]) -> Labels:
    import cv2
    from skimage.segmentation import watershed

    regions = connected_objects(mask)
    distance = cv2.GaussianBlur(cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 5), (0, 0), 1)
    deepest = np.zeros(int(regions.max(initial=0)) + 1, dtype=np.float32)
    np.maximum.at(deepest, regions.ravel(), distance.ravel())
    seeds = mask & (distance > _LEAST_DISTANCE * deepest[regions])
    markers = connected_objects(seeds)
    levels = np.rint(distance * -8).astype(np.int16)
    return np.asarray(watershed(levels, markers, mask=mask), dtype=np.int32)
