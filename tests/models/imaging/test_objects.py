import time
from itertools import pairwise

import cv2
import numpy as np
import pytest
from skimage.measure import regionprops

from models.errors import InvalidInputError
from models.imaging.contours import PALETTE, OverlayStyle, contours_of, difference_image, draw_overlay
from models.imaging.image import PixelSize
from models.imaging.instances import connected_objects
from models.imaging.objects import measure_objects, measurement_table
from models.imaging.outlines import outlines_of, ring_area
from tests.models.imaging.files import noise


def blobs(seed: int, size: tuple[int, int] = (120, 150)) -> np.ndarray:
    field = cv2.GaussianBlur(np.random.default_rng(seed).random(size), (0, 0), 3)
    return connected_objects(field > np.quantile(field, 0.6))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("colour", [False, True])
def test_measurements_agree_with_scikit_image(seed: int, colour: bool) -> None:
    labels = blobs(seed)
    labels[labels == 2] = 0  # a number may be missing
    pixels = noise(*labels.shape, 3) if colour else noise(*labels.shape, dtype="uint16")
    expected = regionprops(labels, intensity_image=pixels)
    found = measure_objects(labels, pixels)
    assert [one.label for one in found] == [region.label for region in expected]
    for one, region in zip(found, expected, strict=True):
        assert one.area == region.area
        assert one.perimeter == pytest.approx(region.perimeter)
        assert one.eccentricity == pytest.approx(region.eccentricity, abs=1e-6)
        assert one.mean_intensity == pytest.approx(float(np.mean(region.intensity_mean)))
        assert one.centroid == pytest.approx(region.centroid)
        assert one.box == region.bbox


def test_touching_objects_have_outlines_of_their_own() -> None:
    labels = np.zeros((20, 20), np.int32)
    labels[5:15, 2:10], labels[5:15, 10:18] = 1, 2
    for one, region in zip(measure_objects(labels, labels), regionprops(labels), strict=True):
        assert one.perimeter == pytest.approx(region.perimeter)


def test_nothing_and_one_pixel() -> None:
    assert measure_objects(np.zeros((5, 5), np.int32), noise(5, 5)) == []
    one = measure_objects(np.eye(1, dtype=np.int32), noise(1, 1))[0]
    assert (one.area, one.eccentricity, one.centroid) == (1, 0, (0, 0))


def test_the_table_has_pixels_and_millimetres() -> None:
    labels = np.zeros((20, 20), np.int32)
    labels[4:8, 2:12] = 1
    objects = measure_objects(labels, labels)
    header, rows = measurement_table(objects, PixelSize(0.5, 0.5, "mm"))
    values = dict(zip(header, rows[0], strict=True))
    assert (values["area_px"], values["area_mm2"]) == (40, 10)
    assert values["perimeter_mm"] == values["perimeter_px"] / 2
    assert (values["centroid_x_px"], values["centroid_x_mm"], values["centroid_y_mm"]) == (6.5, 3.25, 2.75)
    header, _ = measurement_table(objects, PixelSize(0.5, 0.25, "µm"))
    assert "area_µm2" in header and "perimeter_µm" not in header
    assert len(measurement_table(objects)[0]) == 7


@pytest.mark.parametrize("seed", range(6))
def test_polygons_enclose_exactly_their_object(seed: int) -> None:
    labels = blobs(seed) if seed < 4 else connected_objects(np.random.default_rng(seed).random((40, 50)) > 0.5)
    outlines = outlines_of(labels)
    assert set(outlines) == set(np.unique(labels)) - {0}
    for label, parts in outlines.items():
        area = sum(ring_area(part.outer) + sum(ring_area(hole) for hole in part.holes) for part in parts)
        assert area == (labels == label).sum()
        # drawn again, they give the same pixels
        again = np.zeros(labels.shape, np.uint8)
        rings = [ring for part in parts for ring in (part.outer, *part.holes)]
        for ring in rings:
            again ^= _pixels_inside(ring, labels.shape)
        np.testing.assert_array_equal(again > 0, labels == label)
        for ring in rings:
            assert ring[0] == ring[-1] and len(ring) >= 5
            steps = np.diff(np.array(ring), axis=0)
            assert ((steps == 0).sum(axis=1) == 1).all()  # only corners: every step changes one coordinate
            assert (np.diff(steps[:, 0] == 0) != 0).all()  # and no two steps share a direction


