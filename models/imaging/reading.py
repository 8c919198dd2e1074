"""From an uploaded file to an image: the format is told by the content, and limits come before decoding."""

import hashlib

from models.errors import UnreadableFileError
from models.imaging.decoded import DecodedFrame, finish
from models.imaging.dicom import is_dicom, read_dicom
from models.imaging.image import MedicalImage
from models.imaging.limits import ImageLimits
from models.imaging.raster import read_raster
from models.imaging.tiff import read_tiff

SUPPORTED_EXTENSIONS = ("png", "jpg", "jpeg", "tif", "tiff", "dcm", "dicom", "ima", "webp", "bmp", "gif")
SUPPORTED_FORMATS = "PNG, JPEG, TIFF, DICOM, WebP, BMP or GIF"
_RASTER = (
    (b"\x89PNG\r\n\x1a\n", ("PNG",)),
    (b"\xff\xd8\xff", ("JPEG", "MPO")),
    (b"GIF8", ("GIF",)),
    (b"BM", ("BMP",)),
)
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_DICOM_ENDINGS = (".dcm", ".dicom", ".ima")
# What people upload instead, and what to do about it.
_KNOWN_OTHERS = (
    (b"%PDF", "is a PDF document", "Export the picture in it as PNG or TIFF."),
    (b"PK\x03\x04", "is a zip archive", "Unpack it and choose the images in it."),
    (b"\x1f\x8b", "is a gzip archive", "Unpack it; of a NIfTI volume, export slices as PNG or DICOM."),
    (b"\x00\x00\x00\x0cjP", "is a JPEG 2000 picture", "Save it as PNG or TIFF."),
    (b"\x93NUMPY", "is a NumPy array", "Save it as TIFF."),
    (b"\x89HDF", "is an HDF5 file", "Export the image in it as TIFF."),
)


def read_image(name: str, data: bytes, *, frame: int = 0, limits: ImageLimits | None = None) -> MedicalImage:
    """Read one frame of an uploaded image.

    Args:
        name: the file's name; its ending matters only for DICOM files without their mark.
        data: the whole file.
        frame: page or time point, from 0.
        limits: of the size.

    Returns:
        An image whose ``sha256`` is that of ``data``.

    Raises:
        UnreadableFileError: too large or too small, damaged, not an image, values that are not numbers, or the same
            value everywhere. The message names the file, the problem and the remedy.
    """
    decoded = decode_file(name, data, frame=frame, limits=limits)
    return finish(name, decoded, hashlib.sha256(data).hexdigest(), frame)


def decode_file(
    name: str, data: bytes, *, frame: int = 0, limits: ImageLimits | None = None, keep_indices: bool = False
) -> DecodedFrame:
    """Decode one frame without a look at its values; ``keep_indices`` leaves a palette's numbers as they are."""
    limits = limits or ImageLimits()
    limits.check_bytes(name, data)
    try:
        if is_dicom(data):
            return read_dicom(name, data, limits, frame)
        if data.startswith(_TIFF):
            return read_tiff(name, data, limits, frame, keep_indices)
        formats = _raster_formats(data)
        if formats:
            limits.check_frame(name, frame, 1)
            return read_raster(name, data, formats, limits, keep_indices=keep_indices)
        if name.lower().endswith(_DICOM_ENDINGS):
            return read_dicom(name, data, limits, frame)
    except MemoryError as error:
        raise UnreadableFileError(name, "needs more memory than there is", "Choose a smaller image.") from error
    raise _not_an_image(name, data)


def _raster_formats(data: bytes) -> tuple[str, ...]:
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return ("WEBP",)
    return next((formats for start, formats in _RASTER if data.startswith(start)), ())


def _not_an_image(name: str, data: bytes) -> UnreadableFileError:
    for start, problem, remedy in _KNOWN_OTHERS:
        if data.startswith(start):
            return UnreadableFileError(name, problem, remedy)
    head = data[:512]
    text = b"\0" not in head and sum(byte < 9 for byte in head) == 0 and _is_utf8(head)
    problem = "holds text, not an image" if text else "is not an image in a format that can be read here"
    return UnreadableFileError(name, problem, f"Choose a {SUPPORTED_FORMATS} file.")


def _is_utf8(head: bytes) -> bool:
    try:
        # the cut may fall inside of a character
        head[:-3].decode("utf-8") if len(head) > 3 else head.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
