"""What training minimises; every channel is a probability of its own. Runs on any Keras 3 backend."""

from collections.abc import Sequence
from typing import Any


def cross_entropy(truth: Any, predicted: Any) -> Any:
    """Binary cross-entropy, mean over pixels, one value a channel; ``truth`` may be soft."""
    from keras import ops

    predicted = ops.clip(predicted, 1e-6, 1.0 - 1e-6)
    value = truth * ops.log(predicted) + (1.0 - truth) * ops.log(1.0 - predicted)
    return -ops.mean(value, axis=(0, 1, 2))


def dice_loss(truth: Any, predicted: Any) -> Any:
    """One minus the soft Dice of each image, mean over images, one value a channel.

    After Milletari et al. 2016 (https://arxiv.org/abs/1606.04797), with squares in the denominator; the constant makes
    an empty image cost little when little is predicted.
    """
    from keras import ops

    common = ops.sum(truth * predicted, axis=(1, 2))
    total = ops.sum(truth * truth + predicted * predicted, axis=(1, 2))
    smooth = 0.0005 * float(truth.shape[1] * truth.shape[2])
    return 1.0 - ops.mean((2.0 * common + smooth) / (total + smooth), axis=0)


def segmentation_loss(truth: Any, predicted: Any, channels: Sequence[float], dice: float) -> Any:
    """Cross-entropy plus ``dice`` times the Dice loss, weighted by channel.

    Args:
        truth: float32 [N, H, W, C] in [0, 1].
        predicted: probabilities of the same shape.
        channels: the weight of each channel.
        dice: weight of the Dice loss.
    """
    from keras import ops

    value = cross_entropy(truth, predicted) + dice * dice_loss(truth, predicted)
    weights = ops.convert_to_tensor([weight / sum(channels) for weight in channels], dtype="float32")
    return ops.sum(value * weights)
