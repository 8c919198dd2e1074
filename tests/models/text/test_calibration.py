import json

import numpy as np
import pytest

from models.text.calibration import (
    CALIBRATION_FILE,
    MAX_BACKGROUND,
    Background,
    Calibration,
    confidences,
    expected_maximum,
    load_calibration,
    log_odds_terms,
    query_background,
    save_calibration,
)


def normal(count: int, mean: float = 0.1, spread: float = 0.05, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, spread, count).astype(np.float32)


def test_the_expected_maximum_agrees_with_simulation():
    rng = np.random.default_rng(3)
    for count in (1, 2, 10, 100, 1000):
        simulated = rng.standard_normal((4000, count)).max(axis=1).mean()
        assert expected_maximum(count) == pytest.approx(simulated, abs=0.06)
    assert expected_maximum(1) == 0.0


def test_a_large_corpus_speaks_for_itself_and_a_small_one_leans_on_the_reference():
    reference = normal(108, mean=0.1)
    large = query_background(normal(50_000, mean=0.3, spread=0.02), reference)
    assert large.typical == pytest.approx(0.3, abs=0.01)
    assert large.spread == pytest.approx(0.02, abs=0.002)
    small = query_background(np.array([0.9], dtype=np.float32), reference)
    assert small.typical == pytest.approx(0.1, abs=0.02)
    assert small.spread == pytest.approx(0.05, abs=0.01)
    assert small.expected_best == pytest.approx(small.typical)
    assert large.expected_best > large.typical + 3 * large.spread


def test_a_few_right_answers_hardly_move_the_background():
    scores = normal(432)
    before = query_background(scores, normal(108))
    scores[:16] = 0.7
    after = query_background(scores, normal(108))
    assert abs(after.typical - before.typical) < 0.03
    assert (0.7 - after.typical) / after.spread > 4


def test_equal_scores_divide_by_no_zero():
    background = query_background(np.full(3, 0.2, dtype=np.float32), np.full(5, 0.2, dtype=np.float32))
    terms = log_odds_terms(np.array([0.2], dtype=np.float32), background, np.full((1, 4), 0.2, dtype=np.float32))
    assert np.isfinite(confidences(terms, Calibration())).all()


def test_very_large_corpora_are_sampled_the_same_way_each_time():
    scores = normal(MAX_BACKGROUND * 3 + 7)
    assert query_background(scores, normal(9)) == query_background(scores, normal(9))


def test_confidence_rises_with_the_score_and_falls_with_the_crowd_and_with_a_hub():
    calibration = Calibration()

    def confidence(similarity: float, count: int = 100, hub: float = 0.1) -> float:
        scores = normal(108, mean=hub)[None]
        terms = log_odds_terms(np.array([similarity], dtype=np.float32), Background(0.1, 0.05, count), scores)
        return float(confidences(terms, calibration)[0])

    assert confidence(0.1) < 0.05 < 0.9 < confidence(0.5)
    assert confidence(0.3, count=10) > confidence(0.3, count=10_000)
    assert confidence(0.3) > confidence(0.3, hub=0.25)
    assert 0 <= confidence(-1.0) < confidence(1.0) <= 1


def test_a_calibration_is_saved_beside_its_model(tmp_path):
    calibration = Calibration(-2.0, 0.5, 0.25, -1.0)
    path = save_calibration(calibration, tmp_path)
    assert path == tmp_path / CALIBRATION_FILE
    assert load_calibration(tmp_path) == calibration


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"intercept": "x"}',
        '{"intercept": NaN, "query_side": 1, "passage_side": 1, "crowd": 1}',
    ],
)
def test_a_model_without_a_usable_calibration_gets_the_general_one(tmp_path, content):
    assert load_calibration(None) == load_calibration(tmp_path) == Calibration()
    path = save_calibration(Calibration(), tmp_path)
    path.write_text(content)
    assert load_calibration(tmp_path) == Calibration()
    path.write_bytes(b"\xff\xfe\x00")
    assert load_calibration(tmp_path) == Calibration()


def test_the_bundled_calibration_is_read_with_all_its_numbers():
    from models.catalog import BUNDLED_ROOT, DEFAULT_TEXT_MODEL

    folder = BUNDLED_ROOT / DEFAULT_TEXT_MODEL / "1"
    values = json.loads((folder / CALIBRATION_FILE).read_text())
    assert load_calibration(folder) == Calibration(**values)
