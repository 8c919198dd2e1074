"""PNG, JPEG, WebP, GIF and BMP, and the kinds of TIFF that are pictures rather than measurements."""

import io
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import UnreadableFileError
from models.imaging.decoded import DecodedFrame, oriented
from models.imaging.limits import ImageLimits

_DAMAGED = "Open it in an image viewer, save it again, and choose that file."
_ORIENTATION = 0x0112
_BYTES = {"1": 1, "L": 1, "P": 1, "LA": 2, "PA": 2, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2, "RGB": 3}


def read_raster(
    name: str,
    data: bytes,
    formats: Sequence[str],
    limits: ImageLimits,
    frame: int = 0,
    frames: int = 1,
    keep_indices: bool = False,
) -> DecodedFrame:
    """Decode a picture with Pillow; its size is read from the header and checked first.

    Args:
        name: for messages.
        data: the file.
        formats: Pillow's names of the only decoders that may look at it.
        limits: of the size.
        frame: page of a TIFF.
        frames: pages of the TIFF.
        keep_indices: return the numbers of a palette rather than their colours, for masks.

    Raises:
        UnreadableFileError: too large, too small, truncated or damaged.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # Pillow warns of a bomb above 89 million pixels; the limits below are lower and refuse
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=list(formats)) as picture:
                if frame:
                    picture.seek(frame)
                limits.check_size(name, *picture.size, bytes_per_pixel=_BYTES.get(picture.mode, 4))
                return _decode(picture, data, frames, keep_indices)
    except UnreadableFileError:
        raise
    except Image.DecompressionBombError as error:
        raise UnreadableFileError(
            name,
            f"has far more pixels than the limit of {limits.pixels / 1e6:,.0f} million",
            "Choose a smaller image, or cut a part out of it.",
        ) from error
    except UnidentifiedImageError as error:
        raise UnreadableFileError(name, "is damaged or no image at all", _DAMAGED) from error
    except EOFError as error:
        raise UnreadableFileError(name, f"has no frame {frame + 1:,}", "Choose another frame.") from error
    except MemoryError as error:
        raise UnreadableFileError(name, "needs more memory than there is", "Choose a smaller image.") from error
    except Exception as error:  # decoders raise anything from OSError to struct.error on damaged files
        raise UnreadableFileError(name, "is truncated or damaged", _DAMAGED) from error


def _decode(picture: Any, data: bytes, frames: int, keep_indices: bool) -> DecodedFrame:
    source_format = {"MPO": "JPEG"}.get(picture.format, picture.format)
    if source_format == "PNG" and data[24:26] in (b"\x10\x02", b"\x10\x06"):
        return DecodedFrame(_deep_png(data), 16, "PNG")  # Pillow would cut 16-bit colours down to 8 bits
    notes: tuple[str, ...] = ()
    picture.load()  # turns a TIFF upright and then forgets its orientation, so that is asked for afterwards
    orientation = picture.getexif().get(_ORIENTATION)
    mode = picture.mode
    if mode in ("1", "L", "RGB", "RGBA", "I", "F") or mode.startswith("I;16") or (mode == "P" and keep_indices):
        pixels = np.asarray(picture)
    elif mode in ("LA", "La"):
        pixels = np.asarray(picture.convert("RGBA"))
    elif mode in ("P", "PA"):
        pixels = np.asarray(picture.convert("RGBA" if mode == "PA" or "transparency" in picture.info else "RGB"))
    else:
        pixels = np.asarray(picture.convert("RGB"))
        notes = (f"Colours were converted from {mode} to RGB.",)
    if orientation in range(2, 9):
        pixels = oriented(pixels, orientation)
        notes += ("The picture was turned upright, as its file asks.",)
    depth = 1 if mode == "1" else pixels.dtype.itemsize * 8
    return DecodedFrame(pixels, depth, source_format, frames, notes=notes)


def _deep_png(data: bytes) -> NDArray[Any]:
    import cv2

    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise ValueError("OpenCV cannot decode it")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA if pixels.shape[2] == 4 else cv2.COLOR_BGR2RGB))
