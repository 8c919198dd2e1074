"""A run of a segmentation network that is cut off goes on where it stood."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.imaging import train as module
from training.imaging.prepare import Prepared
from training.imaging.recipes import RECIPES, tiny


def squares() -> Prepared:
    """Four images of 64 x 64, each with a bright square that is to be found."""
    images = np.zeros((4, 64, 64, 9), np.uint8)
    for number, image in enumerate(images):
        image[10 + 5 * number : 40, 20:44] = 220
    table = np.array([(number * 64 * 64, 64, 64) for number in range(4)], np.int32)
    return Prepared(images.reshape(-1, 9), table, np.array(["square"] * 4))


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe, data = replace(tiny(RECIPES["nuclei"]), steps=6), squares()
    whole = module.train(recipe, data, data, tmp_path / "whole", every=2)
    step, taken = module.Trainer.step, 0

    def cut_off(self: Any, *arguments: Any) -> Any:
        nonlocal taken
        if taken == 4:
            raise KeyboardInterrupt
        taken += 1
        return step(self, *arguments)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "SAVE_EVERY", 0.0)
        patch.setattr(module.Trainer, "step", cut_off)
        module.train(recipe, data, data, tmp_path / "cut", every=2)
    assert (tmp_path / "cut" / "checkpoint.npz").exists() and not (tmp_path / "cut" / "weights.npz").exists()
    last = module.train(recipe, data, data, tmp_path / "cut", every=2)
    assert [json.loads(line)["step"] for line in (tmp_path / "cut" / "log.jsonl").open()] == [2, 4, 6]
    assert last["loss"] == pytest.approx(whole["loss"], rel=1e-3)
    assert {path.name for path in (tmp_path / "cut").iterdir()} == {"recipe.json", "log.jsonl", "weights.npz"}
