"""Code that calls one signature of a model, ready to copy: Python, saved_model_cli, TensorFlow Serving."""

import json
import re
import shlex
from typing import Any

from models.savedmodel.description import ModelDescription, SignatureDescription, TensorDescription, shape_text

_TEXT_OPERATIONS = re.compile(
    r"Sentencepiece|RegexSplit|CaseFold|NormalizeUTF8|WordpieceTokenize|WhitespaceTokenize|FastWordpiece|TFText"
)
# saved_model_cli splits what it is given at semicolons and equals signs, and a stranger chose the names of the inputs.
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_EXAMPLE_TEXTS = ["The sun warms the house.", "Die Sonne wärmt das Haus."]
_MOST_NUMBERS = 8
_NUMPY_TYPES = {f"{kind}{bits}" for kind in ("int", "uint", "float") for bits in (8, 16, 32, 64)} - {"float8"}


def example_value(tensor: TensorDescription) -> Any:
    """Return a small value that fits the input, as nested lists; None where it would be long and must be made."""
    sizes = [1 if size is None else size for size in tensor.shape or (() if tensor.shape is not None else (1,))]
    count = 1
    for size in sizes:
        count *= size
    if tensor.dtype == "string" and tensor.shape == (None,):
        return _EXAMPLE_TEXTS
    if count > _MOST_NUMBERS:
        return None
    value: Any = {"string": _EXAMPLE_TEXTS[0], "bool": True}.get(tensor.dtype, 0 if "int" in tensor.dtype else 0.0)
    for size in reversed(sizes):
        value = [value] * size
    return value


def python_snippet(model: ModelDescription, signature: SignatureDescription, place: str) -> str:
    """Return a program that loads the model from ``place``, a folder or an address, and calls the signature."""
    lines = ["import tensorflow as tf"]
    if needs_text_operations(model):
        lines.append("import tensorflow_text  # registers operations that the model uses")
    if place.startswith(("http://", "https://")):
        lines += ["import tensorflow_hub as hub", "", f"model = hub.load({place!r})"]
    else:
        lines += ["", f"model = tf.saved_model.load({place!r})"]
    lines.append(f"signature = model.signatures[{signature.name!r}]")
    lines.append("outputs = signature(**{" if signature.inputs else "outputs = signature()")
    for tensor in signature.inputs:
        lines.append(f"    {tensor.name!r}: {_tensor_code(tensor)},")
    if signature.inputs:
        lines.append("})")
    lines += ["for name, value in outputs.items():", "    print(name, value.dtype.name, value.shape)"]
    return "\n".join(lines) + "\n"


def cli_snippet(signature: SignatureDescription, tag: str, place: str) -> str:
    """Return shell commands that show and run the signature with TensorFlow's own tool."""
    folder = shlex.quote(place)
    common = f"--dir {folder} --tag_set {shlex.quote(tag)} --signature_def {shlex.quote(signature.name)}"
    lines = [f"saved_model_cli show {common}"]
    literals: list[str] = []
    files: list[str] = []
    for tensor in signature.inputs:
        value = example_value(tensor)
        if not _PLAIN_NAME.fullmatch(tensor.name):
            lines.append(
                f"# saved_model_cli cannot be given the input {tensor.name!r}: its name has special characters"
            )
        elif value is not None:
            literals.append(f"{tensor.name}={value!r}")
        else:
            # the tool reads literals only, no NumPy calls: many numbers come from a file
            file = f"input_{len(files) + 1}.npy"
            lines.append(f"python -c {shlex.quote(f'import numpy as np; np.save({file!r}, {_numpy_code(tensor)})')}")
            files.append(f"{tensor.name}={file}")
    run = f"saved_model_cli run {common}"
    for option, given in (("--inputs", files), ("--input_exprs", literals)):
        if given:
            run += f" \\\n  {option} {shlex.quote(';'.join(given))}"
    return "\n".join([*lines, run]) + "\n"


def serving_snippet(signature: SignatureDescription, name: str) -> str:
    """Return a request to TensorFlow Serving's REST interface, in its column format."""
    inputs = {tensor.name: example_value(tensor) for tensor in signature.inputs}
    filled = {key: [] if value is None else value for key, value in inputs.items()}
    notes = [
        # in quotes: a name with a line break must not become a command
        f"# Fill in the numbers of {tensor.name!r}: {tensor.dtype} {shape_text(tensor.shape)}"
        for tensor in signature.inputs
        if inputs[tensor.name] is None
    ]
    body = json.dumps({"signature_name": signature.name, "inputs": filled}, ensure_ascii=False)
    safe = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_") or "model"
    request = f"curl -X POST http://localhost:8501/v1/models/{safe}:predict \\\n  -d {shlex.quote(body)}"
    return "\n".join([*notes, request]) + "\n"


def needs_text_operations(model: ModelDescription) -> bool:
    """Whether the model uses operations of tensorflow_text, as far as their names tell."""
    return any(_TEXT_OPERATIONS.search(operation.name) for operation in model.operations)


def _tensor_code(tensor: TensorDescription) -> str:
    value = example_value(tensor)
    if value is None:
        return f"tf.zeros({_sizes(tensor)}, tf.{tensor.dtype})"
    return f"tf.constant({value!r}, tf.{tensor.dtype})"


def _numpy_code(tensor: TensorDescription) -> str:
    if tensor.dtype == "string":
        return f"np.full({_sizes(tensor)}, 'text', object)"
    dtype = tensor.dtype if tensor.dtype in _NUMPY_TYPES else "float32"
    return f"np.zeros({_sizes(tensor)}, np.{dtype})"


def _sizes(tensor: TensorDescription) -> list[int]:
    return [1 if size is None else size for size in tensor.shape or ()]
