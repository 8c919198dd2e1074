"""Running a signature of a model that is trusted: one of this app's, or one that the server's owner named."""

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.errors import InvalidInputError
from models.hub_failures import first_line
from models.savedmodel.description import SignatureDescription

_REPEATS = 5
_PATIENCE = 2.0  # seconds for the repeats together
_PREVIEW = 8
_WHERE = ("Graph execution error", "Detected at node", "<stack traces", "\t", " ")


@dataclass(frozen=True)
class OutputReport:
    """One output of a run.

    Args:
        name: its key.
        dtype: TensorFlow's name of the element type.
        shape: of the tensor that came out.
        minimum: of the finite numbers, like ``maximum``, ``mean`` and ``deviation``; None for texts or no elements.
        not_finite: how many numbers are NaN or infinite.
        preview: the first eight elements, as they are read in rows.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    minimum: float | None
    maximum: float | None
    mean: float | None
    deviation: float | None
    not_finite: int
    preview: tuple[str, ...]


@dataclass(frozen=True)
class RunReport:
    """One run.

    Args:
        outputs: sorted by name.
        first_ms: milliseconds of the first call, in which TensorFlow prepares the function.
        median_ms: median of the calls after it.
        calls: how many those were.
    """

    outputs: tuple[OutputReport, ...]
    first_ms: float
    median_ms: float
    calls: int


def run_signature(model: Any, signature: SignatureDescription, inputs: Mapping[str, np.ndarray[Any, Any]]) -> RunReport:
    """Call a signature of a loaded model, then again for its latency.

    Args:
        model: what ``models.hub.load_model`` loaded. A model is a program: never one that a visitor brought.
        signature: to call.
        inputs: a tensor for each of its inputs.

    Raises:
        InvalidInputError: an input is missing, or the model refuses them; the message has its reason.
    """
    from models.runtime import import_tensorflow

    tf = import_tensorflow()
    if missing := [tensor.name for tensor in signature.inputs if tensor.name not in inputs]:
        raise InvalidInputError(f"A value is missing for {', '.join(missing)}.")
    if signature.name not in model.signatures:
        raise InvalidInputError(f"The loaded model has no signature {signature.name!r}.")
    function = model.signatures[signature.name]
    try:
        tensors = {tensor.name: tf.constant(inputs[tensor.name], tensor.dtype) for tensor in signature.inputs}
        seconds: list[float] = []
        deadline = time.perf_counter() + _PATIENCE
        while not seconds or (len(seconds) <= _REPEATS and time.perf_counter() < deadline):
            start = time.perf_counter()
            outputs = {name: np.asarray(value) for name, value in function(**tensors).items()}
            seconds.append(time.perf_counter() - start)
    except (tf.errors.OpError, ValueError, TypeError) as error:
        raise InvalidInputError(f"The model refuses this input: {_reason(error)}") from error
    later = seconds[1:] or seconds
    return RunReport(
        tuple(_report(name, value) for name, value in sorted(outputs.items())),
        seconds[0] * 1000,
        statistics.median(later) * 1000,
        len(later),
    )


def _reason(error: Exception) -> str:
    """The line of TensorFlow's message that says what is wrong; the others say where in the graph."""
    lines = [line for line in str(error).splitlines() if line and not line.startswith(_WHERE)]
    return lines[0][:200] if lines else first_line(error)


def _report(name: str, value: np.ndarray[Any, Any]) -> OutputReport:
    flat = value.reshape(-1)
    preview = tuple(_element(element) for element in flat[:_PREVIEW])
    if value.dtype == object:
        return OutputReport(name, "string", value.shape, None, None, None, None, 0, preview)
    numbers = flat.astype(np.float64) if flat.dtype.kind in "biuf" else np.abs(flat).astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    figures = [float(function(finite)) if finite.size else None for function in (np.min, np.max, np.mean, np.std)]
    minimum, maximum, mean, deviation = figures
    not_finite = int(numbers.size - finite.size)
    return OutputReport(name, value.dtype.name, value.shape, minimum, maximum, mean, deviation, not_finite, preview)


def _element(element: Any) -> str:
    if isinstance(element, bytes):
        return element[:200].decode("utf-8", "replace")
    return f"{element:.4g}" if isinstance(element, (float, np.floating)) else str(element)
