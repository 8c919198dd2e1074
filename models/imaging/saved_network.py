"""A U-Net as a SavedModel: all weights in one float16 tensor, with its settings and what it knows of its images."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from models.imaging.familiarity import FAMILIARITY_FILE
from models.imaging.model_settings import SETTINGS_FILE, ModelSettings


def save_network(network: Any, settings: ModelSettings, familiarity: str, folder: Path) -> Path:
    """Write a network; called on float32 [N, H, W, 3] in [0, 1] it returns float32 [N, H, W, C] in [0, 1].

    H and W are multiples of ``settings.multiple_of``. ``serving_default`` maps ``inputs`` to ``outputs``.

    Args:
        network: a compact network that ``build_unet`` made with ``folded=True`` and ``input_size=None``.
        settings: written beside it, as ``assets.extra/task.json``.
        familiarity: JSON that describes the training images, as ``assets.extra/familiarity.json``; "" for none.
        folder: replaced when it exists.
    """
    from models.runtime import import_tensorflow

    tf = import_tensorflow()
    values = [np.asarray(variable) for variable in network.trainable_variables]
    flat = np.concatenate([value.ravel() for value in values]).astype(np.float16)
    borders = np.cumsum([0, *(value.size for value in values)]).tolist()
    shapes = [value.shape for value in values]
    digest = hashlib.sha256(flat.tobytes()).hexdigest()[:16]

    class Float32OnLoad(tf.saved_model.experimental.TrackableResource):  # type: ignore[name-defined]
        """Half the bytes on disk, full width in memory: the cast runs once, when the model is loaded."""

        def __init__(self, packed: Any) -> None:
            super().__init__()
            self.packed = packed

        def _create_resource(self) -> Any:
            # the name carries the weights' digest: two models in one process must not share the resource
            return tf.raw_ops.VarHandleOp(
                dtype=tf.float32, shape=[len(flat)], shared_name=f"float32_weights_{digest}", container=""
            )

        def _initialize(self) -> None:
            tf.raw_ops.AssignVariableOp(resource=self.resource_handle, value=tf.cast(self.packed, tf.float32))

        def read(self) -> Any:
            """The weights, float32 [count]."""
            value = tf.raw_ops.ReadVariableOp(resource=self.resource_handle, dtype=tf.float32)
            return tf.ensure_shape(value, [len(flat)])

    class Segmenter(tf.Module):  # type: ignore[name-defined]
        """The exported object; holds the weights once."""

        def __init__(self) -> None:
            super().__init__(name="segmenter")
            self.packed = tf.Variable(flat, trainable=False, name="packed")
            self.full = Float32OnLoad(self.packed)
            # the handle has to exist outside of the graph, but not the weights: nobody would free them
            _ = self.full.resource_handle

        @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.float32, name="inputs")])
        def __call__(self, images: Any) -> Any:
            """Probabilities of each pixel."""
            everything = self.full.read()
            weights = [
                tf.reshape(everything[start:end], shape)
                for start, end, shape in zip(borders[:-1], borders[1:], shapes, strict=True)
            ]
            return network.stateless_call(weights, [], images, training=False)[0]

    shutil.rmtree(folder, ignore_errors=True)
    module = Segmenter()
    serve = tf.function(lambda inputs: {"outputs": module(inputs)})
    signature = serve.get_concrete_function(tf.TensorSpec([None, None, None, 3], tf.float32, name="inputs"))
    tf.saved_model.save(module, str(folder), signatures={"serving_default": signature})
    # a record of the machine that wrote it; nothing reads it
    (folder / "fingerprint.pb").unlink(missing_ok=True)
    if (folder / "assets").is_dir() and not any((folder / "assets").iterdir()):
        (folder / "assets").rmdir()
    write_settings(folder, settings)
    if familiarity:
        (folder / FAMILIARITY_FILE).write_text(familiarity, encoding="utf-8")
    return folder


def write_settings(folder: Path, settings: ModelSettings) -> None:
    """Write ``assets.extra/task.json`` of an exported model."""
    file = folder / SETTINGS_FILE
    file.parent.mkdir(exist_ok=True)
    file.write_text(settings.to_json(), encoding="utf-8")
