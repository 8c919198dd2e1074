"""One command from the data to a bundled text encoder: ``python -m training.text --data DIR``.

The steps are vocabulary, arrays, training, export, evaluation and model card. Each writes into ``--work`` and is
skipped when its result is there, so a run that was cut off goes on where it stopped; delete a result to redo its step.
``--recipe contextual`` starts from the table of the bag that ``--recipe fast`` left in the same folder.
"""

import argparse
import json
import platform
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

from training.text.train import RECIPES, changed

MINILM = "all-MiniLM-L6-v2 (Apache-2.0)"


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.text", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds text/parallel and text/dev")
    parser.add_argument("--work", type=Path, default=Path("build/text"), help="where the steps leave their results")
    parser.add_argument("--recipe", choices=sorted(RECIPES), default="fast")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="change the recipe")
    parser.add_argument("--out", type=Path, help="the SavedModel's folder; the default is inside --work")
    parser.add_argument("--pieces", type=int, default=84_000, help="size of the vocabulary")
    parser.add_argument("--teacher", default="", help="a text encoder of the app instead of all-MiniLM-L6-v2")
    parser.add_argument("--tiny", action="store_true", help="a trial on a CPU: few rows, few pieces, few steps")
    parser.add_argument("--device", default=platform.processor() or "this machine", help="named in the model card")
    return parser.parse_args()


def main() -> None:
    """Run what is left to do."""
    options = parse()
    recipe_name, pieces, limit, sentences = options.recipe, options.pieces, None, 1_500_000
    if options.tiny:
        recipe_name = {"fast": "tiny", "contextual": "tiny-contextual"}.get(recipe_name, recipe_name)
        pieces, limit, sentences = min(pieces, 4_000), 200, 20_000
        options.teacher = options.teacher or "polyglot-fast"
    recipe = changed(RECIPES[recipe_name], options.set)
    work, run = options.work, options.work / options.recipe
    vocabulary, arrays = work / "vocabulary.model", work / "arrays"
    bag = work / "fast" / "weights.npz"
    if recipe.model == "contextual" and not recipe.start_from and bag.exists():
        recipe = replace(recipe, start_from=str(bag))
    out = options.out or run / "1"

    from training.text.prepare import Prepared, prepare
    from training.text.teacher import teach, teach_with
    from training.text.train import train
    from training.text.vocabulary import train_vocabulary

    if not vocabulary.exists():
        train_vocabulary(options.data, work, pieces, sentences, recipe.seed, limit)
    if not (arrays / "done").exists():
        teacher = partial(teach_with, options.teacher) if options.teacher else teach
        prepare(options.data, vocabulary, teacher, 2 if recipe.sampled else 1, recipe.seed, limit).save(arrays)
        (arrays / "done").touch()
    if not (run / "weights.npz").exists():
        train(recipe, Prepared.load(arrays), vocabulary, options.data / "text" / "dev", run)
    finish(run, vocabulary, options.data / "text" / "dev", out, options.device, options.teacher or MINILM)


def finish(run: Path, vocabulary: Path, dev: Path, out: Path, device: str, teacher: str) -> None:
    """Export the weights of a run, calibrate and score the SavedModel, and write its card."""
    import numpy as np

    from models.text.calibration import save_calibration
    from models.text.encoder import load_text_encoder
    from training.text.calibrate import calibrate
    from training.text.evaluate import evaluate
    from training.text.export import export_bag
    from training.text.export_contextual import export_contextual
    from training.text.model_card import write_card

    recipe = json.loads((run / "recipe.json").read_text(encoding="utf8"))
    weights = dict(np.load(run / "weights.npz"))
    if recipe["model"] == "bag":
        export_bag(weights, vocabulary.read_bytes(), out)
    else:
        export_contextual(weights, vocabulary.read_bytes(), recipe["heads"], out)
    encoder = load_text_encoder(out)
    save_calibration(calibrate(encoder)[0], out)
    scores = evaluate(encoder, dev)
    (run / "scores.json").write_text(json.dumps(scores, ensure_ascii=False, indent=2), encoding="utf8")
    card = write_card(out, run, scores, device, teacher)
    shutil.copy(card, run / "MODEL_CARD.md")
    print(f"{out}: {json.dumps({name: values['mean'] for name, values in scores['bitext'].items()})}")


if __name__ == "__main__":
    main()
