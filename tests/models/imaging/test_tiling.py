import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from models.errors import CancelledError
from models.imaging.tiling import cut_axis, predict_tiled


def invert(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
    """A network that works pixel by pixel: its result must not depend on how the image is cut."""
    return np.concatenate([1 - tiles[..., :1], tiles[..., 1:2]], axis=-1)


@pytest.mark.parametrize("length", [1, 31, 32, 33, 255, 256, 257, 300, 448, 449, 1000, 4096])
def test_tiles_cover_every_pixel_with_weights_that_add_up_to_one(length: int) -> None:
    axis = cut_axis(length, 256, 64)
    total, seen = np.zeros(max(length, axis.tile)), np.zeros(max(length, axis.tile), dtype=int)
    for start, weights in zip(axis.starts, axis.weights, strict=True):
        total[start : start + axis.tile] += weights
        seen[start : start + axis.tile] += 1
    np.testing.assert_allclose(total, 1, rtol=1e-5)
    assert seen.min() == 1
    assert axis.tile % 32 == 0 and axis.tile <= 256
    assert (np.diff(axis.starts) <= axis.tile - 64).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (256, 256), (257, 100), (700, 530)])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_a_pixelwise_network_sees_no_tiles(shape: tuple[int, int], dtype: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    rgb = pixels if dtype == "uint8" else pixels.astype(np.float32) / 255
    maps = predict_tiled(invert, rgb, tile=256, overlap=48)
    np.testing.assert_allclose(maps, invert(pixels[None].astype(np.float32) / 255)[0], atol=1e-5)
    assert maps.dtype == np.float32


def test_seams_are_blended() -> None:
    """A network that is off by another amount in every tile leaves no step between two neighbouring pixels."""
    offsets = iter(range(100))
    maps = predict_tiled(
        lambda tiles: np.full((*tiles.shape[:3], 1), next(offsets) % 2, dtype=np.float32),
        np.zeros((64, 600, 3), dtype=np.uint8),
        tile=256,
        overlap=64,
        pixels_per_batch=1,
    )
    assert maps.min() == 0 and maps.max() == 1
    assert np.abs(np.diff(maps[..., 0], axis=1)).max() < 0.05


def test_batches_are_bounded_and_have_sides_that_the_network_accepts() -> None:
    shapes = []

    def record(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
        shapes.append(tiles.shape)
        assert tiles.dtype == np.float32 and tiles.min() >= 0 and tiles.max() <= 1
        return tiles[..., :1]

    predict_tiled(record, np.full((900, 700, 3), 255, np.uint8), tile=256, overlap=32, pixels_per_batch=3 * 256 * 256)
    assert all(height % 32 == width % 32 == 0 for _, height, width, _ in shapes)
    assert all(count * height * width <= 3 * 256 * 256 for count, height, width, _ in shapes)


def test_progress_and_cancel() -> None:
    seen: list[tuple[int, int]] = []
    image = np.zeros((600, 600, 3), dtype=np.uint8)
    predict_tiled(invert, image, tile=256, overlap=32, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 9) and seen[-1] == (9, 9)
    asked = iter([False, True])
    with pytest.raises(CancelledError):
        predict_tiled(invert, image, tile=256, overlap=32, cancel=lambda: next(asked))


def test_a_large_image_needs_little_more_than_its_result() -> None:
    image = np.zeros((4096, 4096, 3), dtype=np.uint8)
    tracemalloc.start()
    maps = predict_tiled(lambda tiles: tiles[..., :1], image, tile=512, overlap=64)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < maps.nbytes + 30e6


def test_an_overlap_as_large_as_the_tile_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be cut"):
        cut_axis(1000, 64, 64)
