"""Pictures for the screen: at a size that a browser shows, encoded quickly."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.imaging.contours import PALETTE, OverlayStyle, draw_overlay
from models.imaging.preprocessing import resize

Picture = NDArray[np.uint8]
Labels = NDArray[np.int32]

_LONGEST = 1100  # pixels; more than a column of the page shows
_SHORTEST = 700  # small images are enlarged, so that outlines stay thin
_DIMMED, _FAINT = 0.5, 0.4  # of what is not selected
_NEAR = 420  # pixels of a close-up
_QUALITY = 93  # of JPEG on the screen; files to download are PNG


def screen_size(height: int, width: int) -> tuple[int, int]:
    """Height and width at which an image is drawn; outlines and numbers are drawn at that size."""
    longest = max(height, width)
    scale = _LONGEST / longest if longest > _LONGEST else max(1, round(_SHORTEST / longest))
    return max(1, round(height * scale)), max(1, round(width * scale))


def on_screen(rgb: Picture) -> Picture:
    """uint8 [H, W, 3] at the size of ``screen_size``."""
    return np.asarray(resize(rgb, *screen_size(*rgb.shape[:2])))


def labels_on_screen(labels: NDArray[np.generic]) -> NDArray[np.generic]:
    """Labels or a mask [H, W] at the size of ``screen_size``; no number is mixed with another."""
    height, width = screen_size(*labels.shape)
    rows = ((np.arange(height) + 0.5) * labels.shape[0] / height).astype(np.int64)
    columns = ((np.arange(width) + 0.5) * labels.shape[1] / width).astype(np.int64)
    return labels[rows[:, None], columns]


def mask_picture(labels: Labels, separate: bool) -> Picture:
    """A mask uint8 [H, W, 3]: white on black, or each object in a colour of its own."""
    if not separate:
        return np.repeat(np.where(labels > 0, 255, 0).astype(np.uint8)[..., None], 3, axis=2)
    colours = np.zeros((int(labels.max(initial=0)) + 1, 3), dtype=np.uint8)
    colours[1:] = np.resize(np.array(list(PALETTE.values())[:7], dtype=np.uint8), (len(colours) - 1, 3))
    return np.asarray(np.take(colours, labels, axis=0))


def highlighted(rgb: Picture, labels: Labels, style: OverlayStyle) -> Picture:
    """An overlay in which everything but the selected object is dimmed; an ordinary overlay without one."""
    if not style.selected:
        return draw_overlay(rgb, labels, style)
    others = draw_overlay(rgb, labels, replace(style, selected=None, opacity=style.opacity * _FAINT))
    only = np.where(labels == style.selected, labels, 0)
    dimmed = np.where((only > 0)[..., None], rgb, (others * _DIMMED).astype(np.uint8))
    return draw_overlay(dimmed, only, replace(style, numbers=False, fill=0.0, opacity=1.0))


def wiped(left: Picture, right: Picture, share: float) -> Picture:
    """One picture up to ``share`` of the width, the other after it, with a line between them."""
    edge = round(share * left.shape[1])
    result = right.copy()
    result[:, :edge] = left[:, :edge]
    if 0 < edge < left.shape[1]:
        result[:, max(0, edge - 2) : edge + 1] = 255
    return result


def blended(left: Picture, right: Picture, share: float) -> Picture:
    """A mixture: ``share`` of the first picture, the rest of the second."""
    return np.rint(left * np.float32(share) + right * np.float32(1 - share)).astype(np.uint8)


def fitted(rgb: Picture, longest: int, ratio: tuple[int, int]) -> Picture:
    """The middle of a picture at a ratio of width to height, no longer than ``longest``; for thumbnails."""
    height, width = rgb.shape[:2]
    across = min(width, height * ratio[0] // ratio[1])
    down = min(height, width * ratio[1] // ratio[0])
    top, left = (height - down) // 2, (width - across) // 2
    cut = np.ascontiguousarray(rgb[top : top + down, left : left + across])
    return np.asarray(resize(cut, max(1, round(longest * down / across)), longest))


def close_up(rgb: Picture, labels: Labels, style: OverlayStyle, box: tuple[int, int, int, int]) -> Picture:
    """The surroundings of a box (top, left, bottom, right), enlarged, with outlines."""
    top, left, bottom, right = box
    half = max(24, round(max(bottom - top, right - left) * 0.9))
    row, column = (top + bottom) // 2, (left + right) // 2
    cut = (slice(max(0, row - half), row + half), slice(max(0, column - half), column + half))
    near, shown = np.ascontiguousarray(rgb[cut]), labels[cut]
    scale = max(1, round(_NEAR / max(shown.shape)))
    near = np.asarray(resize(near, shown.shape[0] * scale, shown.shape[1] * scale))
    return draw_overlay(near, np.repeat(np.repeat(shown, scale, axis=0), scale, axis=1), style)


def encoded(picture: Picture) -> bytes:
    """A picture as JPEG without loss of colour resolution: a slider waits for it, and PNG takes ten times as long."""
    import cv2

    options = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    return bytes(cv2.imencode(".jpg", cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR), options)[1])
