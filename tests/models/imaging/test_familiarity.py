import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from models.errors import InvalidInputError
from models.imaging.familiarity import FAMILIARITY_FILE, FamiliarityModel, fit_familiarity, read_familiarity
from models.imaging.image_statistics import ASPECTS, STATISTICS, image_statistics


def spots(seed: int, light: bool = False) -> np.ndarray:
    """Bright spots on black, or dark ones on pink."""
    rng = np.random.default_rng(seed)
    image = np.full((128, 128, 3), (230, 190, 220) if light else (6, 6, 6), np.uint8)
    for _ in range(rng.integers(10, 25)):
        x, y, radius = (int(value) for value in (*rng.integers(0, 128, 2), rng.integers(4, 9)))
        shade = int(rng.integers(0, 60))
        cv2.circle(image, (x, y), radius, (90 - shade, 40, 120 - shade) if light else (190 + shade,) * 3, -1)
    return np.clip(cv2.GaussianBlur(image, (5, 5), 1) + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def known() -> FamiliarityModel:
    images = [spots(seed, light=seed % 2 == 1) for seed in range(60)]
    return fit_familiarity(images, ["tissue" if seed % 2 else "fluorescence" for seed in range(60)])


def test_unseen_images_of_the_same_kinds_are_familiar(known: FamiliarityModel) -> None:
    results = [known.compare(spots(seed, light=seed % 2 == 1)) for seed in range(100, 140)]
    assert sum(result.unusual for result in results) <= 1
    assert {result.group for result in results} == {"tissue", "fluorescence"}
    assert 20 < np.median([result.percentile for result in results]) < 80


@pytest.mark.parametrize("photograph", ["astronaut", "chelsea", "coffee", "camera", "coins", "text", "brick"])
def test_photographs_are_not(known: FamiliarityModel, photograph: str) -> None:
    image = getattr(data, photograph)()
    result = known.compare(image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2))
    assert result.unusual and result.percentile == 100
    assert "unlike the 60 images" in result.sentence and result.aspects[0] in result.sentence


def test_what_differs_is_named(known: FamiliarityModel) -> None:
    green = spots(7)
    green[..., [0, 2]] = green[..., [0, 2]] // 4
    assert known.compare(green).aspects[0] == "colours"
    framed = np.pad(spots(7, light=True), ((60, 60), (60, 60), (0, 0)))
    assert "framing" in known.compare(framed).aspects


def test_kinds_that_nobody_named_are_found() -> None:
    mixed = [spots(seed, light=seed % 2 == 1) for seed in range(130)]
    model = fit_familiarity(mixed)
    assert len(model.names) == 2
    halfway = ((spots(201).astype(int) + spots(202, light=True)) // 2).astype(np.uint8)
    assert model.compare(halfway).unusual and not model.compare(spots(200)).unusual


def test_images_of_one_origin_are_held_out_together() -> None:
    """Three copies of each image: only when they are held out together, the distances are those of new images."""
    images = [spots(seed // 3) for seed in range(60)]
    naive, honest = (
        fit_familiarity(images, [""] * 60),
        fit_familiarity(images, [""] * 60, [str(s // 3) for s in range(60)]),
    )
    assert honest.quantiles[4] > naive.quantiles[4]


def test_it_travels_as_json(known: FamiliarityModel, tmp_path: Path) -> None:
    assert read_familiarity(tmp_path) is None
    file = tmp_path / FAMILIARITY_FILE
    file.parent.mkdir()
    file.write_text(known.to_json())
    loaded = read_familiarity(tmp_path)
    assert loaded is not None
    assert loaded.compare(spots(300)).distance == pytest.approx(known.compare(spots(300)).distance, rel=1e-4)
    changed = json.loads(known.to_json()) | {"statistics": ["something else"]}
    file.write_text(json.dumps(changed))
    assert read_familiarity(tmp_path) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 2), (16, 16), (300, 700)])
@pytest.mark.parametrize("value", [0, 255, None])
def test_statistics_are_finite_for_any_image(shape: tuple[int, int], value: int | None) -> None:
    rng = np.random.default_rng(0)
    image = (
        rng.integers(0, 256, (*shape, 3)).astype(np.uint8) if value is None else np.full((*shape, 3), value, np.uint8)
    )
    statistics = image_statistics(image)
    assert statistics.shape == (len(STATISTICS),) and np.isfinite(statistics).all() and np.abs(statistics).max() < 10


def test_bytes_and_floats_are_described_alike() -> None:
    image = spots(3)
    np.testing.assert_allclose(image_statistics(image), image_statistics(image / 255), atol=1e-9)


def test_resolution_hardly_changes_colours_and_framing() -> None:
    image = spots(3, light=True)
    larger = cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_LINEAR)
    lasting = [index for index, name in enumerate(STATISTICS) if "detail" not in name and "band" not in name]
    np.testing.assert_allclose(image_statistics(image)[lasting], image_statistics(larger)[lasting], atol=0.15)


def test_too_few_images_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="at least 10"):
        fit_familiarity([spots(1)] * 9)


def test_gray_pictures_have_no_colours_to_differ_in() -> None:
    gray = np.repeat(np.random.default_rng(0).integers(0, 256, (90, 90, 1)).astype(np.uint8), 3, axis=2)
    colours = [STATISTICS.index(name) for name in ASPECTS["colours"]]
    assert np.abs(image_statistics(gray)[colours]).max() < 5e-3
