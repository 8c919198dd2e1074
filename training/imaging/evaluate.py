"""Scores a segmentation model: ``python -m training.imaging.evaluate --task T --data TAR_OR_DIR --split val --json``.

Images go the way of the app: preprocessing, tiles, maps at the image's own resolution, objects. Dice and IoU are those
of the mask, means over images; inside the field of view where the data has one. ``ap50`` and ``map`` (mean over IoU
0.5, 0.55, ..., 0.9) are for nuclei, whose instances count; elsewhere they are null.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import PolyglotError
from models.imaging.instances import ObjectSettings, instances_from_maps
from models.imaging.model_settings import ModelSettings
from models.imaging.scores import Scores, mean_scores, score_labels
from models.imaging.segmenter import MedicalImageSegmenter
from models.imaging.tasks import TASKS
from training.imaging.sources import Archive, Sample, group_of

Maps = NDArray[np.float32]


def score(sample: Sample, maps: Maps, settings: ModelSettings) -> Scores:
    """Scores of one image."""
    labels = instances_from_maps(maps, settings.channels, ObjectSettings.of(settings))
    separate = "boundary" in settings.channels or "distance" in settings.channels
    return score_labels(sample.labels, labels, separate, sample.field_of_view)


def predictions(
    segmenter: MedicalImageSegmenter,
    archive: Archive,
    split: str,
    limit: int | None = None,
    clahe: bool = True,
    second_look: bool = True,
) -> Iterator[tuple[Sample, Maps]]:
    """Samples of a split and their probability maps at the images' own resolution, float32 [H, W, C].

    Args:
        segmenter: what is measured.
        archive: the images.
        split: a list in ``split.json``.
        limit: only the first so many images.
        clahe: False leaves out the CLAHE that the model was trained with.
        second_look: False leaves out the second look that the model proposes.
    """
    equalise = replace(segmenter.default_clahe, enabled=segmenter.default_clahe.enabled and clahe)
    twice = segmenter.settings.second_look and second_look
    for sample in archive.samples(split, limit):
        yield sample, segmenter.predict(sample.image, equalise, second_look=twice).maps


def evaluate(pairs: Iterable[tuple[Sample, Maps]], settings: ModelSettings, task: str) -> dict[str, Any]:
    """The scores of a split; see the module docstring.

    Args:
        pairs: images and their maps, as ``predictions`` gives them.
        settings: of the model that made them.
        task: decides the groups.
    """
    scores, groups = [], []
    for sample, maps in pairs:
        scores.append(score(sample, maps, settings))
        groups.append(group_of(task, sample))
    return {"task": task, **summary(scores), "by_group": by_group(scores, groups)}


def by_group(scores: list[Scores], groups: list[str]) -> dict[str, dict[str, Any]]:
    """``summary`` of each group, by its name."""
    return {
        group: summary([each for each, of in zip(scores, groups, strict=True) if of == group])
        for group in sorted(set(groups))
    }


def summary(scores: list[Scores]) -> dict[str, Any]:
    """Number of images, and means over them to four digits; None where no image has the score."""
    means = asdict(mean_scores(scores))
    return {"n": len(scores), **{name: None if value is None else round(value, 4) for name, value in means.items()}}


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.imaging.evaluate", description=__doc__)
    parser.add_argument("--task", choices=sorted(TASKS), required=True)
    parser.add_argument("--data", type=Path, required=True, help="a tar file, the set's folder, or a folder with it")
    parser.add_argument("--split", default="val", help="a list in split.json")
    parser.add_argument("--model", type=Path, help="the folder of a SavedModel; by default the bundled one")
    parser.add_argument("--no-clahe", action="store_true", help="measure without CLAHE")
    parser.add_argument("--one-look", action="store_true", help="measure without the second look")
    parser.add_argument("--limit", type=int, help="only the first so many images")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args()
    try:
        archive = Archive(options.data, options.task)
        segmenter = MedicalImageSegmenter(options.model or options.task)
        with_clahe, twice = not options.no_clahe, not options.one_look
        pairs = predictions(segmenter, archive, options.split, options.limit, with_clahe, twice)
        results = evaluate(pairs, segmenter.settings, options.task)
    except PolyglotError as error:
        raise SystemExit(str(error)) from error
    if options.json:
        print(json.dumps(results))
        return
    rows = {options.task: results, **results["by_group"]}
    for name, values in rows.items():
        shown = (f"{key} {value}" for key, value in values.items() if key not in {"task", "by_group"} and value)
        print(f"{name:20}", "  ".join(shown))
    print(f"mean Dice over groups {np.mean([each['dice'] for each in results['by_group'].values()]):.4f}")


if __name__ == "__main__":
    main()
