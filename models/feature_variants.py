"""The table of variants: which model a short name stands for, in each modality."""

from pathlib import Path

from models.catalog import models_for
from models.errors import InvalidInputError
from models.model_names import describe_model
from models.model_spec import Modality, ModelSpec


def variants(modality: Modality) -> dict[str, ModelSpec]:
    """Return the variants of a modality in the order of the catalogue, "default" first where its model is bundled."""
    return {variant: spec for spec in models_for(modality) for variant in spec.variants}


def find_variant(modality: Modality, variant: str | Path | ModelSpec = "default") -> ModelSpec:
    """Return the model of a variant; also by the model's own name, its hub address, or a folder of yours.

    Raises:
        InvalidInputError: no such variant, or a model that reads something else; the message lists what there is.
        ModelUnavailableError: a folder that does not exist.
    """
    table = variants(modality)
    if isinstance(variant, str):
        if variant in table:
            return table[variant]
        known = {name for spec in models_for(modality) for name in (spec.name, *spec.handles)}
        other = next((m for m in Modality if m is not modality and variant in _names(m)), None)
        if other is not None:
            raise InvalidInputError(f"{variant!r} reads {other}, not {modality}. Choose one of: {', '.join(table)}.")
        if variant not in known and not variant.startswith("https://"):
            raise InvalidInputError(
                f"There is no {modality} model called {variant[:100]!r}. Choose one of: {', '.join(table)}; or give a "
                "pathlib.Path to a SavedModel of yours."
            )
    spec = describe_model(variant, modality)
    if spec.modality is not modality:
        raise InvalidInputError(f"{spec.title} reads {spec.modality}, not {modality}.")
    return spec


def _names(modality: Modality) -> set[str]:
    return {name for spec in models_for(modality) for name in (spec.name, *spec.handles, *spec.variants)} - {"default"}
