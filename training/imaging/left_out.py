"""Scores runs on the people each left out: ``python -m training.imaging.left_out --task T --data D --work W RUN ...``.

The validation images of a set are few: 4 of 29 people for the ventricle. Runs that left out one part of the people each
(``left_out`` in a recipe) show together how the recipe does on people it has never seen, on all that are learned from.
Where several runs left out an image, the mean of their maps is scored.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.errors import PolyglotError
from models.imaging.model_settings import ModelSettings
from models.imaging.segmenter import MedicalImageSegmenter
from models.imaging.tasks import TASKS
from training.imaging.evaluate import Maps, by_group, score, summary
from training.imaging.recipes import Recipe, stored_recipe
from training.imaging.sources import Archive, Sample, parts, subject_of


def network_of(run: Path, recipe: Recipe, settings: ModelSettings, folder: Path) -> MedicalImageSegmenter:
    """The network of a run, exported to a folder without thresholds of its own."""
    from training.imaging.export import export
    from training.imaging.run_network import trained

    network, settings = trained(run, recipe, len(settings.channels)), recipe.resolved(settings)
    return MedicalImageSegmenter(export(network, recipe, settings, "", folder))


def left_out(
    runs: Sequence[Path], archive: Archive, settings: ModelSettings, limit: int | None = None
) -> Iterator[tuple[Sample, Maps]]:
    """Training images that runs left out, with the mean of those runs' maps, float32 [H, W, C].

    Args:
        runs: folders with ``recipe.json`` and ``weights.npz``.
        archive: the images.
        settings: how images are prepared.
        limit: only the first so many of the training images, as the runs did.

    Raises:
        PolyglotError: a run is not there, or left nobody out.
    """
    missing = [run.name for run in runs if not (run / "weights.npz").is_file()]
    if missing:
        raise PolyglotError(f"There are no finished runs called {', '.join(missing)} in {runs[0].parent}.")
    recipes = [stored_recipe(run) for run in runs]
    everybody = [run.name for run, recipe in zip(runs, recipes, strict=True) if not recipe.left_out]
    if everybody:
        raise PolyglotError(f"{', '.join(everybody)} left nobody out. Name runs with left_out in their recipe.json.")
    samples = list(archive.samples("train", limit))
    subjects = [subject_of(settings.task, sample) for sample in samples]
    said: list[list[Maps]] = [[] for _ in samples]
    with tempfile.TemporaryDirectory() as folder:
        for run, recipe in zip(runs, recipes, strict=True):
            segmenter = network_of(run, recipe, settings, Path(folder) / run.name)
            part, count = recipe.left_out
            for number in np.flatnonzero(parts(subjects, count) == part):
                said[number].append(segmenter.predict(samples[number].image, second_look=settings.second_look).maps)
    for sample, maps in zip(samples, said, strict=True):
        if maps:
            yield sample, np.mean(maps, axis=0)


def scores_of_people(pairs: Sequence[tuple[Sample, Maps]], settings: ModelSettings) -> dict[str, Any]:
    """``summary`` of the images, and of each person's; over people the mean Dice and its standard error."""
    scores = [score(*pair, settings) for pair in pairs]
    people = by_group(scores, [subject_of(settings.task, sample) for sample, _ in pairs])
    means = np.array([values["dice"] for values in people.values()])
    return {
        **summary(scores),
        "people": len(means),
        "mean": round(float(means.mean()), 4),
        "standard_error": round(float(means.std() / max(len(means) - 1, 1) ** 0.5), 4),
        "by_subject": people,
    }


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.imaging.left_out", description=__doc__)
    parser.add_argument("--task", choices=sorted(TASKS), required=True)
    parser.add_argument("--data", type=Path, required=True, help="a tar file, the set's folder, or a folder with it")
    parser.add_argument("--work", type=Path, default=Path("build/imaging"), help="where the runs are")
    parser.add_argument("--model", type=Path, help="whose thresholds; by default those of the bundled model")
    parser.add_argument("--limit", type=int, help="only the first so many images, as the runs were trained")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("run", nargs="+", help="names of runs")
    options = parser.parse_args()
    runs = [options.work / options.task / name for name in options.run]
    try:
        settings = MedicalImageSegmenter(options.model or options.task).settings
        archive = Archive(options.data, options.task)
        results = scores_of_people(list(left_out(runs, archive, settings, options.limit)), settings)
    except PolyglotError as error:
        raise SystemExit(str(error)) from error
    if options.json:
        print(json.dumps({"task": options.task, **results}))
        return
    for name, values in results["by_subject"].items():
        print(f"{name:20} n {values['n']:3}  dice {values['dice']}  iou {values['iou']}")
    print(f"{results['n']} images: dice {results['dice']}  iou {results['iou']}")
    print(f"{results['people']} people: dice {results['mean']}, standard error {results['standard_error']}")


if __name__ == "__main__":
    main()
