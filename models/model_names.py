"""From what a person or a setting names to a model's spec: catalogue names, addresses and local folders."""

import logging
import os
from functools import cache
from pathlib import Path

from models.catalog import CATALOG, is_bundled_name, models_for
from models.errors import InvalidInputError, ModelUnavailableError, PolyglotError
from models.hub_failures import not_there
from models.model_spec import InputContract, Modality, ModelSpec

TEXT_MODELS_VARIABLE = "POLYGLOT_TEXT_MODELS"
_UNKNOWN = InputContract("unknown", (None,), notes="Not described: it is not in the catalogue.")


def describe_model(model: ModelSpec | str | Path, modality: Modality = Modality.TEXT) -> ModelSpec:
    """Return the spec of a catalogue name, an http(s) address or a local folder.

    Args:
        model: a spec is returned as it is.
        modality: assumed for an address or a folder that the catalogue does not know.

    Raises:
        InvalidInputError: no such name.
        ModelUnavailableError: a bundled model whose folder is missing, or a path that does not exist.
    """
    if isinstance(model, ModelSpec):
        return model
    name = str(model)
    for spec in CATALOG.values():
        if name == spec.name or name in spec.handles:
            return spec
    if is_bundled_name(name):
        raise not_there(name)
    if name.startswith(("http://", "https://")):
        title = "/".join(name.split("?")[0].rstrip("/").split("/")[-2:])
        return ModelSpec(name, title, modality, _UNKNOWN, handle=name, source=name)
    path = Path(name).expanduser()
    if path.is_dir():
        # A version's folder says nothing by itself.
        title = f"{path.resolve().parent.name}/{path.name}" if path.name.isdecimal() else path.name
        return ModelSpec(name, title, modality, _UNKNOWN, bundled_path=path.resolve(), source=name)
    if isinstance(model, Path) or os.sep in name:
        raise ModelUnavailableError(name, "not_found", "is not a folder", "Check the path.")
    raise InvalidInputError(f"There is no model called {name[:200]!r}. Choose one of: {', '.join(CATALOG)}.")


def offered_text_models() -> list[ModelSpec]:
    """Return the text models that visitors may choose: the catalogue's, and those that the server's owner names.

    The owner lists folders or addresses in ``POLYGLOT_TEXT_MODELS``, separated by commas. A model is a program, so
    what a visitor types is never among them. An entry that does not exist is logged and left out.
    """
    return [*models_for(Modality.TEXT), *owners_models(TEXT_MODELS_VARIABLE)]


def owners_models(variable: str) -> tuple[ModelSpec, ...]:
    """Return the models that the environment ``variable`` lists; an entry that does not exist is logged, once."""
    return _owners_models(variable, os.environ.get(variable, ""))


@cache
def _owners_models(variable: str, setting: str) -> tuple[ModelSpec, ...]:
    found = []
    for entry in filter(None, (part.strip() for part in setting.split(","))):
        try:
            found.append(describe_model(entry))
        except PolyglotError as error:
            logging.getLogger(__name__).warning("%s: %s", variable, error)
    return tuple(found)
