import contextlib
import io
import zlib

import numpy as np
import pydicom
import pytest

from models.errors import UnreadableFileError
from models.imaging.display import to_rgb
from models.imaging.image import PixelSize
from models.imaging.limits import ImageLimits
from models.imaging.reading import read_image
from tests.models.imaging.files import PYDICOM_FILES, changed_dicom, dicom


def refusal(name: str, data: bytes, **options: object) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_image(name, data, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_ct_is_rescaled_to_hounsfield_units() -> None:
    image = read_image("CT_small.dcm", dicom("CT_small.dcm"))
    dataset = pydicom.dcmread(PYDICOM_FILES / "CT_small.dcm")
    np.testing.assert_array_equal(image.pixels, dataset.pixel_array.astype(np.float32) - 1024)
    assert image.pixel_size == PixelSize(0.661468, 0.661468, "mm")
    assert (image.source_format, image.bit_depth, image.frames) == ("DICOM", 16, 1)


def test_the_window_is_applied_when_shown() -> None:
    image = read_image("MR.dcm", dicom("MR_small.dcm"))
    assert image.display_range == (600 - 0.5 - 1599 / 2, 600 - 0.5 + 1599 / 2)
    from pydicom.pixels import apply_voi_lut

    dataset = pydicom.dcmread(PYDICOM_FILES / "MR_small.dcm")
    expected = (apply_voi_lut(dataset.pixel_array, dataset) + 32_768) / 65_535 * 255  # its range is that of int16
    assert np.abs(to_rgb(image)[..., 0] - expected).max() <= 1


@pytest.mark.parametrize(
    "name",
    [
        "MR_small_RLE.dcm",
        "MR_small_bigendian.dcm",
        "MR_small_implicit.dcm",
        "MR_small_jp2klossless.dcm",
        "MR_small_padded.dcm",
    ],
)
def test_transfer_syntaxes_give_the_same_pixels(name: str) -> None:
    expected = read_image("MR.dcm", dicom("MR_small.dcm"))
    np.testing.assert_array_equal(read_image(name, dicom(name)).pixels, expected.pixels)


def test_without_the_mark_the_ending_decides() -> None:
    data = dicom("CT_small.dcm")
    unmarked = data[144 + int.from_bytes(data[140:144], "little") :]
    np.testing.assert_array_equal(read_image("a.dcm", unmarked).pixels, read_image("CT", data).pixels)
    assert "not an image" in refusal("a.png", unmarked)


def test_deflated_files_are_unpacked_within_limits() -> None:
    assert read_image("image_dfl.dcm", dicom("image_dfl.dcm")).pixels.shape == (512, 512)
    assert "fill the memory" in refusal("a.dcm", dicom("image_dfl.dcm"), limits=ImageLimits(decoded_bytes=100_000))


def test_a_deflated_bomb_is_refused() -> None:
    data = dicom("image_dfl.dcm")
    meta = 144 + int.from_bytes(data[140:144], "little")
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = data[:meta] + packer.compress(bytes(60_000_000)) + packer.flush()
    assert "fill the memory" in refusal("a.dcm", bomb, limits=ImageLimits(decoded_bytes=50_000_000))


def test_colours() -> None:
    for name, shape in (
        ("examples_rgb_color.dcm", (240, 320, 3)),
        ("examples_palette.dcm", (350, 800, 3)),
        ("SC_ybr_full_422_uncompressed.dcm", (100, 100, 3)),
        ("SC_rgb_jpeg_dcmtk.dcm", (100, 100, 3)),
        ("examples_jpeg2k.dcm", (480, 640, 3)),
    ):
        image = read_image(name, dicom(name))
        assert image.pixels.shape == shape and image.pixels.dtype == np.uint8
    rgb, ybr = (read_image(n, dicom(n)).pixels for n in ("SC_rgb_rle.dcm", "SC_rgb_jpeg_dcmtk.dcm"))
    assert np.abs(rgb.astype(int) - ybr).mean() < 8  # the same picture as RGB and as YBR
    assert read_image("a.dcm", dicom("SC_rgb_rle_16bit.dcm")).pixels.dtype == np.uint16


def test_frames_are_read_one_by_one() -> None:
    image = read_image("examples_ybr_color.dcm", dicom("examples_ybr_color.dcm"), frame=29)
    assert (image.frame, image.frames, image.pixels.shape) == (29, 30, (240, 320, 3))
    assert "from 1 to 30" in refusal("examples_ybr_color.dcm", dicom("examples_ybr_color.dcm"), frame=30)


def test_monochrome1_is_shown_inverted() -> None:
    plain = read_image("a.dcm", dicom("MR_small.dcm"))
    inverted = read_image("a.dcm", changed_dicom("MR_small.dcm", PhotometricInterpretation="MONOCHROME1"))
    np.testing.assert_array_equal(to_rgb(inverted), 255 - to_rgb(plain))
    np.testing.assert_array_equal(inverted.pixels, plain.pixels)


def test_several_windows_and_none() -> None:
    data = changed_dicom("MR_small.dcm", WindowCenter=[100, 5], WindowWidth=[201, 7])
    assert read_image("a.dcm", data).display_range == (-0.5, 199.5)
    exact = changed_dicom("MR_small.dcm", WindowCenter=100, WindowWidth=200, VOILUTFunction="LINEAR_EXACT")
    assert read_image("a.dcm", exact).display_range == (0, 200)
    assert read_image("a.dcm", changed_dicom("MR_small.dcm", WindowWidth=0)).display_range is None
    assert read_image("a.dcm", changed_dicom("MR_small.dcm", WindowCenter=None)).display_range is None


def test_enhanced_objects_keep_their_numbers_in_groups() -> None:
    dataset = pydicom.dcmread(PYDICOM_FILES / "MR_small.dcm")
    for keyword in ("PixelSpacing", "WindowCenter", "WindowWidth"):
        delattr(dataset, keyword)
    measures, window, values, shared, own = (pydicom.Dataset() for _ in range(5))
    measures.PixelSpacing = [0.5, 0.25]
    window.WindowCenter, window.WindowWidth = 50, 101
    values.RescaleSlope, values.RescaleIntercept = 2, 10
    shared.PixelMeasuresSequence, shared.FrameVOILUTSequence = [measures], [window]
    own.PixelValueTransformationSequence = [values]
    dataset.SharedFunctionalGroupsSequence, dataset.PerFrameFunctionalGroupsSequence = [shared], [own]
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    image = read_image("a.dcm", buffer.getvalue())
    assert image.pixel_size == PixelSize(0.5, 0.25, "mm")
    assert image.display_range == (-0.5, 99.5)
    np.testing.assert_array_equal(image.pixels, dataset.pixel_array * 2 + 10)


def test_files_without_pixels_say_what_they_are() -> None:
    assert "without an image (SR)" in refusal("report.dcm", dicom("test-SR.dcm"))
    assert "without an image (ECG)" in refusal("ecg.dcm", dicom("waveform_ecg.dcm"))
    assert "without an image" in refusal("a.dcm", changed_dicom("MR_small.dcm", PixelData=None))


@pytest.mark.parametrize(
    ("name", "syntax"),
    [
        ("SC_rgb_jpeg_gdcm.dcm", "JPEG Lossless"),
        ("MR_small_jpeg_ls_lossless.dcm", "JPEG-LS Lossless"),
        ("JPGExtended.dcm", "JPEG Extended"),
    ],
)
def test_compressions_that_cannot_be_read_are_named(name: str, syntax: str) -> None:
    message = refusal(name, dicom(name))
    assert message.startswith(name) and syntax in message and "Explicit VR Little Endian" in message


def test_truncated_damaged_and_hostile_files() -> None:
    assert "truncated" in refusal("MR_truncated.dcm", dicom("MR_truncated.dcm"))
    assert "60,000 x 60,000" in refusal("a.dcm", changed_dicom("MR_small.dcm", Rows=60_000, Columns=60_000))
    assert "3 x 3" in refusal("a.dcm", dicom("SC_rgb_small_odd.dcm"))
    assert "more than" in refusal("a.dcm", changed_dicom("MR_small.dcm", NumberOfFrames=10**8))
    data, rng = dicom("MR_small.dcm"), np.random.default_rng(0)
    for cut in (140, 400, 1500):
        refusal("a.dcm", data[:cut])
    for _ in range(40):
        broken = bytearray(data)
        for place in rng.integers(132, 1700, 8):
            broken[place] = rng.integers(256)
        with contextlib.suppress(UnreadableFileError):  # the one exception that may come
            read_image("a.dcm", bytes(broken))


def test_every_file_of_pydicom_is_read_or_refused() -> None:
    read = 0
    for file in sorted(PYDICOM_FILES.glob("*.dcm")):
        try:
            read_image(file.name, file.read_bytes(), limits=ImageLimits(shortest_side=1))
            read += 1
        except UnreadableFileError as error:
            assert str(error).startswith(file.name)
    assert read >= 40
