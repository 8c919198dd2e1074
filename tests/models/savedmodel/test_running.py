from pathlib import Path

import numpy as np
import pytest

from models.errors import InvalidInputError
from models.hub import load_model
from models.savedmodel.running import run_signature
from tests.models.savedmodel.conftest import described


def test_output_is_described(harmless_model: Path) -> None:
    model = load_model(harmless_model).model
    signature = described(harmless_model).signature("serving_default")
    report = run_signature(model, signature, {"features": np.eye(4, dtype=np.float32)})
    logits, scores = report.outputs
    assert (logits.name, scores.name, scores.dtype, scores.shape) == ("logits", "scores", "float32", (4, 3))
    assert scores.mean == pytest.approx(1 / 3) and len(scores.preview) == 8
    assert scores.minimum is not None and 0 < scores.minimum < (scores.maximum or 0) < 1
    assert report.first_ms > 0 and report.median_ms > 0 and report.calls == 5


def test_texts_and_not_finite_numbers(harmless_model: Path, reading_model: Path, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("Grüße", encoding="utf-8")
    model = load_model(reading_model).model
    signature = described(reading_model).signatures[0]
    report = run_signature(model, signature, {"path": np.array(str(tmp_path / "words.txt"), object)})
    assert report.outputs[0].dtype == "string" and report.outputs[0].preview == ("Grüße",)
    assert report.outputs[0].mean is None

    signature = described(harmless_model).signature("serving_default")
    values = np.array([[np.inf, 0, 0, 0]], np.float32)
    report = run_signature(load_model(harmless_model).model, signature, {"features": values})
    assert report.outputs[0].not_finite == 3


def test_refusals_are_sentences(harmless_model: Path, reading_model: Path) -> None:
    model = load_model(harmless_model).model
    signature = described(harmless_model).signature("serving_default")
    with pytest.raises(InvalidInputError, match="A value is missing for features"):
        run_signature(model, signature, {})
    with pytest.raises(InvalidInputError, match="refuses this input"):
        run_signature(model, signature, {"features": np.zeros((2, 7), np.float32)})
    with pytest.raises(InvalidInputError, match="No such file"):
        run_signature(
            load_model(reading_model).model,
            described(reading_model).signatures[0],
            {"path": np.array("there/is/none", object)},
        )
