"""A result as files, by their names; made when somebody asks for them."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from components.segmentation_pictures import screen_size
from models.imaging.contours import OverlayStyle, draw_overlay
from models.imaging.display import to_rgb
from models.imaging.export import (
    contours_geojson,
    figure_bytes,
    labels_png,
    labels_tiff,
    mask_png,
    objects_csv,
    picture_png,
    provenance,
    unique_stems,
    zip_files,
)
from models.imaging.figure import visualize_segmentation
from models.imaging.objects import ObjectMeasurement
from models.imaging.segmenter import Segmentation
from models.imaging.tasks import SegmentationTask

Make = Callable[[], bytes]


def result_files(
    task: SegmentationTask, segmentation: Segmentation, objects: list[ObjectMeasurement], style: OverlayStyle
) -> dict[str, Make]:
    """Functions that make each file of a result, by the file's name."""
    image, labels = segmentation.prediction.image, segmentation.labels
    stem = unique_stems([image.name])[0] + (f"_frame{image.frame + 1}" if image.frames > 1 else "")
    return {
        f"{stem}_labels.png": partial(labels_png, labels),
        f"{stem}_labels.tif": partial(labels_tiff, labels, image.pixel_size),
        f"{stem}_mask.png": partial(mask_png, labels),
        f"{stem}_overlay.png": partial(overlay_png, segmentation, style),
        f"{stem}_figure.png": partial(_figure, segmentation, style, "png"),
        f"{stem}_figure.pdf": partial(_figure, segmentation, style, "pdf"),
        f"{stem}_contours.geojson": partial(contours_geojson, labels, objects, image, task.object_noun),
        f"{stem}_objects.csv": partial(objects_csv, objects, image.pixel_size),
        f"{stem}_provenance.json": partial(provenance, segmentation),
    }


def all_in_one(files: dict[str, Make]) -> bytes:
    """All files as a zip archive."""
    return zip_files({name: make() for name, make in files.items()})


def overlay_png(segmentation: Segmentation, style: OverlayStyle) -> bytes:
    """The overlay at the image's own resolution, drawn as wide as on the screen."""
    image = segmentation.prediction.image
    scale = image.height / screen_size(image.height, image.width)[0]
    width = min(50, max(1, round(style.width * scale)))
    return picture_png(draw_overlay(to_rgb(image), segmentation.labels, replace(style, width=width)))


def _figure(segmentation: Segmentation, style: OverlayStyle, file_format: str) -> bytes:
    prediction = segmentation.prediction
    title = f"{prediction.image.name}: {prediction.model}"
    figure = visualize_segmentation(prediction.image, segmentation.labels, style, title)
    return figure_bytes(figure, file_format)
