"""The extractor over the bundled models and over tiny ones of every shape that the hub has."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import models
from models.errors import CancelledError, InvalidInputError, ModelUnavailableError, UnreadableFileError
from models.feature_inputs import NamedFile
from models.feature_models import feature_model
from models.feature_variants import find_variant, variants
from models.features import DynamicFeatureExtractor
from models.hub import load_model
from models.model_spec import Modality
from tests.models.feature_inputs.makers import mp4_video, picture, recording, tone

ROOT = Path(__file__).parents[2]
COLOURS = np.zeros((40, 60, 3), np.uint8) + np.array([200, 100, 50], np.uint8)


@pytest.fixture(scope="module")
def extractor() -> DynamicFeatureExtractor:
    return DynamicFeatureExtractor()


def test_public_name() -> None:
    assert models.DynamicFeatureExtractor is DynamicFeatureExtractor


def test_texts(extractor: DynamicFeatureExtractor) -> None:
    features = extractor.extract_features(["The sun warms the house.", "Die Sonne wärmt das Haus.", "Tax law", ""])
    assert features.modality == "text" and features.shape == (4, 512) and features.embeddings.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(features.embeddings, axis=1), [1, 1, 1, 0], atol=1e-5)
    assert features[0] @ features[1] > features[0] @ features[2]


def test_pictures(extractor: DynamicFeatureExtractor) -> None:
    features = extractor.extract_features([COLOURS, picture(COLOURS), COLOURS[:, ::-1] // 2], batch_size=2)
    assert features.modality == "image" and features.shape == (3, 326)
    np.testing.assert_allclose(features[0], features[1], atol=1e-3)  # sums of another order
    assert features.names == ["Picture 1", "Picture 2", "Picture 3"]


def test_sounds(extractor: DynamicFeatureExtractor) -> None:
    features = extractor.extract_features(
        [NamedFile("a.wav", recording(tone(3), 16_000)), NamedFile("a.wav", recording(tone(2, 44_100), 44_100))]
    )
    assert features.modality == "audio" and features.shape == (2, 205) and features.names == ["a.wav", "a.wav (2)"]
    row = features.rows[0]
    assert row.windows is not None and row.log_mel is not None
    assert row.windows.shape == (6, 205) and row.log_mel.shape[1] == 64 and row.seconds == 3
    np.testing.assert_allclose(features[0], row.windows.mean(axis=0), atol=1e-6)
    assert "Resampled" in features.rows[1].notes[0]


def test_batches_do_not_matter(extractor: DynamicFeatureExtractor) -> None:
    pictures = list(np.random.default_rng(0).random((5, 30, 30, 3)))
    one = extractor.extract_features(pictures, batch_size=1).embeddings
    np.testing.assert_allclose(one, extractor.extract_features(pictures, batch_size=4).embeddings, atol=1e-5)


def test_document_gives_a_row_a_passage(extractor: DynamicFeatureExtractor) -> None:
    features = extractor.extract_features([NamedFile("notes.txt", b"One.\n\nTwo."), NamedFile("more.txt", b"Three.")])
    assert [row.source for row in features.rows] == [0, 0, 1] and features.names[1] == "notes.txt, line 3"


def test_model_is_loaded_once_and_only_when_something_can_be_read() -> None:
    asked = []

    def load(spec: Any) -> Any:
        asked.append(spec.name)
        return feature_model(load_model(spec))

    own = DynamicFeatureExtractor(load)
    with pytest.raises(UnreadableFileError):
        own.extract_features(np.full((9, 9, 3), np.nan))
    assert asked == []
    own.extract_features(COLOURS)
    own.extract_features([COLOURS, COLOURS])
    assert asked == ["handcrafted-image"]


def test_unreadable_inputs_are_listed_and_the_rest_goes_on(extractor: DynamicFeatureExtractor) -> None:
    data = [NamedFile("talk.wav", mp4_video()), NamedFile("rain.wav", recording(tone(), 16_000))]
    features = extractor.extract_features(data, "audio", skip_unreadable=True)
    assert features.names == ["rain.wav"] and features.rows[0].source == 1
    (problem,) = features.problems
    assert problem.source == 0 and "talk.wav is an MP4 video" in problem.sentence
    with pytest.raises(UnreadableFileError, match=r"talk\.wav"):
        extractor.extract_features(data, "audio")


def test_nothing_readable_is_no_row(extractor: DynamicFeatureExtractor) -> None:
    features = extractor.extract_features(NamedFile("x.png", b""), "image", skip_unreadable=True)
    assert features.shape == (0, 326) and len(features.problems) == 1


def test_max_length(extractor: DynamicFeatureExtractor) -> None:
    assert extractor.extract_features("word " * 50, max_length=9).rows[0].notes == ("Cut from 250 to 9 characters.",)
    assert extractor.extract_features(tone(30), max_length=2).rows[0].seconds == 2


def test_progress_and_cancel(extractor: DynamicFeatureExtractor) -> None:
    seen: list[tuple[int, int]] = []
    extractor.extract_features([COLOURS] * 5, batch_size=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 5), (4, 5), (5, 5)]
    with pytest.raises(CancelledError, match="Stopped after 2 of 5"):
        extractor.extract_features(
            [COLOURS] * 5, batch_size=2, progress=lambda *_: seen.append((0, 0)), cancel=lambda: len(seen) > 3
        )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"batch_size": 0}, "batch size"),
        ({"batch_size": 65}, "batch size"),
        ({"max_length": 0}, "more than 0"),
        ({"max_length": float("nan")}, "more than 0"),
        ({"modality": "smell"}, "no modality 'smell'"),
        ({"model_variant": "yamnet"}, "'yamnet' reads audio, not text"),
        ({"model_variant": "gpt"}, "no text model called 'gpt'"),
        ({"names": ["a", "b"]}, "2 names do not fit 1"),
    ],
)
def test_parameters_out_of_range(extractor: DynamicFeatureExtractor, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        extractor.extract_features("text", **options)


def test_variants_of_the_issue() -> None:
    assert {"default", "multilingual", "large"} <= set(variants(Modality.TEXT))
    assert {"default", "efficientnet", "efficientnet-v2", "resnet50"} <= set(variants(Modality.IMAGE))
    assert {"default", "yamnet"} <= set(variants(Modality.AUDIO))
    for modality in Modality:
        assert DynamicFeatureExtractor.variants(modality)["default"].bundled_path is not None


def test_a_variant_may_be_a_name_an_address_or_a_folder(tiny_text_model: Path) -> None:
    assert find_variant(Modality.AUDIO, "https://tfhub.dev/google/yamnet/1").name == "yamnet"
    assert find_variant(Modality.TEXT, "polyglot-fast").name == "polyglot-fast"
    assert find_variant(Modality.TEXT, tiny_text_model).bundled_path == tiny_text_model
    features = DynamicFeatureExtractor().extract_features(["a b", "b a"], model_variant=tiny_text_model)
    np.testing.assert_allclose(features[0], features[1])


def test_hub_model_without_network_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYGLOT_OFFLINE", "1")
    with pytest.raises(ModelUnavailableError, match="downloads are switched off"):
        DynamicFeatureExtractor().extract_features(tone(), model_variant="yamnet")


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Save a tiny model: the function that it computes, and the shape that it takes."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()

    def save(function: Callable[[Any], Any], shape: list[int | None], signature_only: bool = False) -> Path:
        folder = tmp_path_factory.mktemp("tiny") / "1"
        given = tf.TensorSpec(shape, tf.float32, name="inputs")
        module = tf.Module()
        if signature_only:
            signature = tf.function(lambda inputs: {"outputs": function(inputs)}, input_signature=[given])
            tf.saved_model.save(module, str(folder), signatures={"serving_default": signature})
            return folder

        class Tiny(tf.Module):
            def __init__(self) -> None:
                super().__init__()
                self.table = tf.saved_model.Asset(str(names))

            @tf.function(input_signature=[given])
            def __call__(self, inputs: Any) -> Any:
                return function(inputs)

            @tf.function(input_signature=[])
            def class_map_path(self) -> Any:
                return self.table.asset_path

        names = tmp_path_factory.mktemp("names") / "names.csv"
        names.write_text("index,mid,display_name\n0,/m/a,Speech\n1,/m/b,Rain\n", encoding="utf-8")
        tf.saved_model.save(Tiny(), str(folder))
        return folder

    return save


def test_model_like_yamnet_names_what_it_hears(make: Callable[..., Path]) -> None:
    from models.runtime import import_tensorflow

    tf = import_tensorflow()

    def yamnet(wave: Any) -> Any:
        frames = tf.signal.frame(wave, 15_600, 7_680, pad_end=True)
        scores = tf.tile([[0.1, 0.9]], [tf.shape(frames)[0], 1])
        return scores, frames[:, :32], tf.zeros([10, 64])

    features = DynamicFeatureExtractor().extract_features(tone(), model_variant=make(yamnet, [None]))
    row = features.rows[0]
    assert [(name, round(score, 3)) for name, score in row.classes] == [("Rain", 0.9), ("Speech", 0.1)]
    assert features.shape == (1, 32) and row.log_mel is not None and row.log_mel.shape == (10, 64)


def test_model_with_a_signature_only(make: Callable[..., Path]) -> None:
    folder = make(lambda images: images[:, 100, 100], [None, 224, 224, 3], signature_only=True)
    features = DynamicFeatureExtractor().extract_features(COLOURS, model_variant=folder)
    np.testing.assert_allclose(features.embeddings, [np.array([200, 100, 50]) / 255], atol=1e-3)


def fails_when_it_runs(images: Any) -> Any:
    import tensorflow as tf

    # out of range only for the pictures that come, not for the graph
    return tf.gather(images[:, 0, 0], [tf.shape(images)[0] + 5])


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda images: images[:, 0, 0] / 0 * 0, "no numbers"),
        (lambda images: images[:1, 0, 0, 0], "returned an array of shape"),
        (fails_when_it_runs, "failed on an input"),
        (lambda images: {"a": images, "b": images}, "several outputs"),
    ],
)
def test_model_that_breaks_is_named(make: Callable[..., Path], function: Callable[[Any], Any], words: str) -> None:
    folder = make(function, [None, 224, 224, 3])
    with pytest.raises(ModelUnavailableError, match=words):
        DynamicFeatureExtractor().extract_features(COLOURS, model_variant=folder)


def test_nothing_is_written_to_disk() -> None:
    """What a person uploads or says stays in memory: in a fresh process, nothing is opened for writing meanwhile."""
    code = """
import sys
from models.features import DynamicFeatureExtractor
from tests.models.feature_inputs.makers import picture, recording, tone
import numpy as np
extractor = DynamicFeatureExtractor()
inputs = [picture(np.zeros((9, 9, 3), np.uint8)), recording(tone(), 44100, "MP3", "MPEG_LAYER_III"), "words"]
for one in inputs:
    extractor.extract_features(one)
written = []
def watch(event, arguments):
    if event == "open" and any(letter in str(arguments[1]) for letter in "wax+"):
        written.append(arguments[0])
sys.addaudithook(watch)
for one in inputs:
    extractor.extract_features(one)
assert not written, written
print("clean")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.stdout.strip().endswith("clean"), done.stderr[-2000:]
