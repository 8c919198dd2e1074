"""The whole training pipeline on a data folder made of the sample corpus: real steps, few of them."""

import json
import lzma
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.text.encoder import load_text_encoder

LANGUAGES = ["en", "ar", "zh", "zh_tw", "fr", "de", "it", "ja", "ko", "nl", "pl", "pt", "es", "th", "tr", "ru"]
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "text" / "parallel").mkdir(parents=True)
    (folder / "text" / "dev").mkdir()
    topics = [json.loads(path.read_text("utf8")) for path in sorted((ROOT / "models/text/samples").glob("*.json"))]
    rows = [topic[field] for topic in topics for field in ("title", "text", "query")]
    lines = ["\t".join(LANGUAGES), *("\t".join(row[code][:400] for code in LANGUAGES) for row in rows)]
    for name in ("tatoeba_opusmt_pairs", "massive_utterances"):
        path = folder / "text" / "parallel" / f"{name}.tsv.xz"
        path.write_bytes(lzma.compress(("\n".join(lines) + "\n").encode()))
    graded = ["lang\trow\tscore\tsentence1\tsentence2"]
    for number, topic in enumerate(topics):
        graded += [f"{code}\t{number}\t5\t{topic['title'][code]}\t{topic['query'][code]}" for code in ("en", "de")]
        other = topics[(number + 1) % len(topics)]
        graded += [
            f"{code}\t{number + 1000}\t0\t{topic['title'][code]}\t{other['query'][code]}" for code in ("en", "de")
        ]
    (folder / "text" / "sts_train.tsv.xz").write_bytes(lzma.compress(("\n".join(graded) + "\n").encode()))
    pairs = [f"{topic['query']['de']}\t{topic['query']['en']}" for topic in topics]
    (folder / "text" / "dev" / "bitext.sample.de.tsv").write_text("\n".join(pairs) + "\n", "utf8")
    sts = [line.split("\t") for line in graded[1:] if line.startswith("en")]
    (folder / "text" / "dev" / "sts.en.tsv").write_text("".join(f"{s[3]}\t{s[4]}\t{s[2]}\n" for s in sts), "utf8")
    return folder


def run_pipeline(data: Path, work: Path, recipe: str, *more: str) -> str:
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "training.text", "--tiny", "--data", str(data), "--work", str(work)]
    done = subprocess.run(
        [*command, "--recipe", recipe, *more], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def work(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    run_pipeline(data, folder, "fast")
    return folder


def test_the_pipeline_ends_with_a_saved_model_that_learned_something(work: Path) -> None:
    lines = [json.loads(line) for line in (work / "fast" / "log.jsonl").read_text().splitlines()]
    # 27 pairs: a guess finds 3.7 %
    assert lines[-1]["bitext.sample"] > 20
    encoder = load_text_encoder(work / "fast" / "1")
    # the last one is made of characters that the vocabulary has never seen: it must not resemble anything
    vectors = encoder.encode(["solar power on the roof", "Solarstrom vom Dach", "", "ᚠᚢᚦ ᚨᚱᚲ"])
    assert vectors.shape == (4, 32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 0, 0], atol=1e-5)
    assert (work / "fast" / "1" / "assets.extra" / "calibration.json").is_file()
    assert str(work).encode() not in (work / "fast" / "1" / "saved_model.pb").read_bytes()


def test_quantisation_costs_nothing_worth_mentioning(work: Path) -> None:
    trained = json.loads((work / "fast" / "log.jsonl").read_text().splitlines()[-1])
    exported = json.loads((work / "fast" / "scores.json").read_text())
    assert exported["sts"]["en"] == pytest.approx(trained["sts.en"], abs=3)


def test_the_card_names_the_sources_the_digest_and_the_command(work: Path) -> None:
    from training.text.export import folder_digest

    card = (work / "fast" / "1" / "MODEL_CARD.md").read_text("utf8")
    assert folder_digest(work / "fast" / "1") in card
    assert "python -m training.text.evaluate" in card
    assert "CC BY-SA 4.0" in card


def test_a_second_run_goes_on_from_what_is_there_and_adds_context(data: Path, work: Path) -> None:
    before = (work / "vocabulary.model").stat().st_mtime_ns
    run_pipeline(data, work, "contextual", "--set", f"start_from={work / 'fast' / 'weights.npz'}")
    assert (work / "vocabulary.model").stat().st_mtime_ns == before
    encoder = load_text_encoder(work / "contextual" / "1")
    # word order counts now, and a text far longer than one window still gets one vector
    assert not np.allclose(*encoder.encode(["the dog bit the man", "the man bit the dog"]), atol=1e-6)
    lengths = np.linalg.norm(encoder.encode(["a long text about the sea " * 100, "ᚠᚢᚦ ᚨᚱᚲ"]), axis=1)
    assert lengths == pytest.approx([1, 0], abs=1e-5)
