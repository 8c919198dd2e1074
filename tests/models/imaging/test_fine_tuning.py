"""Fine-tuning for real: a tiny U-Net that knows bright discs learns that discs may be dark."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.catalog import CATALOG
from models.errors import CancelledError, InvalidInputError, ModelUnavailableError
from models.imaging.familiarity import fit_familiarity
from models.imaging.fine_tuned import FineTuned
from models.imaging.fine_tuning import check_amount, fine_tune, held_out
from models.imaging.image import image_from_array
from models.imaging.model_settings import ModelSettings
from models.imaging.network import build_unet
from models.imaging.pairs import TrainingPair
from models.imaging.saved_network import save_network
from models.imaging.segmentation_model import SegmentationModel, load_segmentation_model
from models.imaging.segmenter import MedicalImageSegmenter
from models.imaging.tasks import TASKS
from models.imaging.trainable import architecture_of, open_trainable
from models.imaging.tuning_settings import FineTuningSettings, TuningProgress
from tests.models.imaging.conftest import NUCLEI, discs_picture

QUICK = FineTuningSettings(epochs=14, learning_rate=5e-3, patience=14, view=64, batch=4)
WIDTHS = (8, 16, 24)


def pairs(count: int, first: int = 0, dark: bool = False) -> list[TrainingPair]:
    drawn = [discs_picture(seed, (96, 112), 6) for seed in range(first, first + count)]
    return [
        TrainingPair(image_from_array(255 - picture if dark else picture, f"discs_{number}.png"), labels)
        for number, (picture, labels) in enumerate(drawn)
    ]


@pytest.fixture(scope="module")
def bright(tmp_path_factory: pytest.TempPathFactory) -> SegmentationModel:
    """A network that finds bright discs, saved and loaded as a bundled one is; it learned by fine-tuning too."""
    import keras

    keras.utils.set_random_seed(3)
    settings = ModelSettings(task="nuclei", channels=NUCLEI, tile=128, overlap=32, minimum_size=10, second_look=True)
    network = build_unet(outputs=3, widths=WIDTHS, input_size=None, folded=True)
    known = fit_familiarity([discs_picture(seed, (96, 112), 6)[0] for seed in range(12)]).to_json()
    folder = tmp_path_factory.mktemp("tiny-unet")
    save_network(network, settings, known, folder / "random" / "1")
    made = fine_tune(load_segmentation_model(folder / "random" / "1"), pairs(8), QUICK)
    assert made.improved and made.after.dice > 0.9
    with zipfile.ZipFile(io.BytesIO(made.archive())) as archive:
        archive.extractall(folder)
    return load_segmentation_model(folder / made.folder / "1")


@pytest.fixture(scope="module")
def darkened(bright: SegmentationModel) -> tuple[FineTuned, list[TuningProgress]]:
    told: list[TuningProgress] = []
    return fine_tune(bright, pairs(6, 30, dark=True), QUICK, told.append), told


def test_another_kind_of_image_is_learned(bright: SegmentationModel, darkened: tuple[FineTuned, Any]) -> None:
    result, _ = darkened
    assert result.before.dice < 0.6
    assert result.after.dice > 0.8
    assert result.improved and result.model is result.tuned and "rose from" in result.verdict
    assert result.after.ap50 is not None and result.before.ap50 is not None
    assert result.after.ap50 > result.before.ap50
    # images that had no part in it at all
    (unseen,) = pairs(1, 90, dark=True)
    found = MedicalImageSegmenter(result.model).segment(unseen.image)
    assert found.count == unseen.objects
    assert found.prediction.fingerprint == result.tuned.fingerprint != bright.fingerprint
    assert "fine-tuned on 5 images" in found.prediction.model


def test_a_network_that_learned_after_clahe_looks_once(bright: SegmentationModel) -> None:
    assert not bright.settings.second_look and bright.settings.minimum_size == 10


def test_the_original_network_stays_as_it_is(bright: SegmentationModel, darkened: tuple[FineTuned, Any]) -> None:
    (known,) = pairs(1, 90)
    assert MedicalImageSegmenter(bright).segment(known.image).count == known.objects
    assert darkened[0].original is bright


def test_progress_tells_before_now_and_best(darkened: tuple[FineTuned, list[TuningProgress]]) -> None:
    result, told = darkened
    shares = [state.share for state in told]
    assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] <= 1
    assert [epoch.number for epoch in result.curve] == list(range(len(result.curve)))
    assert result.curve[0].loss is None and result.best.dice == max(epoch.dice for epoch in result.curve)
    last = told[-1]
    assert last.curve == result.curve and last.best == result.best
    assert any("Epoch 2 of up to 14" in state.text for state in told)


def test_held_out_images_are_not_learned_from(darkened: tuple[FineTuned, Any]) -> None:
    result, _ = darkened
    names = {each.pair.name for each in result.held_out}
    assert len(names) == 1 and len(result.learned) == 5 and not names & set(result.learned)
    settings = FineTuningSettings()
    assert [len(held_out(count, settings)) for count in (2, 3, 5, 8, 10, 50)] == [1, 1, 1, 2, 2, 10]
    assert len(held_out(4, FineTuningSettings(held_out=0.99))) == 3
    assert held_out(20, settings) == held_out(20, settings) != held_out(20, FineTuningSettings(seed=1))


def test_the_archive_is_a_model_with_its_papers(tmp_path: Path, darkened: tuple[FineTuned, Any]) -> None:
    from models.runtime import import_hub
    from models.savedmodel.archives import read_archive
    from models.savedmodel.reading import describe

    result, _ = darkened
    data = result.archive()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "nuclei-unet-fine-tuned" / "1"
    picture = np.random.default_rng(0).random((1, 64, 96, 3), dtype=np.float32)
    assert np.array_equal(np.asarray(import_hub().load(str(folder))(picture)), result.tuned.predict_batch(picture))
    again = MedicalImageSegmenter(folder)
    assert again.model.fingerprint == result.tuned.fingerprint and again.settings == result.original.settings
    record = json.loads((folder / "assets.extra" / "fine_tuning.json").read_text())
    assert record["started_from"]["sha256"] == result.original.fingerprint
    assert record["sha256"] == result.tuned.fingerprint and record["settings"]["seed"] == QUICK.seed
    assert record["images"]["learned_from"] == 5 and len(record["images"]["sha256"]) == 6
    assert record["scores"]["after"]["dice"] > record["scores"]["before"]["dice"]
    card = (folder / "MODEL_CARD.md").read_text()
    assert result.original.fingerprint in card and "Not for diagnosis" in card and "| Dice |" in card
    assert "discs_" not in card and "discs_" not in json.dumps(record), "file names may name patients"
    described = describe(read_archive("tuned.zip", data))
    assert "serving_default" in {signature.name for signature in described.signatures}


def test_only_the_new_images_are_familiar(darkened: tuple[FineTuned, Any]) -> None:
    result, _ = darkened
    (unseen,) = pairs(1, 90, dark=True)
    before = MedicalImageSegmenter(result.original).familiarity(unseen.image)
    after = MedicalImageSegmenter(result.tuned).familiarity(unseen.image)
    assert before is not None and after is not None
    assert before.unusual and not after.unusual and after.count == 5
    # it may have forgotten what it knew
    (old,) = pairs(1, 90)
    known = MedicalImageSegmenter(result.tuned).familiarity(old.image)
    assert known is not None and known.unusual


def test_stopped_it_keeps_what_was_best(bright: SegmentationModel, darkened: tuple[FineTuned, Any]) -> None:
    state: list[TuningProgress] = []
    told = state.append
    result = fine_tune(bright, pairs(6, 30, dark=True), QUICK, told, cancel=lambda: len(state[-1].curve) > 2)
    assert result.stopped == "it was stopped by hand" and len(result.curve) == 3
    assert result.best.dice == max(epoch.dice for epoch in result.curve)
    # the same seed, so the same views; TensorFlow adds up in any order, so the last digits differ
    first, second = ([epoch.loss for epoch in run.curve[1:3]] for run in (result, darkened[0]))
    assert first == pytest.approx(second, rel=0.02)


def test_stopped_before_anything_was_learned_it_says_so(bright: SegmentationModel) -> None:
    with pytest.raises(CancelledError, match="nothing has changed"):
        fine_tune(bright, pairs(2), QUICK, cancel=lambda: True)


def test_where_it_makes_things_worse_the_original_is_kept(bright: SegmentationModel) -> None:
    wrong = pairs(4, 30)
    for pair in wrong[:3]:
        pair.labels[:] = pair.labels == 0  # masks that call the background an object
    settings = FineTuningSettings(epochs=3, learning_rate=3e-3, view=64, patience=2, seed=0)
    order = [number for number in range(4) if number not in held_out(4, settings)]
    (checked,) = held_out(4, settings)
    arranged: list[TrainingPair] = [wrong[3]] * 4
    for place, pair in zip([*order, checked], wrong, strict=True):
        arranged[place] = pair
    result = fine_tune(bright, arranged, settings)
    assert not result.improved and result.model is bright and result.best.number == 0
    assert "did not help" in result.verdict and "had not risen for 2 epochs" in result.stopped


def test_too_little_and_too_much_is_said_plainly(bright: SegmentationModel) -> None:
    for amount, words in (
        ([], "There is none"),
        ([9], "only one"),
        ([9] * 51, "At most 50"),
        ([9_000_000] * 5, "45 m"),
    ):
        with pytest.raises(InvalidInputError, match=words):
            check_amount(amount)
    with pytest.raises(InvalidInputError, match="at least 2 images"):
        fine_tune(bright, pairs(1))


@pytest.mark.parametrize(
    "change", [{"epochs": 0}, {"learning_rate": 1.0}, {"held_out": 1.0}, {"view": 100}, {"seed": -1}, {"minutes": 0}]
)
def test_settings_out_of_range_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match="cannot run with"):
        FineTuningSettings(**change)


def test_a_network_of_another_kind_is_refused(segmenter: MedicalImageSegmenter) -> None:
    with pytest.raises(ModelUnavailableError, match="no U-Net of the app's own kinds"):
        open_trainable(segmenter.model)


@pytest.mark.parametrize("task", TASKS)
def test_every_bundled_network_can_learn_on(task: str) -> None:
    if TASKS[task].model not in CATALOG:
        pytest.skip(f"{TASKS[task].model} is not in models/bundled")
    model = load_segmentation_model(task)
    network = open_trainable(model)
    assert len(architecture_of(model).widths) >= 3
    picture = np.random.default_rng(1).random((1, 96, 64, 3), dtype=np.float32)
    assert np.allclose(network(picture), model.predict_batch(picture), atol=1e-4)
