"""A U-Net as a SavedModel: all weights in one float16 tensor, with its settings and what it knows of its images."""

from pathlib import Path
from typing import Any

import numpy as np

from models.imaging.familiarity import FAMILIARITY_FILE
from models.imaging.model_settings import SETTINGS_FILE, ModelSettings
from models.packed_weights import float32_on_load, pack
from models.saved_module import save_module, serving


def save_network(network: Any, settings: ModelSettings, familiarity: str, folder: Path) -> Path:
    """Write a network; called on float32 [N, H, W, 3] in [0, 1] it returns float32 [N, H, W, C] in [0, 1].

    H and W are multiples of ``settings.multiple_of``. ``serving_default`` maps ``inputs`` to ``outputs``.

    Args:
        network: one that ``build_unet`` made with ``folded=True`` and ``input_size=None``.
        settings: written beside it, as ``assets.extra/task.json``.
        familiarity: JSON that describes the training images, as ``assets.extra/familiarity.json``; "" for none.
        folder: replaced when it exists.
    """
    from models.runtime import import_tensorflow

    tf = import_tensorflow()
    values = [np.asarray(variable) for variable in network.trainable_variables]
    flat, borders, digest = pack(values)
    shapes = [value.shape for value in values]
    specification = tf.TensorSpec([None, None, None, 3], tf.float32, name="inputs")

    class Segmenter(tf.Module):  # type: ignore[name-defined]
        """The exported object; holds the weights once."""

        def __init__(self) -> None:
            super().__init__(name="segmenter")
            self.packed = tf.Variable(flat, trainable=False, name="packed")
            self.full = float32_on_load(self.packed, f"float32_weights_{digest}", flat.shape)

        @tf.function(input_signature=[specification])
        def __call__(self, images: Any) -> Any:
            """Probabilities of each pixel."""
            everything = self.full.read()
            weights = [
                tf.reshape(everything[start:end], shape)
                for start, end, shape in zip(borders[:-1], borders[1:], shapes, strict=True)
            ]
            return network.stateless_call(weights, [], images, training=False)[0]

    module = Segmenter()
    save_module(module, serving(module, specification), folder)
    write_settings(folder, settings)
    if familiarity:
        (folder / FAMILIARITY_FILE).write_text(familiarity, encoding="utf-8")
    return folder


def write_settings(folder: Path, settings: ModelSettings) -> None:
    """Write ``assets.extra/task.json`` of an exported model."""
    file = folder / SETTINGS_FILE
    file.parent.mkdir(exist_ok=True)
    file.write_text(settings.to_json(), encoding="utf-8")
