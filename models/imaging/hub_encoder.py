"""A TensorFlow Hub feature vector as a trainable Keras layer.

``hub.KerasLayer`` does not work in a Keras 3 model, and ``TFSMLayer`` cannot be trained. Here every variable of the
loaded model is wrapped by a Keras variable, so that optimisers, freezing and saving work as with any layer.
"""

from functools import cache
from typing import Any

from models.errors import ModelUnavailableError

HUB_SIZE = 224
"""Height and width that feature vectors of images expect, unless their signature says otherwise."""


def load_hub_encoder(handle: str, trainable: bool = True) -> Any:
    """Load a feature vector as a layer: float32 [N, H, W, 3] in [0, 1] to float32 [N, D].

    Args:
        handle: a catalogue name, an address, or the folder of a SavedModel; see ``models.hub.load_model``.
        trainable: whether the model's variables may be trained.

    Raises:
        ModelUnavailableError: it cannot be loaded, or Keras does not run on TensorFlow.
    """
    import keras

    from models.hub import load_model
    from models.model_spec import Modality

    if keras.backend.backend() != "tensorflow":
        raise ModelUnavailableError(
            handle,
            "incompatible",
            f"cannot be a layer while Keras runs on {keras.backend.backend()}",
            "Set KERAS_BACKEND=tensorflow.",
        )
    loaded = load_model(handle, modality=Modality.IMAGE)
    return hub_encoder_layer()(loaded.model, trainable=trainable, name="hub_encoder")


@cache
def hub_encoder_layer() -> Any:
    """The layer class; a function, because Keras is imported late, and once, because Keras keeps its classes."""
    import keras

    class HubEncoder(keras.layers.Layer):
        """Wraps a loaded SavedModel.

        Args:
            model: what ``hub.load`` returned: callable on [N, h, w, 3].
            size: height and width to which images are resized; None reads it from the signature.
            **options: of ``keras.layers.Layer``.
        """

        def __init__(self, model: Any, size: int | None = None, **options: Any) -> None:
            super().__init__(**options)
            # the variables live as long as the loaded object, and Keras must not track its insides
            self._loaded = (lambda: model,)
            self.size = size or _expected_size(model)
            for variable in _variables(model):
                self._wrap(variable, trainable=variable.trainable)
            self.built = True

        def _wrap(self, variable: Any, trainable: bool) -> None:
            """One Keras variable around a loaded one.

            ``_value`` and ``_track_variable`` are private: Keras has no public way to adopt a variable. The version of
            Keras is pinned, and a test trains through this layer.
            """
            name = variable.name.split(":")[0].replace("/", "_")
            is_float = variable.dtype.is_floating
            wrapped = keras.Variable(
                variable.numpy(), dtype=variable.dtype.name, trainable=trainable and is_float, name=name
            )
            wrapped._value = variable
            self._track_variable(wrapped)

        def call(self, images: Any, training: bool = False) -> Any:
            """Feature vectors of images."""
            import tensorflow as tf

            model = self._loaded[0]()
            images = tf.image.resize(images, (self.size, self.size)) if self.size else images
            options = {"training": training and self.trainable} if _takes_training(model) else {}
            vectors = model(images, **options)
            return next(iter(vectors.values())) if isinstance(vectors, dict) else vectors

        def compute_output_shape(self, input_shape: Any) -> Any:
            """[N, D]."""
            import tensorflow as tf

            side = self.size or HUB_SIZE
            return (input_shape[0], int(self.call(tf.zeros((1, side, side, 3))).shape[-1]))

    return HubEncoder


def _variables(model: Any) -> list[Any]:
    """The variables that the model lists, as the hub asks of it, or else those that its functions use."""
    listed = list(getattr(model, "variables", None) or ())
    used = [each for function in _functions(model) for each in function.graph.variables]
    unique = {each.ref(): each for each in listed or used}
    return list(unique.values())


def _functions(model: Any) -> list[Any]:
    call = getattr(model, "__call__", None)  # noqa: B004  (a restored function, asked for its signatures)
    return list(getattr(call, "concrete_functions", ()))


def _expected_size(model: Any) -> int | None:
    """The fixed height in the serving signature; None where any size will do; 224 where nothing is said."""
    signature = (getattr(model, "signatures", None) or {}).get("serving_default")
    if signature is None:
        return HUB_SIZE
    shapes = [each.shape for each in signature.structured_input_signature[1].values()]
    shape = next((each for each in shapes if each.rank == 4), None)
    return HUB_SIZE if shape is None else shape[1]


def _takes_training(model: Any) -> bool:
    """Whether the loaded model can be told that it is being trained."""
    for function in _functions(model):
        positional, named = function.structured_input_signature
        if len(positional) > 1 or "training" in named:
            return True
    return False
