"""How a loaded model is called, whatever its author exported: directly, or through its usual signature."""

from collections.abc import Callable, Sequence
from typing import Any

from models.errors import ModelUnavailableError
from models.hub import LoadedModel

OUTPUT_KEYS = ("outputs", "default", "embeddings", "sentence_embedding", "output_0")


def one_input_function(loaded: LoadedModel, given: str, remedy: str) -> Callable[[Any], Any]:
    """Return a function of one tensor: the model itself, or its ``serving_default`` or ``default`` signature.

    Args:
        loaded: a model.
        given: what it is given, for the message: "the texts".
        remedy: what to choose instead, as a sentence.

    Raises:
        ModelUnavailableError: it can neither be called nor has such a signature, or that wants several inputs.
    """
    if callable(loaded.model):
        return loaded.model
    signatures = getattr(loaded.model, "signatures", {})
    signature = next((signatures[name] for name in ("serving_default", "default") if name in signatures), None)
    if signature is None:
        raise ModelUnavailableError(
            loaded.spec.title,
            "incompatible",
            "can neither be called nor offers a signature called serving_default",
            remedy,
        )
    inputs = list(signature.structured_input_signature[1])
    if len(inputs) != 1:
        raise ModelUnavailableError(
            loaded.spec.title,
            "incompatible",
            f"wants {len(inputs)} inputs ({', '.join(inputs)[:200]}) where one is given, {given}",
            remedy,
        )
    return lambda tensor: signature(**{inputs[0]: tensor})


def embedding_of(output: Any, keys: Sequence[str] = OUTPUT_KEYS) -> Any:
    """Pick the embedding from a tensor, or from a dictionary by its usual names or as its only entry.

    Raises:
        ValueError: several outputs, none under one of ``keys``.
    """
    if not isinstance(output, dict):
        return output
    key = next((name for name in keys if name in output), None)
    if key is None and len(output) == 1:
        key = next(iter(output))
    if key is None:
        raise ValueError(f"it returns several outputs: {', '.join(output)}")
    return output[key]
