"""Trains the SentencePiece vocabulary that all bundled text encoders share."""

import heapq
import math
import random
from collections import defaultdict
from pathlib import Path

from training.text.corpus import Corpus, read_corpus
from training.text.normalization import chinese_rules, write_rules
from training.text.sources import SOURCES

LANGUAGE_BOOST = {"th": 2.0, "ko": 1.8, "ar": 1.8, "tr": 1.3, "pl": 1.2, "ru": 1.2, "ja": 1.2}
"""Languages that the data holds little of, or whose words have many forms, get more of the sample."""


NATURE_BOOST = {"everyday": 4.0, "lexical": 4.0}
"""Half of all sentences are documentation of software; the words that people search for are in the others."""


def sample_sentences(corpus: Corpus, count: int, seed: int) -> list[str]:
    """A sample balanced between languages, in proportion to the square root of their size, times the boost.

    Within a language a sentence is drawn without replacement, in proportion to the weight of its source and nature.
    Source: Efraimidis and Spirakis 2006, "Weighted random sampling with a reservoir": the largest ``log(u) / weight``.
    """
    weights = sentence_weights(corpus)
    by_language: dict[str, list[int]] = defaultdict(list)
    for number, language in enumerate(corpus.languages):
        by_language[language].append(number)
    shares = {name: len(rows) ** 0.5 * LANGUAGE_BOOST.get(name, 1.0) for name, rows in by_language.items()}
    generator = random.Random(seed)
    chosen: list[str] = []
    for name, rows in by_language.items():
        wanted = int(count * shares[name] / sum(shares.values()))
        keys = {row: math.log(1.0 - generator.random()) / weights[row] for row in rows}
        chosen.extend(corpus.texts[row] for row in heapq.nlargest(wanted, rows, key=keys.__getitem__))
    generator.shuffle(chosen)
    return chosen


def sentence_weights(corpus: Corpus) -> list[float]:
    """How much each sentence counts in the sample: the most that any of its sources gives it, above 0."""
    weights = [0.01] * len(corpus.texts)
    for name, groups in corpus.groups.items():
        source = SOURCES.get(name)
        weight = source.weight * NATURE_BOOST.get(source.nature, 1.0) if source else 0.0
        for group in groups:
            for member in group.members:
                weights[member] = max(weights[member], weight)
    return weights


def train_vocabulary(data: Path, work: Path, size: int, sentences: int, seed: int, limit: int | None = None) -> Path:
    """Train a unigram model of ``size`` pieces from ``data``; returns the path of ``vocabulary.model`` in ``work``."""
    import sentencepiece

    work.mkdir(parents=True, exist_ok=True)
    corpus = read_corpus(data / "text" / "parallel", limit)
    words: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in ("cc_cedict", "cfdict_zh_fr"):
        for group in corpus.groups.get(name, []):
            cells = {corpus.languages[member]: corpus.texts[member] for member in group.members}
            if "zh" in cells and "zh_tw" in cells:
                words[name].append((cells["zh"], cells["zh_tw"]))
    rules = write_rules(work / "rules.tsv", chinese_rules(pair for pairs in words.values() for pair in pairs))
    sample = sample_sentences(corpus, sentences, seed)
    print(f"{len(corpus.texts)} sentences, {len(sample)} sampled, {rules} character rules", flush=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sample),
        model_prefix=str(work / "vocabulary"),
        model_type="unigram",
        vocab_size=size,
        hard_vocab_limit=limit is None,
        character_coverage=0.9999,
        normalization_rule_tsv=str(work / "rules.tsv"),
        split_digits=True,
        max_sentencepiece_length=16,
        pad_id=0,
        unk_id=1,
        bos_id=-1,
        eos_id=-1,
        num_threads=2,
        minloglevel=1,
    )
    path = work / "vocabulary.model"
    path.write_bytes(without_paths(path.read_bytes()))
    return path


def without_paths(vocabulary: bytes) -> bytes:
    """A SentencePiece model that no longer says in which folders it was made; it reads text as before."""
    from sentencepiece import sentencepiece_model_pb2

    model = sentencepiece_model_pb2.ModelProto.FromString(vocabulary)
    model.trainer_spec.ClearField("model_prefix")
    model.normalizer_spec.ClearField("normalization_rule_tsv")
    return bytes(model.SerializeToString())
