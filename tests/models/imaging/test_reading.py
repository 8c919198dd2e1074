import contextlib
import hashlib
import io
import time
import tracemalloc

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageOps

from models.errors import UnreadableFileError
from models.imaging.ground_truth import read_ground_truth
from models.imaging.image import PixelSize
from models.imaging.limits import ImageLimits
from models.imaging.reading import read_image
from tests.models.imaging.files import noise, png_bomb, saved, tiff

GRAY, COLOUR = noise(40, 60), noise(40, 60, 3)


def refusal(name: str, data: bytes, **options: object) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_image(name, data, **options)  # type: ignore[arg-type]
    assert caught.value.file_name == name and str(caught.value).startswith(name) and str(caught.value).endswith(".")
    return str(caught.value)


@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "BMP", "WEBP"])
@pytest.mark.parametrize("pixels", [GRAY, COLOUR])
def test_lossless_formats(image_format: str, pixels: np.ndarray) -> None:
    image = read_image("a", saved(pixels, image_format, **({"lossless": True} if image_format == "WEBP" else {})))
    expected = pixels if image.pixels.ndim == pixels.ndim else np.repeat(pixels[..., None], 3, axis=2)
    np.testing.assert_array_equal(image.pixels, expected)
    assert image.source_format == image_format and image.bit_depth == 8 and image.frames == 1


def test_the_hash_is_that_of_the_file() -> None:
    data = saved(GRAY)
    image = read_image("a.png", data)
    assert image.sha256 == hashlib.sha256(data).hexdigest() and image.key == f"{image.sha256}:0"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "TIFF"])
def test_pictures_are_turned_upright(image_format: str, orientation: int) -> None:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:16, :24] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 98, "subsampling": 0} if image_format == "JPEG" else {}
    data = saved(pixels, image_format, exif=exif, **options)
    raw = Image.fromarray(pixels)
    raw.getexif()[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(raw)).astype(int)
    assert np.abs(read_image("a", data).pixels.astype(int) - expected).mean() < 3


def test_a_compressed_tiff_is_turned_once() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(COLOUR, "TIFF", exif=exif, compression="tiff_lzw")
    np.testing.assert_array_equal(read_image("a.tif", data).pixels, np.rot90(COLOUR, -1))


def test_sixteen_bits_survive() -> None:
    deep, deep_colour = noise(20, 30, dtype="uint16"), noise(20, 30, 3, dtype="uint16")
    for data in (saved(deep), tiff(deep), tiff(deep, compression="zlib"), saved(deep, "TIFF", compression="tiff_lzw")):
        image = read_image("a", data)
        np.testing.assert_array_equal(image.pixels, deep)
        assert image.bit_depth == 16 and image.pixels.dtype == np.uint16
    import cv2

    png = cv2.imencode(".png", deep_colour[..., ::-1])[1].tobytes()
    for data in (
        png,
        tiff(deep_colour, photometric="rgb"),
        tiff(deep_colour, photometric="rgb", compression="zlib"),
        tiff(np.moveaxis(deep_colour, -1, 0), photometric="rgb", planarconfig="separate"),
        tiff(deep_colour, photometric="rgb", byteorder=">"),
    ):
        np.testing.assert_array_equal(read_image("a", data).pixels, deep_colour)


def test_real_and_signed_numbers() -> None:
    real = noise(20, 30, dtype="float32")
    for data in (tiff(real), tiff(real.astype(np.float64)), saved(real, "TIFF", compression="tiff_lzw")):
        np.testing.assert_array_equal(read_image("a.tif", data).pixels, real)
    signed = (GRAY.astype(np.int16) - 128) * 9
    np.testing.assert_array_equal(read_image("a.tif", tiff(signed)).pixels, signed.astype(np.float32))


def test_pages() -> None:
    stack = noise(5, 20, 30, dtype="uint16")
    for data in (tiff(stack, photometric="minisblack"), tiff(stack, photometric="minisblack", bigtiff=True)):
        image = read_image("a.tif", data, frame=3)
        np.testing.assert_array_equal(image.pixels, stack[3])
        assert (image.frame, image.frames) == (3, 5)
        assert "from 1 to 5" in refusal("a.tif", data, frame=5)
    compressed = saved(
        Image.fromarray(stack[0]),
        "TIFF",
        save_all=True,
        append_images=[Image.fromarray(page) for page in stack[1:]],
        compression="tiff_lzw",
    )
    np.testing.assert_array_equal(read_image("a.tif", compressed, frame=2).pixels, stack[2])
    assert "more than 3 frames" in refusal("a.tif", compressed, limits=ImageLimits(frames=3))


