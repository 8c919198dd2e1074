"""Writes the model card of a bundled network from what the run logged and what the exported model scores."""

import json
from pathlib import Path
from typing import Any

from models.imaging.model_settings import ModelSettings, read_settings
from models.imaging.network import LITE
from models.imaging.segmentation_model import fingerprint_of
from models.imaging.tasks import get_task
from training.handcrafted import markdown_table
from training.imaging.sources import IMAGENET, SOURCES
from training.run_log import last_line

_WEAKNESSES = {
    "nuclei": [
        "Most of the training images are fluorescence; stained tissue and brightfield are learned from far fewer.",
        "Nuclei that lie on one another are cut along a line that the eye may draw elsewhere.",
        "It works at the image's own resolution: nuclei of fewer than 8 or of more than 120 pixels are outside of what "
        "it has seen. Resize such images first.",
    ],
    "ventricle": [
        "Learned from 25 patients of one hospital; other scanners and sequences are a step into the unknown.",
        "Slices at the apex and at the base, where readers disagree too, are the hardest.",
        "Cavities that nearly close, as in hearts with thick walls, are drawn too large: three of the 25 patients, two "
        "of them with hypertrophy, have a Dice of 0.74 to 0.83 from networks that had not seen them.",
        "It always looks for one cavity and keeps the largest region, also on a slice that shows none.",
    ],
    "vessels": [
        "Learned from 47 photographs. The thinnest vessels are missed, most of all in blurred photographs.",
        "Bleedings, the rim of the optic disc and scars of a laser may be taken for vessels.",
        "It does not tell arteries from veins.",
    ],
}

_GOALS = {
    "nuclei": (0.92, "UNet++ 0.897 and DoubleU-Net 0.913, on the test part of this split"),
    "ventricle": (0.93, "0.92 to 0.94, on other patients"),
    "vessels": (0.82, "LW-Net 0.820 on CHASE_DB1 and 0.814 on HRF, on other photographs"),
}
"""The Dice that this project wants, and what papers report."""

_CHANNELS = {
    "foreground": "probability that the pixel belongs to an object",
    "boundary": "probability of the rim of an object, 2 pixels wide",
    "distance": "1 at the centre of an object, falling to 0 at its rim",
}

_TEMPLATE = """\
# {name}

{title}. {domain} {not_for} **Not for diagnosis.**

A U-Net of {parameters:,} parameters, {start}. Input: float32 [N, H, W, 3] in [0, 1], H and W
multiples of {multiple}, after CLAHE (clip limit {clip:g}, {grid} x {grid} grid) or without. Working resolution:
{resolution}.{looks} Output: float32 [N, H, W, {count}] in [0, 1]:

{channels}

{megabytes:.1f} MB on disk. sha256 of graph, weights and settings, as provenance files of the app name it:
`{digest}`.

## Scores on the validation images

Reproduce with `python -m training.imaging.evaluate --task {task} --data TAR_OR_DIR --split val`. These are validation
images, by which thresholds were chosen: **they are no test**, and images of other origin score lower. Measured at
the resolution of the images, {measured}.

{scores}

Without CLAHE: Dice {plain:.4f}.{once} {goal}{unseen}

## Recipe

{steps:,} steps in {minutes:.1f} minutes on {device}, by `python -m training.imaging --task {task}`.{before}
Cross-entropy and Dice loss; the exported weights are a moving average. Half of the views went through CLAHE, a quarter
did not, the others are mixtures of both.

{settings}

Chosen on the validation images{also}: {chosen}.

## Data and licences

{train:,} training and {validation:,} validation images. Only weights are shipped, no image of the data. The weights are
offered under Apache-2.0; please cite the sources:

{sources}

## Known weaknesses

{weaknesses}
"""

_MEASURED = {
    "nuclei": "against the original masks; AP as in the 2018 Data Science Bowl, mAP its mean over IoU 0.5 to 0.9",
    "ventricle": "the largest region alone; groups are patients",
    "vessels": "inside the field of view where the data has one; Dice is the F1 score of the pixels",
}


def _score_rows(scores: dict[str, Any]) -> list[list[str]]:
    rows = {"all": scores, **scores["by_group"]}
    return [
        [name, str(values["n"]), *("–" if values[key] is None else f"{values[key]:.4f}" for key in _COLUMNS)]
        for name, values in rows.items()
    ]


_COLUMNS = ("dice", "iou", "ap50", "map")


def _goal(task: str, dice: float) -> str:
    """Where the score stands."""
    goal, published = _GOALS[task]
    below = "" if dice >= goal else f"**Below the goal of {goal}.** "
    return f"{below}Published: {published}."


_STARTS = {
    "compact": "trained from random weights",
    LITE: "whose encoder, EfficientNet-Lite0, started from weights trained on ImageNet",
}


def _earlier(run: Path, recipe: dict[str, Any], parts: bool) -> str:
    """Sentences on the runs that this one started or learned from; ``parts`` when they left out a part of them each."""
    sentences = ""
    if recipe.get("start_from"):
        sentences += f" It started from the weights of an earlier run ({_length([run.parent / recipe['start_from']])})."
    if recipe.get("teachers"):
        runs = [run.parent / name for name in recipe["teachers"]]
        who = "an earlier run" if len(runs) == 1 else f"the mean of {len(runs)} earlier runs"
        what = ", each of them about what it had left out" if parts else " on the same images"
        sentences += f" Beside the truth it learned from {who}{what} ({_length(runs)})."
    return sentences


