"""Tiny real SavedModels, built once a run: everything that is tested with them runs as it would with a large one."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from models.text.encoder import TextEncoder

TINY_WIDTH = 64
SENTENCEPIECE_WIDTH = 16


@pytest.fixture(autouse=True)
def _own_model_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests away from the model cache and the proxy of the person who runs them."""
    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "tfhub"))
    for name in (
        "POLYGLOT_OFFLINE",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)


def save_text_model(module: Any, folder: Path) -> Path:
    """Save ``module`` as the hub's text models are: callable, and ``serving_default``, ``inputs`` to ``outputs``."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="inputs")])
    def serve(inputs: Any) -> dict[str, Any]:
        return {"outputs": module(inputs)}

    tf.saved_model.save(module, str(folder), signatures={"serving_default": serve})
    return folder


@pytest.fixture(scope="session")
def tiny_text_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hashed bag of lower-cased words, [N, 64], unit length: texts that share words are similar; no word is zero."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()

    class HashedWords(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def __call__(self, texts: Any) -> Any:
            lower = tf.strings.lower(texts, encoding="utf-8")
            words = tf.strings.split(tf.strings.regex_replace(lower, r"[\pP\pS\s]+", " "))
            # A fingerprint, not Python's hash: the same numbers in every run and on every machine.
            buckets = tf.strings.to_hash_bucket_fast(words.values, TINY_WIDTH)
            ones = tf.RaggedTensor.from_row_lengths(tf.one_hot(buckets, TINY_WIDTH), words.row_lengths())
            return tf.math.l2_normalize(tf.reduce_sum(ones, axis=1), axis=1)

    return save_text_model(HashedWords(), tmp_path_factory.mktemp("tiny-text") / "1")


@pytest.fixture(scope="session")
def tiny_sentencepiece_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mean of SentencePiece embeddings, [N, 16], with the trained tokenizer inside: it needs the text ops to load."""
    import io

    import sentencepiece

    from models.runtime import import_tensorflow

    tf = import_tensorflow()
    import tensorflow_text as tf_text

    trained = io.BytesIO()
    lines = ["the sun warms the house", "die sonne wärmt das haus", "太陽が家を暖める", "الشمس تدفئ المنزل"]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines * 20),
        model_writer=trained,
        vocab_size=64,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
    )

    class MeanOfPieces(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokenizer = tf_text.SentencepieceTokenizer(model=trained.getvalue())
            table = tf.random.stateless_normal([64, SENTENCEPIECE_WIDTH], seed=[2, 16])
            self.table = tf.Variable(table, name="pieces")

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def __call__(self, texts: Any) -> Any:
            pieces = self.tokenizer.tokenize(texts)
            vectors = tf.ragged.map_flat_values(lambda ids: tf.gather(self.table, ids), pieces)
            return tf.math.l2_normalize(tf.reduce_sum(vectors, axis=1), axis=1)

    return save_text_model(MeanOfPieces(), tmp_path_factory.mktemp("tiny-sentencepiece") / "1")


@pytest.fixture(scope="session")
def tiny_encoder(tiny_text_model: Path) -> "Iterator[TextEncoder]":
    """An encoder over ``tiny_text_model``."""
    from models.text.encoder import load_text_encoder

    yield load_text_encoder(tiny_text_model)


@pytest.fixture(scope="session")
def harmless_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scores and logits of four features, [N, 4] -> two times [N, 3], with a second signature and a nested layer."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()

    class Layer(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.kernel = tf.Variable(tf.random.stateless_normal([4, 3], seed=[1, 2]), name="kernel")
            self.bias = tf.Variable(tf.zeros([3]), trainable=False, name="bias")

    class Classifier(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = Layer()

        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32)])
        def __call__(self, features: Any) -> dict[str, Any]:
            logits = features @ self.layer.kernel + self.layer.bias
            return {"logits": logits, "scores": tf.nn.softmax(logits)}

        @tf.function(input_signature=[tf.TensorSpec([], tf.int32), tf.TensorSpec([2], tf.bool)])
        def count(self, start: Any, flags: Any) -> Any:
            return start + tf.math.count_nonzero(flags, dtype=tf.int32)

    return _saved(Classifier(), tmp_path_factory, {"serving_default": "__call__", "count": "count"})


@pytest.fixture(scope="session")
def reading_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the content of any file."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()

    class Reader(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([], tf.string)])
        def __call__(self, path: Any) -> Any:
            return tf.io.read_file(path)

    return _saved(Reader(), tmp_path_factory, {"serving_default": "__call__"})


@pytest.fixture(scope="session")
def writing_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Writes a file, in a branch of a function that its signature calls."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()

    class Writer(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([], tf.string)])
        def __call__(self, text: Any) -> Any:
            if tf.strings.length(text) > 3:
                tf.io.write_file(tf.strings.join(["never-", text]), text)
            return text

    return _saved(Writer(), tmp_path_factory, {"serving_default": "__call__"})


@pytest.fixture(scope="session")
def python_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Calls a Python function."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()

    class Python(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def __call__(self, values: Any) -> Any:
            return tf.py_function(lambda given: given + 1, [values], tf.float32)

    return _saved(Python(), tmp_path_factory, {"serving_default": "__call__"})


def _saved(module: Any, factory: pytest.TempPathFactory, signatures: dict[str, str]) -> Path:
    """Save ``module`` with its methods as signatures: name -> method."""
    from models.runtime import import_tensorflow

    folder = factory.mktemp(type(module).__name__.lower()) / "1"
    methods = {name: getattr(module, method) for name, method in signatures.items()}
    import_tensorflow().saved_model.save(module, str(folder), signatures=methods)
    return folder


@pytest.fixture(scope="session")
def nuclei_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model for discs with settings and a description of what it knows."""
    from models.imaging.familiarity import FAMILIARITY_FILE, fit_familiarity
    from models.imaging.model_settings import ModelSettings
    from tests.models.imaging.conftest import NUCLEI, brightness, discs_picture, save_image_model

    settings = ModelSettings(
        task="nuclei", channels=NUCLEI, tile=128, overlap=32, clahe=False, minimum_size=20, hole_size=50
    )
    folder = save_image_model(tmp_path_factory.mktemp("discs-unet") / "1", settings, brightness)
    known = fit_familiarity([discs_picture(seed)[0] for seed in range(20)])
    (folder / FAMILIARITY_FILE).write_text(known.to_json())
    return folder
