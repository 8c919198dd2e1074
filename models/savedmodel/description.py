"""What is known of a SavedModel without executing it: immutable, comparable, and ready for JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

Shape = tuple[int | None, ...] | None
"""None in place of a length that is open; None instead of the tuple where even the rank is open."""


def shape_text(shape: Shape) -> str:
    """Return a shape for a person: "[?, 512]", "scalar", "any shape"."""
    if shape is None:
        return "any shape"
    return f"[{', '.join('?' if size is None else str(size) for size in shape)}]" if shape else "scalar"


@dataclass(frozen=True)
class TensorDescription:
    """One input or output.

    Args:
        name: the key by which it is passed.
        dtype: TensorFlow's name of the element type.
        shape: see ``Shape``.
        structure: "tensor", "sparse tensor", or the class of a composite one.
    """

    name: str
    dtype: str
    shape: Shape
    structure: str = "tensor"

    def __str__(self) -> str:
        """Return "name: float32 [?, 512]"."""
        return f"{self.name}: {self.dtype} {shape_text(self.shape)}"


@dataclass(frozen=True)
class SignatureDescription:
    """One named way to call the model, inputs and outputs sorted by name."""

    name: str
    inputs: tuple[TensorDescription, ...]
    outputs: tuple[TensorDescription, ...]
    method: str = ""


@dataclass(frozen=True)
class FunctionDescription:
    """One function of the object graph, in one of the forms in which it was traced.

    Args:
        name: its path from the model, "encoder.__call__".
        inputs: structured: "text: string [?], training: False".
        outputs: structured: "float32 [?, 512]", "{a: int32 scalar, b: ...}".
        concrete: its name in the function library.
    """

    name: str
    inputs: str
    outputs: str
    concrete: str


@dataclass(frozen=True)
class VariableDescription:
    """One variable, from the index of the checkpoint; ``trainable`` is None where the object graph does not say."""

    name: str
    dtype: str
    shape: Shape
    bytes: int
    elements: int
    trainable: bool | None = None


@dataclass(frozen=True)
class OperationCount:
    """How often an operation stands in the main graph and in the library of functions, and in which functions."""

    name: str
    graph: int
    functions: int
    places: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """In graph and functions together."""
        return self.graph + self.functions


@dataclass(frozen=True)
class ModelDescription:
    """One SavedModel.

    Args:
        name: what a person calls it; never used as a path.
        tags: of its meta graphs.
        tensorflow_version: that saved it; "" where the file does not say.
        signatures: sorted by name, without TensorFlow's own initialiser.
        functions: that a program may call after loading, from the object graph.
        variables: sorted by name.
        operations: the most frequent first.
        calls: function -> the functions that it calls.
        entries: function -> when it is called from outside, in words.
        keepers: functions that only TensorFlow itself calls, to save and to restore the variables.
        assets: names of files that it reads.
        files: relative name -> size in bytes.
        notes: what is unusual, in sentences.
    """

    name: str
    tags: tuple[str, ...]
    tensorflow_version: str
    signatures: tuple[SignatureDescription, ...]
    functions: tuple[FunctionDescription, ...]
    variables: tuple[VariableDescription, ...]
    operations: tuple[OperationCount, ...]
    calls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keepers: frozenset[str] = frozenset()
    assets: tuple[str, ...] = ()
    files: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """Numbers in all variables."""
        return sum(variable.elements for variable in self.variables)

    @property
    def variable_bytes(self) -> int:
        """Bytes of all variables."""
        return sum(variable.bytes for variable in self.variables)

    @property
    def total_bytes(self) -> int:
        """Bytes of all files."""
        return sum(self.files.values())

    def signature(self, name: str) -> SignatureDescription:
        """Return the signature ``name``; KeyError when there is none."""
        return {signature.name: signature for signature in self.signatures}[name]


def description_to_json(description: ModelDescription, extra: Mapping[str, object] | None = None) -> str:
    """Return everything as indented JSON; ``extra`` is added at the end."""
    document = asdict(description)
    document["keepers"] = sorted(description.keepers)
    totals = {"parameters": description.parameters, "total_bytes": description.total_bytes}
    return json.dumps({**document, **totals, **(extra or {})}, indent=2, ensure_ascii=False)
