"""Writing a SavedModel the way that all models of the app are written."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from models.runtime import import_tensorflow


def serving(call: Callable[[Any], Any], specification: Any) -> dict[str, Any]:
    """``serving_default``: from ``inputs``, a tensor of ``specification`` (tf.TensorSpec), to ``outputs``."""
    serve = import_tensorflow().function(lambda inputs: {"outputs": call(inputs)})
    return {"serving_default": serve.get_concrete_function(specification)}


def save_module(module: Any, signatures: Mapping[str, Any], folder: Path) -> Path:
    """Save a callable ``tf.Module`` with its signatures; ``folder`` is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    import_tensorflow().saved_model.save(module, str(folder), signatures=dict(signatures))
    # a record of the machine that wrote it; nothing reads it
    (folder / "fingerprint.pb").unlink(missing_ok=True)
    assets = folder / "assets"
    if assets.is_dir() and not any(assets.iterdir()):
        assets.rmdir()
    return folder
