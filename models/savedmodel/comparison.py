"""Two models side by side: what both have, what differs, and what only one has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.savedmodel.description import ModelDescription, SignatureDescription, VariableDescription, shape_text
from models.savedmodel.security import scan


@dataclass(frozen=True)
class ComparisonRow:
    """One line of a comparison; None where a model does not have it."""

    what: str
    first: str | int | None
    second: str | int | None

    @property
    def same(self) -> bool:
        """Whether both models agree."""
        return self.first == self.second

    @property
    def verdict(self) -> str:
        """In words: "same", "differs", "only in the first", "only in the second"."""
        if self.same:
            return "same"
        if self.first is None or self.second is None:
            return "only in the second" if self.first is None else "only in the first"
        return "differs"


@dataclass(frozen=True)
class Comparison:
    """All lines by subject; differences come first in each, except among the facts."""

    facts: tuple[ComparisonRow, ...]
    signatures: tuple[ComparisonRow, ...]
    operations: tuple[ComparisonRow, ...]
    variables: tuple[ComparisonRow, ...]

    @property
    def interchangeable(self) -> bool:
        """Whether both have the same signatures: names, inputs and outputs with types and shapes."""
        return all(row.same for row in self.signatures)


def compare(first: ModelDescription, second: ModelDescription) -> Comparison:
    """Return what two models have in common and what they have not."""
    return Comparison(
        facts=tuple(ComparisonRow(what, *values) for what, values in _facts(first, second).items()),
        signatures=_rows(_tensors(first.signatures), _tensors(second.signatures)),
        operations=_rows(_operations(first), _operations(second)),
        variables=_rows(_variables(first.variables), _variables(second.variables)),
    )


def _facts(first: ModelDescription, second: ModelDescription) -> dict[str, tuple[str | int, str | int]]:
    pair = (first, second)
    return {
        "TensorFlow version": (first.tensorflow_version, second.tensorflow_version),
        "Tags": (", ".join(first.tags), ", ".join(second.tags)),
        "Size in bytes": _both(model.total_bytes for model in pair),
        "Parameters": _both(model.parameters for model in pair),
        "Variables": _both(len(model.variables) for model in pair),
        "Bytes of variables": _both(model.variable_bytes for model in pair),
        "Signatures": _both(len(model.signatures) for model in pair),
        "Callable functions": _both(len({function.name for function in model.functions}) for model in pair),
        "Operations": _both(sum(operation.total for operation in model.operations) for model in pair),
        "Kinds of operation": _both(len(model.operations) for model in pair),
        "Assets": _both(len(model.assets) for model in pair),
        "Flagged operations": (_flagged(first), _flagged(second)),
    }


def _flagged(model: ModelDescription) -> str:
    return ", ".join(finding.operation for finding in scan(model).judged("flagged")) or "none"


def _both(values: Iterable[int]) -> tuple[int, int]:
    first, second = values
    return first, second


def _tensors(signatures: Iterable[SignatureDescription]) -> dict[str, str]:
    found = {}
    for signature in signatures:
        for direction, tensors in (("input", signature.inputs), ("output", signature.outputs)):
            for tensor in tensors:
                key = f"{signature.name}, {direction} {tensor.name}"
                found[key] = f"{tensor.dtype} {shape_text(tensor.shape)}"
                if tensor.structure != "tensor":
                    found[key] += f" ({tensor.structure})"
    return found


def _operations(model: ModelDescription) -> dict[str, int]:
    return {operation.name: operation.total for operation in model.operations}


def _variables(variables: Iterable[VariableDescription]) -> dict[str, str]:
    return {variable.name: f"{variable.dtype} {shape_text(variable.shape)}" for variable in variables}


def _rows(first: Mapping[str, str | int], second: Mapping[str, str | int]) -> tuple[ComparisonRow, ...]:
    names = sorted({*first, *second})
    rows = [ComparisonRow(name, first.get(name), second.get(name)) for name in names]
    return tuple(sorted(rows, key=lambda row: row.same))