def test_transparency_palette_cmyk_and_bilevel() -> None:
    opaque = np.dstack([COLOUR, np.full((40, 60), 255, np.uint8)])
    image = read_image("a.png", saved(opaque))
    np.testing.assert_array_equal(image.pixels, COLOUR)
    assert image.notes == ()
    opaque[:20, :, 3] = 0
    image = read_image("a.png", saved(opaque))
    assert image.pixels[:20].max() == 0 and (image.pixels[20:] == COLOUR[20:]).all() and "black" in image.notes[0]
    palette = Image.fromarray(COLOUR).quantize(16)
    np.testing.assert_array_equal(read_image("a.png", saved(palette)).pixels, np.asarray(palette.convert("RGB")))
    gray_alpha = Image.fromarray(GRAY).convert("LA")
    assert read_image("a.png", saved(gray_alpha)).pixels.shape == (40, 60, 3)
    cmyk = Image.fromarray(COLOUR).convert("CMYK")
    image = read_image("a.tif", saved(cmyk, "TIFF"))
    np.testing.assert_array_equal(image.pixels, np.asarray(cmyk.convert("RGB")))
    assert "CMYK" in image.notes[0]
    assert read_image("a.jpg", saved(cmyk, "JPEG")).pixels.shape == (40, 60, 3)
    bilevel = read_image("a.png", saved(Image.fromarray(GRAY).convert("1")))
    assert set(np.unique(bilevel.pixels)) == {0, 255} and bilevel.bit_depth == 1


def test_white_is_zero() -> None:
    data = tiff(GRAY, photometric="miniswhite")
    assert read_image("a.tif", data).inverted


def test_pixel_size_is_believed_where_a_microscope_wrote_it() -> None:
    imagej = tiff(GRAY, imagej=True, resolution=(4, 2), metadata={"unit": "um"})
    assert read_image("a.tif", imagej).pixel_size == PixelSize(0.5, 0.25, "µm")
    ome = tiff(GRAY, ome=True, metadata={"axes": "YX", "PhysicalSizeX": 0.3, "PhysicalSizeY": 0.6})
    assert read_image("a.ome.tif", ome).pixel_size == PixelSize(0.6, 0.3, "µm")
    fine = tiff(GRAY, resolution=(20_000, 20_000), resolutionunit="CENTIMETER")
    assert read_image("a.tif", fine).pixel_size == PixelSize(0.5, 0.5, "µm")
    assert read_image("a.tif", tiff(GRAY, resolution=(300, 300), resolutionunit="INCH")).pixel_size is None
    assert read_image("a.tif", tiff(GRAY)).pixel_size is None


def test_a_bomb_is_refused_before_decoding() -> None:
    tracemalloc.start()
    start = time.process_time()
    assert "64 million" in refusal("bomb.png", png_bomb())
    assert "12,000 x 9,000 pixels" in refusal("bomb.png", png_bomb(12_000, 9_000))
    assert time.process_time() - start < 2
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_a_tiff_bomb_is_refused() -> None:
    header = bytearray(tiff(GRAY, compression="zlib"))
    with tifffile.TiffFile(io.BytesIO(bytes(header))) as file:
        tags = file.pages[0].tags
        places = [tags[256].valueoffset, tags[257].valueoffset]
    for place in places:
        header[place : place + 2] = (60_000).to_bytes(2, "little")
    assert "60,000 x 60,000" in refusal("bomb.tif", bytes(header))


@pytest.mark.parametrize("shape", [(1, 1), (3, 4000), (4000, 3)])
def test_slivers_are_refused(shape: tuple[int, int]) -> None:
    for data in (saved(noise(*shape)), tiff(noise(*shape, dtype="uint16"))):
        assert f"{shape[1]:,} x {shape[0]:,} pixels" in refusal("sliver", data)


