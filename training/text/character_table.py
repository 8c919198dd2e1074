"""Count how often each non-ASCII character occurs in each language, for the detection of encodings.

    .venv/bin/python -m training.text.character_table --data ../shared/data/text/parallel

Writes models/text/documents/character_table.json: for each language a list whose item b holds the characters with
a probability of about 2**-b among the non-ASCII characters of that language.
"""

import argparse
import csv
import json
import lzma
import math
from collections import Counter
from pathlib import Path

from models.languages import LANGUAGES

OUTPUT = Path("models/text/documents/character_table.json")
SOURCES = (  # general prose and everyday sentences; code and terms would distort the counts
    "tatoeba_opusmt_pairs",
    "african_storybooks",
    "github_osguide",
    "massive_utterances",
    "mozilla_org_lang_archive",
    "mozilla_www_l10n",
    "stsb_parallel_train",
    "tico19",
    "udhr",
)
MIN_COUNT = 3


def count_characters(folder: Path) -> dict[str, Counter[str]]:
    """Counts of non-ASCII characters by language."""
    counts: dict[str, Counter[str]] = {code: Counter() for code in LANGUAGES}
    for source in SOURCES:
        with lzma.open(folder / f"{source}.tsv.xz", "rt", encoding="utf8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                for code, cell in row.items():
                    if code in counts and cell and not cell.isascii():
                        counts[code].update(character for character in cell if character > "\x7f")
    return counts


def to_table(counts: Counter[str]) -> list[str]:
    """Characters grouped by rounded ``-log2`` of their share."""
    total = sum(counts.values())
    groups: dict[int, list[str]] = {}
    for character, count in counts.items():
        if count >= MIN_COUNT and not 0xD800 <= ord(character) <= 0xDFFF:
            groups.setdefault(round(-math.log2(count / total)), []).append(character)
    return ["".join(sorted(groups.get(bits, []))) for bits in range(max(groups) + 1)]


def main() -> None:
    """Read the data folder and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the parallel files")
    arguments = parser.parse_args()
    table = {code: to_table(counts) for code, counts in count_characters(arguments.data).items()}
    OUTPUT.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", encoding="utf8")
    print(f"{OUTPUT}: {OUTPUT.stat().st_size:,} bytes, {sum(map(len, map(''.join, table.values()))):,} entries")


if __name__ == "__main__":
    main()
