"""The network of a run: built from its recipe, its weights in a file and as tensors."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from models.imaging.network import build_unet
from training.imaging.recipes import Recipe


def build(recipe: Recipe, channels: int) -> Any:
    """The network of a recipe, with random weights."""
    keras.utils.set_random_seed(recipe.seed)
    keras.config.set_dtype_policy(recipe.arithmetic)
    network = build_unet(recipe.encoder, channels, widths=recipe.widths, input_size=None)
    keras.config.set_dtype_policy("float32")
    return network


def save_weights(network: Any, path: Path) -> None:
    """All weights by layer and position, float32."""
    arrays: dict[str, Any] = {
        f"{layer.name}/{number}": value for layer in network.layers for number, value in enumerate(layer.get_weights())
    }
    np.savez(path, **arrays)


def load_weights(network: Any, path: Path) -> None:
    """Set the weights that ``save_weights`` wrote."""
    stored = np.load(path)
    for layer in network.layers:
        layer.set_weights([stored[f"{layer.name}/{number}"] for number in range(len(layer.weights))])


def trained(run: Path, recipe: Recipe, channels: int) -> Any:
    """The network of a run with the weights in its folder; its recipe says in which arithmetic."""
    network = build(recipe, channels)
    load_weights(network, run / "weights.npz")
    return network


def tensors_of(network: Any) -> tuple[list[Any], list[Any]]:
    """Copies of the weights that are trained and of the others, as ``stateless_call`` takes them."""
    trainable, fixed = (
        [ops.convert_to_tensor(ops.convert_to_numpy(each)) for each in variables]
        for variables in (network.trainable_variables, network.non_trainable_variables)
    )
    return trainable, fixed
