import numpy as np
import pytest
from skimage.filters import threshold_otsu

from models.imaging.classical import DESCRIPTIONS, classical_baseline, otsu_threshold
from models.imaging.display import to_rgb
from models.imaging.ground_truth import read_ground_truth
from models.imaging.instances import ObjectSettings
from models.imaging.matching import average_precision
from models.imaging.metrics import dice
from models.imaging.phantoms import fundus_phantom, nuclei_phantom, ventricle_phantom
from models.imaging.reading import read_image
from models.imaging.sample_images import SampleImage, sample_images
from models.imaging.tasks import TASKS
from tests.models.imaging.files import noise


@pytest.mark.parametrize("sample", sample_images(), ids=lambda sample: sample.name)
def test_every_sample_opens(sample: SampleImage) -> None:
    image = read_image(sample.file_name, sample.read())
    assert min(image.height, image.width) >= 200 and sample.credit.endswith(".")
    assert sample.synthetic == ("ynthetic" in sample.title) == sample.credit.startswith("Synthetic")
    if sample.read_truth is not None:
        truth = read_ground_truth("truth.png", sample.read_truth(), (image.height, image.width))
        assert 0.01 < truth.mask.mean() < 0.5


def test_every_task_has_samples_with_and_without_a_warning_to_expect() -> None:
    for task in TASKS:
        assert [sample.fits for sample in sample_images(task)].count(True) >= 1
        assert not sample_images(task)[-1].fits
        assert any(sample.read_truth for sample in sample_images(task))
    assert len({sample.name for sample in sample_images()}) == len(sample_images())


def test_the_heart_is_a_dicom_file_without_a_patient() -> None:
    sample = next(sample for sample in sample_images("ventricle") if sample.synthetic)
    data = sample.read()
    image = read_image(sample.file_name, data)
    assert image.source_format == "DICOM" and image.pixel_size is not None and image.pixel_size.unit == "mm"
    np.testing.assert_array_equal(image.pixels, ventricle_phantom()[0])
    assert image.display_range is not None and to_rgb(image).max() == 255
    assert data == sample.read()


def test_phantoms_are_the_same_each_time_and_differ_by_seed() -> None:
    for phantom in (nuclei_phantom, ventricle_phantom):
        first, again, other = phantom(1), phantom(1), phantom(2)
        np.testing.assert_array_equal(first[0], again[0])
        assert (first[0] != other[0]).any()
    assert fundus_phantom(1, 300)[0].shape == (300, 300, 3)


def test_otsu_agrees_with_scikit_image() -> None:
    values = np.concatenate([noise(3000) // 4, noise(2000, seed=1) // 4 + 150]).astype(np.uint8)
    assert abs(otsu_threshold(values) - threshold_otsu(values)) <= 1


def test_the_baseline_finds_what_is_easy() -> None:
    picture, truth = nuclei_phantom()
    rgb = np.repeat(picture[..., None], 3, axis=2)
    found = classical_baseline(rgb)
    assert dice(truth, found) > 0.8 and average_precision(truth, found, [0.5])[0] > 0.6
    inverted = classical_baseline(255 - rgb)
    assert dice(truth, inverted) > 0.8
    fundus, vessels = fundus_phantom(size=600)
    assert dice(vessels, classical_baseline(fundus, "vessels")) > 0.5
    assert set(DESCRIPTIONS) == set(TASKS)


def test_the_baseline_of_the_heart_is_one_round_object() -> None:
    pixels, truth = ventricle_phantom()
    rgb = np.repeat(np.clip(pixels / 4, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    found = classical_baseline(rgb, "ventricle", ObjectSettings(hole_size=200))
    assert found.max() == 1 and dice(truth, found) > 0.8


@pytest.mark.parametrize("task", [*TASKS, "other"])
def test_the_baseline_survives_anything(task: str) -> None:
    for shape in ((1, 1, 3), (3, 200, 3), (64, 64, 3)):
        assert classical_baseline(np.zeros(shape, np.uint8), task).max() == 0
        assert classical_baseline(noise(*shape), task).shape == shape[:2]
