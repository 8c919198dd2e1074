"""Trains a text encoder from prepared arrays.

Run it with KERAS_BACKEND=jax on a GPU; the TensorFlow backend on a CPU is for trials.
"""

import json
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training import schedule
from training.checkpoint import save_checkpoint, take_up
from training.text.batches import BatchSampler
from training.text.development import DevelopmentSets
from training.text.neighbours import neighbourhoods
from training.text.network import ContextualBag, Student, WeightedBag
from training.text.objective import Weights
from training.text.prepare import MAX_TOKENS, Prepared, tokenize
from training.text.steps import Trainer


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a run goes; ``--set name=value`` changes one entry.

    ``minutes`` ends a run earlier than ``steps``, and the cosine by which the learning rate falls with it; 0 for no
    limit.
    """

    model: str = "bag"
    dimension: int = 512
    steps: int = 5_400
    minutes: float = 0.0
    pairs: int = 16_384
    graded: int = 1_024
    length: int = MAX_TOKENS
    learning_rate: float = 5e-3
    weight_decay: float = 1e-4
    token_dropout: float = 0.03
    english: float = 0.6
    sampled: float = 0.0
    near: int = 4_096
    near_size: int = 32
    seed: int = 13
    width: int = 384
    heads: int = 6
    depth: int = 3
    start_from: str = ""
    weights: Weights = field(
        default_factory=lambda: Weights(temperature=0.06, distill=5.0, relate=15.0, near=20.0, rank=0.1, duplicate=0.9)
    )


RECIPES: dict[str, Recipe] = {
    "fast": Recipe(),
    "contextual": Recipe(
        model="contextual",
        steps=4_900,
        pairs=6_144,
        graded=2_048,
        near=1_536,
        learning_rate=1e-3,
        token_dropout=0.05,
        weights=Weights(
            temperature=0.06, distill=10.0, relate=60.0, related_rows=4_096, near=60.0, rank=0.1, duplicate=0.9
        ),
    ),
    "tiny": Recipe(
        dimension=32,
        steps=60,
        pairs=64,
        graded=16,
        near=32,
        near_size=8,
        weights=Weights(relate=1.0, related_rows=32, near=1.0, rank=0.1, duplicate=0.95),
    ),
    "tiny-contextual": Recipe(
        model="contextual",
        dimension=32,
        width=32,
        heads=2,
        depth=1,
        steps=10,
        pairs=32,
        graded=16,
        near=16,
        near_size=8,
        length=16,
    ),
}
"""``fast`` and ``contextual`` are the runs that EXPERIMENTS.md ends with; the tiny ones try the pipeline out."""


def changed(recipe: Recipe, changes: list[str]) -> Recipe:
    """The recipe with ``name=value`` changes; names of the loss weights are written ``weights.relate``."""
    for change in changes:
        name, text = change.split("=", 1)
        if name.startswith("weights."):
            weights = replace(recipe.weights, **{name[8:]: json.loads(text)})
            recipe = replace(recipe, weights=weights)
        else:
            value: Any = text if isinstance(getattr(recipe, name), str) else json.loads(text)
            recipe = replace(recipe, **{name: value})
    return recipe


def learning_rate(recipe: Recipe, step: int, seconds: float) -> float:
    """A linear start, then a cosine to 0, by steps or by time, whichever is further."""
    warm_up = min(500, recipe.steps // 10 + 1)
    done = schedule.share_done(step - warm_up, recipe.steps - warm_up, seconds, recipe.minutes)
    return schedule.learning_rate(recipe.learning_rate, step, warm_up, done)


def build_student(recipe: Recipe, vocabulary_size: int, teacher_width: int) -> Student:
    """The model of a recipe, built for its input length; float32 weights, bfloat16 arithmetic in the blocks on JAX."""
    if recipe.model == "bag":
        encoder = WeightedBag(vocabulary_size, recipe.dimension, recipe.token_dropout, recipe.seed)
    else:
        encoder = ContextualBag(
            vocabulary_size,
            recipe.dimension,
            recipe.token_dropout,
            recipe.seed,
            width=recipe.width,
            heads=recipe.heads,
            depth=recipe.depth,
            arithmetic="mixed_bfloat16" if keras.backend.backend() == "jax" else "float32",
        )
    student = Student(encoder, teacher_width)
    student(np.ones((2, recipe.length), np.int32))
    return student


def start_from(student: Student, path: Path) -> None:
    """Copy the table, the piece weights and the projection of an earlier run."""
    stored = np.load(path)
    student.encoder.table.assign(stored["table"].astype(np.float32))
    student.encoder.log_weight.assign(stored["log_weight"].astype(np.float32))
    student.project.kernel.assign(stored["project"].astype(np.float32))


def export_arrays(student: Student) -> dict[str, np.ndarray]:
    """All weights by name, float16: what ``training.text.export`` turns into a SavedModel."""
    arrays = {
        "table": student.encoder.table,
        "log_weight": student.encoder.log_weight,
        "project": student.project.kernel,
    }
    if isinstance(student.encoder, ContextualBag):
        prefix = student.encoder.path + "/"
        for variable in student.encoder.trainable_variables:
            if variable is not student.encoder.table and variable is not student.encoder.log_weight:
                arrays[variable.path.removeprefix(prefix)] = variable
    return {name: keras.ops.convert_to_numpy(value).astype(np.float16) for name, value in arrays.items()}


def train(
    recipe: Recipe,
    prepared: Prepared,
    vocabulary: Path,
    dev: Path,
    out: Path,
    every: int = 1_000,
    save_every: float = 180.0,
) -> dict[str, Any]:
    """Run a recipe; writes ``weights.npz``, ``log.jsonl`` and ``recipe.json`` to ``out``; returns the last scores.

    Every ``save_every`` seconds the state goes to ``checkpoint.npz``, which a run that was cut off takes up.
    """
    import sentencepiece

    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2), encoding="utf8")
    keras.utils.set_random_seed(recipe.seed)
    size = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary)).get_piece_size()
    student = build_student(recipe, size, prepared.teacher.shape[1])
    if recipe.start_from:
        start_from(student, Path(recipe.start_from))
    optimizer = keras.optimizers.AdamW(
        recipe.learning_rate, weight_decay=recipe.weight_decay, beta_2=0.98, global_clipnorm=1.0
    )
    sampler = BatchSampler(
        prepared,
        recipe.pairs,
        recipe.graded,
        recipe.english,
        recipe.sampled,
        recipe.seed,
        recipe.near,
        recipe.near_size,
        neighbourhoods(prepared.teacher, recipe.seed) if recipe.near else None,
    )
    trainer = Trainer(student, optimizer, prepared, sampler, recipe.weights, recipe.length)
    sets = DevelopmentSets(dev, lambda texts: tokenize(texts, vocabulary, 1, recipe.seed, processes=1)[0])
    scores: dict[str, Any] = {}
    checkpoint = out / "checkpoint.npz"
    taken, before = take_up(checkpoint, trainer.restore)
    if taken:
        print(f"taken up after step {taken}", flush=True)
    started = saved = time.monotonic()
    with (out / "log.jsonl").open("a" if taken else "w", encoding="utf8") as log:
        for step, batch in enumerate(sampler.stream(taken), start=taken + 1):
            seconds = before + time.monotonic() - started
            value = trainer.step(batch, learning_rate(recipe, step - 1, seconds))
            if step % 50 == 0:
                float(value)  # without waiting now and then the clock says nothing
            last = schedule.share_done(step, recipe.steps, seconds, recipe.minutes) == 1
            if step % every == 0 or last:
                scores = sets.score(trainer.embed)
                line = {"step": step, "loss": float(value), "seconds": round(seconds, 1), **scores}
                log.write(json.dumps(line) + "\n")
                log.flush()
                short = {
                    name: round(score, 2) for name, score in scores.items() if name.count(".") < 2 or "tatoeba" in name
                }
                print(step, f"loss {float(value):.3f}", f"{seconds:.0f} s", short, flush=True)
            if last:
                break
            if time.monotonic() - saved > save_every:
                save_checkpoint(checkpoint, step, seconds, trainer.arrays())
                saved = time.monotonic()
    trainer.sync()
    arrays: dict[str, Any] = export_arrays(student)
    np.savez(out / "weights.npz", **arrays)
    checkpoint.unlink(missing_ok=True)
    return scores
