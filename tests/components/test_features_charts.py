"""What the charts of the feature extractor are made of."""

import base64
import io
import json

import numpy as np
import pytest

from components.features_drawing import data_url, signed_colours, spectrum_colours
from components.features_heatmap import similarity_chart, vectors_chart
from components.features_map import MOST_POINTS, map_chart, map_points, readable
from components.features_sound import log_mel_chart, waveform_chart
from models.catalog import get_model
from models.feature_outputs.features import FeatureRow, Features
from models.model_spec import Modality

HOSTILE = '"] ; alert(1) // </script><b>الشمس'


def made(count: int, modality: Modality = Modality.TEXT, width: int = 6) -> Features:
    vectors = np.random.default_rng(0).normal(size=(count, width)).astype(np.float32)
    preview = np.zeros((4, 6, 3), np.uint8) if modality is Modality.IMAGE else None
    names = [HOSTILE, *(f"input {number}" for number in range(1, count))]
    rows = tuple(FeatureRow(name, number, preview=preview) for number, name in enumerate(names))
    return Features(vectors, rows, modality, get_model("polyglot-fast"))


def pixels_of(url: str) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))))


def test_address_holds_the_picture() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    np.testing.assert_array_equal(pixels_of(data_url(pixels)), pixels)


def test_signs_have_colours_and_zero_has_none() -> None:
    colours = signed_colours(np.array([[1.0, -1.0, 0.0, 0.5]], np.float32))
    assert colours[0, 0, :3].tolist() != colours[0, 1, :3].tolist()
    assert colours[0, :3, 3].tolist() == [255, 255, 0] and 120 < colours[0, 3, 3] < 135
    assert signed_colours(np.zeros((2, 2), np.float32))[..., 3].max() == 0


def test_spectrum_gets_brighter_and_silence_is_dark() -> None:
    colours = spectrum_colours(np.linspace(-7, 3, 50, dtype=np.float32)[None]).sum(axis=2)[0].astype(int)
    assert (np.diff(colours) >= 0).all() and colours[-1] > colours[0] + 400
    assert spectrum_colours(np.full((4, 4), -6.9, np.float32)).max() < 60


def test_names_are_literals_in_the_axes() -> None:
    for chart in (vectors_chart(made(3)), similarity_chart(made(3))):
        expression = json.dumps(chart.to_dict()).split('"labelExpr": ')[1]
        literal = json.JSONDecoder().raw_decode(expression)[0]
        names, end = json.JSONDecoder().raw_decode(literal)
        assert names[0].startswith('"] ; alert') and literal[end:] == "[round(datum.value - 0.5)]"


@pytest.mark.parametrize("count", [1, 2, 300])
def test_heat_maps_of_any_size(count: int) -> None:
    assert vectors_chart(made(count)).to_dict()["height"] <= 900
    assert similarity_chart(made(count)).to_dict()


def test_zero_vectors_are_drawn() -> None:
    features = made(3)
    features.embeddings[:] = 0
    vectors_chart(features).to_dict()
    points, shares = map_points(features)
    assert np.isfinite(points[["x", "y"]].to_numpy()).all() and shares == (0, 0)


def test_map_thins_out_a_crowd() -> None:
    points, _ = map_points(made(MOST_POINTS + 50))
    assert len(points) == MOST_POINTS and not any(readable(points))


@pytest.mark.parametrize("modality", list(Modality))
def test_map_of_each_modality(modality: Modality) -> None:
    points, _ = map_points(made(12, modality))
    assert ("thumbnail" in points) == (modality is Modality.IMAGE)
    assert ("language" in points) == (modality is Modality.TEXT)
    assert map_chart(points, modality).to_dict()["layer"]


def test_labels_do_not_cover_one_another() -> None:
    points, _ = map_points(made(8))
    points["x"], points["y"] = [0, 0.001, 0.002, 0.9, 0.9, 0.5, 0.5, 1.0], [0, 0, 0, 0.5, 0.5, 0.9, 1.0, 1.0]
    fits = readable(points)
    assert fits[:2] == [False, False] and fits[5] and fits[7]


@pytest.mark.parametrize("seconds", [0.00625, 1.0, 599.0])
def test_sound_of_any_length(seconds: float) -> None:
    log_mel = np.random.default_rng(0).normal(size=(max(96, int(seconds * 100)), 64)).astype(np.float32)
    assert log_mel_chart(log_mel, seconds).to_dict()["height"] == 270
    assert waveform_chart(np.zeros((5, 2), np.float32), seconds).to_dict()
