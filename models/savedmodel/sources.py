"""Which models the explorer may open, and which it may run: the owner of the server decides."""

import os
from pathlib import Path

from models.catalog import CATALOG
from models.errors import InvalidInputError
from models.hub import fetch_model
from models.hub_limits import Progress
from models.model_names import describe_model, offered_text_models, owners_models
from models.model_spec import ModelSpec
from models.savedmodel.reading import ModelFiles, read_folder

MODELS_VARIABLE = "POLYGLOT_EXPLORER_MODELS"
OPEN_VARIABLE = "POLYGLOT_EXPLORER_OPEN"


def trusted_models() -> dict[str, ModelSpec]:
    """Return the models that may be loaded and run, by name: the catalogue's and those that the owner names.

    The owner lists folders or addresses in ``POLYGLOT_EXPLORER_MODELS``, separated by commas, and text models in
    ``POLYGLOT_TEXT_MODELS``.
    """
    specs = [*CATALOG.values(), *offered_text_models(), *owners_models(MODELS_VARIABLE)]
    return {spec.name: spec for spec in specs}


def typed_sources_allowed() -> bool:
    """Whether visitors may type an address or a folder of this server: only where ``POLYGLOT_EXPLORER_OPEN=1``."""
    return os.environ.get(OPEN_VARIABLE, "").lower() in ("1", "true", "yes", "on")


def find_source(typed: str) -> ModelSpec:
    """Return the model that a visitor typed: a name or an address of the catalogue, or more where the owner allows it.

    Raises:
        InvalidInputError: neither known nor allowed, or an address without https.
        ModelUnavailableError: a folder that does not exist.
    """
    name = typed.strip()
    for spec in trusted_models().values():
        if name == spec.name or name in spec.handles:
            return spec
    if name.startswith("http://"):
        raise InvalidInputError("Only addresses that begin with https:// are opened. Type the secure one.")
    if not typed_sources_allowed():
        raise InvalidInputError(
            "This server opens the models of its list only. Choose one, or upload an archive of yours: "
            f"it is read, never run. Who runs the app can allow addresses and folders with {OPEN_VARIABLE}=1."
        )
    return describe_model(name if name.startswith("https://") else Path(name))


def open_model(spec: ModelSpec, progress: Progress | None = None) -> ModelFiles:
    """Return the files of a model; it is downloaded where that is needed, and not loaded.

    Raises:
        ModelUnavailableError: it cannot be had.
        UnreadableFileError: what is there is no SavedModel.
    """
    folder, _ = fetch_model(spec, progress)
    return read_folder(folder, spec.title, trusted=spec.name in trusted_models())
