"""The whole training of a segmentation network on drawn nuclei: real steps, few of them."""

import json
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from models.hub import load_model
from models.imaging.familiarity import read_familiarity
from models.imaging.model_settings import read_settings
from training.imaging import __main__ as command
from training.imaging import evaluate as evaluation
from training.imaging import left_out as unseen
from training.imaging import recipes

TRAIN, VALIDATION = [f"t{number}" for number in range(12)], [f"v{number}" for number in range(4)]

PARTS = ("part1", "part2")


def draw(seed: int) -> tuple[Any, Any]:
    """Bright discs on a dark, noisy ground, uint8 [80, 96, 3], and their labels."""
    random = np.random.default_rng(seed)
    labels = np.zeros((80, 96), np.uint16)
    rows, columns = np.mgrid[:80, :96]
    for number in range(1, 9):
        row, column, radius = random.uniform(8, 72), random.uniform(8, 88), random.uniform(5, 9)
        disc = (rows - row) ** 2 + (columns - column) ** 2 < radius**2
        labels[disc & (labels == 0)] = number
    gray = np.clip(np.where(labels > 0, 170.0, 25.0) + random.normal(size=labels.shape) * 8, 0, 255)
    return np.repeat(gray.astype(np.uint8)[..., None], 3, axis=2), labels


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "nuclei_drawn"
    folder.mkdir()
    for seed, name in enumerate([*TRAIN, *VALIDATION]):
        image, labels = draw(seed)
        Image.fromarray(image).save(folder / f"image_{name}.{('png', 'webp', 'jpg')[seed % 3]}", quality=95)
        Image.fromarray(labels).save(folder / f"maskorig_{name}.png")
    (folder / "split.json").write_text(json.dumps({"train": TRAIN, "val": VALIDATION, "test": VALIDATION[:2]}))
    with tarfile.open(folder.parent / "nuclei_drawn.tar", "w") as tar:
        tar.add(folder, "nuclei_drawn")
    return folder.parent / "nuclei_drawn.tar"


def call(main: Any, capsys: Any, monkeypatch: Any, *arguments: object) -> str:
    monkeypatch.setattr(sys, "argv", ["command", *map(str, arguments)])
    main()
    return str(capsys.readouterr().out)


