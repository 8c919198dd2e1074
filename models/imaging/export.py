"""Results as files: masks, pictures, polygons, tables, and a record of how they came about."""

import io
import json
import platform
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InvalidInputError
from models.imaging.image import MedicalImage, PixelSize
from models.imaging.objects import ObjectMeasurement, measurement_table
from models.imaging.outlines import outlines_of
from models.text.export import to_csv

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from models.imaging.segmenter import Segmentation

_PACKAGES = ("tensorflow", "numpy", "scipy", "scikit-image", "opencv-python-headless", "pillow", "pydicom", "tifffile")
_MOST_LABELS = 65_535


def picture_png(picture: NDArray[np.uint8]) -> bytes:
    """A picture uint8 [H, W] or [H, W, 3] as PNG."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def mask_png(labels: NDArray[np.int32]) -> bytes:
    """A binary mask as 8-bit PNG: 255 where there is an object."""
    return picture_png(np.where(labels > 0, 255, 0).astype(np.uint8))


def labels_png(labels: NDArray[np.int32]) -> bytes:
    """Labels as 16-bit PNG: 0 is background, every object has its number. It looks black in an image viewer.

    Raises:
        InvalidInputError: more objects than 16 bits can number.
    """
    from PIL import Image

    _check_count(labels)
    buffer = io.BytesIO()
    Image.fromarray(labels.astype(np.uint16)).save(buffer, "PNG")
    return buffer.getvalue()


def labels_tiff(labels: NDArray[np.int32], pixel_size: PixelSize | None = None) -> bytes:
    """Labels as 16-bit TIFF that ImageJ opens with its scale.

    Raises:
        InvalidInputError: more objects than 16 bits can number.
    """
    import tifffile

    _check_count(labels)
    buffer = io.BytesIO()
    scale: dict[str, Any] = {}
    if pixel_size:
        unit = "um" if pixel_size.unit == "µm" else "mm"
        scale = {"resolution": (1 / pixel_size.column, 1 / pixel_size.row), "metadata": {"unit": unit}}
    tifffile.imwrite(buffer, labels.astype(np.uint16), imagej=True, **scale)
    return buffer.getvalue()


def figure_bytes(figure: "Figure", file_format: str = "png") -> bytes:
    """A figure as "png" or "pdf"."""
    buffer = io.BytesIO()
    # without a date, so that the same result gives the same file
    metadata: dict[str, Any] = {"CreationDate": None} if file_format == "pdf" else {}
    figure.savefig(buffer, format=file_format, dpi=150, metadata=metadata)
    return buffer.getvalue()


def objects_csv(objects: Sequence[ObjectMeasurement], pixel_size: PixelSize | None = None) -> bytes:
    """The table of objects as CSV, one a row."""
    header, rows = measurement_table(objects, pixel_size)
    return to_csv(header, rows)


def contours_geojson(
    labels: NDArray[np.int32], objects: Sequence[ObjectMeasurement], image: MedicalImage, kind: str = "object"
) -> bytes:
    """Exact outlines of all objects as GeoJSON, as QuPath reads it.

    Coordinates are pixels from the image's top left corner, y downwards, so the area of a polygon is the number of
    its pixels. Source of the format: RFC 7946.
    """
    header, rows = measurement_table(objects, image.pixel_size)
    values = {int(row[0]): dict(zip(header, row, strict=True)) for row in rows}
    features = []
    for label, parts in outlines_of(labels).items():
        polygons = [[part.outer, *part.holes] for part in parts]
        geometry: dict[str, Any] = (
            {"type": "Polygon", "coordinates": polygons[0]}
            if len(polygons) == 1
            else {"type": "MultiPolygon", "coordinates": polygons}
        )
        properties = {"objectType": "annotation", "classification": {"name": kind}, **values.get(label, {})}
        features.append({"type": "Feature", "id": label, "geometry": geometry, "properties": properties})
    collection = {
        "type": "FeatureCollection",
        "image": {"name": image.name, "sha256": image.sha256, "width": image.width, "height": image.height},
        "coordinates": "pixels from the top left corner of the image, x to the right, y downwards",
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False).encode("utf-8", "replace")


def provenance(segmentation: "Segmentation", app_version: str = "0.1.0", when: datetime | None = None) -> bytes:
    """How a result came about, as JSON: enough to make it again and to notice when anything differs."""
    prediction = segmentation.prediction
    image = prediction.image
    values = {
        "created": (when or datetime.now(UTC)).isoformat(timespec="seconds"),
        "notice": "For research and teaching. Not for diagnosis.",
        "input": {
            "name": image.name,
            "sha256": image.sha256,
            "format": image.source_format,
            "frame": image.frame,
            "frames": image.frames,
            "width": image.width,
            "height": image.height,
            "bit_depth": image.bit_depth,
            "pixel_size": asdict(image.pixel_size) if image.pixel_size else None,
            "notes": list(image.notes),
        },
        "model": {
            "name": prediction.model,
            "sha256": prediction.fingerprint,
            "channels": list(prediction.channels),
            "working_pixels_per_pixel": prediction.scale,
        },
        "preprocessing": {"clahe": asdict(prediction.clahe)},
        "looks": {"second": prediction.second_look, "agreement": prediction.agreement},
        "objects": {"count": segmentation.count, **asdict(segmentation.settings)},
        "versions": {"polyglot-lens": app_version, "python": platform.python_version(), **package_versions()},
    }
    return json.dumps(values, ensure_ascii=False, indent=2).encode("utf-8", "replace")


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """Files by their path in an archive; a path that occurs twice has been made unique before, see ``unique_stems``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            # a fixed time, so that the same results give the same archive
            archive.writestr(zipfile.ZipInfo(path, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unique_stems(names: Sequence[str]) -> list[str]:
    """Names of folders or files for uploads: no path, no ending, nothing that a file system refuses, no two alike."""
    stems: list[str] = []
    for name in names:
        stem = re.sub(r"[^\w.-]+", "_", name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0])
        stem = stem.strip("._")[:80] or "image"
        taken = {other.lower() for other in stems}
        candidate, number = stem, 2
        while candidate.lower() in taken:
            candidate, number = f"{stem}_{number}", number + 1
        stems.append(candidate)
    return stems


def _check_count(labels: NDArray[np.int32]) -> None:
    if labels.max(initial=0) > _MOST_LABELS:
        raise InvalidInputError(
            f"There are more than {_MOST_LABELS:,} objects, which 16 bits cannot number. Raise the minimum size."
        )


def package_versions() -> dict[str, str]:
    """Versions of the packages that decide a result, by name."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
