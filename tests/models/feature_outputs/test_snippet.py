from pathlib import Path

import numpy as np
import pytest

from models.catalog import get_model
from models.feature_outputs.snippet import snippet
from models.model_spec import Modality
from tests.models.feature_inputs.makers import picture, recording, tone

HOSTILE = 'a"]); import os; os.remove("x") #'


def run(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    monkeypatch.chdir(folder)
    exec(compile(code, "snippet", "exec"), {})  # noqa: S102  (it is what a person would do with it)
    return np.load(folder / "features.npy")


@pytest.mark.parametrize("model", ["polyglot-fast"])
def test_texts(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = snippet(Modality.TEXT, get_model(model), ["One", HOSTILE, "太陽"], files=False, max_length=10)
    assert "model_variant" not in code and "max_length=10" in code
    assert run(code, tmp_path, monkeypatch).shape == (3, 512)


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sun.png").write_bytes(picture(np.zeros((8, 8, 3), np.uint8)))
    code = snippet(Modality.IMAGE, get_model("handcrafted-image"), ["../../sun.png"], files=True)
    assert run(code, tmp_path, monkeypatch).shape == (1, 326)
    (tmp_path / "it's.wav").write_bytes(recording(tone(), 16_000))
    code = snippet(Modality.AUDIO, get_model("handcrafted-audio"), ["it's.wav"], files=True)
    assert run(code, tmp_path, monkeypatch).shape == (1, 205)


def test_hub_models_and_many_inputs() -> None:
    code = snippet(Modality.AUDIO, get_model("yamnet"), [f"{n}.wav" for n in range(9)], files=True)
    assert "model_variant='yamnet'" in code and "# and 3 more" in code
    compile(code, "snippet", "exec")
