import cv2
import numpy as np
import pytest

from models.errors import InvalidInputError
from models.imaging.display import stretch_note, to_rgb, warnings_about
from models.imaging.image import MedicalImage, PixelSize, image_from_array
from models.imaging.model_settings import ModelSettings, ScaleRule, settings_from_json
from models.imaging.preprocessing import (
    ClaheSettings,
    apply_clahe,
    maps_to_original,
    mask_to_original,
    prepare_medical_image,
)
from models.imaging.tasks import TASKS, get_task
from models.imaging.working_scale import field_of_view, field_of_view_width

OFF = ClaheSettings(enabled=False)


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)


def fundus(size: int = 200, radius: int = 60) -> np.ndarray:
    image = np.zeros((size, size + 100, 3), dtype=np.uint8)
    cv2.circle(image, (size // 2 + 50, size // 2), radius, (180, 90, 40), -1)
    image[size // 2, size // 2 + 50] = 0
    return image


def test_arrays_of_all_kinds_become_images() -> None:
    assert image_from_array(noise(5, 6)).pixels.dtype == np.uint8
    assert image_from_array(noise(5, 6, 4)).pixels.shape == (5, 6, 3)
    assert image_from_array(noise(5, 6, 1)).pixels.shape == (5, 6)
    assert image_from_array(noise(5, 6) > 9).pixels.max() == 255
    assert image_from_array(np.zeros((4, 4), np.int64)).pixels.dtype == np.float32
    assert image_from_array(np.zeros((4, 4), np.uint16)).bit_depth == 16


@pytest.mark.parametrize("bad", [np.zeros(3), np.zeros((2, 2, 2)), np.zeros((0, 5)), np.array([["a"]])])
def test_other_arrays_are_refused(bad: np.ndarray) -> None:
    with pytest.raises(InvalidInputError):
        image_from_array(bad)


def test_nan_is_refused_in_arrays() -> None:
    with pytest.raises(InvalidInputError, match="NaN"):
        image_from_array(np.array([[1.0, np.nan]]))


def test_near_duplicates_have_keys_of_their_own() -> None:
    first = noise(900, 900)
    second = first.copy()
    second[450, 451] ^= 1
    keys = {image_from_array(a).key for a in (first, second, first.reshape(450, 1800), first.astype(np.float32))}
    assert len(keys) == 4


def test_eight_bits_stay_and_sixteen_are_stretched() -> None:
    gray = noise(20, 30)
    np.testing.assert_array_equal(to_rgb(image_from_array(gray))[..., 1], gray)
    deep = image_from_array(np.linspace(300, 4000, 10_000).reshape(100, 100).astype(np.uint16))
    rgb = to_rgb(deep)
    assert rgb.min() == 0 and rgb.max() == 255 and abs(int(rgb[50, 50, 0]) - 128) <= 2
    assert stretch_note(deep) is not None and stretch_note(image_from_array(gray)) is None


def test_a_hot_pixel_does_not_hide_the_rest() -> None:
    values = np.linspace(0, 1, 10_000).reshape(100, 100).astype(np.float32)
    values[3, 3] = 1e6
    assert to_rgb(image_from_array(values)).mean() > 100


def test_window_and_inversion() -> None:
    values = np.array([[0, 50, 100, 200]], dtype=np.float32)
    image = MedicalImage("a", values, "0", display_range=(0, 100))
    assert to_rgb(image)[0, :, 0].tolist() == [0, 128, 255, 255]
    inverted = MedicalImage("a", values, "0", display_range=(0, 100), inverted=True)
    assert to_rgb(inverted)[0, :, 0].tolist() == [255, 127, 0, 0]


def test_constant_images_stay_finite() -> None:
    for value in (0, 7, 65535):
        assert to_rgb(image_from_array(np.full((4, 4), value, np.uint16))).max() == 0
    assert "same value" in warnings_about(image_from_array(np.zeros((9, 9), np.uint8)))[0]


def test_odd_values_are_noticed() -> None:
    assert "mask" in warnings_about(image_from_array((noise(9, 9) > 9).astype(np.uint8)))[0]
    assert "contrast" in warnings_about(image_from_array(noise(99, 99) // 20))[0]
    assert warnings_about(image_from_array(noise(99, 99))) == []


def test_clahe_is_opencv_s_on_lightness_with_the_stated_defaults() -> None:
    rgb = noise(64, 80, 3)
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(3.0, (8, 8)).apply(lab[..., 0])
    np.testing.assert_array_equal(apply_clahe(rgb), cv2.cvtColor(lab, cv2.COLOR_LAB2RGB))
    assert apply_clahe(rgb, OFF) is rgb


def test_clahe_raises_contrast_and_keeps_gray_gray() -> None:
    dim = np.repeat((noise(64, 64) // 8 + 100)[..., None], 3, axis=2)
    after = apply_clahe(dim)
    assert after.std() > 1.5 * dim.std()
    assert np.ptp(after.astype(int), axis=2).max() <= 2


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (7, 5)])
def test_clahe_of_tiny_images(shape: tuple[int, int]) -> None:
    assert apply_clahe(noise(*shape, 3)).shape == (*shape, 3)


@pytest.mark.parametrize("settings", [{"clip_limit": 0}, {"clip_limit": float("nan")}, {"grid": 0}, {"grid": 65}])
def test_clahe_settings_out_of_range(settings: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        ClaheSettings(**settings)  # type: ignore[arg-type]


def test_aspect_ratio_is_kept_and_masks_come_back() -> None:
    image = image_from_array(noise(300, 500, 3))
    prepared = prepare_medical_image(image, OFF, ScaleRule("longest_side", 250))
    assert prepared.rgb.shape == (150, 250, 3) and prepared.scale == 0.5
    assert prepared.rgb.dtype == np.float32 and 0 <= prepared.rgb.min() <= prepared.rgb.max() <= 1
    mask = np.zeros((150, 250), dtype=np.int32)
    mask[20:30, 40:60] = 7
    back = mask_to_original(mask, prepared)
    assert back.shape == (300, 500) and (back[40:60, 80:120] == 7).all() and (back == 7).sum() == 800


def test_a_square_is_padded_and_unpadded() -> None:
    image = image_from_array(noise(100, 300))
    prepared = prepare_medical_image(image, OFF, square=256)
    assert prepared.pixels.shape == (256, 256, 3)
    assert prepared.padding == (85, 86, 0, 0)
    maps = maps_to_original(np.full((256, 256, 2), 0.25, dtype=np.float32), prepared)
    assert maps.shape == (100, 300, 2) and np.allclose(maps, 0.25)
    row_number = np.repeat(np.arange(256)[:, None], 256, axis=1)
    assert mask_to_original(row_number, prepared).min() == 85


def test_without_scaling_nothing_is_resampled() -> None:
    pixels = noise(33, 47, 3)
    prepared = prepare_medical_image(image_from_array(pixels), OFF)
    np.testing.assert_array_equal(prepared.pixels, pixels)
    maps = np.random.default_rng(0).random((33, 47, 1), dtype=np.float32)
    assert maps_to_original(maps, prepared).shape == (33, 47, 1)


def test_shrinking_does_not_alias() -> None:
    stripes = np.zeros((256, 256), np.uint8)
    stripes[:, ::2] = 255
    prepared = prepare_medical_image(image_from_array(stripes), OFF, ScaleRule("longest_side", 64))
    assert abs(prepared.rgb.mean() - 0.5) < 0.01 and prepared.rgb.std() < 0.01


def test_field_of_view() -> None:
    assert abs(field_of_view_width(fundus(radius=60)) - 121) <= 4
    inside = field_of_view(fundus(radius=60))
    assert inside[100, 150] and not inside[5, 5]
    assert field_of_view_width(noise(50, 70, 3)) == 70
    assert field_of_view_width(np.zeros((50, 70, 3), np.uint8)) == 70
    prepared = prepare_medical_image(image_from_array(fundus()), OFF, ScaleRule("field_of_view_width", 242))
    assert prepared.scale == pytest.approx(2, abs=0.1)


def test_scaling_has_limits() -> None:
    thumbnail = image_from_array(noise(16, 16))
    assert prepare_medical_image(thumbnail, OFF, ScaleRule("longest_side", 1024, largest=2)).scale == 2


def test_settings_travel_as_json() -> None:
    for task in TASKS.values():
        assert settings_from_json(task.defaults.to_json()) == task.defaults
    partial = settings_from_json(
        '{"threshold": 0.4, "later": 1, "scaling": {"pixels": 512}}', TASKS["vessels"].defaults
    )
    assert (partial.threshold, partial.scaling.pixels, partial.scaling.mode) == (0.4, 512, "field_of_view_width")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"threshold": 2}',
        '{"channels": ["rim"]}',
        '{"channels": 3}',
        '{"tile": 100}',
        '{"scaling": {"x": 1}}',
    ],
)
def test_bad_settings_are_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"task\.json"):
        settings_from_json(text)


def test_tasks_speak_plainly() -> None:
    assert set(TASKS) == {"nuclei", "ventricle", "vessels"}
    assert TASKS["nuclei"].count(1) == "1 nucleus" and TASKS["nuclei"].count(1204) == "1,204 nuclei"
    assert all(task.defaults.task == name and task.model == f"{name}-unet" for name, task in TASKS.items())
    with pytest.raises(InvalidInputError, match="nuclei, ventricle, vessels"):
        get_task("lungs")


def test_settings_are_the_model_s() -> None:
    assert ModelSettings().scaling.mode == "none"
    with pytest.raises(InvalidInputError):
        PixelSize(0, 1, "mm")
