"""A second look: what is asked, what comes out, and what is told while it goes on."""

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.errors import CancelledError
from models.imaging.image import image_from_array
from models.imaging.looks import LEAST_AGREEMENT
from models.imaging.metrics import dice
from models.imaging.model_settings import ModelSettings, ScaleRule
from models.imaging.preprocessing import ClaheSettings, before_clahe, prepare_medical_image
from models.imaging.segmenter import MedicalImageSegmenter
from models.imaging.tasks import TASKS
from tests.models.imaging.conftest import discs_picture, save_image_model


def rising(tf: Any, images: Any) -> Any:
    """Brightness, weighed from 0.8 at the top of a tile to 1 at its end: it matters which way up an image is."""
    weights = tf.linspace(0.8, 1.0, tf.shape(images)[1])[None, :, None, None]
    return tf.reduce_mean(images, axis=-1, keepdims=True) * weights


@pytest.fixture(scope="module")
def rising_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = ModelSettings(tile=128, overlap=32, second_look=True)
    return save_image_model(tmp_path_factory.mktemp("rising") / "1", settings, rising)


@pytest.fixture(scope="module")
def twice(rising_folder: Path) -> MedicalImageSegmenter:
    return MedicalImageSegmenter(rising_folder)


def test_the_second_look_is_upside_down_and_before_clahe(twice: MedicalImageSegmenter) -> None:
    rgb = discs_picture(1, (300, 200))[0]
    clahe = ClaheSettings(clip_limit=10)
    first = twice.predict(rgb, clahe, second_look=False)
    second = twice.predict(rgb[::-1], replace(clahe, enabled=False), second_look=False)
    both = twice.predict(rgb, clahe)
    np.testing.assert_allclose(both.maps, (first.maps + second.maps[::-1]) / 2, atol=1e-6)
    assert np.abs(both.maps - first.maps).max() > 0.05
    assert both.second_look and not first.second_look
    masks = (maps[..., 0] >= twice.settings.threshold for maps in (first.maps, second.maps[::-1]))
    assert both.agreement == dice(*masks) >= LEAST_AGREEMENT and first.agreement is None


def test_without_clahe_only_the_side_differs(twice: MedicalImageSegmenter) -> None:
    gray = np.full((128, 96), 50, np.uint8)
    prediction = twice.predict(gray, ClaheSettings(False))
    np.testing.assert_allclose(prediction.maps, 45 / 255, atol=1e-6)
    assert prediction.agreement == 1.0  # nothing, twice


def test_a_second_look_that_finds_something_else_does_not_count(twice: MedicalImageSegmenter) -> None:
    """Found in the lower half by the first look, in the upper half by the second."""
    middling = np.full((128, 96), 140, np.uint8)
    both, first = (twice.predict(middling, ClaheSettings(False), second_look=looks) for looks in (True, False))
    assert both.agreement is not None and both.agreement < LEAST_AGREEMENT
    np.testing.assert_array_equal(both.maps, first.maps)


def test_what_was_before_clahe_lies_at_the_same_place() -> None:
    image = image_from_array(discs_picture(2, (90, 210))[0])
    for options in ({"square": 64}, {"scaling": ScaleRule("longest_side", 100)}, {}):
        after = prepare_medical_image(image, ClaheSettings(), **options)  # type: ignore[arg-type]
        plain = prepare_medical_image(image, ClaheSettings(False), **options)  # type: ignore[arg-type]
        np.testing.assert_array_equal(before_clahe(after), plain.pixels)
        assert before_clahe(plain) is plain.pixels


def test_progress_counts_both_looks(twice: MedicalImageSegmenter) -> None:
    seen: list[tuple[int, int]] = []
    twice.predict(discs_picture(3, (400, 300))[0], progress=lambda done, total: seen.append((done, total)))
    done, totals = zip(*seen, strict=True)
    assert list(done) == sorted(set(done)) and done[0] == 0
    assert set(totals) == {done[-1]} and done[-1] % 2 == 0


def test_the_second_look_can_be_stopped(twice: MedicalImageSegmenter) -> None:
    stop = threading.Event()

    def progress(done: int, total: int) -> None:
        if done == total // 2:
            stop.set()

    with pytest.raises(CancelledError):
        twice.predict(discs_picture(4, (200, 200))[0], progress=progress, cancel=stop.is_set)


def test_predictions_of_one_and_two_looks_are_never_mixed_up(twice: MedicalImageSegmenter) -> None:
    image = image_from_array(discs_picture(5)[0])
    keys = {twice.prediction_key(image, ClaheSettings(), looks) for looks in (True, False)}
    assert len(keys) == 2 and twice.prediction_key(image, ClaheSettings()) in keys


def test_only_tasks_without_an_up_and_down_propose_it(rising_folder: Path) -> None:
    assert {task.name for task in TASKS.values() if task.defaults.second_look} == {"nuclei", "vessels"}
    stored = json.loads((rising_folder / "assets.extra" / "task.json").read_text())
    assert stored["second_look"] is True
