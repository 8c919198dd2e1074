"""What a person types for an input becomes a tensor, or a sentence."""

import cv2
import numpy as np
import pytest

from models.errors import InvalidInputError, UnreadableFileError
from models.savedmodel.description import Shape, TensorDescription
from models.savedmodel.inputs import (
    InputKind,
    image_tensor,
    numbers_tensor,
    open_dimensions,
    possible_kinds,
    random_tensor,
    texts_tensor,
)


def tensor(dtype: str = "float32", shape: Shape = (None,), structure: str = "tensor") -> TensorDescription:
    return TensorDescription("x", dtype, shape, structure)


@pytest.mark.parametrize(
    ("dtype", "shape", "kinds"),
    [
        ("string", (None,), (InputKind.TEXT,)),
        ("float32", (None, 4), (InputKind.NUMBERS, InputKind.RANDOM)),
        ("float32", (None, 512), (InputKind.RANDOM, InputKind.NUMBERS)),
        ("float32", (None, 224, 224, 3), (InputKind.IMAGE, InputKind.RANDOM)),
        ("uint8", (1, None, None, 1), (InputKind.IMAGE, InputKind.RANDOM)),
        ("float32", (None, 2, 2, 3), (InputKind.NUMBERS, InputKind.RANDOM)),
        ("bool", (), (InputKind.NUMBERS, InputKind.RANDOM)),
        ("resource", (), ()),
        ("complex64", (None,), ()),
    ],
)
def test_ways_to_fill_an_input(dtype: str, shape: Shape, kinds: tuple[InputKind, ...]) -> None:
    assert possible_kinds(tensor(dtype, shape)) == kinds


def test_sparse_inputs_cannot_be_typed() -> None:
    assert possible_kinds(tensor(structure="sparse tensor")) == ()


def test_texts() -> None:
    assert texts_tensor(tensor("string"), "a\n\nb\n").tolist() == ["a", "b"]
    assert texts_tensor(tensor("string", ()), "a\nb").tolist() == "a\nb"
    assert texts_tensor(tensor("string", (None, 1)), "a\nb").tolist() == [["a"], ["b"]]
    for typed, words in (("  \n", "Type a text"), ("a\n" * 1_001, "at most 1,000 lines")):
        with pytest.raises(InvalidInputError, match=words):
            texts_tensor(tensor("string"), typed)
    with pytest.raises(InvalidInputError, match="needs the shape"):
        texts_tensor(tensor("string", (2,)), "a\nb\nc")


@pytest.mark.parametrize(
    ("dtype", "shape", "typed", "expected"),
    [
        ("float32", (None,), "1, 2.5, -3e2", [1, 2.5, -300]),
        ("float32", (None, 2), "1, 2, 3, 4,", [[1, 2], [3, 4]]),
        ("float32", (None, 2), "[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
        ("int64", (), "7", 7),
        ("bool", (2,), "true, false", [True, False]),
        ("uint8", None, "[[0, 255]]", [[0, 255]]),
        ("int64", (None,), "-9223372036854775808", [-(2**63)]),
    ],
)
def test_numbers(dtype: str, shape: Shape, typed: str, expected: object) -> None:
    value = numbers_tensor(tensor(dtype, shape), typed)
    assert value.tolist() == expected and value.dtype == np.dtype(dtype)


@pytest.mark.parametrize(
    ("dtype", "shape", "typed", "words"),
    [
        ("float32", (None,), "1, NaN, 2", "NaN or an infinite number"),
        ("float32", (None,), "Infinity", "NaN or an infinite number"),
        ("int32", (None,), "NaN", "whole numbers"),
        ("float32", (None,), "1e39", "does not fit into float32"),
        ("float32", (None,), "one", "needs numbers"),
        ("float32", (None,), "[1, [2, 3]]", "needs numbers"),
        ("float32", (None,), "[" * 100_000, "needs numbers"),
        ("float32", (None,), "  ", "Type numbers"),
        ("int32", (None,), "1.5", "whole numbers"),
        ("uint8", (None,), "256", "from 0 to 255"),
        ("int64", (None,), "9223372036854775808", "whole numbers"),
        ("float32", (2, 2), "1, 2, 3", "needs the shape"),
        ("float32", (None, None), "1, 2, 3", "needs the shape"),
    ],
)
def test_numbers_that_do_not_fit(dtype: str, shape: Shape, typed: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        numbers_tensor(tensor(dtype, shape), typed)


def png(height: int = 20, width: int = 30) -> bytes:
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 2] = 255  # red, in the order of OpenCV
    return cv2.imencode(".png", image)[1].tobytes()


def test_images_take_the_size_and_range_of_the_input() -> None:
    floats = image_tensor(tensor("float32", (None, 8, 16, 3)), "red.png", png())
    assert floats.shape == (1, 8, 16, 3) and floats[0, 0, 0].tolist() == [1, 0, 0]
    bytes_ = image_tensor(tensor("uint8", (None, None, 3)), "red.png", png())
    assert bytes_.shape == (224, 224, 3) and bytes_[0, 0].tolist() == [255, 0, 0]
    assert image_tensor(tensor("float32", (1, 8, 8, 1)), "red.png", png()).shape == (1, 8, 8, 1)


@pytest.mark.parametrize("data", [b"", b"no image", png()[:60]])
def test_what_is_no_image(data: bytes) -> None:
    with pytest.raises(UnreadableFileError, match=r"photo\.png cannot be read as an image"):
        image_tensor(tensor("float32", (None, 8, 8, 3)), "photo.png", data)


def test_random_tensors_repeat_and_are_bounded() -> None:
    wide = tensor("float32", (None, 3, None))
    assert open_dimensions(wide) == (0, 2)
    value = random_tensor(wide, [2, 5], seed=1)
    assert value.shape == (2, 3, 5) and value.dtype == np.float32
    assert np.array_equal(value, random_tensor(wide, [2, 5], seed=1))
    assert not np.array_equal(value, random_tensor(wide, [2, 5], seed=2))
    assert random_tensor(tensor("bool", (50,))).dtype == bool
    with pytest.raises(InvalidInputError, match="at most 4,000,000"):
        random_tensor(wide, [100_000, 100_000])
