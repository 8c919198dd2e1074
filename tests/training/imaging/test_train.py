"""A run of a segmentation network that is cut off goes on where it stood."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from keras import ops

from training.imaging import train as module
from training.imaging.augment import Ranges
from training.imaging.prepare import Prepared
from training.imaging.recipes import RECIPES, tiny


def squares() -> Prepared:
    """Four images of 64 x 64, each with a bright square that is to be found."""
    images = np.zeros((4, 64, 64, 9), np.uint8)
    for number, image in enumerate(images):
        image[10 + 5 * number : 40, 20:44] = 220
    table = np.array([(number * 64 * 64, 64, 64) for number in range(4)], np.int32)
    return Prepared(images.reshape(-1, 9), table, np.array(["square"] * 4), np.array(list("abcd")))


def test_a_share_of_one_leaves_only_what_the_teachers_say(tmp_path: Path) -> None:
    from training.imaging.augment import Views, ViewSampler
    from training.imaging.run_network import build, load_weights
    from training.imaging.teachers import Teachers

    data = squares()
    recipe = replace(tiny(RECIPES["nuclei"]), steps=4, ranges=Ranges(mixing=0.5))
    for number in (1, 2):
        module.train(replace(recipe, seed=number), data, data, tmp_path / f"teacher{number}")
    runs = [tmp_path / "teacher1", tmp_path / "teacher2"]
    views = Views(64, 3)
    batch = ViewSampler(data.table[:, 1:], np.ones(4), 64, 8, recipe.ranges, seed=3).draw(0)
    cut = views.cut(ops.convert_to_tensor(data.pixels), ops.convert_to_tensor(data.table), batch)
    said = []
    for run in runs:
        network = build(recipe, 3)
        load_weights(network, run / "weights.npz")
        said += [np.asarray(network(views.coloured(kind, batch), training=False)) for kind in cut[:2]]
    alone, half = (Teachers(runs, data, "float32", share) for share in (1.0, 0.5))
    assert np.allclose(alone.targets(alone.weights, views, cut, batch), np.mean(said, axis=0), atol=1e-5)
    mixed, together = batch["mix"] > 0, np.asarray(half.targets(half.weights, views, cut, batch))
    assert 0 < mixed.sum() < 8, "some views are blended, others not"
    assert np.allclose(together[mixed], np.mean(said, axis=0)[mixed], atol=1e-5), "no truth fits a blended view"
    assert np.allclose(together[~mixed], (np.mean(said, axis=0) + cut[2])[~mixed] / 2, atol=1e-5)


def test_a_student_of_teachers_who_know_the_squares_starts_from_one(tmp_path: Path) -> None:
    data = squares()
    recipe = tiny(RECIPES["nuclei"])
    module.train(recipe, data, data, tmp_path / "teacher1")
    student = replace(recipe, steps=1, learning_rate=0.0, start_from="teacher1", teachers=("teacher1",))
    module.train(student, data, data, tmp_path / "run")
    taught, learned = (np.load(tmp_path / name / "weights.npz") for name in ("teacher1", "run"))
    kernels = [name for name in taught.files if name.endswith("conv/0")]
    assert kernels and all(np.allclose(taught[name], learned[name]) for name in kernels)


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe, data = replace(tiny(RECIPES["nuclei"]), steps=6, teachers=("teacher1",)), squares()
    for name in recipe.teachers:
        module.train(replace(recipe, steps=2, teachers=()), data, data, tmp_path / name, every=2)
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


def test_a_run_learns_nothing_of_those_it_leaves_out(tmp_path: Path) -> None:
    data = squares()
    recipe = replace(tiny(RECIPES["nuclei"]), steps=3, left_out=(1, 2))
    changed = data.pixels.copy()
    changed[: 64 * 64] = 255 - changed[: 64 * 64]
    other = replace(data, pixels=changed)
    for name, images in (("one", data), ("two", other)):
        module.train(recipe, images, data, tmp_path / name)
    one, two = (np.load(tmp_path / name / "weights.npz") for name in ("one", "two"))
    assert all(np.array_equal(one[key], two[key]) for key in one.files), "the first image is of the first part"
    module.train(replace(recipe, left_out=(2, 2)), other, data, tmp_path / "three")
    three = np.load(tmp_path / "three" / "weights.npz")
    assert not all(np.array_equal(one[key], three[key]) for key in one.files)


def test_teachers_speak_about_those_they_left_out_alone() -> None:
    from training.imaging.teachers import voices

    data, recipe = squares(), tiny(RECIPES["nuclei"])
    first, second = (replace(recipe, left_out=(part, 2)) for part in (1, 2))
    assert data.folds(2).tolist() == [1, 2, 1, 2]
    assert voices([first, second, second], data).tolist() == [[1, 0, 0], [0, 0.5, 0.5]] * 2
    assert voices([first, recipe], data).tolist() == [[0.5, 0.5], [0, 1]] * 2
    with pytest.raises(ValueError, match="add those that left out the others"):
        voices([first], data)


def test_both_eyes_and_all_slices_belong_to_one_person() -> None:
    from training.imaging.sources import Sample, subject_of

    blank = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.int32)
    names = {"vessels": ("chase_01L", "chase_01R"), "ventricle": ("SC-N-02-IM-0001-0048", "SC-N-02-IM-0001-0059")}
    for task, ids in names.items():
        assert len({subject_of(task, Sample(name, *blank)) for name in ids}) == 1
    assert subject_of("vessels", Sample("hrf_01_dr", *blank)) != subject_of("vessels", Sample("hrf_01_g", *blank))