def _pixels_inside(ring: list[tuple[int, int]], shape: tuple[int, ...]) -> np.ndarray:
    """Even-odd rule along rows, from the vertical edges alone."""
    inside = np.zeros(shape, np.uint8)
    for (ax, ay), (bx, by) in pairwise(ring):
        if ax == bx:
            inside[min(ay, by) : max(ay, by), ax:] ^= 1
    return inside


def test_holes_belong_to_the_part_around_them() -> None:
    labels = np.zeros((30, 30), np.int32)
    labels[1:11, 1:11] = labels[15:28, 15:28] = 1
    labels[18:22, 18:22] = 0
    labels[24:26, 24:26] = 0
    first, second = sorted(outlines_of(labels)[1], key=lambda part: len(part.holes))
    assert first.outer[0] == first.outer[-1] and set(first.outer) == {(1, 1), (11, 1), (11, 11), (1, 11)}
    assert len(first.holes) == 0 and len(second.holes) == 2


def test_outlines_are_drawn_in_the_chosen_way() -> None:
    labels = np.zeros((60, 60), np.int32)
    labels[10:30, 10:30], labels[40:50, 40:50] = 1, 2
    rgb = np.full((60, 60, 3), 100, np.uint8)
    drawn = draw_overlay(rgb, labels, OverlayStyle(colour=(255, 0, 0)))
    assert tuple(drawn[10, 15]) == (255, 0, 0) and tuple(drawn[20, 20]) == (100, 100, 100)
    assert (rgb == 100).all()
    half = draw_overlay(rgb, labels, OverlayStyle(colour=(200, 0, 0), opacity=0.5))
    assert tuple(half[10, 15]) == (150, 50, 50)
    filled = draw_overlay(rgb, labels, OverlayStyle(colour=(200, 0, 0), fill=0.25))
    assert tuple(filled[20, 20]) == (125, 75, 75) and tuple(filled[0, 0]) == (100, 100, 100)
    wide = draw_overlay(rgb, labels, OverlayStyle(width=5))
    assert (wide != rgb).sum() > 2 * (drawn != rgb).sum()
    selected = draw_overlay(rgb, labels, OverlayStyle(selected=2))
    assert tuple(selected[40, 45]) == PALETTE["white"] and tuple(selected[10, 15]) == PALETTE["yellow"]
    many = draw_overlay(rgb, labels, OverlayStyle(colour=None))
    assert tuple(many[10, 15]) != tuple(many[40, 45])
    assert (draw_overlay(rgb, labels, OverlayStyle(numbers=True)) != drawn).any()
    assert (draw_overlay(rgb, np.zeros_like(labels)) == rgb).all()


def test_contours_of_every_object() -> None:
    labels = blobs(1)
    assert set(contours_of(labels)) == set(np.unique(labels)) - {0}
    for label, contours in contours_of(labels).items():
        assert all((labels[y, x] == label) or len(contours) > 1 for x, y in contours[0])


def test_the_difference_has_three_colours() -> None:
    rgb, truth, found = np.zeros((1, 4, 3), np.uint8), np.array([[0, 1, 0, 1]]), np.array([[0, 0, 1, 1]])
    picture = difference_image(rgb, truth, found, opacity=1)
    expected = [(0, 0, 0), PALETTE["yellow"], PALETTE["vermilion"], PALETTE["sky blue"]]
    assert [tuple(pixel) for pixel in picture[0]] == expected


def test_styles_out_of_range() -> None:
    for style in ({"width": 0}, {"opacity": 2.0}, {"fill": -1.0}):
        with pytest.raises(InvalidInputError):
            OverlayStyle(**style)  # type: ignore[arg-type]


def test_fast_enough_for_a_slider() -> None:
    labels = blobs(0, (512, 512))
    rgb, seconds = noise(512, 512, 3), []
    for _ in range(5):
        start = time.thread_time()  # not by the clock: a busy machine says nothing about these functions
        measure_objects(labels, rgb)
        draw_overlay(rgb, labels)
        seconds.append(time.thread_time() - start)
    assert labels.max() > 200 and min(seconds) < 0.1
