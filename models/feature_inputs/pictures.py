"""Pictures for a model: decoded, resized and scaled as its contract asks; what cannot be used is refused early."""

import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError, UnreadableFileError
from models.feature_inputs.file_kind import kind_of
from models.feature_inputs.items import Item, NamedFile, Prepared, is_picture, wrong_kind
from models.feature_inputs.numbers import checked_range
from models.model_spec import InputContract

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 50_000_000  # a picture of this size takes 150 MB while it is decoded
PREVIEW = 160  # pixels of the longer side
_DEFAULT_SIZE = (224, 224)
_FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "MPO")
_WHOLE_NUMBERS = {"u1": 255, "u2": 65_535}
_REMEDY = "Save it as PNG or JPEG with at most 50 million pixels."


def read_picture(item: Item, contract: InputContract) -> Prepared:
    """One picture as its model takes it: stretched to the model's size, scaled to its range.

    Args:
        item: a file, a PIL image, or an array [H, W], [H, W, 1], [H, W, 3] or [H, W, 4]: whole numbers as uint8 or
            uint16, or floats in [0, 1].
        contract: the model's; 224 x 224 and [0, 1] where it leaves them open.

    Returns:
        ``value`` float32 [H, W, 3]; the first frame of an animation, transparency laid on white.

    Raises:
        UnreadableFileError: not a picture, damaged, too large, or values that are no numbers or out of range.
    """
    name, value = item.name or "The picture", item.value
    notes: list[str] = []
    if isinstance(value, NamedFile):
        found = kind_of(value.data)
        if found.kind != "image":
            raise wrong_kind(NamedFile(name, value.data), "a picture")
        image, preview, notes = _decoded(name, value.data, contract)
    elif is_picture(value):
        image, preview, notes = _flattened(name, value, contract)
    elif isinstance(value, np.ndarray):
        image, preview, notes = _of_array(name, value, contract)
    else:
        raise InvalidInputError(f"{name} is no picture. Give files, NumPy arrays or PIL images.")
    low, high = contract.value_range or (0.0, 1.0)
    return Prepared(name, (low + (high - low) * image).astype(np.float32), tuple(notes), preview)


_Pixels = NDArray[np.float32]
_Preview = NDArray[np.uint8]


def _decoded(name: str, data: bytes, contract: InputContract) -> tuple[_Pixels, _Preview, list[str]]:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a size between this limit and Pillow's is refused below, in words
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError:
        raise _too_large(name, "") from None
    except Exception as error:
        # decoders of hostile files raise whatever they like
        raise UnreadableFileError(name, "is damaged or of a kind that cannot be read", _REMEDY) from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_large(name, f" ({width:,} x {height:,})")
    try:
        image.draft("RGB", (2 * _size(contract)[1], 2 * _size(contract)[0]))
        image.load()
        notes = []
        if (frames := getattr(image, "n_frames", 1)) > 1:
            notes.append(f"Only the first of its {frames:,} frames is used.")
            image.seek(0)
    except Exception as error:
        raise UnreadableFileError(name, "is damaged or cut off", "Save it again as PNG or JPEG.") from error
    pixels, preview, more = _flattened(name, image, contract)
    return pixels, preview, [*notes, *more]


def _too_large(name: str, size: str) -> UnreadableFileError:
    return UnreadableFileError(name, f"would unfold to more than 50 million pixels{size}", "Make it smaller.")


def _flattened(name: str, image: "Image.Image", contract: InputContract) -> tuple[_Pixels, _Preview, list[str]]:
    """Turn upright, lay transparency on white, and resize."""
    from PIL import Image, ImageOps

    if image.width * image.height > MAX_PIXELS:
        raise _too_large(name, f" ({image.width:,} x {image.height:,})")
    if not image.width * image.height:
        raise UnreadableFileError(name, "is empty", "Choose a picture with pixels.")
    if image.mode == "F" or image.mode.startswith("I"):
        # 16 bits arrive under several names; 32 bits are rare and hold 16 as a rule
        values = np.asarray(image)
        deep = values if image.mode == "F" else np.clip(values, 0, 65_535).astype(np.uint16)
        return _of_array(name, deep, contract)
    image = ImageOps.exif_transpose(image)
    notes = []
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        if np.asarray(image.getchannel("A")).min() < 255:
            notes.append("Its transparent parts were laid on white.")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    preview = image.copy()
    preview.thumbnail((PREVIEW, PREVIEW))
    height, width = _size(contract)
    resized = image.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(resized, dtype=np.float32) / np.float32(255), np.asarray(preview, dtype=np.uint8), notes


def _size(contract: InputContract) -> tuple[int, int]:
    return contract.image_size or _DEFAULT_SIZE


def _of_array(name: str, array: NDArray[Any], contract: InputContract) -> tuple[_Pixels, _Preview, list[str]]:
    from PIL import Image

    values = array[..., None] if array.ndim == 2 else array
    if values.ndim != 3 or values.shape[2] not in (1, 3, 4):
        last = " Put the channels last." if values.ndim == 3 and values.shape[0] in (1, 3, 4) else ""
        raise UnreadableFileError(
            name, f"has the shape {array.shape}", f"Give an image [height, width, 3], or [height, width].{last}"
        )
    if values.shape[0] * values.shape[1] > MAX_PIXELS:
        raise _too_large(name, f" ({values.shape[1]:,} x {values.shape[0]:,})")
    if values.dtype == np.uint8 and values.size:
        # as if it came from a file, so that both give the same vector
        flat = values[..., 0] if values.shape[2] == 1 else values
        return _flattened(name, Image.fromarray(np.ascontiguousarray(flat)), contract)
    scaled = _unit_range(name, values)
    colours = np.repeat(scaled, 3, axis=2) if scaled.shape[2] == 1 else scaled[..., :3]
    if scaled.shape[2] == 4:
        colours = colours * scaled[..., 3:] + (1 - scaled[..., 3:])
    height, width = _size(contract)
    # one channel after the other: Pillow resizes floats only without colour
    planes = [
        Image.fromarray(np.ascontiguousarray(colours[..., channel])).resize((width, height), Image.Resampling.BICUBIC)
        for channel in range(3)
    ]
    preview = Image.fromarray((colours * 255 + 0.5).astype(np.uint8))
    preview.thumbnail((PREVIEW, PREVIEW))
    pixels = np.stack([np.asarray(plane, dtype=np.float32) for plane in planes], axis=2)
    return np.clip(pixels, 0, 1), np.asarray(preview, dtype=np.uint8), []


def _unit_range(name: str, values: NDArray[Any]) -> NDArray[np.float32]:
    """Values in [0, 1]: whole numbers by their type, floats as they are."""
    if values.dtype.kind == "b":
        return values.astype(np.float32)
    if values.dtype.kind in "iu":
        highest = _WHOLE_NUMBERS.get(values.dtype.str[1:], 255)
        whole = checked_range(name, values, 0, highest, "Whole numbers from 0 to 255, or uint16, are a picture.")
        return whole / np.float32(highest)
    if values.dtype.kind == "f":
        return checked_range(name, values, 0, 1, "Divide by the largest possible value, often 255.")
    raise InvalidInputError(f"{name} holds values of type {values.dtype}. Give numbers.")
