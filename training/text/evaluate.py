"""Scores a text encoder: ``python -m training.text.evaluate --data DIR [--model NAME] [--json]``.

Reads ``bitext.<set>.<language>.tsv`` (foreign, English: accuracy of the nearest neighbour, mean of both directions),
``sts.<language>.tsv`` and ``stsx.<a>-<b>.tsv`` (sentence, sentence, score: Spearman), all in percent.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from models.catalog import DEFAULT_TEXT_MODEL
from models.errors import PolyglotError
from models.text.encoder import TextEncoder, load_text_encoder
from models.text.evaluation import bitext_accuracy, spearman


def read_columns(path: Path) -> list[list[str]]:
    """The columns of a headerless tab-separated file; rows of another length than the first are an error."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf8").splitlines() if line]
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise PolyglotError(f"{path.name} is empty or its rows differ in length. Give one tab-separated pair a line.")
    return [list(column) for column in zip(*rows, strict=True)]


def evaluate(encoder: TextEncoder, folder: Path) -> dict[str, Any]:
    """Scores of every set in ``folder``, see the module docstring; ``mean`` is over a set's languages."""
    bitext: dict[str, dict[str, float]] = defaultdict(dict)
    graded: dict[str, dict[str, float]] = {"sts": {}, "stsx": {}}
    paths = [path for path in sorted(folder.glob("*.tsv")) if path.stem.split(".")[0] in {"bitext", *graded}]
    files = {path: read_columns(path) for path in paths}
    # the English side is the same in every language: each sentence is encoded once
    rows: dict[str, int] = {}
    for columns in files.values():
        for text in (*columns[0], *columns[1]):
            rows.setdefault(text, len(rows))
    vectors = encoder.encode(list(rows))
    for path, columns in files.items():
        kind, *names = path.stem.split(".")
        left, right = (vectors[[rows[text] for text in column]] for column in columns[:2])
        if kind == "bitext":
            bitext[names[0]][names[1]] = 100 * bitext_accuracy(left, right)
        else:
            graded[kind][names[0]] = 100 * spearman((left * right).sum(axis=1), np.array(columns[2], float))

    def with_mean(scores: dict[str, float]) -> dict[str, float]:
        rounded = {name: round(score, 2) for name, score in scores.items()}
        return {"mean": round(float(np.mean(list(scores.values()))), 2), **rounded} if scores else {}

    return {
        "model": encoder.name,
        "bitext": {name: with_mean(scores) for name, scores in bitext.items()},
        "sts": with_mean(graded["sts"]),
        "stsx": with_mean(graded["stsx"]),
    }


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the .tsv files")
    parser.add_argument("--model", default=DEFAULT_TEXT_MODEL, help="a bundled name, a folder or a hub address")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args()
    folder = options.data
    if not any(folder.glob("*.tsv")) and any((folder / "text" / "dev").glob("*.tsv")):
        folder = folder / "text" / "dev"
    if not any(folder.glob("*.tsv")):
        raise SystemExit(f"{folder} holds no bitext.*.tsv, sts.*.tsv or stsx.*.tsv file.")
    try:
        results = evaluate(load_text_encoder(options.model), folder)
    except PolyglotError as error:
        raise SystemExit(str(error)) from error
    if options.json:
        print(json.dumps(results, ensure_ascii=False))
        return
    print(results["model"])
    for name, scores in {**results["bitext"], "sts": results["sts"], "stsx": results["stsx"]}.items():
        print(f"{name:10}", "  ".join(f"{key} {value:.1f}" for key, value in scores.items()))


if __name__ == "__main__":
    main()
