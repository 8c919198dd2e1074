import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.errors import CancelledError, InvalidInputError, ModelUnavailableError
from models.hub import LoadedModel
from models.model_spec import InputContract, Modality, ModelSpec
from models.text.encoder import TextEncoder, load_text_encoder, unit_rows
from tests.conftest import SENTENCEPIECE_WIDTH, TINY_WIDTH

TEXTS = ["the cat sat on the mat", "", "a dog", "   \n", "the cat sat", "แมว นั่ง", "x" * 5000]


def test_rows_are_unit_length_in_input_order_and_zero_for_empty_texts(tiny_encoder: TextEncoder) -> None:
    vectors = tiny_encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), TINY_WIDTH)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1, 0, 1, 1, 1], atol=1e-6)
    one_by_one = np.concatenate([tiny_encoder.encode([text]) for text in TEXTS])
    assert np.allclose(vectors, one_by_one, atol=1e-6)


def test_texts_that_share_words_are_similar(tiny_encoder: TextEncoder) -> None:
    vectors = tiny_encoder.encode(["the cat sat on the mat", "the cat sat", "seven purple engines"])
    assert vectors[0] @ vectors[1] > 0.7
    assert vectors[0] @ vectors[2] < 0.3


def test_no_texts_give_no_rows(tiny_encoder: TextEncoder) -> None:
    assert tiny_encoder.encode([]).shape == (0, TINY_WIDTH)
    assert not tiny_encoder.encode(["", " "]).any()


def test_attributes_come_from_the_folder(tiny_encoder: TextEncoder, tiny_text_model: Path) -> None:
    assert tiny_encoder.name == str(tiny_text_model)
    assert tiny_encoder.dimension == TINY_WIDTH
    assert tiny_encoder.origin == "path"


def test_a_sentencepiece_tokenizer_in_the_graph_loads(tiny_sentencepiece_model: Path) -> None:
    encoder = load_text_encoder(str(tiny_sentencepiece_model))
    vectors = encoder.encode(["the sun", "die sonne", "太陽"])
    assert vectors.shape == (3, SENTENCEPIECE_WIDTH)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_progress_counts_every_text_in_batches(tiny_encoder: TextEncoder) -> None:
    seen: list[tuple[int, int]] = []
    tiny_encoder.encode(["word"] * 130 + [""], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(65, 131), (129, 131), (131, 131)]


def test_cancel_stops_before_the_next_batch(tiny_encoder: TextEncoder) -> None:
    asked: list[int] = []

    def cancel() -> bool:
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(CancelledError, match=r"Stopped after 4 of 10 texts"):
        tiny_encoder.encode(["word"] * 10, batch_size=2, cancel=cancel)


@pytest.mark.parametrize("batch_size", [0, -1, 65])
def test_batches_have_between_1_and_64_texts(tiny_encoder: TextEncoder, batch_size: int) -> None:
    with pytest.raises(InvalidInputError, match="between 1 and 64"):
        tiny_encoder.encode(["a"], batch_size=batch_size)


def test_one_string_instead_of_a_list_is_refused(tiny_encoder: TextEncoder) -> None:
    with pytest.raises(InvalidInputError, match="list of texts"):
        tiny_encoder.encode("a text")


def test_half_a_surrogate_pair_and_a_nul_byte_are_encoded(tiny_encoder: TextEncoder) -> None:
    vectors = tiny_encoder.encode(["broken \ud83d text", "a\x00b"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_threads_get_the_same_answers(tiny_encoder: TextEncoder) -> None:
    texts = [f"word{i} word{i % 7}" for i in range(200)]
    expected = tiny_encoder.encode(texts)
    results: list[bool] = []

    def work() -> None:
        results.append(np.array_equal(tiny_encoder.encode(texts), expected))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 6


def test_unit_rows_turns_rows_without_direction_into_zeros() -> None:
    rows = np.array([[3, 4], [0, 0], [np.nan, 1], [np.inf, 1]], dtype=np.float32)
    assert np.allclose(unit_rows(rows), [[0.6, 0.8], [0, 0], [0, 0], [0, 0]])


def _with_model(model: Any) -> LoadedModel:
    spec = ModelSpec("own", "Own model", Modality.TEXT, InputContract("string", (None,)))
    return LoadedModel(spec, model, "path", Path("own"), 0.0)


def _tf() -> Any:
    from models.runtime import import_tensorflow

    return import_tensorflow()


def _lengths(texts: Any) -> Any:
    tf = _tf()
    return tf.cast(tf.stack([tf.strings.length(texts), tf.ones_like(texts, tf.int32)], axis=1), tf.float32)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda vectors: vectors,
        lambda vectors: {"outputs": vectors, "other": vectors[:, :1]},
        lambda vectors: {"default": vectors},
        lambda vectors: {"anything": vectors},
    ],
)
def test_a_tensor_or_a_dictionary_is_understood(wrap: Callable[[Any], Any]) -> None:
    encoder = TextEncoder(_with_model(lambda texts: wrap(_lengths(texts))))
    assert encoder.dimension == 2
    assert np.allclose(encoder.encode(["abc"]), [[3 / 10**0.5, 1 / 10**0.5]])


@pytest.mark.parametrize(
    "model",
    [
        lambda texts: {"a": _lengths(texts), "b": _lengths(texts)},
        lambda texts: _lengths(texts)[0],
        lambda texts: _lengths(texts)[:0],
        lambda texts: 1 / 0,
        object(),
    ],
)
def test_a_model_of_another_kind_is_refused_with_a_sentence(model: Any) -> None:
    with pytest.raises(ModelUnavailableError, match=r"Own model .+\. Choose a ") as caught:
        TextEncoder(_with_model(model))
    assert caught.value.reason == "incompatible"


def test_a_model_with_only_a_signature_works(tmp_path: Path) -> None:
    tf = _tf()

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text")])
    def serve(text: Any) -> Any:
        return {"vectors": _lengths(text)}

    tf.saved_model.save(tf.Module(), str(tmp_path / "m"), signatures={"serving_default": serve})
    assert load_text_encoder(tmp_path / "m").dimension == 2


def test_an_image_model_is_refused_before_anything_is_downloaded() -> None:
    with pytest.raises(InvalidInputError, match="reads image, not text"):
        load_text_encoder("efficientnet-b0")
