"""Outlines of objects: drawn into a picture, and as exact polygons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError

Polygon = NDArray[np.int32]

# Colours that stay apart for people who cannot tell red from green.
# Source: Okabe and Ito 2008, "Color universal design".
PALETTE: dict[str, tuple[int, int, int]] = {
    "yellow": (240, 228, 66),
    "orange": (230, 159, 0),
    "sky blue": (86, 180, 233),
    "green": (0, 158, 115),
    "blue": (0, 114, 178),
    "vermilion": (213, 94, 0),
    "purple": (204, 121, 167),
    "white": (255, 255, 255),
    "black": (0, 0, 0),
}


@dataclass(frozen=True)
class OverlayStyle:
    """How objects are drawn.

    Args:
        colour: (red, green, blue); None gives neighbouring numbers different colours of ``PALETTE``.
        width: of the outline in pixels of the picture.
        opacity: of outline and numbers, in [0, 1].
        fill: opacity of the objects' inside, in [0, 1].
        numbers: write each object's number at its centre.
        selected: number of one object that is drawn in white and twice as wide.
    """

    colour: tuple[int, int, int] | None = PALETTE["yellow"]
    width: int = 1
    opacity: float = 1.0
    fill: float = 0.0
    numbers: bool = False
    selected: int | None = None

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if not (1 <= self.width <= 50 and 0 <= self.opacity <= 1 and 0 <= self.fill <= 1):
            raise InvalidInputError("An outline is 1 to 50 pixels wide, and opacities lie between 0 and 1.")

    def colour_of(self, label: int) -> tuple[int, int, int]:
        """The colour of an object."""
        if label == self.selected:
            return PALETTE["white"]
        return self.colour or list(PALETTE.values())[(label - 1) % 7]


def contours_of(labels: NDArray[np.int32]) -> dict[int, list[Polygon]]:
    """Outlines through the centres of border pixels, for drawing: number to int32 [N, 2] of (x, y), holes included."""
    import cv2

    outlines = {}
    for label, top, left, part in cut_outs(labels):
        found, _ = cv2.findContours(part, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE, offset=(left, top))
        outlines[label] = [np.asarray(contour, dtype=np.int32).reshape(-1, 2) for contour in found]
    return outlines


def draw_overlay(
    rgb: NDArray[np.uint8], labels: NDArray[np.int32], style: OverlayStyle | None = None
) -> NDArray[np.uint8]:
    """Draw objects onto a picture.

    Args:
        rgb: uint8 [H, W, 3].
        labels: int32 [H, W].
        style: colours, widths, opacities.

    Returns:
        uint8 [H, W, 3], a new array.
    """
    import cv2

    style = style or OverlayStyle()
    if rgb.shape[:2] != labels.shape:
        raise ValueError(f"a picture {rgb.shape} and labels {labels.shape} do not fit")
    outlines = contours_of(labels)
    colours = np.zeros((int(labels.max(initial=0)) + 1, 3), dtype=np.uint8)
    for label in outlines:
        colours[label] = style.colour_of(label)
    result = _filled(rgb, labels, colours, style.fill)
    drawn = result.copy() if style.opacity < 1 else result
    for label in sorted(outlines, key=lambda number: number == style.selected):
        width = style.width * (2 if label == style.selected else 1)
        cv2.polylines(drawn, outlines[label], True, tuple(map(int, colours[label])), width)
    if style.numbers:
        _write_numbers(drawn, outlines)
    if style.opacity < 1:
        result = cv2.addWeighted(drawn, style.opacity, result, 1 - style.opacity, 0)
    return np.asarray(result)


def difference_image(
    rgb: NDArray[np.uint8], truth: NDArray[np.bool_], found: NDArray[np.bool_], opacity: float = 0.6
) -> NDArray[np.uint8]:
    """Where a mask and the truth disagree: agreement in sky blue, missed in yellow, wrongly found in vermilion."""
    colours = np.array([(0, 0, 0), PALETTE["yellow"], PALETTE["vermilion"], PALETTE["sky blue"]], dtype=np.uint8)
    kinds = (truth != 0).astype(np.int32) + 2 * (found != 0)
    return _filled(rgb, kinds, colours, opacity)


def _filled(
    rgb: NDArray[np.uint8], labels: NDArray[np.int32], colours: NDArray[np.uint8], opacity: float
) -> NDArray[np.uint8]:
    result = rgb.copy()
    if opacity > 0:
        inside = labels > 0
        mixed = rgb[inside] * (1 - opacity) + colours[labels[inside]] * opacity
        result[inside] = np.rint(mixed).astype(np.uint8)
    return result


def _write_numbers(picture: NDArray[np.uint8], outlines: dict[int, list[Polygon]]) -> None:
    import cv2

    size = max(0.35, min(picture.shape[:2]) / 1600)
    for label, contours in outlines.items():
        points = max(contours, key=len)
        x, y = (points.min(axis=0) + points.max(axis=0)) // 2
        (width, height), _ = cv2.getTextSize(str(label), cv2.FONT_HERSHEY_SIMPLEX, size, 1)
        place = (int(x - width // 2), int(y + height // 2))
        # white with a dark rim: legible on any picture, whatever the colour of the outline
        for colour, thickness in ((PALETTE["black"], 3), (PALETTE["white"], 1)):
            cv2.putText(picture, str(label), place, cv2.FONT_HERSHEY_SIMPLEX, size, colour, thickness, cv2.LINE_AA)


def cut_outs(labels: NDArray[np.int32]) -> Iterator[tuple[int, int, int, NDArray[np.uint8]]]:
    """(number, top, left, uint8 cut-out) of every object."""
    from scipy.ndimage import find_objects

    boxes: Sequence[tuple[slice, slice] | None] = find_objects(labels)
    for label, box in enumerate(boxes, start=1):
        if box is not None:
            part = np.ascontiguousarray(labels[box] == label).view(np.uint8)
            yield label, int(box[0].start), int(box[1].start), part
