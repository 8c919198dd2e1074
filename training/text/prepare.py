"""Turns the sentence files into arrays that fit on one device: token ids, groups and the teacher's vectors."""

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np

from training.text.corpus import Corpus, read_corpus, read_sts
from training.text.sources import SOURCES, Source

MAX_TOKENS = 48
"""Longer sentences are cut in training only: a bag of 48 pieces says what they are about."""

_STARS = Source("tatoeba_stars", "Tatoeba, through a shared sentence", "CC BY 2.0 FR", "everyday", 2.0)
_worker: dict[str, Any] = {}


@dataclass
class Prepared:
    """Everything that training needs.

    Attributes:
        tokens: int32 [variants, sentences, MAX_TOKENS], 0 where there is no token; variant 0 is the best segmentation,
            the others are sampled.
        members, offsets: groups as flat sentence ids and int64 [groups + 1] borders.
        english: bool [groups], whether member 0 is English.
        teacher_row: int32 [groups], row of ``teacher``, or -1.
        teacher: float16 [English sentences, teacher width], unit length.
        source_start, source_end: int64 [sources], the range of groups of each source.
        source_rate: float64 [sources], sampling probabilities that sum to 1.
        sts: int32 [pairs, 2] sentence ids; sts_score: float32 [pairs], 0..1; sts_row: int32 [pairs].
    """

    tokens: np.ndarray
    members: np.ndarray
    offsets: np.ndarray
    english: np.ndarray
    teacher_row: np.ndarray
    teacher: np.ndarray
    source_start: np.ndarray
    source_end: np.ndarray
    source_rate: np.ndarray
    sts: np.ndarray
    sts_score: np.ndarray
    sts_row: np.ndarray

    def save(self, folder: Path) -> None:
        """Write each array as ``<name>.npy``."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in vars(self).items():
            np.save(folder / f"{name}.npy", array)

    @classmethod
    def load(cls, folder: Path) -> "Prepared":
        """Read what ``save`` wrote."""
        return cls(**{name: np.load(folder / f"{name}.npy") for name in cls.__dataclass_fields__})


def _start_worker(vocabulary: str) -> None:
    import sentencepiece

    _worker["processor"] = sentencepiece.SentencePieceProcessor(model_file=vocabulary)


def _tokenize(task: tuple[int, bool, list[str]]) -> np.ndarray:
    seed, sampled, texts = task
    processor = _worker["processor"]
    if sampled:
        import sentencepiece

        sentencepiece.set_random_generator_seed(seed)
        pieces = processor.encode(texts, enable_sampling=True, alpha=0.2, nbest_size=-1)
    else:
        pieces = processor.encode(texts)
    rows = np.zeros((len(texts), MAX_TOKENS), np.int32)
    for row, ids in zip(rows, pieces, strict=True):
        ids = ids[:MAX_TOKENS]
        row[: len(ids)] = ids
    return rows


def tokenize(texts: list[str], vocabulary: Path, variants: int, seed: int, processes: int | None = None) -> np.ndarray:
    """Token ids, int32 [variants, len(texts), MAX_TOKENS]; the first variant is the best segmentation.

    ``processes`` of 1 stays in this process, which a program that already runs threads on a GPU must do.
    """
    step = 20_000
    result = np.zeros((variants, len(texts), MAX_TOKENS), np.int32)
    tasks = [
        (seed + variant * 100_003 + start, variant > 0, texts[start : start + step])
        for variant in range(variants)
        for start in range(0, len(texts), step)
    ]
    places = [(variant, start) for variant in range(variants) for start in range(0, len(texts), step)]
    if processes == 1:
        _start_worker(str(vocabulary))
        for (variant, start), task in zip(places, tasks, strict=True):
            rows = _tokenize(task)
            result[variant, start : start + len(rows)] = rows
        return result
    with multiprocessing.Pool(processes or os.cpu_count(), _start_worker, (str(vocabulary),)) as pool:
        for (variant, start), rows in zip(places, pool.imap(_tokenize, tasks), strict=True):
            result[variant, start : start + len(rows)] = rows
    return result


def _sts_pairs(corpus: Corpus, path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """STS pairs in every language and across every two languages."""
    ids, scores, numbers = [], [], []
    if path.exists():
        for number, cells in read_sts(path).items():
            for left, right in combinations_with_replacement(sorted(cells), 2):
                for first, second in {(left, right), (right, left)}:
                    ids.append(
                        (corpus.sentence_id(first, cells[first][1]), corpus.sentence_id(second, cells[second][2]))
                    )
                    scores.append(cells[first][0] / 5)
                    numbers.append(number)
    return np.array(ids, np.int32).reshape(-1, 2), np.array(scores, np.float32), np.array(numbers, np.int32)


def prepare(
    data: Path,
    vocabulary: Path,
    teach: Callable[[list[str]], np.ndarray],
    variants: int = 2,
    seed: int = 13,
    limit: int | None = None,
) -> Prepared:
    """Read, tokenize and teach. ``teach`` maps English sentences to float16 unit vectors [N, width]."""
    corpus = read_corpus(data / "text" / "parallel", limit)
    sts, sts_score, sts_row = _sts_pairs(corpus, data / "text" / "sts_train.tsv.xz")
    tokens = tokenize(corpus.texts, vocabulary, variants, seed)
    members: list[int] = []
    offsets: list[int] = [0]
    english: list[bool] = []
    teacher_row: list[int] = []
    rates: list[float] = []
    starts: list[int] = []
    ends: list[int] = []
    taught: dict[int, int] = {}
    for name, groups in corpus.groups.items():
        source = SOURCES.get(name, _STARS)
        starts.append(len(english))
        for group in groups:
            members.extend(group.members)
            offsets.append(len(members))
            english.append(group.has_english)
            first = group.members[0]
            teach_it = source.taught and group.has_english
            teacher_row.append(taught.setdefault(first, len(taught)) if teach_it else -1)
        ends.append(len(english))
        rates.append(source.weight * len(groups) ** 0.5)
    print(f"{len(corpus.texts)} sentences, {len(english)} groups, {len(taught)} for the teacher", flush=True)
    return Prepared(
        tokens=tokens,
        members=np.array(members, np.int32),
        offsets=np.array(offsets, np.int64),
        english=np.array(english),
        teacher_row=np.array(teacher_row, np.int32),
        teacher=teach([corpus.texts[sentence] for sentence in taught]),
        source_start=np.array(starts, np.int64),
        source_end=np.array(ends, np.int64),
        source_rate=np.array(rates) / sum(rates),
        sts=sts,
        sts_score=sts_score,
        sts_row=sts_row,
    )
