"""Writes the model card of a bundled text encoder from what the run logged and what the exported model scores."""

import json
from pathlib import Path
from typing import Any

from models.languages import LANGUAGES
from training.run_log import last_line
from training.text.export import folder_digest
from training.text.sources import SOURCES

_KIND = {
    "bag": "A weighted bag of sub-word embeddings: the sum of one vector for each piece, times a learned weight, "
    "scaled to unit length. Word order plays no part.",
    "contextual": "The weighted bag with a small transformer beside it, which changes the vectors and the weights of "
    "the pieces by their context before they are summed.",
}

_WEAKNESSES = {
    "bag": [
        "Word order and negation: “the dog bit the man” and “the man bit the dog” get one vector.",
        "A long text is the average of its words: split it into passages, as the search page does.",
        "Names and rare words that are not in the vocabulary fall into pieces and say little.",
        "Trained for 16 languages; other languages give vectors that mean nothing.",
    ],
    "contextual": [
        "Slower than polyglot-fast; see the benchmarks.",
        "Texts of more than 64 pieces are read in windows that do not see one another.",
        "Trained for 16 languages; other languages give vectors that mean nothing.",
    ],
}


def _table(rows: list[list[str]], head: list[str]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _language_rows(scores: dict[str, Any]) -> list[list[str]]:
    columns = [scores["bitext"].get("tatoeba", {}), scores["bitext"].get("ntrex", {}), scores["sts"]]
    across = {name.split("-")[1]: value for name, value in scores["stsx"].items() if "-" in name}
    rows = []
    for code, language in [("mean", None), *LANGUAGES.items()]:
        title = language.english_name if language else "Mean"
        values = [column.get(code) for column in columns] + [
            scores["stsx"].get("mean") if language is None else across.get(code)
        ]
        if any(value is not None for value in values):
            rows.append([title, *(f"{value:.1f}" if value is not None else "–" for value in values)])
    return rows


_TEMPLATE = """\
# {name}

{kind}

Input: a 1-D string tensor; the tokenizer is in the graph. Output: float32 [N, {dimension}], unit length, a zero row for
an empty text. {megabytes:.1f} MB on disk. sha256 of the folder's files, this card apart: `{digest}`.

Languages: {languages}.

## Scores on the development sets

Reproduce with `python -m training.text.evaluate --data DIR --model {name}`, where DIR holds the files `bitext.*.tsv`,
`sts.*.tsv` and `stsx.*.tsv`. Tatoeba and NTREX: accuracy of the nearest neighbour in percent, mean of both directions,
against English; the Tatoeba sets hold up to 500 pairs (100 in Thai, 199 in Korean), fewer than the published test's
1,000, which makes them easier. STS-B development pairs: Spearman times 100, inside one language and between English and
the language. These sets steered the training; they are not tests.

{scores}

## Recipe

{minutes:.1f} minutes of training on {device}. Teacher on the English side: {teacher}. The tokenizer is a SentencePiece
unigram model with NFKC and case folding; it leaves out Arabic short vowels, unites Arabic letter forms and the Turkish
i, and maps traditional to simplified Chinese characters.

{settings}

## Data and licences

Only weights are shipped, no sentence of the data. The weights are offered under Apache-2.0; the sources ask for this
credit:

{sources}

STS-B training pairs in 13 languages, CC BY-SA 4.0, for the order of graded pairs.

## Known weaknesses

{weaknesses}
"""


def model_card(
    name: str, folder: Path, recipe: dict[str, Any], scores: dict[str, Any], seconds: float, device: str, teacher: str
) -> str:
    """The card as Markdown; ``scores`` is what ``training.text.evaluate`` measured on the exported model."""
    kind = recipe["model"]
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".md")
    unused = {"model", "weights", "start_from"} | ({"width", "heads", "depth"} if kind == "bag" else set())
    settings = [[key, json.dumps(value)] for key, value in recipe.items() if key not in unused]
    settings += [[f"loss: {key}", json.dumps(value)] for key, value in recipe["weights"].items()]
    return _TEMPLATE.format(
        name=name,
        kind=_KIND[kind],
        dimension=recipe["dimension"],
        megabytes=size / 1e6,
        digest=folder_digest(folder),
        languages=", ".join(language.english_name for language in LANGUAGES.values()),
        scores=_table(_language_rows(scores), ["Language", "Tatoeba", "NTREX", "STS-B", "STS-B with English"]),
        minutes=seconds / 60,
        device=device,
        teacher=teacher,
        settings=_table(settings, ["Setting", "Value"]),
        sources=_table(
            [[source.title, source.licence, source.nature] for source in SOURCES.values()],
            ["Source", "Licence", "Nature"],
        ),
        weaknesses="\n".join(f"* {text}" for text in _WEAKNESSES[kind]),
    )


def write_card(folder: Path, run: Path, scores: dict[str, Any], device: str, teacher: str) -> Path:
    """Write ``MODEL_CARD.md`` into ``folder`` (``.../<name>/<version>``) from the run's recipe and log."""
    recipe = json.loads((run / "recipe.json").read_text(encoding="utf8"))
    last = last_line(run)
    path = folder / "MODEL_CARD.md"
    card = model_card(folder.parent.name, folder, recipe, scores, last["seconds"], device, teacher)
    path.write_text(card, encoding="utf8")
    return path
