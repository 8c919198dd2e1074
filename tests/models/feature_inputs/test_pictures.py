import io
from typing import Any

import numpy as np
import pytest

from models.catalog import get_model
from models.errors import UnreadableFileError
from models.feature_inputs import NamedFile
from models.feature_inputs.items import Item, Prepared
from models.feature_inputs.pictures import read_picture
from models.model_spec import InputContract
from tests.models.feature_inputs.makers import mp4_video, picture, png_that_claims

CONTRACT = get_model("efficientnet-v2-b0").input
COLOURS = np.zeros((40, 60, 3), np.uint8) + np.array([200, 100, 50], np.uint8)
NOISE = np.random.default_rng(0).integers(0, 256, (80, 80, 3), np.uint8)


def read(value: Any, name: str = "sun.png", contract: InputContract = CONTRACT) -> Prepared:
    return read_picture(Item(name, NamedFile(name, value) if isinstance(value, bytes) else value), contract)


def test_contract_is_met() -> None:
    prepared = read(picture(COLOURS))
    assert prepared.value.shape == (224, 224, 3) and prepared.value.dtype == np.float32
    np.testing.assert_allclose(prepared.value[100, 100], np.array([200, 100, 50]) / 255, atol=1e-6)
    assert prepared.preview.shape == (40, 60, 3) and prepared.notes == ()


def test_other_sizes_and_ranges() -> None:
    contract = InputContract("float32", (None, 32, 48, 3), value_range=(-1.0, 1.0), image_size=(32, 48))
    value = read(COLOURS, contract=contract).value
    assert value.shape == (32, 48, 3)
    np.testing.assert_allclose(value[5, 5], 2 * np.array([200, 100, 50]) / 255 - 1, atol=1e-3)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"])
def test_formats(kind: str) -> None:
    value = read(picture(COLOURS, kind)).value
    np.testing.assert_allclose(value[100, 100], np.array([200, 100, 50]) / 255, atol=0.06)


@pytest.mark.parametrize(
    "array",
    [
        np.full((30, 20), 0.5),
        np.full((30, 20, 1), 0.5, np.float16),
        np.full((30, 20, 3), 0.5),
        np.full((30, 20), 32_768, np.uint16),
        np.full((30, 20, 3), 128, np.uint8),
        np.full((30, 20, 3), 128, np.int64),
    ],
)
def test_arrays(array: np.ndarray) -> None:
    np.testing.assert_allclose(read(array).value, 0.5, atol=0.005)


def test_grey_pictures_of_16_bits_keep_their_range() -> None:
    data = picture(np.full((30, 20), 32_768, np.uint16))
    np.testing.assert_allclose(read(data).value, 0.5, atol=0.001)


def test_transparency_is_laid_on_white() -> None:
    pixels = np.zeros((30, 20, 4), np.uint8)
    prepared = read(picture(pixels))
    assert prepared.value.min() == 1.0 and "white" in prepared.notes[0]
    np.testing.assert_allclose(read(pixels).value, 1.0)


def test_picture_is_turned_upright() -> None:
    from PIL import Image

    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:20] = 255
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    Image.fromarray(pixels).save(buffer, "PNG", exif=exif)
    value = read(buffer.getvalue()).value
    assert value[10].max() == 0 and value[-10].min() == 1


def test_first_frame_of_an_animation() -> None:
    from PIL import Image

    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    prepared = read(buffer.getvalue(), "moving.gif")
    assert "first of its" in prepared.notes[0] and prepared.value[0, 0, 0] > 0.9


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (png_that_claims(60_000, 60_000), "more than 50 million pixels"),
        (png_that_claims(9_000, 9_000), r"more than 50 million pixels \(9,000 x 9,000\)"),
        (png_that_claims(900, 900), "damaged or cut off"),
        (b"\x89PNG\r\n\x1a\n and nothing", "damaged"),
        (picture(NOISE)[:4_000], "damaged"),
        (b"", "is empty"),
        (b"only words", "is a text file, not a picture"),
        (mp4_video(), "is an MP4 video, not a picture"),
        (np.full((20, 20, 3), np.nan), "no number"),
        (np.full((20, 20, 3), 7.5), "values from 7.5 to 7.5 where 0 to 1"),
        (np.full((20, 20, 3), -4, np.int32), "where 0 to 255"),
        (np.zeros((3, 20, 20)), "Put the channels last"),
        (np.zeros((20, 20, 2)), "has the shape"),
        (np.zeros((0, 20, 3)), "is empty"),
    ],
)
def test_what_is_refused_is_named(value: Any, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=rf"sun\.png .*{words}"):
        read(value)


def test_bomb_is_refused_before_it_is_decoded() -> None:
    import tracemalloc

    tracemalloc.start()
    with pytest.raises(UnreadableFileError):
        read(png_that_claims(60_000, 60_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6


def test_large_photograph_is_decoded_small() -> None:
    data = picture(np.zeros((6_000, 8_000, 3), np.uint8), "JPEG")
    assert read(data).value.shape == (224, 224, 3)
