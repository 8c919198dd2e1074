"""A segmentation as a figure for a report."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.imaging.contours import OverlayStyle, draw_overlay
from models.imaging.display import to_rgb
from models.imaging.image import MedicalImage
from models.imaging.instances import connected_objects
from models.imaging.preprocessing import resize

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LARGEST = 1600  # pixels of a panel's longest side; a page shows no more
_ROUND_LENGTHS = tuple(step * 10.0**power for power in range(-4, 6) for step in (1, 2, 5))


def visualize_segmentation(
    image: MedicalImage, mask: NDArray[Any], style: OverlayStyle | None = None, title: str = ""
) -> "Figure":
    """Three panels: original, mask, overlay with contours; a scale bar where the pixel size is known.

    Args:
        image: the image.
        mask: bool or labels [H, W].
        style: of the contours.
        title: above the panels.

    Returns:
        A matplotlib figure that belongs to no window; save it with ``savefig``.
    """
    from matplotlib.figure import Figure

    if mask.shape != (image.height, image.width):
        raise ValueError(f"an image {(image.height, image.width)} and a mask {mask.shape} do not fit")
    labels = connected_objects(mask) if mask.dtype == bool else mask.astype(np.int32)
    rgb = to_rgb(image)
    shrunk = min(1.0, _LARGEST / max(rgb.shape[:2]))
    if shrunk < 1:
        height, width = (max(1, round(side * shrunk)) for side in rgb.shape[:2])
        rows = (np.arange(height) / shrunk).astype(np.int64).clip(max=image.height - 1)
        columns = (np.arange(width) / shrunk).astype(np.int64).clip(max=image.width - 1)
        rgb, labels = resize(rgb, height, width), labels[rows[:, None], columns]
    shape = rgb.shape[0] / rgb.shape[1]
    figure = Figure(figsize=(12, min(max(4 * shape, 1.2), 12) + 0.6), layout="constrained")
    panels = figure.subplots(1, 3)
    overlay = draw_overlay(rgb, labels, style or OverlayStyle(width=max(1, max(rgb.shape[:2]) // 400)))
    objects = len(np.unique(labels[labels > 0]))
    shown = (("Original", rgb), (f"Mask ({objects:,})", labels > 0), ("Overlay", overlay))
    for panel, (name, picture) in zip(panels, shown, strict=True):
        panel.imshow(picture, cmap="gray", vmin=0, vmax=1 if picture.ndim == 2 else None, interpolation="nearest")
        panel.set_title(name)
        panel.set_axis_off()
    if image.pixel_size and abs(image.pixel_size.row / image.pixel_size.column - 1) < 0.01:
        _add_scale_bar(panels[2], rgb.shape[1], image.pixel_size.column / shrunk, image.pixel_size.unit)
    if title:
        figure.suptitle(title)
    return figure


def _add_scale_bar(panel: "Axes", width: int, pixel: float, unit: str) -> None:
    """A bar of a round length, about a fifth of the picture."""
    length = max((value for value in _ROUND_LENGTHS if value <= width * pixel / 4), default=None)
    if length is None:
        return
    bottom = panel.get_ylim()[0]
    start, level = width * 0.04, bottom * 0.95
    for colour, thickness in (("black", 5), ("white", 3)):
        panel.plot([start, start + length / pixel], [level, level], color=colour, linewidth=thickness)
    panel.text(start, level * 0.97, f"{length:g} {unit}", color="white", va="bottom", fontweight="bold").set_bbox(
        {"facecolor": "black", "alpha": 0.5, "pad": 1, "edgecolor": "none"}
    )
