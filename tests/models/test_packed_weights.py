from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.packed_weights import float32_on_load, pack
from models.runtime import import_tensorflow
from models.saved_module import save_module, serving

ARRAYS = [np.arange(6, dtype=np.float32).reshape(2, 3), np.full(4, 0.5, np.float32)]


def save_sum(arrays: list[NDArray[np.float32]], folder: Path) -> Path:
    """A model that adds a scalar to the second of some packed arrays."""
    tf = import_tensorflow()
    flat, borders, digest = pack(arrays)

    class Sum(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.packed = tf.Variable(flat, trainable=False)
            self.full = float32_on_load(self.packed, f"second_{digest}", arrays[1].shape, borders[1])

        @tf.function(input_signature=[tf.TensorSpec([], tf.float32, name="inputs")])
        def __call__(self, scalar: Any) -> Any:
            return self.full.read() + scalar

    module = Sum()
    return save_module(module, serving(module, tf.TensorSpec([], tf.float32, name="inputs")), folder)


def test_arrays_lie_one_after_the_other_in_half_the_width() -> None:
    flat, borders, digest = pack(ARRAYS)
    assert flat.dtype == np.float16 and flat.tolist() == [0, 1, 2, 3, 4, 5, 0.5, 0.5, 0.5, 0.5]
    assert borders == [0, 6, 10]
    assert len(digest) == 16 and digest == pack(ARRAYS).digest != pack(ARRAYS[::-1]).digest


def test_two_models_in_one_process_keep_their_own_weights(tmp_path: Path) -> None:
    tf = import_tensorflow()
    folders = save_sum(ARRAYS, tmp_path / "a"), save_sum([ARRAYS[0], -ARRAYS[1]], tmp_path / "b")
    first, second = (tf.saved_model.load(str(folder)) for folder in folders)
    assert np.asarray(first(1.0)).tolist() == [1.5] * 4 and np.asarray(second(1.0)).tolist() == [0.5] * 4
    served = first.signatures["serving_default"](inputs=tf.constant(1.0))["outputs"]
    assert served.dtype == tf.float32 and np.asarray(served) == pytest.approx([1.5] * 4)


def test_a_saved_folder_is_replaced_and_holds_nothing_of_the_machine(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "old.txt").touch()
    save_sum(ARRAYS, folder)
    assert {path.name for path in folder.iterdir()} == {"saved_model.pb", "variables"}
