"""What Streamlit does after each run of a page, kept from slowing TensorFlow down.

After every run, a search or a progress bar's step alike, Streamlit clears Keras' session, which drops TensorFlow's
compiled kernels and collects garbage, and then collects garbage once more. With TensorFlow loaded that costs every
visitor up to half a second, and the next call of a model as much again.
"""

import gc
import sys


def spare_tensorflow() -> None:
    """Keep the kernels of loaded models, and leave TensorFlow's objects out of the collections; call it after a load.

    Only fine-tuning builds Keras models, one a run, so there is next to no session state that could pile up.
    """
    keras = sys.modules.get("keras")
    if keras is not None:
        keras.backend.clear_session = _keep
    gc.collect()
    gc.freeze()


def _keep(free_memory: bool = True) -> None:
    """Stands for ``keras.backend.clear_session`` while the app runs."""
