"""DICOM: one frame, its values after rescaling, its window, its pixel size. Nothing about the patient is kept."""

import io
import struct
import warnings
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import UnreadableFileError
from models.imaging.decoded import DecodedFrame
from models.imaging.image import PixelSize
from models.imaging.limits import ImageLimits

_DEFLATED = b"1.2.840.10008.1.2.1.99"
_REMEDY = "Export it again as uncompressed DICOM (Explicit VR Little Endian), or as PNG."
_META_GROUP_LENGTH = struct.Struct("<HH2sHI")  # tag (0002,0000), "UL", 4, and how long the rest is


def is_dicom(data: bytes) -> bool:
    """Whether the file carries DICOM's mark."""
    return data[128:132] == b"DICM"


def read_dicom(name: str, data: bytes, limits: ImageLimits, frame: int = 0) -> DecodedFrame:
    """Decode one frame.

    Gray values are rescaled (slope and intercept, or the modality's table); window and MONOCHROME1 are returned, not
    applied, so that measurements use the rescaled values. Colours (YBR, palette) become RGB.

    Raises:
        UnreadableFileError: no pixels, too large, damaged, or a compression that cannot be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom warns of every value that bends the standard
            return _read(name, data, limits, frame)
    except (UnreadableFileError, MemoryError):
        raise
    except Exception as error:  # pydicom raises anything from KeyError to RecursionError on damaged files
        raise UnreadableFileError(name, "is a damaged DICOM file, or none at all", _REMEDY) from error


def _read(name: str, data: bytes, limits: ImageLimits, frame: int) -> DecodedFrame:
    dataset = _dataset(name, data, limits)
    width, height = int(dataset.get("Columns") or 0), int(dataset.get("Rows") or 0)
    stored = next((dataset[k] for k in ("PixelData", "FloatPixelData", "DoubleFloatPixelData") if k in dataset), None)
    if stored is None or not stored.value or not width or not height:
        what = dataset.get("Modality") or "of an unknown kind"
        raise UnreadableFileError(
            name, f"is a DICOM file without an image ({what})", "Choose a file of the series that holds pixels."
        )
    samples, bits = int(dataset.get("SamplesPerPixel") or 1), int(dataset.get("BitsAllocated") or 8)
    frames = int(dataset.get("NumberOfFrames") or 1)
    limits.check_size(name, width, height, samples * max(1, bits // 8))
    limits.check_frame(name, frame, frames)
    pixels = _decode(name, dataset, limits, frame, frames)
    if samples == 1 and dataset.PhotometricInterpretation == "PALETTE COLOR":
        return DecodedFrame(_colours(dataset, pixels), 8, "DICOM", frames)
    if samples > 1:
        return DecodedFrame(pixels, int(dataset.get("BitsStored") or bits), "DICOM", frames)
    return DecodedFrame(
        _rescaled(dataset, pixels, frame),
        bit_depth=int(dataset.get("BitsStored") or bits),
        source_format="DICOM",
        frames=frames,
        display_range=_window(dataset, frame),
        inverted=dataset.PhotometricInterpretation == "MONOCHROME1",
        pixel_size=_pixel_size(dataset, frame),
    )


def _dataset(name: str, data: bytes, limits: ImageLimits) -> Any:
    import pydicom

    if _DEFLATED in data:
        return _inflated(name, data, limits)
    dataset = pydicom.dcmread(io.BytesIO(data), force=True)
    if not hasattr(dataset, "file_meta") or "TransferSyntaxUID" not in dataset.file_meta:
        implicit, little = dataset.original_encoding
        dataset.file_meta = pydicom.dataset.FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = (
            pydicom.uid.ImplicitVRLittleEndian
            if implicit
            else pydicom.uid.ExplicitVRLittleEndian
            if little
            else pydicom.uid.ExplicitVRBigEndian
        )
    return dataset


def _inflated(name: str, data: bytes, limits: ImageLimits) -> Any:
    """A data set that is compressed as a whole, unpacked here within limits: pydicom would unpack any bomb."""
    import pydicom

    group, element, _, _, meta_length = _META_GROUP_LENGTH.unpack_from(data, 132)
    if (group, element) != (2, 0):
        raise ValueError("the file meta information has no length")
    unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[144 + meta_length :], limits.decoded_bytes + 1)
    if len(unpacked) > limits.decoded_bytes:
        raise UnreadableFileError(name, "is compressed and would fill the memory", _REMEDY)
    dataset = pydicom.filereader.read_dataset(io.BytesIO(unpacked), is_implicit_VR=False, is_little_endian=True)
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    return dataset


def _decode(name: str, dataset: Any, limits: ImageLimits, frame: int, frames: int) -> NDArray[Any]:
    from pydicom.pixels import get_decoder, pixel_array

    syntax = dataset.file_meta.TransferSyntaxUID
    unreadable = f"is compressed in a way that cannot be read here ({syntax.name})"
    if syntax.is_encapsulated:
        try:
            available = get_decoder(syntax).is_available
        except NotImplementedError:
            available = False
        if not available:
            raise UnreadableFileError(name, unreadable, _REMEDY)
        _check_embedded_size(name, dataset, limits, frame, frames)
    try:
        return np.asarray(pixel_array(dataset, index=frame))
    except RuntimeError as error:
        # every decoder of this syntax has refused: 12-bit JPEG, or damaged data
        raise UnreadableFileError(name, f"{unreadable}, or damaged", _REMEDY) from error
    except ValueError as error:
        raise UnreadableFileError(name, "is truncated: it holds fewer pixels than it says", _REMEDY) from error


def _check_embedded_size(name: str, dataset: Any, limits: ImageLimits, frame: int, frames: int) -> None:
    """Refuse a small header around a huge JPEG."""
    from PIL import Image
    from pydicom.encaps import get_frame

    try:
        embedded = get_frame(dataset.PixelData, frame, number_of_frames=frames)
        with Image.open(io.BytesIO(embedded), formats=["JPEG", "JPEG2000"]) as picture:
            size = picture.size
    except Exception:
        return  # run-length encoding, or damaged: the decoder says so
    limits.check_size(name, *size)


def _colours(dataset: Any, pixels: NDArray[Any]) -> NDArray[np.uint8]:
    from pydicom.pixels import apply_color_lut

    coloured = apply_color_lut(pixels, dataset)
    deep = coloured.dtype.itemsize == 2
    return np.asarray(coloured >> 8 if deep else coloured, dtype=np.uint8)


def _rescaled(dataset: Any, pixels: NDArray[Any], frame: int) -> NDArray[Any]:
    if "ModalityLUTSequence" in dataset:
        from pydicom.pixels import apply_modality_lut

        return np.asarray(apply_modality_lut(pixels, dataset))
    group = _functional_group(dataset, frame, "PixelValueTransformationSequence") or dataset
    slope, intercept = _number(group.get("RescaleSlope"), 1.0), _number(group.get("RescaleIntercept"), 0.0)
    if (slope, intercept) == (1.0, 0.0) or slope == 0:
        return pixels
    return (pixels * slope + intercept).astype(np.float32)


def _window(dataset: Any, frame: int) -> tuple[float, float] | None:
    """Values shown as black and white. Source: DICOM PS3.3, C.11.2.1.2; the first of several windows."""
    group = _functional_group(dataset, frame, "FrameVOILUTSequence") or dataset
    centre, width = _number(group.get("WindowCenter"), None), _number(group.get("WindowWidth"), None)
    if centre is None or width is None or not (np.isfinite(centre) and 1 < width < 1e9):
        return None
    if group.get("VOILUTFunction", "LINEAR") == "LINEAR_EXACT":
        return centre - width / 2, centre + width / 2
    return centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2


def _pixel_size(dataset: Any, frame: int) -> PixelSize | None:
    group = _functional_group(dataset, frame, "PixelMeasuresSequence") or dataset
    spacing = group.get("PixelSpacing") or dataset.get("ImagerPixelSpacing")
    try:
        row, column = (float(value) for value in spacing)
        return PixelSize(row, column, "mm")
    except Exception:
        return None


def _functional_group(dataset: Any, frame: int, sequence: str) -> Any:
    """The item of an enhanced multi-frame object that holds ``sequence`` for this frame, or for all; else None."""
    for groups, index in (("PerFrameFunctionalGroupsSequence", frame), ("SharedFunctionalGroupsSequence", 0)):
        items = dataset.get(groups)
        if items and index < len(items) and items[index].get(sequence):
            return items[index].get(sequence)[0]
    return None


def _number(value: Any, default: Any) -> Any:
    """The first number of a value that may be missing, several, or empty."""
    try:
        return float(value if isinstance(value, str | int | float) else value[0])
    except (TypeError, ValueError, IndexError):
        return default
