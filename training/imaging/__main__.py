"""One command from the data to bundled networks: ``python -m training.imaging --task nuclei --data TAR_OR_DIR``.

The steps are arrays, training, export, thresholds, scores and model card. Some tasks take several runs: the last one
learns from those before it. Arrays and runs are written into ``--work`` and skipped when they are there, so what was
cut off goes on where it stopped; delete a result to redo its step. Training runs on any Keras backend, what follows on
TensorFlow: on a GPU, run it with KERAS_BACKEND=jax and ``--until train``, and the same command without both afterwards.
"""

import argparse
import json
import platform
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import PolyglotError
from models.imaging.model_settings import ModelSettings
from models.imaging.tasks import TASKS, get_task
from training.imaging.sources import Archive

if TYPE_CHECKING:
    from training.imaging.recipes import Recipe

TINY_IMAGES = 16


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.imaging", description=__doc__)
    parser.add_argument("--task", choices=[*sorted(TASKS), "all"], required=True)
    parser.add_argument("--data", type=Path, required=True, help="a tar file, the set's folder, or a folder with it")
    parser.add_argument("--work", type=Path, default=Path("build/imaging"), help="where the steps leave their results")
    parser.add_argument("--run", default="run", help="a name for the last run, a folder inside --work")
    parser.add_argument("--only", metavar="NAME", help="of the runs that a task takes, this one: teacher1 or --run's")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change the recipe, of all runs"
    )
    parser.add_argument("--out", type=Path, help="the SavedModel's folder; the default is inside --work")
    parser.add_argument("--until", choices=["prepare", "train", "card"], default="card", help="the last step")
    parser.add_argument("--tiny", action="store_true", help="a trial on a CPU: few images, few steps")
    parser.add_argument("--device", default=platform.processor() or "this machine", help="named in the model card")
    return parser.parse_args()


def main() -> None:
    """Run what is left to do."""
    options = parse()
    try:
        for task in sorted(TASKS) if options.task == "all" else [options.task]:
            make(task, options)
    except PolyglotError as error:
        raise SystemExit(str(error)) from error


def make(task: str, options: argparse.Namespace) -> None:
    """All steps of one task."""
    from training.imaging.prepare import Prepared, prepare
    from training.imaging.recipes import changed, stages

    recipes = {name: changed(each, options.set) for name, each in stages(task, options.run, options.tiny).items()}
    if options.only and options.only not in recipes:
        raise PolyglotError(f"{task} has no run called {options.only!r}. Choose one of: {', '.join(recipes)}.")
    work, archive = options.work / task, Archive(options.data, task)

    def arrays(recipe: "Recipe", split: str) -> Prepared:
        settings = settings_of(recipe)
        path = work / f"{split}{settings.scaling.pixels or ''}.npz"
        if not path.exists():
            prepare(archive, settings, split, TINY_IMAGES if options.tiny else None).save(path)
        return Prepared.load(path)

    wanted = {name: recipe for name, recipe in recipes.items() if options.only in (None, name)}
    for name, recipe in wanted.items():
        if (work / name / "weights.npz").exists():
            continue
        data, validation = (arrays(recipe, split) for split in ("train", "val"))
        if options.until != "prepare":
            from training.imaging.train import train

            train(recipe, data, validation, work / name)
    if options.until == "card" and options.run in wanted:
        run, recipe = work / options.run, recipes[options.run]
        out = options.out or run / get_task(task).model / "1"
        finish(run, arrays(recipe, "train"), archive, settings_of(recipe), out, options)


def settings_of(recipe: "Recipe") -> ModelSettings:
    """How images of a recipe are prepared: as its task says, but for the resolution that it may replace."""
    return recipe.resolved(get_task(recipe.task).defaults)


def finish(
    run: Path, data: Any, archive: Archive, settings: ModelSettings, out: Path, options: argparse.Namespace
) -> None:
    """Export the weights of a run, choose its thresholds, score the SavedModel and write its card."""
    from models.imaging.saved_network import write_settings
    from models.imaging.segmenter import MedicalImageSegmenter
    from training.imaging.evaluate import evaluate, predictions
    from training.imaging.export import export
    from training.imaging.familiarity import describe
    from training.imaging.left_out import left_out, scores_of_people
    from training.imaging.model_card import write_card
    from training.imaging.recipes import stored_recipe
    from training.imaging.run_network import trained
    from training.imaging.tune import tune

    # weights are exported from float32 whatever they were trained in
    recipe = stored_recipe(run)
    network = trained(run, recipe, len(settings.channels))
    export(network, recipe, settings, describe(data), out)
    limit = TINY_IMAGES if options.tiny else None
    pairs = list(predictions(MedicalImageSegmenter(out), archive, "val", limit))
    parts = [path for path in (run.parent / name for name in recipe.teachers) if stored_recipe(path).left_out]
    unseen = left_out(parts, archive, settings, limit) if parts else ()
    write_settings(out, tune([*pairs, *unseen], settings))
    segmenter = MedicalImageSegmenter(out)

    def scores(**left_out: bool) -> dict[str, Any]:
        return evaluate(predictions(segmenter, archive, "val", limit, **left_out), segmenter.settings, settings.task)

    people = None
    if parts:
        # asked again: whether a second look counts depends on the threshold
        people = scores_of_people(list(left_out(parts, archive, segmenter.settings, limit)), segmenter.settings)
    results = {
        "scores": scores(),
        "plain": scores(clahe=False),
        "once": scores(second_look=False),
        "left_out": people,
        "train": len(data.table),
        "validation": len(archive.ids("val")[:limit]),
        "parameters": network.count_params(),
    }
    (run / "scores.json").write_text(json.dumps(results, indent=2), encoding="utf8")
    shutil.copy(write_card(out, run, results, options.device), run / "MODEL_CARD.md")
    print(f"{out}: {json.dumps({name: value for name, value in results['scores'].items() if name != 'by_group'})}")


if __name__ == "__main__":
    main()
