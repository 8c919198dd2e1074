"""Make ``handcrafted-image``, measure it and write its card: ``python -m training.image_features``."""

import argparse
import time
from pathlib import Path

import numpy as np

from models.catalog import BUNDLED_ROOT
from models.runtime import import_tensorflow
from models.saved_module import save_module
from training.handcrafted import block_scaling, markdown_table, write_card
from training.image_features.measure import PHOTOGRAPHS, scores
from training.image_features.network import BLOCKS, WEIGHTS, WIDTH, build, raw_features
from training.image_features.pictures import picture_set

SEED = 7
PICTURES = 256
BATCH = 32


def make(folder: Path, count: int = PICTURES) -> Path:
    """Write the SavedModel and its card into ``folder``; takes about a minute on two cores."""
    tf = import_tensorflow()
    pictures = picture_set(count, SEED)
    starts = range(0, count, BATCH)
    raw = np.concatenate([np.asarray(raw_features(tf.constant(pictures[i : i + BATCH]))) for i in starts])
    module = build(*block_scaling(raw, BLOCKS, WEIGHTS))

    @tf.function(input_signature=[tf.TensorSpec([None, 224, 224, 3], tf.float32, name="inputs")])
    def serve(inputs):  # type: ignore[no-untyped-def]
        return {"outputs": module(inputs)}

    save_module(module, {"serving_default": serve}, folder)
    loaded = tf.saved_model.load(str(folder))
    measured = scores(lambda images: loaded(tf.constant(images)))
    one = tf.constant(pictures[:1])
    started = time.perf_counter()
    for _ in range(10):
        loaded(one)
    write_card(folder, _card(measured, 100 * (time.perf_counter() - started)))
    return folder


def _card(measured: dict[str, float], milliseconds: float) -> list[str]:
    blocks = [[name, str(width), f"{WEIGHTS[name]:.2f}"] for name, width in BLOCKS.items()]
    found = [[name, f"{100 * value:.1f}"] for name, value in measured.items()]
    return [
        "**Hand-crafted, not learned.** A fixed filter bank with colour and gradient statistics. No picture of anybody "
        "went into it, and it knows no objects: it tells textures, colours and layouts apart, not cats from dogs. It "
        "ships so that pictures have an embedding without network; where the network allows, choose one of the trained "
        "models.",
        f"Input: float32 [N, 224, 224, 3], RGB, values in [0, 1]. Output: float32 [N, {WIDTH}], unit length. "
        f"{milliseconds:.0f} ms a picture on the processor that made it.",
        "## What is in a vector",
        markdown_table(["Block", "Numbers", "Share of the similarity"], blocks),
        "Texture: energy of Gabor filters at four scales and six orientations, over the picture and its quarters. "
        "Edges: histograms of gradient orientations in a 4 x 4 grid. Colour: mean and deviation of brightness and two "
        "opponent colours in the picture and its quarters, and histograms of hue, strength of colour and brightness.",
        "## How it was made",
        "`python -m training.image_features` computes the filters from formulas, and the mean and deviation by which "
        f"each number is scaled from {PICTURES} pictures that the same code draws (seed {SEED}): overlapping shapes, "
        "noise and gratings. The shares were set by hand.",
        "## Measured",
        f"The left half of each of {len(PHOTOGRAPHS)} pictures of scikit-image has to find the right half among all "
        "right halves by cosine similarity, and the other way round; the halves share no pixel. Found, in percent:",
        markdown_table(["Features", "Found"], found),
        f"Sixteen pictures are few: the numbers say that it works, not how it compares. {', '.join(PHOTOGRAPHS)}.",
        "## Known weaknesses",
        "* Two photographs of the same thing in other light or from another side may lie far apart.\n"
        "* Different things of the same colour and texture lie together.\n"
        "* Turning a picture changes its vector.",
        "Licence: Apache-2.0. Data: none.",
    ]


def main() -> None:
    """Command line: ``python -m training.image_features [--out FOLDER]``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=BUNDLED_ROOT / "handcrafted-image" / "1")
    print(make(parser.parse_args().out) / "MODEL_CARD.md")


if __name__ == "__main__":
    main()