def test_one_value_everywhere_is_refused() -> None:
    assert "the value 0 in every pixel" in refusal("black.png", saved(np.zeros((50, 50, 3), np.uint8)))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(value: float) -> None:
    pixels = noise(20, 30, dtype="float32")
    pixels[3, 4] = value
    assert "1 value that is not a number" in refusal("a.tif", tiff(pixels))
    assert "not a number" in refusal("a.tif", saved(pixels, "TIFF", compression="tiff_lzw"))
    assert "not numbers" in refusal("a.tif", tiff(np.full((20, 30), 1e300)))


def test_what_is_no_image_is_told_apart() -> None:
    assert "text" in refusal("notes.png", "Zelle für Zelle\n".encode() * 90)
    assert "PDF" in refusal("a.png", b"%PDF-1.7 ...")
    assert "zip" in refusal("a.dcm.zip", b"PK\x03\x04....")
    assert "not an image" in refusal("a.png", bytes(range(256)))
    assert "empty" in refusal("a.png", b"")
    assert "the limit is 1 MB" in refusal("a.png", bytes(2_000_000), limits=ImageLimits(file_bytes=1_000_000))


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"])
def test_truncated_and_damaged_files(image_format: str) -> None:
    data = saved(noise(200, 200, 3), image_format)
    for cut in (9, 20, len(data) // 2, len(data) - 400):
        refusal("cut", data[:cut])
    rng = np.random.default_rng(0)
    for _ in range(30):
        broken = bytearray(data)
        for place in rng.integers(4, len(data), 20):
            broken[place] = rng.integers(256)
        with contextlib.suppress(UnreadableFileError):  # the one exception that may come
            read_image("broken", bytes(broken))


@pytest.mark.parametrize(
    "data", [b"II*\0", b"II*\0\x08\0\0\0", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\0\0\x08\0\0\0"]
)
def test_tiff_headers_without_a_picture(data: bytes) -> None:
    refusal("a.tif", data)


def test_a_circle_of_tiff_pages_ends() -> None:
    data = bytearray(tiff(GRAY))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        first = file.pages[0].offset
    entries = int.from_bytes(data[first : first + 2], "little")
    after = first + 2 + entries * 12
    data[after : after + 4] = first.to_bytes(4, "little")
    assert read_image("a.tif", bytes(data)).frames == 1


def test_binary_truth_is_cut_into_regions() -> None:
    mask = np.zeros((40, 60), np.uint8)
    mask[2:10, 2:10] = mask[20:30, 20:30] = 255
    for data in (saved(mask), saved(mask, "JPEG"), saved(np.dstack([mask] * 3)), saved(Image.fromarray(mask > 0))):
        truth = read_ground_truth("truth", data, (40, 60))
        assert truth.labels.max() == 2 and not truth.separate and len(truth.notes) == 1
        np.testing.assert_array_equal(truth.mask, mask > 0)


def test_labelled_truth_keeps_its_objects() -> None:
    labels = np.zeros((40, 60), np.uint16)
    labels[2:10, 2:10], labels[10:20, 2:10] = 7, 900
    colours = np.zeros((40, 60, 3), np.uint8)
    colours[labels == 7], colours[labels == 900] = (255, 0, 0), (0, 255, 9)
    indices = Image.fromarray(np.digitize(labels, [5, 500]).astype(np.uint8), "P")
    indices.putpalette([0, 0, 0, 9, 9, 9, 9, 9, 9])  # two indices of one colour
    for data in (saved(labels), tiff(labels), tiff(labels.astype(np.int32)), saved(colours), saved(indices)):
        truth = read_ground_truth("truth", data, (40, 60))
        assert truth.separate and truth.labels.max() == 2
        assert len(np.unique(truth.labels[labels == 7])) == len(np.unique(truth.labels[labels == 900])) == 1
        np.testing.assert_array_equal(truth.mask, labels > 0)


def test_empty_truth_is_a_truth() -> None:
    assert read_ground_truth("truth", saved(np.zeros((40, 60), np.uint8)), (40, 60)).labels.max() == 0


def test_truth_of_another_size_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="60 x 40 pixels, and the image is 40 x 60"):
        read_ground_truth("truth.png", saved(GRAY), (60, 40))
