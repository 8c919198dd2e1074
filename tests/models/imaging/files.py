"""Files as people upload them, and as attackers do."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import tifffile
from numpy.typing import NDArray
from PIL import Image

PYDICOM_FILES = Path(pydicom.__file__).parent / "data" / "test_files"


def noise(*shape: int, dtype: str = "uint8", seed: int = 3) -> NDArray[Any]:
    top = {"uint8": 256, "uint16": 65_536}.get(dtype, 1)
    rng = np.random.default_rng(seed)
    return rng.integers(0, top, shape).astype(dtype) if top > 1 else rng.random(shape).astype(dtype)


def saved(pixels: NDArray[Any] | Image.Image, image_format: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(buffer, image_format, **options)
    return buffer.getvalue()


def tiff(pixels: NDArray[Any], **options: Any) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, **options)
    return buffer.getvalue()


def png_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A valid header of so many pixels, and a few bytes that would inflate to them."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def dicom(name: str) -> bytes:
    return (PYDICOM_FILES / name).read_bytes()


def changed_dicom(name: str, **values: Any) -> bytes:
    """One of pydicom's own files with other values; None removes one."""
    dataset = pydicom.dcmread(PYDICOM_FILES / name)
    for keyword, value in values.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    return buffer.getvalue()
