"""What decides how a network is made: one recipe a task, and small ones that try the pipeline out."""

import json
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from models.imaging.model_settings import ModelSettings
from models.imaging.network import COMPACT_WIDTHS, LITE
from training.imaging.augment import Ranges


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a run goes; ``--set name=value`` changes one entry.

    Args:
        task: a key of ``models.imaging.tasks.TASKS``; it decides channels and working resolution.
        encoder: "compact", from random weights, or "efficientnet-lite0", from those of ImageNet.
        widths: channels of the decoder by scale, and of a compact encoder.
        size: height and width of the views that are learned from, a multiple of 32.
        batch: views in a step.
        steps: the end of the run, and of the cosine by which the learning rate falls.
        minutes: ends the run earlier, the cosine with it; compiling does not count; 0 for no limit.
        learning_rate: at its highest.
        warm_up: steps until then.
        loss_weights: weight of each channel; empty for equal ones.
        dice: weight of the Dice loss beside cross-entropy.
        average: decay of the moving average of the weights.
        weight_decay: of AdamW.
        balance: images of a group of n are shown n to the power of this, together; 1 shows all equally often.
        pixels: replaces the working resolution of the task; 0 keeps it.
        small: images with little to find are shown more: by their share of it to the power of minus this.
        start_from: the folder of an earlier run of the same encoder and widths, beside this one or anywhere; instead
            of random weights.
        teachers: folders of earlier runs, likewise; their mean is learned beside the truth.
        teacher_share: of what is learned from them.
        left_out: (2, 5) leaves out the second of five parts of the people, see ``Prepared.folds``; as a teacher, such a
            run speaks about the images that it left out and no others. Empty to learn from all.
        arithmetic: "float32", or "mixed_bfloat16" for a GPU.
        seed: of everything random.
        ranges: how far views differ from their image.
    """

    task: str
    encoder: str = "compact"
    widths: tuple[int, ...] = COMPACT_WIDTHS
    size: int = 192
    batch: int = 8
    steps: int = 20_000
    minutes: float = 0.0
    learning_rate: float = 3e-3
    warm_up: int = 100
    loss_weights: tuple[float, ...] = ()
    dice: float = 1.0
    average: float = 0.995
    weight_decay: float = 5e-3
    balance: float = 1.0
    pixels: int = 0
    small: float = 0.0
    start_from: str = ""
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.5
    left_out: tuple[int, ...] = ()
    arithmetic: str = "float32"
    seed: int = 13
    ranges: Ranges = field(default_factory=Ranges)

    def resolved(self, settings: ModelSettings) -> ModelSettings:
        """The settings at the working resolution of this recipe, where it replaces theirs."""
        return replace(settings, scaling=replace(settings.scaling, pixels=self.pixels or settings.scaling.pixels))


_WIDE = (24, 40, 80, 112, 144)
_gpu = partial(Recipe, batch=32, average=0.998, arithmetic="mixed_bfloat16")
_from_imagenet = partial(_gpu, encoder=LITE, widths=(24, 40, 64, 96))

# gray pictures: no colour to vary; the heart lies nearly the same way in all of them, other scanners differ
_HEARTS = Ranges(scale=(0.75, 1.35), elastic=6, colour=0.0, gamma=0.45, brightness=0.06, noise=0.05)
_heart = partial(_gpu, task="ventricle", steps=1_500, weight_decay=0.02)
_retina = partial(
    _from_imagenet,
    task="vessels",
    # as large as the tiles on which the network is used
    size=512,
    batch=8,
    steps=30_000,
    minutes=13,
    weight_decay=0.02,
    pixels=1536,
    ranges=Ranges(scale=(0.65, 1.5), elastic=2.5, gray=0.1, colour=0.06, gamma=0.4, brightness=0.06),
)

TEACHERS: dict[str, dict[str, Recipe]] = {
    "ventricle": {
        f"part{part}{kind}": _heart(
            widths=widths,
            small=0.5,
            seed=30 + 2 * part + (kind == "b"),
            ranges=replace(_HEARTS, rotation=rotation, turns=turns),
            left_out=(part, 5),
        )
        for kind, rotation, turns, widths in (("a", 40.0, 0.25, COMPACT_WIDTHS), ("b", 15.0, 0.0, _WIDE))
        for part in range(1, 6)
    },
    "vessels": {
        "teacher1": _retina(learning_rate=2e-3),
        "teacher2": _retina(encoder="compact", widths=_WIDE),
    },
}
"""The runs that come before that of ``RECIPES``, which learns from them: by task and by the name of their folder."""

RECIPES: dict[str, Recipe] = {
    "ventricle": _heart(
        widths=_WIDE,
        seed=15,
        steps=6_000,
        minutes=15,
        small=0.5,
        teachers=tuple(TEACHERS["ventricle"]),
        ranges=replace(_HEARTS, scale=(0.65, 1.45), rotation=40, turns=0.25, gamma=0.6, noise=0.08, mixing=0.4),
    ),
    "vessels": _retina(
        minutes=22,
        learning_rate=1e-3,
        start_from="teacher1",
        teachers=tuple(TEACHERS["vessels"]),
    ),
    "nuclei": _from_imagenet(
        task="nuclei",
        size=256,
        steps=30_000,
        minutes=13,
        learning_rate=2e-3,
        loss_weights=(1.0, 0.5, 0.5),
        balance=0.6,
        ranges=Ranges(scale=(0.6, 1.7), elastic=1.5, gray=0.2, invert=0.1, colour=0.08, gamma=0.4, brightness=0.08),
    ),
}
"""The runs that EXPERIMENTS.md ends with, for a GPU; a CPU is faster with ``--set arithmetic=float32``."""


def tiny(recipe: Recipe) -> Recipe:
    """The recipe shrunk to a trial of seconds on a CPU: it shows that everything fits together, and learns little."""
    return replace(
        recipe,
        encoder="compact",
        widths=(8, 12, 16),
        teachers=recipe.teachers[:2],
        left_out=(recipe.left_out[0], 2) if recipe.left_out else (),
        size=64,
        batch=4,
        steps=40,
        minutes=0.0,
        warm_up=5,
        average=0.9,
        arithmetic="float32",
    )


def changed(recipe: Recipe, changes: list[str]) -> Recipe:
    """The recipe with ``name=value`` changes; ranges of the views are written ``ranges.scale=[0.8,1.2]``."""
    for change in changes:
        name, text = change.split("=", 1)
        holder: Any = recipe.ranges if name.startswith("ranges.") else recipe
        key = name.removeprefix("ranges.")
        value: Any = text if isinstance(getattr(holder, key), str) else json.loads(text)
        holder = replace(holder, **{key: tuple(value) if isinstance(value, list) else value})
        recipe = replace(recipe, ranges=holder) if name.startswith("ranges.") else holder
    return recipe


def stages(task: str, run: str, trial: bool = False) -> dict[str, Recipe]:
    """The runs of a task in their order, by the name of their folder; ``run`` is the last one.

    Args:
        task: a key of ``RECIPES``.
        run: name of the last one's folder.
        trial: as ``tiny`` makes them.
    """
    last = tiny(RECIPES[task]) if trial else RECIPES[task]
    before = {name: TEACHERS[task][name] for name in last.teachers}
    return {name: tiny(recipe) if trial else recipe for name, recipe in before.items()} | {run: last}


def stored_recipe(run: Path, arithmetic: str = "float32") -> Recipe:
    """The recipe of a run that was made, without its ranges: to build its network again, in another arithmetic."""
    stored = json.loads((run / "recipe.json").read_text(encoding="utf8"))
    left_out = tuple(stored.get("left_out", ()))
    return Recipe(**{**stored, "ranges": Ranges(), "arithmetic": arithmetic, "left_out": left_out})
