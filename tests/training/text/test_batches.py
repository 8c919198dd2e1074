"""Batches of the text training: near sentences at the front, everything put back into order after the buckets."""

import io
import json
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.text.batches import BatchSampler
from training.text.neighbours import neighbourhoods
from training.text.prepare import MAX_TOKENS, Prepared

GROUPS, TOPICS, WIDTH = 400, 8, 16


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    """Groups of two sentences; the teacher sees eight topics that are far from one another."""
    generator = np.random.default_rng(3)
    lengths = generator.integers(1, MAX_TOKENS + 1, 2 * GROUPS)
    tokens = np.where(np.arange(MAX_TOKENS) < lengths[:, None], generator.integers(1, 500, (2 * GROUPS, MAX_TOKENS)), 0)
    teacher = 0.1 * generator.normal(size=(GROUPS, WIDTH)) + np.eye(WIDTH)[np.arange(GROUPS) % TOPICS] * 4
    teacher /= np.linalg.norm(teacher, axis=1, keepdims=True)
    return Prepared(
        tokens=tokens[None].astype(np.int32),
        members=np.arange(2 * GROUPS, dtype=np.int32),
        offsets=np.arange(0, 2 * GROUPS + 1, 2, dtype=np.int64),
        english=np.ones(GROUPS, bool),
        teacher_row=np.arange(GROUPS, dtype=np.int32),
        teacher=teacher.astype(np.float16),
        source_start=np.array([0], np.int64),
        source_end=np.array([GROUPS], np.int64),
        source_rate=np.array([1.0]),
        sts=np.array([[0, 1], [2, 3], [4, 7]], np.int32),
        sts_score=np.array([1.0, 0.9, 0.1], np.float32),
        sts_row=np.array([0, 1, 2], np.int32),
    )


def sampler_of(prepared: Prepared, near: int) -> BatchSampler:
    found = neighbourhoods(prepared.teacher, seed=1, mean_size=20)
    return BatchSampler(prepared, 64, 8, sampled=0.0, near=near, near_size=8, near_to=found)


def write_vocabulary(path: Path) -> None:
    """A SentencePiece model of 500 pieces, as many as the tokens above are drawn from."""
    import sentencepiece

    generator = np.random.default_rng(5)
    words = ["".join(generator.choice(list("abcdefghij"), 6)) for _ in range(2_000)]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(words), model_writer=model, vocab_size=500, pad_id=0, unk_id=1, bos_id=-1, eos_id=-1
    )
    path.write_bytes(model.getvalue())


def test_every_sentence_belongs_to_one_neighbourhood_of_its_topic(prepared: Prepared) -> None:
    found = neighbourhoods(prepared.teacher, seed=1, mean_size=20)
    assert sorted(found.members) == list(range(GROUPS))
    assert len(found.borders) == GROUPS // 20 + 1
    for start, end in zip(found.borders, found.borders[1:], strict=False):
        assert len(set(found.members[start:end] % TOPICS)) == 1


def test_the_front_of_a_batch_holds_sentences_of_one_topic_each(prepared: Prepared) -> None:
    batch = sampler_of(prepared, near=32).draw()
    topics = batch["teacher_rows"] % TOPICS
    assert all(len(set(part)) == 1 for part in topics[:32].reshape(-1, 8))
    assert len(set(topics[32:])) == TOPICS
    assert np.array_equal(batch["group"], batch["teacher_rows"])