_TWICE = (
    " The app asks it twice, the second time about the image upside down and before CLAHE, and takes the mean of both."
)

_UNSEEN = """

Validation images are few. **What to expect of new people:** the earlier runs left out a part of the people each. On the
{n} images of those {people} people, scored by networks that had not seen them, at the thresholds of this model, the
Dice is {dice:.4f} (mean over people {mean:.4f}, standard error {standard_error:.4f}). Reproduce it on the runs with
`python -m training.imaging.left_out --task {task}`; this network itself has learned from those images."""


def _length(runs: list[Path]) -> str:
    """Steps and minutes of some runs together."""
    lines = [last_line(run) for run in runs]
    steps, minutes = (sum(line[name] for line in lines) for name in ("step", "seconds"))
    return f"{steps:,} steps in {minutes / 60:.1f} minutes{' together' if len(runs) > 1 else ''}"


def _resolution(settings: ModelSettings) -> str:
    rule = settings.scaling
    sides = {"longest_side": "longest side", "shortest_side": "shortest side", "field_of_view_width": "field of view"}
    return "that of the image" if rule.mode == "none" else f"{sides[rule.mode]} of {rule.pixels} pixels"


def model_card(folder: Path, run: Path, results: dict[str, Any], device: str) -> str:
    """The card as Markdown.

    Args:
        folder: the exported model, ``.../<name>/<version>``.
        run: holds ``recipe.json`` and ``log.jsonl``.
        results: ``scores``, ``plain`` (without CLAHE) and ``once`` (without the second look) as
            ``training.imaging.evaluate`` measured them on the exported model, ``left_out`` as
            ``training.imaging.left_out`` measured the earlier runs or None, ``train``, ``validation`` (numbers of
            images) and ``parameters``.
        device: on which it was trained.
    """
    recipe = json.loads((run / "recipe.json").read_text(encoding="utf8"))
    last = last_line(run)
    task = get_task(recipe["task"])
    settings = read_settings(folder, task.defaults)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".md")
    sources = [*SOURCES[task.name], *([IMAGENET] if recipe["encoder"] == LITE else [])]
    # folders of the machine that trained it; a sentence says what matters
    unused = {"task", "ranges", "start_from", "teachers", "left_out"}
    rows = [[key, json.dumps(value)] for key, value in recipe.items() if key not in unused]
    rows += [[f"views: {key}", json.dumps(value)] for key, value in recipe["ranges"].items()]
    chosen = [f"threshold {settings.threshold:g}"]
    if len(settings.channels) > 1:
        chosen += [
            f"seed threshold {settings.seed_threshold:g}",
            f"seed smoothing {settings.seed_smoothing:g}",
            f"smallest part of a divided seed {settings.seed_size} pixels",
            f"smallest object {settings.minimum_size} pixels",
        ]
    return _TEMPLATE.format(
        name=folder.parent.name,
        task=task.name,
        title=task.title,
        domain=task.domain,
        not_for=task.not_for,
        parameters=results["parameters"],
        start=_STARTS[recipe["encoder"]],
        multiple=settings.multiple_of,
        clip=settings.clip_limit,
        grid=settings.grid,
        resolution=_resolution(settings),
        looks=_TWICE if settings.second_look else "",
        count=len(settings.channels),
        channels="\n".join(f"* {name}: {_CHANNELS[name]}" for name in settings.channels),
        megabytes=size / 1e6,
        digest=fingerprint_of(folder),
        measured=_MEASURED[task.name],
        scores=markdown_table(["Group", "Images", "Dice", "IoU", "AP 0.5", "mAP"], _score_rows(results["scores"])),
        plain=results["plain"]["dice"],
        once=f" Without the second look: Dice {results['once']['dice']:.4f}." if settings.second_look else "",
        goal=_goal(task.name, results["scores"]["dice"]),
        unseen=_UNSEEN.format(task=task.name, **results["left_out"]) if results["left_out"] else "",
        also=" and on those that the earlier runs left out" if results["left_out"] else "",
        steps=last["step"],
        minutes=last["seconds"] / 60,
        device=device,
        before=_earlier(run, recipe, results["left_out"] is not None),
        settings=markdown_table(["Setting", "Value"], rows),
        chosen=", ".join(chosen),
        train=results["train"],
        validation=results["validation"],
        sources=markdown_table(
            ["Source", "Licence", "Cite"],
            [[source.title, source.licence, source.citation] for source in sources],
        ),
        weaknesses="\n".join(f"* {text}" for text in _WEAKNESSES[task.name]),
    )


def write_card(folder: Path, run: Path, results: dict[str, Any], device: str) -> Path:
    """Write ``MODEL_CARD.md`` into ``folder``."""
    path = folder / "MODEL_CARD.md"
    path.write_text(model_card(folder, run, results, device), encoding="utf8")
    return path
