"""Reads the aligned sentence files into groups of sentences that mean the same."""

import csv
import lzma
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from training.text.sources import SOURCES, Source

MAX_ALTERNATIVES = 3
"""Lexical cells list synonyms joined by " | ": the first few are the common ones."""

MAX_STAR = 24
"""A sentence with more translations than this is a greeting or an exclamation: the rest adds only noise."""

Row = list[tuple[str, str]]


@dataclass
class Group:
    """Sentences that mean the same: ids into ``Corpus.texts``; English, where there is some, comes first."""

    members: list[int]
    has_english: bool


@dataclass
class Corpus:
    """All distinct sentences (by language and text) and, for each source, its groups."""

    texts: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    groups: dict[str, list[Group]] = field(default_factory=dict)
    _ids: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)

    def sentence_id(self, language: str, text: str) -> int:
        """The id of a sentence, new or known."""
        key = (language, text)
        found = self._ids.get(key)
        if found is None:
            found = len(self.texts)
            self._ids[key] = found
            self.texts.append(text)
            self.languages.append(language)
        return found

    def add_group(self, source: str, row: Row) -> None:
        """Add one group to a source, unless fewer than two distinct sentences are left."""
        ordered = sorted(row, key=lambda item: item[0] != "en")
        members = list(dict.fromkeys(self.sentence_id(language, text) for language, text in ordered))
        if len(members) > 1:
            self.groups.setdefault(source, []).append(Group(members, ordered[0][0] == "en"))


def read_rows(path: Path, source: Source) -> Iterator[Row]:
    """Yield each aligned row as (language, text) pairs, synonyms apart, empty cells left out."""
    with lzma.open(path, "rt", encoding="utf8", newline="") as lines:
        for cells in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            row: Row = []
            for language, cell in cells.items():
                if not cell or language in source.skip:
                    continue
                parts = cell.split(" | ")[:MAX_ALTERNATIVES] if source.nature == "lexical" else [cell]
                row.extend((language, part.strip()) for part in parts if part.strip())
            if len(row) > 1:
                yield row


def add_stars(corpus: Corpus, name: str, of: tuple[str, ...]) -> None:
    """Join direct pairs that share a sentence, so that its translations become translations of one another.

    The Tatoeba files hold pairs of any two languages; Arabic-German and German-English give Arabic-English.
    """
    neighbours: dict[int, set[int]] = defaultdict(set)
    for source in of:
        for group in corpus.groups.get(source, []):
            for member in group.members:
                neighbours[member].update(group.members)
    stars = []
    for centre, around in neighbours.items():
        if 2 < len(around) <= MAX_STAR:
            members = sorted(around, key=lambda item: (corpus.languages[item] != "en", item != centre, item))
            stars.append(Group(members, corpus.languages[members[0]] == "en"))
    if stars:
        corpus.groups[name] = stars


def read_corpus(folder: Path, limit: int | None = None) -> Corpus:
    """Read every known source in ``folder``; ``limit`` keeps only that many rows of each, for a trial run."""
    corpus = Corpus()
    for source in SOURCES.values():
        path = folder / f"{source.name}.tsv.xz"
        if not path.exists():
            continue
        for number, row in enumerate(read_rows(path, source)):
            if limit is not None and number >= limit:
                break
            corpus.add_group(source.name, row)
    add_stars(corpus, "tatoeba_stars", ("tatoeba_opusmt_pairs", "tatoeba_manythings_pairs"))
    return corpus


def read_sts(path: Path) -> dict[int, dict[str, tuple[float, str, str]]]:
    """STS-B training pairs: row -> language -> (score 0..5, sentence 1, sentence 2)."""
    rows: dict[int, dict[str, tuple[float, str, str]]] = defaultdict(dict)
    with lzma.open(path, "rt", encoding="utf8", newline="") as lines:
        for cells in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            rows[int(cells["row"])][cells["lang"]] = (float(cells["score"]), cells["sentence1"], cells["sentence2"])
    return rows
