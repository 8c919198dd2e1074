"""TIFF as microscopes and ImageJ write it: several pages, 16 bits or real numbers, the pixel size in the margin."""

import io
import re
import struct
import zlib
from typing import Any

import numpy as np

from models.errors import UnreadableFileError
from models.imaging.decoded import DecodedFrame, oriented
from models.imaging.image import PixelSize
from models.imaging.limits import ImageLimits
from models.imaging.raster import read_raster

_DAMAGED = "Save it again as TIFF without compression, for example in ImageJ."
_NO_COMPRESSION, _DEFLATE = 1, (8, 32946)
_GRAY_OR_RGB = (0, 1, 2)
_MICROMETRES = {"nm": 1e-3, "µm": 1.0, "μm": 1.0, "um": 1.0, "micron": 1.0, "microns": 1.0, "mm": 1e3, "cm": 1e4}


def read_tiff(name: str, data: bytes, limits: ImageLimits, frame: int = 0, keep_indices: bool = False) -> DecodedFrame:
    """Decode one page.

    Raises:
        UnreadableFileError: too large, no such page, damaged, or a compression that cannot be read.
    """
    frames = count_pages(name, data, limits)
    limits.check_frame(name, frame, frames)
    try:
        decoded = _measured(name, data, limits, frame, frames)
    except (UnreadableFileError, MemoryError):
        raise
    except Exception:
        decoded = None  # whatever tifffile cannot make sense of, Pillow may
    return decoded or read_raster(name, data, ("TIFF",), limits, frame, frames, keep_indices)


def count_pages(name: str, data: bytes, limits: ImageLimits) -> int:
    """Follow the chain of directories, without reading them: a hostile file may hold millions, or a circle.

    Raises:
        UnreadableFileError: no directory, or a broken chain.
    """
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    offset_type, count_type, entry = ("Q", "Q", 20) if big else ("I", "H", 12)
    seen: set[int] = set()
    try:
        (offset,) = struct.unpack_from(order + offset_type, data, 8 if big else 4)
        while offset and offset not in seen and len(seen) <= limits.frames:
            (entries,) = struct.unpack_from(order + count_type, data, offset)
            seen.add(offset)
            after = offset + struct.calcsize(order + count_type) + entries * entry
            (offset,) = struct.unpack_from(order + offset_type, data, after)
    except struct.error as error:
        if not seen:
            raise UnreadableFileError(name, "is truncated or damaged", _DAMAGED) from error
    return len(seen)


def _measured(name: str, data: bytes, limits: ImageLimits, frame: int, frames: int) -> DecodedFrame | None:
    """The page in its own values; None for kinds that are left to Pillow."""
    import tifffile

    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page: Any = file.pages[frame]
        samples = int(page.samplesperpixel)
        itemsize = page.dtype.itemsize if page.dtype is not None else 8
        limits.check_size(name, int(page.imagewidth), int(page.imagelength), samples * itemsize)
        if samples > 4 or page.imagedepth > 1:
            raise UnreadableFileError(
                name, f"has {max(samples, page.imagedepth)} channels", "Save the channel of interest on its own."
            )
        compressed = page.compression != _NO_COMPRESSION
        if page.photometric not in _GRAY_OR_RGB or page.dtype is None or page.bitspersample == 1:
            return None
        if compressed and not (page.compression in _DEFLATE and _inflates_within(page, data)):
            return None
        pixels = page.asarray()
        if page.planarconfig == 2 and samples > 1:
            pixels = np.moveaxis(pixels, 0, -1)
        tags = page.tags
        orientation = tags[274].value if 274 in tags else 1
        return DecodedFrame(
            oriented(pixels, int(orientation)),
            bit_depth=pixels.dtype.itemsize * 8,
            source_format="TIFF",
            frames=frames,
            inverted=page.photometric == 0,
            pixel_size=_pixel_size(file),
        )


def _inflates_within(page: Any, data: bytes) -> bool:
    """Whether no strip or tile inflates to more than the page has: tifffile would take whatever comes."""
    budget = (
        int(page.imagewidth + 4096) * int(page.imagelength + 4096) * int(page.samplesperpixel) * page.dtype.itemsize
    )
    for offset, length in zip(page.dataoffsets, page.databytecounts, strict=True):
        budget -= len(zlib.decompressobj().decompress(data[offset : offset + length], max(1, budget)))
        if budget <= 0:
            return False
    return True


def _pixel_size(file: Any) -> PixelSize | None:
    """From OME or ImageJ metadata, or a resolution so fine that only a microscope writes it.

    The resolution alone is not enough: most programs write 72 or 300 dots per inch whatever the picture shows.
    """
    page = file.pages[0]
    text = str(page.description or "")[:100_000]
    try:
        if "PhysicalSizeX" in text:
            return _from_ome(text)
        x, y = (_ratio(page.tags[number].value) for number in (282, 283))
        if file.is_imagej:
            unit = str((file.imagej_metadata or {}).get("unit", "")).replace("\\u00B5", "µ").strip().lower()
            return _size(1 / y, 1 / x, _MICROMETRES[unit])
        unit_code = int(page.tags[296].value)
        per_unit = {2: 25_400.0, 3: 10_000.0}[unit_code]
        return _size(1 / y, 1 / x, per_unit) if max(per_unit / x, per_unit / y) < 10 else None
    except (KeyError, ValueError, ZeroDivisionError, TypeError):
        return None


def _from_ome(text: str) -> PixelSize | None:
    sizes = []
    for axis in "YX":
        value = re.search(rf'PhysicalSize{axis}="([0-9.eE+-]+)"', text)
        unit = re.search(rf'PhysicalSize{axis}Unit="([^"]{{1,12}})"', text)
        if value is None:
            return None
        sizes.append(float(value[1]) * _MICROMETRES[unit[1] if unit else "µm"])
    return _size(sizes[0], sizes[1], 1.0)


def _size(row: float, column: float, factor: float) -> PixelSize:
    row, column = row * factor, column * factor
    return PixelSize(row / 1000, column / 1000, "mm") if row >= 50 else PixelSize(row, column, "µm")


def _ratio(value: tuple[int, int]) -> float:
    return value[0] / value[1]
