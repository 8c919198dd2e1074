from pathlib import Path

import numpy as np
import pytest

from models.catalog import get_model
from models.feature_inputs.sound_kinds import sound_set
from models.hub import load_model
from training.audio_features.__main__ import EACH, TEST_SEED, make
from training.audio_features.measure import same_kind, scores
from training.audio_features.network import BLOCKS, WEIGHTS, WIDTH


def bundled() -> object:
    return load_model("handcrafted-audio").model


def test_bundled_model_keeps_its_contract() -> None:
    output = bundled()(np.zeros(16_000 * 3, np.float32))  # type: ignore[operator]
    assert np.asarray(output["embeddings"]).shape == (6, WIDTH) and np.asarray(output["log_mel"]).shape[1] == 64
    assert get_model("handcrafted-audio").output_width == WIDTH == sum(BLOCKS.values())
    assert set(WEIGHTS) == set(BLOCKS) and sum(WEIGHTS.values()) == pytest.approx(1)


@pytest.mark.parametrize("samples", [1, 399, 400, 15_599, 15_600, 15_601, 100_000])
def test_every_length_gives_whole_windows_of_unit_length(samples: int) -> None:
    wave = np.random.default_rng(samples).uniform(-0.5, 0.5, samples).astype(np.float32)
    windows = np.asarray(bundled()(wave)["embeddings"])  # type: ignore[operator]
    assert len(windows) == 1 + max(0, -(-(samples - 15_600) // 7_680))
    np.testing.assert_allclose(np.linalg.norm(windows, axis=1), 1, atol=1e-5)


def test_tone_is_bright_in_its_band_only() -> None:
    wave = 0.5 * np.sin(2 * np.pi * 1_000 * np.arange(32_000) / 16_000)
    spectrum = np.asarray(bundled()(wave.astype(np.float32))["log_mel"])[10:150].mean(axis=0)  # type: ignore[operator]
    mel = 1127 * np.log1p(np.array([125, 1_000, 7_500]) / 700)
    assert spectrum.argmax() == pytest.approx((mel[1] - mel[0]) / (mel[2] - mel[0]) * 65 - 1, abs=1)


def test_bundled_model_scores_what_its_card_says() -> None:
    card = (get_model("handcrafted-audio").bundled_path / "MODEL_CARD.md").read_text(encoding="utf-8")  # type: ignore[operator]
    measured = scores(bundled(), EACH, TEST_SEED)  # type: ignore[arg-type]
    for name, value in measured.items():
        assert f"| {name} | {100 * value:.1f} |" in card
    assert measured["handcrafted-audio"] > measured["mean log-mel spectrum"] > measured["chance"]


def test_same_kind_counts_nearest_rows() -> None:
    vectors = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]], np.float32)
    assert same_kind(vectors, np.array([0, 0, 1, 1])) == 1 and same_kind(vectors, np.array([0, 1, 0, 1])) == 0


def test_made_again_from_code(tmp_path: Path) -> None:
    folder = make(tmp_path / "handcrafted-audio" / "1", each=2)
    assert not (folder / "fingerprint.pb").exists()
    assert "Hand-crafted, not learned" in (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    again = np.asarray(load_model(folder).model(sound_set(1, 3)[0][0])["embeddings"])
    assert again.shape[1] == WIDTH
