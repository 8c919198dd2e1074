"""What TensorFlow's errors mean for a person: why a folder cannot be loaded, and what to do."""

import re
from pathlib import Path

from models.errors import ModelUnavailableError
from models.model_spec import ModelSpec


def not_there(name: str) -> ModelUnavailableError:
    """Return the error for a bundled model whose folder is missing."""
    return ModelUnavailableError(
        name,
        "not_found",
        f"is missing: there is no SavedModel in models/bundled/{name}/1",
        "Fetch the repository again, with its large files.",
    )


def check_folder(spec: ModelSpec, folder: Path, origin: str) -> None:
    """Raise ModelUnavailableError when ``folder`` visibly cannot be loaded; costs no TensorFlow import."""
    if (folder / "tfhub_module.pb").exists():
        raise ModelUnavailableError(
            spec.title,
            "incompatible",
            "is in the old TensorFlow 1 hub format, which cannot be called",
            "Use a newer version of the model: a TensorFlow 2 SavedModel.",
        )
    if not (folder / "saved_model.pb").is_file():
        raise _damaged(spec, folder, origin, "there is no saved_model.pb in its folder")


def explain_failure(spec: ModelSpec, folder: Path, origin: str, error: Exception) -> ModelUnavailableError:
    """Return the error to show for an exception that ``hub.load`` raised."""
    message = str(error)
    if isinstance(error, ImportError):
        return ModelUnavailableError(
            spec.title,
            "missing_op",
            f"cannot be loaded, because a package cannot be imported ({message[:200]})",
            "Install tensorflow and tensorflow_text of the same minor version, as in requirements.txt.",
        )
    if operation := re.search(r"Op type not registered '([^']+)'", message):
        return ModelUnavailableError(
            spec.title,
            "missing_op",
            f"needs the operation {operation.group(1)}, which this TensorFlow does not have",
            "Import tensorflow_text of TensorFlow's minor version before loading, or update both.",
        )
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return ModelUnavailableError(
            spec.title, "no_space", "does not fit into this server's memory", "Choose a smaller model."
        )
    return _damaged(spec, folder, origin, first_line(error))


def first_line(error: Exception) -> str:
    """Return the part of TensorFlow's long messages that a person may read, at most 200 characters."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def _damaged(spec: ModelSpec, folder: Path, origin: str, detail: str) -> ModelUnavailableError:
    if origin == "cache":
        return ModelUnavailableError(
            spec.title,
            "corrupt_cache",
            f"has a damaged copy in the cache ({detail})",
            f"Clear the cached copy (delete {folder}) and load it again.",
        )
    remedy = {
        "bundled": "Fetch the repository again, with its large files.",
        "download": f"Use another version of the model, and delete {folder}.",
    }.get(origin, "Check that the folder is a complete TensorFlow 2 SavedModel.")
    return ModelUnavailableError(spec.title, "incompatible", f"cannot be loaded ({detail})", remedy)
