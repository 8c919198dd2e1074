"""Scores a segmentation model: ``python -m training.imaging.evaluate --task T --data TAR_OR_DIR --split val --json``.

Images go the way of the app: preprocessing, tiles, maps at the image's own resolution, objects. Dice and IoU are those
of the mask, means over images; inside the field of view where the data has one. ``ap50`` and ``map`` (mean over IoU
0.5, 0.55, ..., 0.9) are for nuclei, whose instances count; elsewhere they are null.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.catalog import BUNDLED_ROOT
from models.errors import PolyglotError
from models.hub import load_model
from models.imaging.image import image_from_array
from models.imaging.instances import ObjectSettings, instances_from_maps
from models.imaging.matching import average_precision
from models.imaging.metrics import THRESHOLDS, dice, iou
from models.imaging.model_settings import ModelSettings, read_settings
from models.imaging.preprocessing import ClaheSettings, maps_to_original, prepare_medical_image
from models.imaging.tasks import TASKS, get_task
from models.imaging.tiling import predict_tiled
from training.imaging.sources import Archive, Sample, group_of

Maps = NDArray[np.float32]


class Predictor:
    """A SavedModel with its settings.

    Args:
        task: a key of ``TASKS``.
        folder: of the SavedModel; None for the bundled one.
        clahe: False measures without CLAHE.
    """

    def __init__(self, task: str, folder: Path | None = None, clahe: bool = True) -> None:
        known = get_task(task)
        self.folder = folder or BUNDLED_ROOT / known.model / "1"
        self.settings = read_settings(self.folder, known.defaults)
        self.clahe = ClaheSettings(clahe and self.settings.clahe, self.settings.clip_limit, self.settings.grid)
        model = load_model(self.folder).model
        self.network: Callable[[NDArray[np.float32]], Maps] = lambda tiles: np.asarray(model(tiles))

    def maps(self, pixels: NDArray[np.uint8]) -> Maps:
        """Probability maps float32 [H, W, C] of an image uint8 [H, W, 3]."""
        settings = self.settings
        prepared = prepare_medical_image(image_from_array(pixels), self.clahe, settings.scaling)
        maps = predict_tiled(
            self.network, prepared.pixels, settings.tile, settings.overlap, multiple_of=settings.multiple_of
        )
        return maps_to_original(maps, prepared)


def score(sample: Sample, maps: Maps, settings: ModelSettings) -> dict[str, float | None]:
    """Scores of one image."""
    labels = instances_from_maps(maps, settings.channels, ObjectSettings.of(settings))
    scores: dict[str, float | None] = {
        "dice": dice(sample.labels, labels, sample.field_of_view),
        "iou": iou(sample.labels, labels, sample.field_of_view),
        "ap50": None,
        "map": None,
    }
    if "boundary" in settings.channels or "distance" in settings.channels:
        values = average_precision(sample.labels, labels, THRESHOLDS)
        scores["ap50"], scores["map"] = values[0], float(np.mean(values))
    return scores


def predictions(predictor: Predictor, archive: Archive, split: str, limit: int | None = None) -> Iterator[Any]:
    """Pairs of sample and maps of a split."""
    for sample in archive.samples(split, limit):
        yield sample, predictor.maps(sample.image)


def evaluate(predictor: Predictor, archive: Archive, task: str, split: str, limit: int | None = None) -> dict[str, Any]:
    """The scores of a split; see the module docstring."""
    scores, groups = [], []
    for sample, maps in predictions(predictor, archive, split, limit):
        scores.append(score(sample, maps, predictor.settings))
        groups.append(group_of(task, sample))
    return {"task": task, **summary(scores), "by_group": by_group(scores, groups)}


def by_group(scores: list[dict[str, float | None]], groups: list[str]) -> dict[str, dict[str, Any]]:
    """``summary`` of each group, by its name."""
    return {
        group: summary([each for each, of in zip(scores, groups, strict=True) if of == group])
        for group in sorted(set(groups))
    }


def summary(scores: list[dict[str, float | None]]) -> dict[str, Any]:
    """Number of images, and means over them to four digits; None where no image has the score."""
    means: dict[str, Any] = {"n": len(scores)}
    for name in ("dice", "iou", "ap50", "map"):
        values = [value for each in scores if (value := each[name]) is not None]
        means[name] = round(float(np.mean(values)), 4) if values else None
    return means


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.imaging.evaluate", description=__doc__)
    parser.add_argument("--task", choices=sorted(TASKS), required=True)
    parser.add_argument("--data", type=Path, required=True, help="a tar file, the set's folder, or a folder with it")
    parser.add_argument("--split", default="val", help="a list in split.json")
    parser.add_argument("--model", type=Path, help="the folder of a SavedModel; by default the bundled one")
    parser.add_argument("--no-clahe", action="store_true", help="measure without CLAHE")
    parser.add_argument("--limit", type=int, help="only the first so many images")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args()
    try:
        archive = Archive(options.data, options.task)
        predictor = Predictor(options.task, options.model, not options.no_clahe)
        results = evaluate(predictor, archive, options.task, options.split, options.limit)
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
