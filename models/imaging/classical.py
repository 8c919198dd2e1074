"""What one would do without a network: Otsu's threshold and a watershed. Shown beside the network's result."""

import numpy as np
from numpy.typing import NDArray

from models.imaging.instances import Labels, ObjectSettings, connected_objects, fill_small_holes, keep_objects
from models.imaging.working_scale import field_of_view

DESCRIPTIONS = {
    "nuclei": "Otsu's threshold on the smoothed gray values, then a watershed on the distance to the rim.",
    "ventricle": "Otsu's threshold of the picture's middle, then of all bright regions the roundest one there.",
    "vessels": "a black top-hat on the green channel, then Otsu's threshold within the field of view.",
}


def classical_baseline(rgb: NDArray[np.uint8], task: str = "nuclei", settings: ObjectSettings | None = None) -> Labels:
    """Separate objects without a network.

    Source: Otsu 1979, "A threshold selection method from gray-level histograms"; the watershed on distances as in
    Malpica et al. 1997, "Applying watershed algorithms to the segmentation of clustered nuclei"; the top-hat as in
    Mendonca and Campilho 2006, "Segmentation of retinal blood vessels".

    Args:
        rgb: uint8 [H, W, 3].
        task: "nuclei", "ventricle" or "vessels"; other tasks are treated as nuclei.
        settings: minimum size, holes and number of objects; thresholds are not used.

    Returns:
        int32 [H, W], as ``instances_from_maps`` returns.
    """
    settings = settings or ObjectSettings(minimum_size=20, hole_size=100)
    mask = _dark_lines(rgb) if task == "vessels" else _foreground(rgb, may_invert=task != "ventricle")
    if settings.fill_holes:
        mask = fill_small_holes(mask, settings.hole_size)
    if task == "ventricle":
        labels = _roundest(mask, max(settings.minimum_size, 1))
    else:
        labels = connected_objects(mask) if task == "vessels" or not settings.split else _split_by_distance(mask)
    return keep_objects(labels, settings.minimum_size, settings.maximum_objects)


def otsu_threshold(values: NDArray[np.uint8]) -> int:
    """The gray value that separates two classes with the largest variance between them; pixels above it are bright."""
    import cv2

    threshold, _ = cv2.threshold(np.ascontiguousarray(values).reshape(-1, 1), 0, 255, cv2.THRESH_OTSU)
    return int(threshold)


def _foreground(rgb: NDArray[np.uint8], may_invert: bool) -> NDArray[np.bool_]:
    import cv2

    gray = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (0, 0), 1.5)
    if gray.min() == gray.max():
        return np.zeros(gray.shape, dtype=bool)
    if not may_invert:
        # the skin near the coil is so bright that a threshold of the whole picture would find nothing else
        height, width = gray.shape
        return np.asarray(
            gray > otsu_threshold(gray[height // 4 : -(height // 4) or None, width // 4 : -(width // 4) or None])
        )
    bright = gray > otsu_threshold(gray)
    # on a bright background the objects are dark; the background is what most of the rim shows
    rim = np.concatenate([bright[0], bright[-1], bright[:, 0], bright[:, -1]])
    return np.asarray(~bright if rim.mean() > 0.5 else bright)


def _dark_lines(rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    import cv2

    inside = field_of_view(rgb)
    size = max(5, rgb.shape[1] // 60) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    hat = cv2.morphologyEx(cv2.GaussianBlur(rgb[..., 1], (0, 0), 1.0), cv2.MORPH_BLACKHAT, kernel)
    # the rim of the field of view is a dark line too
    inner = cv2.erode(np.pad(inside, 1).view(np.uint8), kernel)[1:-1, 1:-1].astype(bool)
    if not inner.any() or hat[inner].min() == hat[inner].max():
        return np.zeros(inside.shape, dtype=bool)
    return np.asarray((hat > otsu_threshold(hat[inner])) & inner)


def _split_by_distance(mask: NDArray[np.bool_]) -> Labels:
    import cv2
    from skimage.feature import peak_local_max
    from skimage.segmentation import watershed

    distance = cv2.GaussianBlur(
        cv2.distanceTransform(np.pad(mask, 1).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE), (0, 0), 1.0
    )[1:-1, 1:-1]
    regions = connected_objects(mask)
    peaks = peak_local_max(distance, min_distance=5, labels=regions, exclude_border=False)
    markers = np.zeros(mask.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return np.asarray(watershed(np.rint(-distance * 8).astype(np.int16), markers, mask=mask), dtype=np.int32)


def _roundest(mask: NDArray[np.bool_], minimum_size: int) -> Labels:
    from models.imaging.objects import measure_objects

    labels = keep_objects(connected_objects(mask), minimum_size)
    middle, reach = np.array(mask.shape) / 2, max(mask.shape) / 2
    best, best_score = 0, 0.0
    for one in measure_objects(labels, labels):
        away = float(np.hypot(*(np.array(one.centroid) - middle))) / reach
        # a disc of the same outline would have this many pixels more; 1 is a disc
        round_share = min(1.0, 4 * np.pi * one.area / max(one.perimeter, 1.0) ** 2)
        score = round_share * max(0.0, 1 - away)
        if one.area < 0.1 * mask.size and score > best_score:
            best, best_score = one.label, score
    return np.asarray((labels == best) & (labels > 0), dtype=np.int32)
