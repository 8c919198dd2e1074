"""One look of a network at an image, or the mean of two that differ as little as the image can."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from models.imaging.preprocessing import PreparedImage, before_clahe
from models.imaging.segmentation_model import SegmentationModel
from models.imaging.tiling import predict_tiled


def look(
    model: SegmentationModel,
    prepared: PreparedImage,
    second_look: bool,
    progress: Callable[[int, int], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> NDArray[np.float32]:
    """Ask a network about an image, in tiles.

    What a network says changes a little when an image is mirrored or its contrast is not raised, although what is in it
    does not: so a second look, upside down and before CLAHE, averages part of the error away for as much time again.
    Only for images without an up and down.

    Args:
        model: what is asked.
        prepared: the image.
        second_look: whether there is one.
        progress: told the number of tiles done and of all tiles, of both looks together.
        cancel: asked between tiles; True stops.

    Returns:
        Probabilities at the working resolution, float32 [h, w, C].

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

    maps = once(prepared.pixels, 0)
    if second_look:
        maps += once(before_clahe(prepared)[::-1], 1)[::-1]
        maps *= np.float32(0.5)
    return maps
