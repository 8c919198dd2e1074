import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import models
from models.errors import CancelledError, InvalidInputError, ModelUnavailableError, UnreadableFileError
from models.imaging.image import image_from_array
from models.imaging.instances import ObjectSettings
from models.imaging.matching import average_precision
from models.imaging.metrics import dice
from models.imaging.model_settings import ModelSettings, ScaleRule
from models.imaging.preprocessing import ClaheSettings
from models.imaging.reading import read_image
from models.imaging.segmentation_model import fingerprint_of
from models.imaging.segmenter import MedicalImageSegmenter, objects_in, open_image
from tests.models.imaging.conftest import brightness, discs_picture, save_image_model
from tests.models.imaging.files import saved


def test_it_is_public() -> None:
    assert models.MedicalImageSegmenter is MedicalImageSegmenter


def test_discs_are_found(segmenter: MedicalImageSegmenter) -> None:
    rgb, truth = discs_picture(1)
    found = segmenter.segment(rgb)
    assert found.count == truth.max()
    assert average_precision(truth, found.labels, [0.7]) == [1.0]
    assert dice(truth, found.mask) > 0.95
    assert found.prediction.maps.shape == (*truth.shape, 3)
    assert found.prediction.foreground.shape == truth.shape
    assert len(found.measure()) == found.count
    assert segmenter.task is not None and segmenter.task.name == "nuclei"


def test_all_sources_give_the_same(segmenter: MedicalImageSegmenter, tmp_path: Path) -> None:
    rgb, _ = discs_picture(2)
    data = saved(rgb)
    path = tmp_path / "discs.png"
    path.write_bytes(data)
    prepared = segmenter.prepare_medical_image(data)
    sources: list[Any] = [rgb, data, path, str(path), read_image("a", data), prepared, segmenter.predict(data)]
    results = [segmenter.segment(source).labels for source in sources]
    for labels in results[1:]:
        np.testing.assert_array_equal(labels, results[0])
    assert open_image(path).name == "discs.png" and open_image(data, "b.png").name == "b.png"
    with pytest.raises(UnreadableFileError, match=r"none\.png cannot be opened"):
        segmenter.segment(tmp_path / "none.png")


def test_thresholds_do_not_run_the_network_again(segmenter: MedicalImageSegmenter) -> None:
    prediction = segmenter.predict(discs_picture(3)[0])
    areas = [objects_in(prediction, ObjectSettings(threshold)).mask.sum() for threshold in (0.05, 0.5, 0.95)]
    assert areas[0] > areas[1] > areas[2]
    assert segmenter.segment(prediction, ObjectSettings(minimum_size=10_000)).count == 0


def test_near_duplicates_never_share_a_mask(segmenter: MedicalImageSegmenter) -> None:
    """Streamlit's cache hashes a sample of a large array: the key here has to tell one pixel apart."""
    rgb, _ = discs_picture(4, (900, 800), 30)
    other = rgb.copy()
    other[3, 5] ^= 1
    first, second = read_image("a.png", saved(rgb)), read_image("a.png", saved(other))
    clahe = segmenter.default_clahe
    assert segmenter.prediction_key(first, clahe) != segmenter.prediction_key(second, clahe)
    assert segmenter.prediction_key(first, clahe) == segmenter.prediction_key(read_image("b", saved(rgb)), clahe)
    keys = {
        segmenter.prediction_key(first, settings)
        for settings in (ClaheSettings(), ClaheSettings(False), ClaheSettings(True, 2.0), ClaheSettings(True, 3.0, 4))
    }
    assert len(keys) == 4


def test_images_are_tiled_with_progress_and_cancel(segmenter: MedicalImageSegmenter) -> None:
    rgb, truth = discs_picture(5, (500, 420), 40)
    seen: list[tuple[int, int]] = []
    found = segmenter.segment(rgb, progress=lambda done, total: seen.append((done, total)))
    assert seen[0][0] == 0 and seen[-1][0] == seen[-1][1] > 9
    assert average_precision(truth, found.labels, [0.7]) == [1.0]
    stop = threading.Event()
    with pytest.raises(CancelledError):
        segmenter.segment(rgb, progress=lambda done, total: stop.set() if done > 2 else None, cancel=stop.is_set)


