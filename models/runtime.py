"""The one place that imports TensorFlow: late, with quiet logs, and with the text ops registered."""

import os
import threading
import warnings
from types import ModuleType

_lock = threading.Lock()


def import_tensorflow() -> ModuleType:
    """Import and return ``tensorflow`` (about 5 s and 0.6 GB the first time, nothing later).

    Settings that the person running the server has made in the environment win.
    """
    # Read by the C++ side while it loads, so they must be set first. 3 hides the CPU's features and the failed
    # search for a GPU, which look like errors to a person; what goes wrong with a model arrives as an exception.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    # One import at a time: two threads that start it together have met half-initialised modules.
    with _lock:
        import tensorflow as tf

        return tf


def import_hub() -> ModuleType:
    """Import and return ``tensorflow_hub``."""
    import_tensorflow()
    with _lock, warnings.catch_warnings():
        # tensorflow_hub 0.16 imports pkg_resources, which announces its removal; setuptools is pinned for that reason
        warnings.simplefilter("ignore")
        import tensorflow_hub

        return tensorflow_hub


def register_text_ops() -> None:
    """Register the SentencePiece and other text ops, without which most text models cannot be loaded.

    Raises:
        ImportError: ``tensorflow_text`` is missing or was built for another TensorFlow.
    """
    import_tensorflow()
    with _lock:
        import tensorflow_text  # noqa: F401  (importing registers the ops)