def test_restore_leads_back_to_translations_and_graded_pairs(prepared: Prepared) -> None:
    sampler = sampler_of(prepared, near=32)
    for _ in range(5):
        batch = sampler.draw()
        assert (np.diff(sampler.lengths[batch["rows"]].astype(int)) >= 0).all()
        sentences = batch["rows"][batch["restore"]]
        assert np.array_equal(sentences[:64] // 2, sentences[64:128] // 2)
        assert np.array_equal(sentences[:64] // 2, batch["teacher_rows"])
        graded = {tuple(pair) for pair in np.stack([sentences[128:136], sentences[136:]], 1)}
        assert graded <= {(0, 1), (2, 3), (4, 7)}


def test_buckets_cover_a_batch_and_cut_hardly_anything(prepared: Prepared) -> None:
    sampler = sampler_of(prepared, near=0)
    before = sampler.generator.bit_generator.state
    parts = sampler.buckets(MAX_TOKENS)
    assert sampler.generator.bit_generator.state == before
    assert [part[0] for part in parts] == [0, parts[0][1], parts[1][1]] and parts[-1][1:] == (144, MAX_TOKENS)
    lengths = [sampler.lengths[sampler.draw()["rows"]] for _ in range(50)]
    cut = np.mean([(each[start:end] > pieces).mean() for each in lengths for start, end, pieces in parts])
    assert cut < 0.02


@pytest.mark.parametrize(
    ("contrast", "under_jax"),
    [
        (0.0, 1e-5),
        # Its similarities are rounded to bfloat16, eight bits, and JAX leaves some of that out where it compiles: 2e-4.
        (1.0, 1e-3),
    ],
)
def test_a_step_in_buckets_has_the_loss_of_the_whole_batch(
    prepared: Prepared, contrast: float, under_jax: float
) -> None:
    import keras

    from training.text.network import Student, WeightedBag
    from training.text.objective import Weights, loss
    from training.text.steps import Trainer

    tolerance = under_jax if keras.backend.backend() == "jax" else 1e-5
    keras.utils.set_random_seed(7)
    sampler = sampler_of(prepared, near=32)
    weights = Weights(contrast=contrast, relate=1.0, related_rows=48, near=2.0, rank=0.1, duplicate=0.9)
    student = Student(WeightedBag(500, 12, token_dropout=0.0), WIDTH)
    student(np.ones((2, MAX_TOKENS), np.int32))
    # the longest texts count, so no bucket may be cut: every part takes all pieces
    trainer = Trainer(student, keras.optimizers.SGD(1.0), prepared, sampler, weights, MAX_TOKENS)
    batch = sampler.draw()
    lengths = sampler.lengths[batch["rows"]]
    assert all((lengths[start:end] <= pieces).all() for start, end, pieces in trainer.buckets)

    def step(batch: dict[str, np.ndarray]) -> float:
        return float(trainer.step(batch, 0.0))

    sentences = batch["rows"][batch["restore"]]
    outputs = student(prepared.tokens[0][sentences])
    full = {**batch, "teacher": prepared.teacher[batch["teacher_rows"]]}
    whole = float(loss(outputs, full, 64, 8, weights, 32, 8))
    assert step(batch) == pytest.approx(whole, rel=tolerance)
    # two texts of 144 in each other's place are more than rounding
    restore = batch["restore"].copy()
    restore[[3, 4]] = restore[[4, 3]]
    assert step({**batch, "restore": restore}) != pytest.approx(whole, rel=tolerance)


def test_near_duplicates_are_not_contrasted(prepared: Prepared) -> None:
    from training.text.objective import Weights, loss

    vectors = np.eye(4, dtype=np.float32)[[0, 0, 1]]
    twice = np.concatenate([vectors, vectors])
    batch = {
        "group": np.arange(3),
        "teacher": vectors,
        "known": np.ones(3, np.float32),
        "score": np.zeros(0, np.float32),
    }
    strict = float(loss((twice, twice), batch, 3, 0, Weights(distill=0.0)))
    kind = float(loss((twice, twice), batch, 3, 0, Weights(distill=0.0, duplicate=0.9)))
    assert strict > 0.4 and kind < 1e-4


def test_a_run_that_was_cut_off_goes_on(prepared: Prepared, tmp_path: Path) -> None:
    from training.text.train import Recipe, train

    class CutOffError(Exception):
        pass

    def cut(*_: object) -> None:
        raise CutOffError

    vocabulary = tmp_path / "vocabulary.model"
    write_vocabulary(vocabulary)
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "sts.en.tsv").write_text("a b\tc d\t1\na\tb\t2\nc\td\t3\n", "utf8")
    recipe = Recipe(dimension=12, steps=1_000_000, pairs=64, graded=8, near=32, near_size=8)
    out = tmp_path / "run"
    signal.signal(signal.SIGALRM, cut)
    signal.setitimer(signal.ITIMER_REAL, 12)
    try:
        with pytest.raises(CutOffError):
            train(recipe, prepared, vocabulary, tmp_path / "dev", out, every=5, save_every=0.05)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    with np.load(out / "checkpoint.npz") as stored:
        taken = int(stored["taken"])
    assert taken > 5 and not (out / "weights.npz").exists()
    before = len((out / "log.jsonl").read_text().splitlines())
    train(replace(recipe, steps=taken + 5), prepared, vocabulary, tmp_path / "dev", out, every=1)
    steps = [json.loads(line)["step"] for line in (out / "log.jsonl").read_text().splitlines()]
    assert steps[before:] == list(range(taken + 1, taken + 6))
    assert (out / "weights.npz").exists() and not (out / "checkpoint.npz").exists()


def test_a_restored_trainer_takes_the_same_step(prepared: Prepared) -> None:
    import keras

    from training.text.network import Student, WeightedBag
    from training.text.objective import Weights
    from training.text.steps import Trainer

    def trainer() -> Trainer:
        student = Student(WeightedBag(500, 12, token_dropout=0.1), WIDTH)
        student(np.ones((2, MAX_TOKENS), np.int32))
        optimizer = keras.optimizers.AdamW(1e-2)
        return Trainer(student, optimizer, prepared, sampler_of(prepared, near=32), Weights(), MAX_TOKENS)

    first, sampler = trainer(), sampler_of(prepared, near=32)
    for _ in range(3):
        first.step(sampler.draw(), 1e-2)
    second, batch = trainer(), sampler.draw()
    second.restore(first.arrays())
    ours = [float(each.step(batch, 1e-2)) for each in (first, second)]
    after = [float(each.step(batch, 1e-2)) for each in (first, second)]
    assert ours[0] == pytest.approx(ours[1], rel=1e-6) and after[0] == pytest.approx(after[1], rel=1e-6)
    assert after[0] < ours[0]
