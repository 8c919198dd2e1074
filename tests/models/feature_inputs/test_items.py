import io
from pathlib import Path

import numpy as np
import pytest

from models.errors import InvalidInputError, UnreadableFileError
from models.feature_inputs import NamedFile, as_items, find_modality
from models.model_spec import Modality
from tests.models.feature_inputs.makers import mp4_video, picture, recording, tone

PIXELS = np.zeros((20, 30, 3), np.uint8)


@pytest.mark.parametrize(
    ("data", "modality", "count"),
    [
        ("one text", "text", 1),
        (["two", "texts"], "text", 2),
        (np.array(["a", "b", "c"]), "text", 3),
        (np.array([b"a", b"b"]), "text", 2),
        (np.array(["a", "b"], object), "text", 2),
        (PIXELS, "image", 1),
        ([PIXELS, PIXELS], "image", 2),
        (np.zeros((5, 20, 30, 3)), "image", 5),
        (np.zeros((200, 300)), "image", 1),
        (picture(PIXELS), "image", 1),
        ([picture(PIXELS, "JPEG")], "image", 1),
        (np.zeros(16_000), "audio", 1),
        (np.zeros((16_000, 2)), "audio", 1),
        ([0.0, 0.5, 0.25], "audio", 1),
        ([[0.0, 0.5], [0.5, 0.5, 0.1]], "audio", 2),
        (io.BytesIO(recording(tone(), 16_000)), "audio", 1),
        (b"A text in bytes.", "text", 1),
    ],
)
def test_modality_is_found(data, modality: str, count: int) -> None:  # type: ignore[no-untyped-def]
    items = as_items(data)
    assert len(items) == count and find_modality(items) == modality


def test_texts_in_bytes_are_decoded() -> None:
    assert [item.value for item in as_items(np.array(["é".encode(), b"b"]))] == ["é", "b"]


def test_pil_image() -> None:
    from PIL import Image

    assert find_modality(as_items(Image.fromarray(PIXELS))) is Modality.IMAGE


def test_tensor() -> None:
    from models.runtime import import_tensorflow

    tf = import_tensorflow()
    assert find_modality(as_items(tf.zeros([2, 8, 8, 3]))) is Modality.IMAGE
    assert [item.value for item in as_items(tf.constant(["Straße", "b"]))] == ["Straße", "b"]


def test_paths(tmp_path: Path) -> None:
    file = tmp_path / "sun.png"
    file.write_bytes(picture(PIXELS))
    for data in (file, str(file), [str(file)]):
        (item,) = as_items(data)
        assert isinstance(item.value, NamedFile) and item.name == "sun.png"
    assert as_items(str(file), Modality.TEXT)[0].value == str(file)


def test_text_that_ends_like_a_file_name_stays_a_text() -> None:
    assert as_items("Look at sun.png")[0].value == "Look at sun.png"


@pytest.mark.parametrize("name", ["missing.png", "missing.wav"])
def test_missing_file_is_named(name: str) -> None:
    with pytest.raises(UnreadableFileError, match=f"{name} cannot be opened"):
        as_items(name)


def test_an_empty_text_is_a_text() -> None:
    assert find_modality(as_items("")) is Modality.TEXT


@pytest.mark.parametrize("data", [[], np.zeros(0), ()])
def test_nothing(data) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInputError, match="nothing to read"):
        as_items(data)


@pytest.mark.parametrize("data", [3, None, object(), [None], [object()], {"a": "b"}])
def test_what_is_no_input_is_refused(data) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInputError, match="cannot be read"):
        find_modality(as_items(data))


def test_several_kinds_are_counted() -> None:
    with pytest.raises(InvalidInputError, match="2 text, 1 image"):
        find_modality(as_items(["a", "b", PIXELS]))


def test_names_must_fit() -> None:
    with pytest.raises(InvalidInputError, match="1 names do not fit 2 inputs"):
        as_items(["a", "b"], names=["one"])
    assert [item.name for item in as_items(["a", "b"], names=["x", "y"])] == ["x", "y"]


def test_video_is_called_a_video() -> None:
    with pytest.raises(UnreadableFileError, match=r"talk\.wav is an MP4 video"):
        find_modality(as_items(NamedFile("talk.wav", mp4_video())))


def test_array_of_odd_shape() -> None:
    with pytest.raises(InvalidInputError, match="could be anything"):
        find_modality(as_items([np.zeros((2, 2, 2, 2, 2))]))
