"""The U-Net of the imaging part: any encoder that gives feature maps at several scales, one decoder.

After Ronneberger et al. 2015 (https://arxiv.org/abs/1505.04597). Every scale of the encoder has a skip connection.
Runs on any Keras 3 backend.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from models.errors import InvalidInputError, ModelUnavailableError
from models.imaging.lite_encoder import lite_encoder

COMPACT_WIDTHS = (16, 32, 64, 96, 128)
"""Channels of the compact encoder at scales 1/2, 1/4, 1/8, ..."""

_APPLICATIONS = {
    "efficientnetv2b0": ("EfficientNetV2B0", "EfficientNet V2 B0"),
    "mobilenetv3": ("MobileNetV3Small", "MobileNet V3 small"),
}
LITE = "efficientnet-lite0"
_DECODER_WIDTHS = (8, 24, 48, 80, 128, 192)


def build_unet(
    encoder: str = "compact",
    outputs: int = 1,
    *,
    widths: Sequence[int] = COMPACT_WIDTHS,
    input_size: int | None = 256,
    pretrained: bool = False,
    folded: bool = False,
) -> Any:
    """Build a U-Net with random weights, or with an encoder that was trained on ImageNet.

    Args:
        encoder: ``"compact"`` or ``"efficientnet-lite0"`` (both trained here, the second from ImageNet weights),
            ``"efficientnetv2b0"`` or ``"mobilenetv3"`` (keras.applications), or the address or folder of a TensorFlow
            Hub feature vector, which becomes a trainable layer. A feature vector has no maps: it informs the deepest
            scale, and the skip connections are those of the compact encoder.
        outputs: channels of the result; each is a probability of its own (sigmoid), so they may overlap.
        widths: channels by scale: of the compact encoder, whose depth their number decides, and of the decoder behind
            it or behind EfficientNet-Lite0, which needs four.
        input_size: height and width, a multiple of 32; None leaves them open.
        pretrained: load ImageNet weights for an encoder of keras.applications; needs the network once.
        folded: leave out the batch normalisation, for weights into which ``fold`` has multiplied it.

    Returns:
        keras.Model: float32 [N, H, W, 3] in [0, 1] to float32 [N, H, W, outputs] in [0, 1].

    Raises:
        InvalidInputError: a size that is no multiple of 32, or an option that does not fit the encoder.
        ModelUnavailableError: the encoder's weights cannot be had; the message says why.
    """
    import keras

    if input_size is not None and input_size % 32:
        raise InvalidInputError(f"{input_size} is not a multiple of 32. Choose a size such as 256 or 320.")
    if outputs < 1 or len(widths) < 2:
        raise InvalidInputError("A network needs at least one output and two widths.")
    if encoder not in ("compact", LITE) and (folded or input_size is None):
        raise InvalidInputError("Only the encoders that are trained here can be folded, or built without a size.")
    image = keras.Input((input_size, input_size, 3), name="image")
    layer = _Layers(keras, folded)
    if encoder == LITE:
        skips = lite_encoder(layer, image)
    elif encoder in _APPLICATIONS:
        skips = _application_skips(keras, layer, encoder, image, pretrained)
        widths = _DECODER_WIDTHS
    else:
        skips = compact_encoder(layer, image, widths)
        if encoder != "compact":
            from models.imaging.hub_encoder import load_hub_encoder

            vector = load_hub_encoder(encoder)(image)
            context = keras.layers.Dense(widths[-1], name="context")(vector)
            context = keras.layers.Reshape((1, 1, widths[-1]), name="context_map")(context)
            skips[-1] = keras.layers.Add(name="informed")([skips[-1], context])
    if len(widths) < len(skips) - 1:
        raise InvalidInputError(f"A decoder behind {encoder} needs {len(skips) - 1} widths.")
    features = decoder(layer, skips, widths)
    # the networks trained here end at half the resolution: each of their points paints a patch of pixels
    enlarge = (4, 2) if encoder not in _APPLICATIONS else (1, 1)
    result = keras.layers.Conv2DTranspose(
        outputs,
        enlarge[0],
        strides=enlarge[1],
        padding="same",
        activation="sigmoid",
        dtype="float32",
        name="probabilities",
    )(features)
    return keras.Model(image, result, name="unet")


def fold(network: Any, folded: Any) -> None:
    """Copy the weights of a network trained here into one built with ``folded=True``, normalisation multiplied in.

    In inference a batch normalisation is a scale and a shift, which the convolution before it can do for nothing.

    Args:
        network: as ``build_unet`` returns it.
        folded: the same network, built with ``folded=True``; its weights are replaced.
    """
    import keras
    import numpy as np

    norms = {each.name for each in network.layers if each.name.endswith("_norm")}
    for layer in folded.layers:
        if not layer.weights:
            continue
        weights = [np.asarray(value) for value in network.get_layer(layer.name).get_weights()]
        name = layer.name.removesuffix("_conv") + "_norm"
        if name in norms:
            norm = network.get_layer(name)
            gamma, beta, mean, variance = (np.asarray(value) for value in norm.get_weights())
            scale = gamma / np.sqrt(variance + norm.epsilon)
            # a depthwise kernel has its channels last but one
            across = scale[:, None] if isinstance(layer, keras.layers.DepthwiseConv2D) else scale
            weights = [weights[0] * across, beta - mean * scale]
        layer.set_weights(weights)


class _Layers:
    """Makes the layers that the network consists of; names are stable, so weights can be carried over by name."""

    def __init__(self, keras: Any, folded: bool) -> None:
        self.keras, self.folded = keras, folded

    def conv(
        self,
        values: Any,
        width: int,
        size: int,
        name: str,
        stride: int = 1,
        active: bool = True,
        highest: float | None = None,
    ) -> Any:
        """Convolution, batch normalisation and, unless ``active`` is False, ReLU up to ``highest``."""
        make = partial(self.keras.layers.Conv2D, width, size, kernel_initializer="he_normal")
        return self._normalised(make, values, name, stride, active, highest)

    def depthwise(self, values: Any, size: int, name: str, stride: int = 1) -> Any:
        """A convolution of each channel alone, batch normalisation and ReLU up to 6."""
        make = partial(self.keras.layers.DepthwiseConv2D, size, depthwise_initializer="he_normal")
        return self._normalised(make, values, name, stride, True, 6.0)

    def _normalised(
        self, make: Callable[..., Any], values: Any, name: str, stride: int, active: bool, highest: float | None
    ) -> Any:
        layers = self.keras.layers
        values = make(strides=stride, padding="same", use_bias=self.folded, name=f"{name}_conv")(values)
        if not self.folded:
            values = layers.BatchNormalization(momentum=0.97, epsilon=1e-3, name=f"{name}_norm")(values)
        return layers.ReLU(highest, name=f"{name}_relu")(values) if active else values

    def residual(self, values: Any, width: int, name: str) -> Any:
        """Two convolutions beside an identity (He et al. 2016, https://arxiv.org/abs/1512.03385)."""
        inner = self.conv(values, width, 3, f"{name}_a")
        inner = self.conv(inner, width, 3, f"{name}_b", active=False)
        inner = self.keras.layers.Add(name=f"{name}_add")([values, inner])
        return self.keras.layers.ReLU(name=f"{name}_relu")(inner)


def compact_encoder(layer: _Layers, image: Any, widths: Sequence[int]) -> list[Any]:
    """Feature maps at scales 1/2, 1/4, ...: nothing at full resolution, where a convolution costs most."""
    values = layer.conv(image, widths[0], 4, "stem", stride=2)
    values = layer.conv(values, widths[0], 3, "encode0")
    skips = [values]
    for level, width in enumerate(widths[1:], start=1):
        values = layer.conv(values, width, 3, f"down{level}", stride=2)
        values = layer.residual(values, width, f"encode{level}")
        skips.append(values)
    return skips


def decoder(layer: _Layers, skips: Sequence[Any], widths: Sequence[int]) -> Any:
    """From the deepest map up: enlarge, join with the encoder's map of that scale, convolve."""
    layers = layer.keras.layers
    values = skips[-1]
    for level in range(len(skips) - 2, -1, -1):
        values = layer.conv(values, widths[level], 1, f"narrow{level}")
        values = enlarge_layer()(name=f"up{level}")(values)
        values = layers.Concatenate(name=f"join{level}")([values, skips[level]])
        values = layer.conv(values, widths[level], 3, f"decode{level}")
    return values


@cache
def enlarge_layer() -> Any:
    """The layer that doubles height and width bilinearly; a function, because Keras is imported late."""
    import keras

    @keras.saving.register_keras_serializable(package="polyglot")
    class Enlarge(keras.layers.Layer):
        """``UpSampling2D`` that also takes sizes which are only known when the model runs, on TensorFlow."""

        def call(self, values: Any) -> Any:
            """[N, H, W, C] to [N, 2H, 2W, C]."""
            if keras.backend.backend() == "tensorflow":
                import tensorflow as tf

                return tf.image.resize(values, 2 * tf.shape(values)[1:3], "bilinear")
            height, width = values.shape[1:3]
            return keras.ops.image.resize(values, (2 * height, 2 * width), "bilinear", data_format="channels_last")

        def compute_output_shape(self, input_shape: Any) -> Any:
            """The shape with both sides doubled, where they are known."""
            count, height, width, channels = input_shape
            return (count, height and 2 * height, width and 2 * width, channels)

    return Enlarge


def _application_skips(keras: Any, layer: _Layers, encoder: str, image: Any, pretrained: bool) -> list[Any]:
    """The last map of each scale of a network of keras.applications, behind one convolution at full resolution."""
    name, title = _APPLICATIONS[encoder]
    build: Callable[..., Any] = getattr(keras.applications, name)
    scaled = keras.layers.Rescaling(255.0, name="to_bytes")(image)
    try:
        network = build(include_top=False, weights="imagenet" if pretrained else None, input_tensor=scaled)
    except (OSError, ValueError, RuntimeError) as error:
        if not pretrained:
            raise
        raise ModelUnavailableError(
            f"{title} with ImageNet weights",
            "no_network",
            f"could not be downloaded ({type(error).__name__})",
            "Build it without pretrained weights, or try again with a network connection.",
        ) from error
    deepest: dict[int, Any] = {}
    for candidate in network.layers:
        output = candidate.output
        if not isinstance(output, list) and len(output.shape) == 4:
            deepest[output.shape[1]] = output
    # other sizes are those of padded maps
    sizes = (image.shape[1] // 2**level for level in range(1, 6))
    return [layer.conv(image, _DECODER_WIDTHS[0], 3, "full"), *(deepest[size] for size in sizes)]
