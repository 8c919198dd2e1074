from pathlib import Path

import numpy as np
import pytest

from models.catalog import get_model
from models.hub import load_model
from training.image_features.__main__ import make
from training.image_features.filters import gabor_bank, sobel_pair
from training.image_features.measure import found_again, scores
from training.image_features.network import BLOCKS, WEIGHTS, WIDTH
from training.image_features.pictures import picture_set


def bundled() -> object:
    return load_model("handcrafted-image").model


def test_kernels_ignore_uniform_areas() -> None:
    for kernels in (gabor_bank(), sobel_pair()):
        np.testing.assert_allclose(kernels.sum(axis=(0, 1, 2)), 0, atol=1e-5)


def test_bundled_model_keeps_its_contract() -> None:
    vectors = np.asarray(bundled()(picture_set(4, 1)))  # type: ignore[operator]
    assert vectors.shape == (4, WIDTH) and get_model("handcrafted-image").output_width == WIDTH == sum(BLOCKS.values())
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert set(WEIGHTS) == set(BLOCKS) and sum(WEIGHTS.values()) == pytest.approx(1)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_pictures_of_one_colour_give_numbers(value: float) -> None:
    assert np.isfinite(np.asarray(bundled()(np.full((1, 224, 224, 3), value, np.float32)))).all()  # type: ignore[operator]


def test_bundled_model_scores_what_its_card_says() -> None:
    card = (get_model("handcrafted-image").bundled_path / "MODEL_CARD.md").read_text(encoding="utf-8")  # type: ignore[operator]
    measured = scores(bundled())  # type: ignore[arg-type]
    for name, value in measured.items():
        assert f"| {name} | {100 * value:.1f} |" in card
    assert measured["handcrafted-image"] > 2 * measured["mean colour"]


def test_found_again_counts_partners() -> None:
    rows = np.eye(4, dtype=np.float32)
    assert found_again(rows, rows) == 1 and found_again(rows, np.roll(rows, 1, axis=0)) == 0


def test_made_again_from_code(tmp_path: Path) -> None:
    folder = make(tmp_path / "handcrafted-image" / "1", count=8)
    assert (folder / "saved_model.pb").is_file() and not (folder / "fingerprint.pb").exists()
    assert "Hand-crafted, not learned" in (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert np.asarray(load_model(folder).model(picture_set(2, 3))).shape == (2, WIDTH)
