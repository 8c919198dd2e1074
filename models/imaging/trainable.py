"""A bundled network that can learn on: the same weights in a Keras model, rebuilt from what its own files say."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.errors import ModelUnavailableError
from models.imaging.network import LITE, build_unet
from models.imaging.segmentation_model import SegmentationModel

_PROBE = 64  # pixels of the picture on which both must agree
_TOLERANCE = 1e-3
_REMEDY = "Start from one of the networks that come with the app."


@dataclass(frozen=True)
class Architecture:
    """What ``build_unet`` has to be told for a network of the same kind.

    Args:
        encoder: "compact" or "efficientnet-lite0".
        widths: channels by scale; empty for a network of another kind.
    """

    encoder: str = "compact"
    widths: tuple[int, ...] = ()


def open_trainable(model: SegmentationModel) -> Any:
    """Rebuild a loaded network with trainable weights.

    Args:
        model: as ``saved_network.save_network`` wrote it: a U-Net without batch normalisation.

    Returns:
        keras.Model: float32 [N, H, W, 3] in [0, 1] to float32 [N, H, W, C], sides multiples of 32.

    Raises:
        ModelUnavailableError: a network of another kind, or one that answers differently when it is rebuilt.
    """
    weights = getattr(model.loaded.model, "packed", None)
    found = architecture_of(model)
    if weights is None or not found.widths:
        raise _unfit(model, "is no U-Net of the app's own kinds, so its weights cannot be trained on here")
    network = build_unet(found.encoder, len(model.settings.channels), widths=found.widths, input_size=None, folded=True)
    flat = np.asarray(weights, dtype=np.float32)
    if flat.size != network.count_params():
        raise _unfit(model, f"has {flat.size:,} weights where {network.count_params():,} were expected")
    set_flat(network, flat)
    picture = np.random.default_rng(0).random((1, _PROBE, _PROBE, 3), dtype=np.float32)
    difference = np.abs(np.asarray(network(picture, training=False)) - model.predict_batch(picture)).max()
    if not difference < _TOLERANCE:
        raise _unfit(model, "answers differently when it is rebuilt")
    return network


def architecture_of(model: SegmentationModel) -> Architecture:
    """The kind of a loaded network and its channels by scale, read from the convolutions of its graph."""
    loaded = model.loaded.model
    functions = getattr(loaded.__call__, "concrete_functions", []) if callable(loaded) else []
    found: dict[str, int] = {}
    for operation in functions[0].graph.get_operations() if functions else []:
        layer = re.match(r"(stem|down\d+|decode\d+|block0_project)_conv", operation.name.rsplit("unet/", 1)[-1])
        if operation.type == "Conv2D" and layer:
            found[layer[1]] = int(operation.inputs[1].shape[3])
    if "block0_project" in found:
        return Architecture(LITE, _by_level(found, "decode0", "decode"))
    widths = _by_level(found, "stem", "down")
    return Architecture("compact", widths if len(widths) > 1 else ())


def _by_level(found: dict[str, int], first: str, others: str) -> tuple[int, ...]:
    names = [first, *(f"{others}{level}" for level in range(1, len(found)))]
    return tuple(found[name] for name in names if name in found)


def flat_weights(network: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
    """All weights of a network in one float32 [count], in the order of the exported file."""
    return np.concatenate([np.asarray(variable).ravel() for variable in network.trainable_variables])


def set_flat(network: Any, flat: np.ndarray[Any, np.dtype[Any]]) -> None:
    """Set the weights that ``flat_weights`` returned."""
    start = 0
    for variable in network.trainable_variables:
        size = int(np.prod(variable.shape))
        variable.assign(flat[start : start + size].reshape(variable.shape))
        start += size


def _unfit(model: SegmentationModel, problem: str) -> ModelUnavailableError:
    return ModelUnavailableError(model.title, "incompatible", problem, _REMEDY)
