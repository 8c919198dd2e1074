"""Pictures to try at once: some ship inside of scikit-image and pydicom, the others are made by code and say so."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.imaging.export import labels_png, mask_png, picture_png
from models.imaging.phantoms import fundus_phantom, nuclei_phantom, ventricle_phantom


@dataclass(frozen=True)
class SampleImage:
    """A picture that is one click away.

    Args:
        name: key, fit for a URL.
        task: for which task it is offered.
        title: what a person reads.
        file_name: as if it had been uploaded.
        credit: where it comes from, and its licence.
        synthetic: made by code, so a good result on it means little.
        fits: whether the task is meant for such images; False shows when the warning fires.
        read: returns the file's bytes.
        read_truth: returns a mask as a file; None where nobody drew one.
    """

    name: str
    task: str
    title: str
    file_name: str
    credit: str
    synthetic: bool
    fits: bool
    read: Callable[[], bytes]
    read_truth: Callable[[], bytes] | None = None


def sample_images(task: str | None = None) -> list[SampleImage]:
    """The samples whose files are on this machine, of one task or of all; those that fit come first."""
    return [sample for sample in _samples() if task is None or sample.task == task]


@cache
def _samples() -> tuple[SampleImage, ...]:
    synthetic = "Synthetic: made by code of this app, not a real image."
    samples: list[SampleImage | None] = [
        SampleImage(
            "nuclei-phantom",
            "nuclei",
            "Fluorescent nuclei (synthetic)",
            "synthetic_nuclei.png",
            synthetic,
            True,
            True,
            lambda: picture_png(_nuclei()[0]),
            lambda: labels_png(_nuclei()[1]),
        ),
        _from_package(
            "tissue",
            "nuclei",
            "Colon tissue: a brown stain it never saw",
            "skimage",
            "data/ihc.png",
            "From scikit-image: immunohistochemistry with hematoxylin, Center for Microscopy and Molecular Imaging; no "
            "known copyright restrictions.",
            fits=False,
        ),
        _from_package(
            "coins",
            "nuclei",
            "Coins: no microscopy",
            "skimage",
            "data/coins.png",
            "From scikit-image: Greek coins, Brooklyn Museum; no known copyright restrictions.",
            fits=False,
        ),
        SampleImage(
            "ventricle-phantom",
            "ventricle",
            "Short-axis heart slice (synthetic DICOM)",
            "synthetic_heart.dcm",
            synthetic,
            True,
            True,
            lambda: dicom_bytes(_ventricle()[0], 1.4),
            lambda: mask_png(_ventricle()[1].astype(np.int32)),
        ),
        _from_package(
            "abdomen",
            "ventricle",
            "MRI of the abdomen: no heart",
            "pydicom",
            "data/test_files/examples_overlay.dcm",
            "From pydicom's test files.",
            fits=False,
        ),
        _from_package(
            "echocardiogram",
            "ventricle",
            "Ultrasound of the heart: no MRI, 30 frames",
            "pydicom",
            "data/test_files/examples_ybr_color.dcm",
            "From pydicom's test files.",
            fits=False,
        ),
        _from_package(
            "retina",
            "vessels",
            "Fundus photograph of a left eye",
            "skimage",
            "data/retina.jpg",
            "From scikit-image: Häggström 2014, Medical gallery of Mikael Häggström; CC0.",
        ),
        SampleImage(
            "fundus-phantom",
            "vessels",
            "Fundus-like picture (synthetic)",
            "synthetic_fundus.png",
            synthetic,
            True,
            True,
            lambda: picture_png(_fundus()[0]),
            lambda: mask_png(_fundus()[1].astype(np.int32)),
        ),
        _from_package(
            "cat",
            "vessels",
            "A cat: no fundus",
            "skimage",
            "data/chelsea.png",
            "From scikit-image: Chelsea the cat, Stefan van der Walt; CC0.",
            fits=False,
        ),
    ]
    return tuple(sample for sample in samples if sample is not None)


def dicom_bytes(pixels: NDArray[np.uint16], spacing: float) -> bytes:
    """A minimal MR image as a DICOM file, without a patient.

    Args:
        pixels: uint16 [H, W].
        spacing: between pixels, in millimetres.
    """
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MRImageStorage
    # Fixed and under the root of UUIDs, so that the file is the same each time. Source: DICOM PS3.5, B.2.
    meta.MediaStorageSOPInstanceUID = "2.25.226735093018215346018112853720391542001"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset: Any = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    dataset.Modality, dataset.PatientName, dataset.SeriesDescription = "MR", "Synthetic^Phantom", "Made by code"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelSpacing = [spacing, spacing]
    low, high = int(pixels.min()), int(pixels.max())
    dataset.WindowCenter, dataset.WindowWidth = (low + high) // 2, max(high - low, 2)
    dataset.PixelData = pixels.astype("<u2").tobytes()
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _from_package(
    name: str, task: str, title: str, package: str, path: str, credit: str, fits: bool = True
) -> SampleImage | None:
    """A file inside of an installed package; None where a later version no longer brings it. Never downloaded."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / path
    if not file.is_file():
        return None
    return SampleImage(name, task, title, file.name, credit, False, fits, file.read_bytes)


@cache
def _nuclei() -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    return nuclei_phantom()


@cache
def _fundus() -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    return fundus_phantom()


@cache
def _ventricle() -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    return ventricle_phantom()
