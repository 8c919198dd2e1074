"""One look of a network at an image, or the mean of two."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.imaging.metrics import dice
from models.imaging.preprocessing import PreparedImage, before_clahe
from models.imaging.segmentation_model import SegmentationModel
from models.imaging.tiling import predict_tiled

LEAST_AGREEMENT = 0.7
"""The second look counts from this Dice between both masks on. Validation images have 0.90 or more; it is near 0 where
the network only finds what CLAHE has brought out, on images unlike those it was trained on."""


@dataclass(frozen=True, eq=False)
class Looks:
    """What one or two looks have given.

    Args:
        maps: probabilities at the working resolution, float32 [h, w, C].
        agreement: Dice between the masks of both looks, at the model's threshold; None for one look.
    """

    maps: NDArray[np.float32]
    agreement: float | None


def look(
    model: SegmentationModel,
    prepared: PreparedImage,
    second_look: bool,
    progress: Callable[[int, int], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Looks:
    """Ask a network about an image, in tiles.

    What a network says changes a little when an image is mirrored or its contrast is not raised, although what is in it
    does not: so a second look, upside down and before CLAHE, averages part of the error away for as much time again.
    Only for images without an up and down. A second look that finds something else altogether does not count.

    Args:
        model: what is asked.
        prepared: the image.
        second_look: whether there is one.
        progress: told the number of tiles done and of all tiles, of both looks together.
        cancel: asked between tiles; True stops.

    Raises:
        CancelledError: ``cancel`` returned True.
        ModelUnavailableError: the model returns something else than probabilities.
    """
    looks = 2 if second_look else 1

    def once(pixels: NDArray[np.uint8], number: int) -> NDArray[np.float32]:
        def tell(done: int, tiles: int) -> None:
            # a look that begins was told as the end of the one before
            if progress is not None and (done or not number):
                progress(number * tiles + done, looks * tiles)

        settings = model.settings
        return predict_tiled(
            model.predict_batch,
            pixels,
            settings.tile,
            settings.overlap,
            multiple_of=settings.multiple_of,
            progress=tell,
            cancel=cancel,
        )

    first = once(prepared.pixels, 0)
    if not second_look:
        return Looks(first, None)
    second = once(before_clahe(prepared)[::-1], 1)[::-1]
    foreground = model.settings.channels.index("foreground")
    agreement = dice(*(maps[..., foreground] >= model.settings.threshold for maps in (first, second)))
    if agreement >= LEAST_AGREEMENT:
        first += second
        first *= np.float32(0.5)
    return Looks(first, agreement)