def test_black_and_tiny_arrays_have_no_objects(segmenter: MedicalImageSegmenter) -> None:
    for shape in ((64, 64, 3), (1, 1), (3, 400)):
        found = segmenter.segment(np.zeros(shape, np.uint8))
        assert found.count == 0 and found.labels.shape == shape[:2]
    with pytest.raises(InvalidInputError):
        segmenter.segment(np.full((9, 9), np.nan))


def test_the_working_resolution_is_the_model_s(tmp_path: Path) -> None:
    settings = ModelSettings(scaling=ScaleRule("longest_side", 128), tile=128, overlap=32, clahe=False)
    folder = save_image_model(tmp_path / "small" / "1", settings, lambda tf, x: brightness(tf, x)[..., :1])
    small = MedicalImageSegmenter(folder)
    rgb, truth = discs_picture(6, (400, 512))
    prepared = small.prepare_medical_image(rgb)
    assert prepared.pixels.shape == (100, 128, 3) and prepared.scale == 0.25
    found = small.segment(rgb)
    assert found.labels.shape == truth.shape and dice(truth, found.mask) > 0.75
    assert small.task is None and small.familiarity(rgb) is None


def test_clahe_changes_what_the_network_sees(segmenter: MedicalImageSegmenter) -> None:
    rgb = discs_picture(7)[0] // 3
    off, on = segmenter.predict(rgb), segmenter.predict(rgb, ClaheSettings(True, 10.0))
    assert not off.clahe.enabled and on.clahe.enabled
    assert dice(objects_in(off, ObjectSettings()).mask, objects_in(on, ObjectSettings()).mask) < 0.9


def test_unfamiliar_images_are_noticed(segmenter: MedicalImageSegmenter) -> None:
    from skimage import data

    known, other = segmenter.familiarity(discs_picture(99)[0]), segmenter.familiarity(data.astronaut())
    assert known is not None and not known.unusual
    assert other is not None and other.unusual


def test_three_panels(segmenter: MedicalImageSegmenter) -> None:
    rgb, _ = discs_picture(8)
    found = segmenter.segment(rgb)
    for figure in (
        segmenter.visualize_segmentation(found),
        segmenter.visualize_segmentation(rgb, found.mask),
        segmenter.visualize_segmentation(image_from_array(rgb), found.labels),
    ):
        assert [panel.get_title() for panel in figure.axes] == ["Original", f"Mask ({found.count})", "Overlay"]
    with pytest.raises(InvalidInputError):
        segmenter.visualize_segmentation(rgb)


def test_unknown_tasks_and_folders() -> None:
    with pytest.raises(InvalidInputError, match="nuclei, ventricle, vessels"):
        MedicalImageSegmenter("lungs")
    with pytest.raises(ModelUnavailableError):
        MedicalImageSegmenter(Path("no/such/folder"))


@pytest.mark.parametrize(
    ("network", "problem"),
    [
        (lambda tf, images: images[..., :2], "returns"),
        (lambda tf, images: images[:, ::2, ::2, :1], "returns"),
        (lambda tf, images: images[..., :1] * 9 - 4, "no probabilities"),
        (lambda tf, images: images[..., :1] * float("nan"), "no probabilities"),
        (lambda tf, images: tf.ensure_shape(images, [None, 7, 7, 3])[..., :1], "does not accept"),
    ],
)
def test_models_for_something_else_are_refused(tmp_path: Path, network: Any, problem: str) -> None:
    folder = save_image_model(tmp_path / "other" / "1", ModelSettings(tile=64, overlap=16), network)
    with pytest.raises(ModelUnavailableError, match=problem) as caught:
        MedicalImageSegmenter(folder).segment(discs_picture(9)[0])
    assert caught.value.reason == "incompatible"


def test_the_fingerprint_follows_weights_and_settings(tmp_path: Path, nuclei_folder: Path) -> None:
    import shutil

    copy = Path(shutil.copytree(nuclei_folder, tmp_path / "copy" / "1"))
    assert fingerprint_of(copy) == fingerprint_of(nuclei_folder)
    (copy / "MODEL_CARD.md").write_text("a card")
    assert fingerprint_of(copy) == fingerprint_of(nuclei_folder)
    (copy / "assets.extra" / "task.json").write_text("{}")
    assert fingerprint_of(copy) != fingerprint_of(nuclei_folder)
