"""EfficientNet-Lite0 (Tan and Le 2019, https://arxiv.org/abs/1905.11946): the encoder that starts from ImageNet.

The Lite variant leaves out squeeze-and-excitation and uses ReLU6, so nothing but convolutions is left once batch
normalisation is folded in. Runs on any Keras 3 backend.
"""

from typing import Any

STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
"""Kernel, stride, expansion, channels and number of blocks of each stage, as in the paper."""


def lite_encoder(layer: Any, image: Any) -> list[Any]:
    """Feature maps at scales 1/2 to 1/32, of 16, 24, 40, 112 and 320 channels, of float32 [N, H, W, 3] in [0, 1].

    Args:
        layer: makes convolutions with normalisation, see ``network``.
        image: symbolic input.
    """
    # as the published weights want it: (byte - 127) / 128
    values = layer.keras.layers.Rescaling(255.0 / 128.0, offset=-127.0 / 128.0, name="centred")(image)
    values = layer.conv(values, 32, 3, "stem", stride=2, highest=6.0)
    skips: list[Any] = []
    number, channels = 0, 32
    for kernel, stride, expansion, width, repeats in STAGES:
        for repeat in range(repeats):
            step = stride if repeat == 0 else 1
            if step == 2:
                skips.append(values)
            inner = values
            name = f"block{number}"
            if expansion > 1:
                inner = layer.conv(inner, channels * expansion, 1, f"{name}_expand", highest=6.0)
            inner = layer.depthwise(inner, kernel, f"{name}_depth", step)
            inner = layer.conv(inner, width, 1, f"{name}_project", active=False)
            same = step == 1 and channels == width
            values = layer.keras.layers.Add(name=f"{name}_add")([values, inner]) if same else inner
            number, channels = number + 1, width
    return [*skips, values]
