"""Trains a segmentation network from prepared arrays, on any Keras backend; goes on where a run was cut off.

KERAS_BACKEND=jax on a GPU; the TensorFlow backend is the faster one on a CPU.
"""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.imaging.network import LITE
from training import schedule
from training.checkpoint import save_checkpoint, take_up
from training.imaging.augment import Views, ViewSampler, centred
from training.imaging.imagenet import load_imagenet
from training.imaging.prepare import Prepared
from training.imaging.recipes import Recipe
from training.imaging.run_network import build, load_weights, save_weights
from training.imaging.steps import Optimiser, Trainer
from training.imaging.teachers import Teachers

SAVE_EVERY = 90.0
"""Seconds between two checkpoints."""


def learning_rate(recipe: Recipe, step: int, seconds: float) -> float:
    """A linear start, then a cosine to a hundredth, by steps or by time, whichever is further."""
    done = schedule.share_done(step, recipe.steps, seconds, recipe.minutes)
    return schedule.learning_rate(recipe.learning_rate, step, recipe.warm_up, done, least=0.01)


def train(recipe: Recipe, data: Prepared, validation: Prepared, out: Path, every: int = 500) -> dict[str, Any]:
    """Run a recipe; writes ``weights.npz``, ``log.jsonl`` and ``recipe.json`` to ``out``; returns the last log line.

    Args:
        recipe: what to run.
        data: images that are learned from.
        validation: images that are only scored.
        out: the run's folder; a checkpoint in it is taken up, and runs that the recipe names lie beside it.
        every: steps between two scores.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2), encoding="utf8")
    channels = data.pixels.shape[1] - 6
    network = build(recipe, channels)
    if recipe.start_from:
        load_weights(network, out.parent / recipe.start_from / "weights.npz")
    elif recipe.encoder == LITE:
        load_imagenet(network)
    weights = recipe.loss_weights or (1.0,) * channels
    shown = data.weights(recipe.balance, recipe.small)
    if recipe.left_out:
        part, count = recipe.left_out
        shown = shown * (data.folds(count) != part)
    runs = [out.parent / name for name in recipe.teachers]
    trainer = Trainer(
        network,
        data.pixels,
        data.table,
        Views(recipe.size, channels),
        weights,
        recipe.dice,
        Optimiser(recipe.weight_decay, recipe.average),
        Teachers(runs, data, recipe.arithmetic, recipe.teacher_share) if runs else None,
    )
    judge = Judge(trainer, validation)
    sampler = ViewSampler(
        data.table[:, 1:],
        shown,
        recipe.size,
        recipe.batch,
        recipe.ranges,
        recipe.seed,
    )
    checkpoint = out / "checkpoint.npz"
    step, before = take_up(checkpoint, trainer.restore)
    # from the end of the first step: compiling is no part of the minutes that a recipe grants
    started = 0.0
    saved = time.monotonic()
    line: dict[str, Any] = {}
    losses: list[Any] = []
    with (out / "log.jsonl").open("a", encoding="utf8") as log:
        done = False
        while not done:
            seconds = before + (time.monotonic() - started if started else 0.0)
            losses.append(trainer.step(sampler.draw(step), learning_rate(recipe, step, seconds)))
            started = started or time.monotonic()
            step += 1
            done = schedule.share_done(step, recipe.steps, seconds, recipe.minutes) == 1
            if step % every == 0 or done:
                loss = float(np.mean([float(value) for value in losses]))
                losses = []
                seconds = before + time.monotonic() - started
                line = {"step": step, "seconds": round(seconds, 1), "loss": round(loss, 4), **judge.scores()}
                log.write(json.dumps(line) + "\n")
                log.flush()
                print(json.dumps(line), flush=True)
            if time.monotonic() - saved > SAVE_EVERY:
                saved = time.monotonic()
                save_checkpoint(checkpoint, step, before + saved - started, trainer.arrays())
    trainer.sync()
    save_weights(network, out / "weights.npz")
    checkpoint.unlink(missing_ok=True)
    return line


class Judge:
    """Scores the averaged weights on the middle of the validation images, at the working resolution.

    Quick and comparable within a run; ``training.imaging.evaluate`` measures what the app would show.

    Args:
        trainer: the run.
        validation: images that are not learned from.
        size: height and width of the middle.
        batch: images at once.
    """

    def __init__(self, trainer: Trainer, validation: Prepared, size: int = 256, batch: int = 4) -> None:
        self.trainer, self.validation, self.batch = trainer, validation, batch
        self.views = Views(size, validation.pixels.shape[1] - 6)
        self.predict = trainer.predictor(self.views, validation.pixels, validation.table)

    def scores(self) -> dict[str, float]:
        """Mean Dice of the foreground at a threshold of 0.5, and mean absolute error of all channels."""
        table, dices, errors = self.validation.table, [], []
        for start in range(0, len(table), self.batch):
            # a batch that is not full would be compiled anew
            chosen = np.minimum(np.arange(start, start + self.batch), len(table) - 1)
            truth, predicted = self.predict(centred(chosen, table[:, 1:]))
            count = min(self.batch, len(table) - start)
            dices += [_dice(*pair) for pair in zip(truth[:count, ..., 0], predicted[:count, ..., 0], strict=True)]
            errors.append(float(np.abs(truth[:count] - predicted[:count]).mean()))
        return {"dice": round(float(np.mean(dices)), 4), "error": round(float(np.mean(errors)), 5)}


def _dice(truth: NDArray[np.float32], predicted: NDArray[np.float32]) -> float:
    from models.imaging.metrics import dice

    return dice(truth > 0.5, predicted > 0.5)
