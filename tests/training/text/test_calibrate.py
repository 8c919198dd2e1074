import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from models.text.calibration import CONFIDENT, Calibration, load_calibration
from models.text.calibrator import model_folder
from models.text.encoder import load_text_encoder
from models.text.sample_corpus import sample_topics
from training.text.calibrate import MOST_FALSE, calibrate, choose_threshold, fit_logistic, held_out
from training.text.calibration_cases import NONSENSE, OFF_TOPIC, QUESTION, Cases


def test_the_fit_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    terms = rng.standard_normal((2000, 3)) * [1, 5, 0.2] + [0, 3, 1]
    target = rng.random(2000) < 1 / (1 + np.exp(-(terms @ [1.5, -0.4, 2.0] + 0.3)))
    found = fit_logistic(terms, target, np.ones(2000))
    reference = LogisticRegression(C=1e6, max_iter=1000).fit(terms, target)
    np.testing.assert_allclose(found[1:], reference.coef_[0], rtol=0.03)
    assert found[0] == pytest.approx(reference.intercept_[0], abs=0.1)


def made_up_cases(signal: float) -> Cases:
    """Searches in one kind of corpus, whose first term tells right from absent by ``signal`` deviations."""
    rng = np.random.default_rng(5)
    outcome = np.repeat(["right", "absent", OFF_TOPIC, NONSENSE], 300)
    terms = rng.standard_normal((1200, 3))
    terms[:300, 0] += signal
    topic = np.array([*(f"topic {n % 20}" for n in range(600)), *[OFF_TOPIC] * 300, *[NONSENSE] * 300])
    return Cases(terms, np.repeat(["all"], 1200), outcome, topic, np.repeat([QUESTION], 1200))


@pytest.mark.parametrize(("signal", "least"), [(0.0, 0.0), (2.0, 0.6), (6.0, 0.99)])
def test_the_threshold_keeps_false_matches_rare_and_finds_what_there_is_to_find(signal, least):
    cases = made_up_cases(signal)
    confidence = held_out(cases)
    threshold = choose_threshold(cases, confidence)
    for outcome, most in MOST_FALSE.items():
        assert np.mean(confidence[cases.outcome == outcome] >= threshold) <= most
    recall = np.mean(confidence[cases.outcome == "right"] >= threshold)
    assert recall >= least
    if signal == 0:
        assert recall < 0.25


def test_the_shipped_encoder_and_its_calibration_belong_together():
    """Fails after a new model until ``python -m training.text.calibrate --write`` has been run."""
    encoder = load_text_encoder("polyglot-fast")
    calibration, report = calibrate(encoder)
    shipped = load_calibration(model_folder(encoder))
    assert shipped != Calibration(), "the folder of the model holds no calibration"
    for name, value in report["calibration"].items():
        assert getattr(shipped, name) == pytest.approx(value, abs=0.1), name
    assert report["recall"] > 0.65
    assert all(report["false_confident"][outcome] <= most + 0.01 for outcome, most in MOST_FALSE.items())
    assert report["corpora"]["all"][NONSENSE] <= 0.05
    assert set(report["queries"]) == {"question", "title"}
    assert report["cases"] > 100 * len(sample_topics())
    assert calibration.crowd < 0 < calibration.query_side
    assert CONFIDENT == 0.5
