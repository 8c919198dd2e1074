import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from models.errors import InvalidInputError
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
from models.imaging.ground_truth import read_ground_truth
from models.imaging.image import PixelSize, image_from_array
from models.imaging.objects import measure
from models.imaging.outlines import ring_area
from models.imaging.reading import read_image
from models.imaging.segmenter import MedicalImageSegmenter
from tests.models.imaging.conftest import discs_picture
from tests.models.imaging.files import saved

RGB, LABELS = discs_picture(1)


def test_masks_come_back_as_they_were() -> None:
    many = np.arange(300 * 200, dtype=np.int32).reshape(300, 200)
    for data in (labels_png(many), labels_tiff(many), labels_tiff(many, PixelSize(0.5, 0.25, "µm"))):
        np.testing.assert_array_equal(read_ground_truth("a", data).labels, many)
    assert np.asarray(Image.open(io.BytesIO(labels_png(LABELS)))).dtype == np.uint16
    mask = np.asarray(Image.open(io.BytesIO(mask_png(LABELS))))
    assert set(np.unique(mask)) == {0, 255} and (mask > 0).sum() == (LABELS > 0).sum()
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(picture_png(RGB)))), RGB)
    assert read_ground_truth("a", labels_tiff(np.zeros((20, 20), np.int32))).labels.max() == 0


@pytest.mark.parametrize("size", [PixelSize(0.5, 0.25, "µm"), PixelSize(1.5, 1.5, "mm")])
def test_a_tiff_keeps_the_pixel_size(size: PixelSize) -> None:
    found = read_image("a.tif", labels_tiff(LABELS, size)).pixel_size
    assert found is not None and found.unit == size.unit
    assert (found.row, found.column) == pytest.approx((size.row, size.column), rel=1e-4)


def test_too_many_objects_for_16_bits() -> None:
    for export in (labels_png, labels_tiff):
        with pytest.raises(InvalidInputError, match="65,535"):
            export(np.full((2, 2), 70_000, np.int32))


def test_geojson_has_exact_polygons_and_the_table() -> None:
    image = image_from_array(RGB, "ä.png", PixelSize(0.5, 0.5, "µm"))
    objects = measure(LABELS, image)
    collection = json.loads(contours_geojson(LABELS, objects, image, "nucleus"))
    assert collection["type"] == "FeatureCollection" and len(collection["features"]) == LABELS.max()
    assert collection["image"]["sha256"] == image.sha256
    for feature, one in zip(collection["features"], objects, strict=True):
        area = sum(ring_area(ring) for ring in feature["geometry"]["coordinates"])
        assert area == one.area == feature["properties"]["area_px"]
        assert feature["properties"]["area_µm2"] == one.area / 4
        assert feature["properties"]["classification"] == {"name": "nucleus"}
    apart = np.zeros((20, 20), np.int32)
    apart[2:4, 2:4] = apart[10:15, 10:15] = 1
    geometry = json.loads(contours_geojson(apart, [], image))["features"][0]["geometry"]
    assert geometry["type"] == "MultiPolygon" and len(geometry["coordinates"]) == 2


def test_the_table_as_csv() -> None:
    image = image_from_array(RGB)
    rows = list(csv.DictReader(io.StringIO(objects_csv(measure(LABELS, image)).decode("utf-8-sig"))))
    assert len(rows) == LABELS.max()
    assert sum(int(row["area_px"]) for row in rows) == (LABELS > 0).sum()


def test_figures() -> None:
    figure = visualize_segmentation(image_from_array(RGB, pixel_size=PixelSize(0.5, 0.5, "µm")), LABELS, title="Discs")
    assert figure_bytes(figure).startswith(b"\x89PNG") and figure_bytes(figure, "pdf").startswith(b"%PDF")
    assert [text.get_text() for text in figure.axes[2].texts] == ["20 µm"]
    tall = visualize_segmentation(image_from_array(np.zeros((4000, 30), np.uint8)), np.zeros((4000, 30), bool))
    assert figure_bytes(tall).startswith(b"\x89PNG")


def test_provenance_names_everything(segmenter: MedicalImageSegmenter) -> None:
    image = read_image("discs.png", saved(RGB))
    record = json.loads(provenance(segmenter.segment(image), when=datetime(2026, 1, 2, tzinfo=UTC)))
    assert record["created"] == "2026-01-02T00:00:00+00:00"
    assert record["input"]["sha256"] == image.sha256 and record["input"]["name"] == "discs.png"
    assert record["model"]["sha256"] == segmenter.model.fingerprint and len(record["model"]["sha256"]) == 64
    assert record["objects"]["threshold"] == 0.5 and record["objects"]["count"] == LABELS.max()
    assert record["preprocessing"]["clahe"] == {"enabled": False, "clip_limit": 3.0, "grid": 8}
    assert record["looks"] == {"second": False, "agreement": None}
    assert record["versions"]["tensorflow"].startswith("2.")
    assert "diagnosis" in record["notice"]


def test_archives_are_the_same_each_time() -> None:
    files = {"a/mask.png": mask_png(LABELS), "a/objects.csv": b"label\n"}
    assert zip_files(files) == zip_files(files)
    with zipfile.ZipFile(io.BytesIO(zip_files(files))) as archive:
        assert archive.namelist() == list(files) and archive.testzip() is None


def test_names_are_safe_and_unique() -> None:
    names = ["a.png", "A.tif", "../../etc/passwd", "C:\\x\\b c.dcm", "...", "", "Zelle ä.png", "a_2.png"]
    stems = unique_stems(names)
    assert stems == ["a", "A_2", "passwd", "b_c", "image", "image_2", "Zelle_ä", "a_2_2"]
    assert len({stem.lower() for stem in stems}) == len(stems)
