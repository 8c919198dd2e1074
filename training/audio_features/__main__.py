"""Make ``handcrafted-audio``, measure it and write its card: ``python -m training.audio_features``."""

import argparse
import time
from pathlib import Path

import numpy as np

from models.catalog import BUNDLED_ROOT
from models.feature_inputs.sound_kinds import KINDS, sound_set
from models.runtime import import_tensorflow
from models.saved_module import save_module
from training.audio_features.measure import scores
from training.audio_features.network import BANDS, BLOCKS, WEIGHTS, WIDTH, build, log_mel, raw_features
from training.handcrafted import block_scaling, markdown_table, write_card

SEED, TEST_SEED = 7, 11
EACH = 30


def make(folder: Path, each: int = EACH) -> Path:
    """Write the SavedModel and its card into ``folder``; takes less than a minute on two cores."""
    tf = import_tensorflow()
    sounds, _ = sound_set(each, SEED)
    raw = np.concatenate([np.asarray(raw_features(log_mel(tf.constant(sound)))) for sound in sounds])
    module = build(*block_scaling(raw, BLOCKS, WEIGHTS))
    waveform = tf.TensorSpec([None], tf.float32, name="inputs")

    @tf.function(input_signature=[waveform])
    def serve(inputs):  # type: ignore[no-untyped-def]
        return {"outputs": module(inputs)["embeddings"]}

    @tf.function(input_signature=[waveform])
    def picture(inputs):  # type: ignore[no-untyped-def]
        return {"outputs": module(inputs)["log_mel"]}

    save_module(module, {"serving_default": serve, "log_mel": picture}, folder)
    loaded = tf.saved_model.load(str(folder))
    measured = scores(lambda sound: loaded(tf.constant(sound)), each, TEST_SEED)
    minute = tf.constant(np.tile(sounds[0], 30))
    loaded(minute)
    started = time.perf_counter()
    loaded(minute)
    write_card(folder, _card(measured, time.perf_counter() - started, each))
    return folder


def _card(measured: dict[str, float], seconds: float, each: int) -> list[str]:
    blocks = [[name, str(width), f"{WEIGHTS[name]:.2f}"] for name, width in BLOCKS.items()]
    found = [[name, f"{100 * value:.1f}"] for name, value in measured.items()]
    kinds = ", ".join(kind.__name__.replace("_", " ") for kind in KINDS)
    return [
        "**Hand-crafted, not learned.** Statistics of a log-mel spectrum. No recording of anybody went into it, and it "
        "names no sounds: it tells pitches, timbres and rhythms apart, not a bark from a siren. It ships so that "
        "sounds have an embedding without network; where the network allows, choose YAMNet.",
        "Input: one waveform, float32 [T], mono, 16 kHz, values in [-1, 1]. Called directly, it returns `embeddings`, "
        f"float32 [F, {WIDTH}] of unit length, one each 0.48 s over windows of 0.96 s, and `log_mel`, float32 "
        f"[T, {BANDS}], a row each 10 ms; the times are YAMNet's. The signature `serving_default` returns the "
        f"embeddings, `log_mel` the spectrum. {seconds:.2f} s for a minute of sound on the processor that made it.",
        "## What is in a vector",
        markdown_table(["Block", "Numbers", "Share of the similarity"], blocks),
        "## How it was made",
        "`python -m training.audio_features` computes the spectrum from formulas, and the mean and deviation by which "
        f"each number is scaled from {each * len(KINDS)} sounds that the same code makes (seed {SEED}). The shares "
        "were set by hand.",
        "## Measured",
        f"{each * len(KINDS)} other sounds of the same generators (seed {TEST_SEED}), {each} of each of {len(KINDS)} "
        f"kinds ({kinds}): the nearest other sound, by the cosine of the mean over its windows, is of the same kind. "
        "In percent:",
        markdown_table(["Features", "Same kind"], found),
        "Sounds made by code are far easier than recordings; the numbers say that it works, not how it compares.",
        "## Known weaknesses",
        "* Two recordings of the same thing in other rooms may lie far apart.\n"
        "* The mean over a long recording says little: use its windows.\n"
        "* Nothing below 125 Hz or above 7,500 Hz counts.",
        "Licence: Apache-2.0. Data: none.",
    ]


def main() -> None:
    """Command line: ``python -m training.audio_features [--out FOLDER]``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=BUNDLED_ROOT / "handcrafted-audio" / "1")
    print(make(parser.parse_args().out) / "MODEL_CARD.md")


if __name__ == "__main__":
    main()
