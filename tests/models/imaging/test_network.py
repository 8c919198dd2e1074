from typing import Any

import numpy as np
import pytest

from models.errors import InvalidInputError
from models.imaging.network import LITE, build_unet, fold

SMALL = (4, 8, 12)


def images(height: int, width: int) -> Any:
    return np.random.default_rng(0).random((2, height, width, 3), dtype=np.float32)


@pytest.mark.parametrize("size", [(64, 64), (96, 128)])
def test_maps_are_probabilities_of_the_image_size(size: tuple[int, int]) -> None:
    maps = np.asarray(build_unet(outputs=3, widths=SMALL, input_size=None)(images(*size)))
    assert maps.shape == (2, *size, 3)
    assert 0 < maps.min() <= maps.max() < 1


def test_every_scale_has_a_skip_connection() -> None:
    network = build_unet(widths=SMALL)
    for level in range(len(SMALL) - 1):
        enlarged, skip = network.get_layer(f"join{level}").input
        assert enlarged.shape[1:3] == skip.shape[1:3] == (128 // 2**level, 128 // 2**level)


@pytest.mark.parametrize(("encoder", "widths"), [("compact", SMALL), (LITE, (8, 8, 12, 16))])
def test_folding_changes_nothing_but_the_number_of_layers(encoder: str, widths: tuple[int, ...]) -> None:
    network, slim = build_unet(encoder, widths=widths), build_unet(encoder, widths=widths, folded=True)
    random = np.random.default_rng(1)
    for layer in network.layers:
        if layer.name.endswith("_norm"):
            layer.set_weights([np.exp(0.3 * random.normal(size=value.shape)) for value in layer.get_weights()])
    fold(network, slim)
    values = images(256, 256)
    assert np.allclose(network(values), slim(values), atol=1e-4)
    assert len(slim.layers) < len(network.layers)
    assert not slim.non_trainable_variables


def test_efficientnet_lite_has_skips_from_a_half_to_a_sixteenth_and_goes_down_to_a_thirty_second() -> None:
    network = build_unet(LITE, widths=(8, 8, 12, 16))
    shapes = [tuple(network.get_layer(f"join{level}").input[1].shape[1:]) for level in range(4)]
    assert shapes == [(128, 128, 16), (64, 64, 24), (32, 32, 40), (16, 16, 112)]
    assert network.get_layer("block15_project_norm").output.shape[1:] == (8, 8, 320)
    layers = [layer for layer in network.layers if layer.name.startswith(("stem", "block"))]
    weights = sum(int(np.prod(weight.shape)) for layer in layers for weight in layer.trainable_weights)
    # the published number, without the last convolution, its normalisation, and the classes of ImageNet
    assert weights == 4_652_008 - (320 * 1280 + 2 * 1280) - (1280 * 1000 + 1000)


@pytest.mark.parametrize("encoder", ["mobilenetv3", "efficientnetv2b0"])
def test_encoders_of_keras_applications_have_skips_down_to_a_thirty_second(encoder: str) -> None:
    network = build_unet(encoder, outputs=2, input_size=64)
    sizes = [network.get_layer(f"join{level}").input[1].shape[1] for level in range(5)]
    assert sizes == [64, 32, 16, 8, 4]
    assert network.output_shape == (None, 64, 64, 2)


@pytest.mark.parametrize(
    "options",
    [
        {"input_size": 100},
        {"outputs": 0},
        {"widths": (8,)},
        {"encoder": LITE, "widths": (8, 8, 8)},
        {"encoder": "mobilenetv3", "input_size": None},
        {"encoder": "mobilenetv3", "folded": True},
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        build_unet(**options)
