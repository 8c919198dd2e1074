from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.errors import ModelUnavailableError
from models.imaging.hub_encoder import load_hub_encoder


@pytest.fixture(scope="module")
def feature_vector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A feature vector as the hub's are: callable with ``training``, two trainable variables and a fixed one."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()

    class Features(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            start = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float32)
            self.kernel = tf.Variable(start, name="kernel")
            self.bias = tf.Variable(tf.zeros(8), name="bias")
            self.calls = tf.Variable(0.0, trainable=False, name="calls")

        @tf.function
        def __call__(self, images: Any, training: bool = False) -> Any:
            if training:
                self.calls.assign_add(1.0)
            return tf.nn.tanh(tf.reduce_mean(images, axis=(1, 2)) @ self.kernel + self.bias)

    module = Features()
    spec = tf.TensorSpec([None, 32, 32, 3], tf.float32, name="inputs")
    for training in (False, True):
        module.__call__.get_concrete_function(spec, training=training)
    serve = tf.function(lambda inputs: {"outputs": module(inputs)}).get_concrete_function(spec)
    folder = tmp_path_factory.mktemp("feature-vector") / "1"
    tf.saved_model.save(module, str(folder), signatures={"serving_default": serve})
    return folder


def test_the_layer_gives_what_the_model_gives(feature_vector: Path) -> None:
    import tensorflow_hub

    layer = load_hub_encoder(str(feature_vector))
    images = np.random.default_rng(1).random((4, 32, 32, 3), dtype=np.float32)
    assert np.allclose(layer(images), tensorflow_hub.load(str(feature_vector))(images), atol=1e-6)
    assert layer(np.zeros((2, 64, 48, 3), np.float32)).shape == (2, 8)


def test_its_variables_are_trained_and_the_fixed_one_is_not(feature_vector: Path) -> None:
    import keras

    layer = load_hub_encoder(str(feature_vector))
    image = keras.Input((32, 32, 3))
    model = keras.Model(image, keras.layers.Dense(1, activation="sigmoid")(layer(image)))
    assert len(layer.trainable_variables) == 2
    assert len(layer.non_trainable_variables) == 1
    random = np.random.default_rng(2)
    bright = random.random((64, 1, 1, 1))
    images = (bright * random.random((64, 32, 32, 3))).astype(np.float32)
    before = [np.array(each) for each in layer.trainable_variables]
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy")
    history = model.fit(images, (bright[:, 0, 0] > 0.5).astype(np.float32), epochs=20, verbose=0).history["loss"]
    assert history[-1] < 0.6 * history[0]
    moved = [np.abs(np.array(new) - old).max() for new, old in zip(layer.trainable_variables, before, strict=True)]
    assert min(moved) > 0.01


def test_a_frozen_encoder_stays_as_it_was(feature_vector: Path) -> None:
    assert load_hub_encoder(str(feature_vector), trainable=False).trainable_variables == []


def test_a_network_with_it_takes_images_of_its_own_size_and_returns_maps(feature_vector: Path) -> None:
    from models.imaging.network import build_unet

    network = build_unet(str(feature_vector), widths=(4, 8, 8), input_size=64)
    maps = np.asarray(network(np.random.default_rng(3).random((1, 64, 64, 3), dtype=np.float32)))
    assert maps.shape == (1, 64, 64, 1)
    assert 0 < maps.min() <= maps.max() < 1
    assert any("kernel" in each.name for each in network.get_layer("hub_encoder").trainable_variables)


def test_a_handle_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match=r"\."):
        load_hub_encoder(str(tmp_path / "nothing"))