@pytest.fixture(scope="module")
def work(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    alone = replace(recipes.RECIPES["nuclei"], start_from="", teachers=())
    with pytest.MonkeyPatch.context() as patch:
        # two runs that leave out half of the images each, and one that goes on from the first and learns from both
        patch.setitem(recipes.TEACHERS, "nuclei", {f"part{n}": replace(alone, left_out=(n, 2)) for n in (1, 2)})
        patch.setitem(recipes.RECIPES, "nuclei", replace(alone, start_from="part1", teachers=("part1", "part2")))
        options = ("--task", "nuclei", "--tiny", "--data", archive, "--work", folder)
        patch.setattr(sys, "argv", ["command", *map(str, options)])
        command.main()
    return folder / "nuclei"


@pytest.fixture(scope="module")
def model(work: Path) -> Path:
    return work / "run" / "nuclei-unet" / "1"


def test_the_saved_model_maps_images_to_probabilities(model: Path) -> None:
    loaded = load_model(model).model
    maps = np.asarray(loaded(np.random.default_rng(0).random((2, 64, 96, 3), dtype=np.float32)))
    assert maps.shape == (2, 64, 96, 3)
    assert maps.dtype == np.float32
    assert 0 <= maps.min() <= maps.max() <= 1
    served = loaded.signatures["serving_default"](inputs=np.zeros((1, 32, 32, 3), np.float32))
    assert served["outputs"].shape == (1, 32, 32, 3)


def test_it_has_learned_something(work: Path) -> None:
    first, *_, last = [json.loads(line) for line in (work / "run" / "log.jsonl").read_text().splitlines()] * 2
    assert last["loss"] <= first["loss"]
    assert json.loads((work / "run" / "scores.json").read_text())["scores"]["dice"] > 0.6


def test_settings_card_and_familiarity_travel_with_it(model: Path) -> None:
    from models.imaging.segmentation_model import fingerprint_of

    settings = read_settings(model)
    assert settings.task == "nuclei"
    assert settings.channels == ("foreground", "boundary", "distance")
    familiarity = read_familiarity(model)
    assert familiarity is not None
    assert familiarity.count == len(TRAIN)
    card = (model / "MODEL_CARD.md").read_text("utf8")
    assert fingerprint_of(model) in card
    assert "they are no test" in card
    assert settings.second_look and "The app asks it twice" in card and "Without the second look: Dice" in card
    assert "learned from the mean of 2 earlier runs, each of them about what it had left out (80 steps" in card
    assert "Chosen on the validation images and on those that the earlier runs left out" in card
    assert "python -m training.imaging.evaluate --task nuclei" in card


@pytest.mark.parametrize("place", ["tar", "folder", "folder of sets"])
def test_evaluate_prints_the_promised_object(
    place: str, archive: Path, model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"tar": archive, "folder": archive.with_suffix(""), "folder of sets": archive.parent}[place]
    options = ("--task", "nuclei", "--data", data, "--split", "test", "--model", model, "--json")
    results = json.loads(call(evaluation.main, capsys, monkeypatch, *options))
    assert list(results) == ["task", "n", "dice", "iou", "ap50", "map", "by_group"]
    assert results["n"] == 2
    assert results["by_group"]["fluorescence"] == {key: results[key] for key in ("n", "dice", "iou", "ap50", "map")}
    assert 0 < results["map"] <= results["ap50"] <= 1


def test_one_look_is_measured_on_demand(
    archive: Path, model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--task", "nuclei", "--data", archive, "--split", "val", "--model", model, "--json")
    once, twice = (
        json.loads(call(evaluation.main, capsys, monkeypatch, *options, *more)) for more in (("--one-look",), ())
    )
    stored = json.loads((model.parents[1] / "scores.json").read_text())
    assert once == stored["once"] and twice == stored["scores"]
    assert once != twice


def test_runs_are_scored_on_what_each_of_them_left_out(
    archive: Path, work: Path, model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--task", "nuclei", "--data", archive, "--work", work.parent, "--model", model, "--json")
    both, first = (json.loads(call(unseen.main, capsys, monkeypatch, *options, *runs)) for runs in (PARTS, PARTS[:1]))
    assert set(both["by_subject"]) == set(TRAIN) and both["people"] == len(TRAIN)
    assert set(first["by_subject"]) == set(sorted(TRAIN)[::2]), "every second one, in the order of their names"
    assert all(both["by_subject"][name] == values for name, values in first["by_subject"].items())
    assert 0 < both["standard_error"] < 0.2
    stored = json.loads((work / "run" / "scores.json").read_text())["left_out"]
    assert stored == {key: value for key, value in both.items() if key != "task"}
    assert f"Dice is {stored['dice']:.4f} (mean over people {stored['mean']:.4f}" in " ".join(
        (model / "MODEL_CARD.md").read_text("utf8").split()
    )


def test_a_run_that_left_nobody_out_cannot_be_scored_on_them(
    archive: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--task", "nuclei", "--data", archive, "--work", work.parent, "run")
    monkeypatch.setattr(sys, "argv", ["command", *map(str, options)])
    with pytest.raises(SystemExit, match="run left nobody out"):
        unseen.main()
    monkeypatch.setattr(sys, "argv", ["command", *map(str, options[:-1]), "part9"])
    with pytest.raises(SystemExit, match="no finished runs called part9"):
        unseen.main()


def test_an_unknown_split_is_named(archive: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("--task", "nuclei", "--data", archive, "--split", "best", "--model", model)
    monkeypatch.setattr(sys, "argv", ["command", *map(str, options)])
    with pytest.raises(SystemExit, match="no split called 'best'"):
        evaluation.main()


def test_a_second_run_trains_no_more(
    archive: Path, work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (work / "run" / "weights.npz").stat().st_mtime_ns
    options = ("--task", "nuclei", "--tiny", "--data", archive, "--work", work.parent, "--until", "train")
    call(command.main, capsys, monkeypatch, *options)
    assert (work / "run" / "weights.npz").stat().st_mtime_ns == before


def test_a_run_that_a_task_does_not_have_is_named(archive: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("--task", "nuclei", "--tiny", "--data", archive, "--work", work.parent, "--only", "teacher9")
    monkeypatch.setattr(sys, "argv", ["command", *map(str, options)])
    with pytest.raises(SystemExit, match="no run called 'teacher9'"):
        command.main()
