"""The object graph: how the saved Python objects hang together, walked from the root along names."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from models.savedmodel.description import FunctionDescription
from models.savedmodel.signatures import arguments_text, structured_text

# Known by their names: TensorFlow makes them, for the signatures and for the life of a resource.
_SIGNATURES = "signatures"
_TRACE = "trace_"
# A crafted graph must not cost the square of its size.
_MAX_DEPTH = 64
_MAX_FUNCTIONS = 5_000
LOADING = ("_create_resource", "_initialize")


def walk(objects: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every node of a ``SavedObjectGraph`` once, with the shortest path of names that leads to it."""
    if not objects.nodes:
        return
    seen = {0}
    waiting: deque[tuple[tuple[str, ...], int]] = deque([((), 0)])
    while waiting:
        path, number = waiting.popleft()
        node = objects.nodes[number]
        yield path, node
        for child in node.children:
            inside = 0 <= child.node_id < len(objects.nodes) and len(path) < _MAX_DEPTH
            if inside and child.node_id not in seen:
                seen.add(child.node_id)
                waiting.append(((*path, child.local_name), child.node_id))


def read_functions(objects: Any) -> tuple[FunctionDescription, ...]:
    """Return what a program may call on the loaded model, each traced form once, sorted by name."""
    traced = {entry.key: entry.value for entry in objects.concrete_functions}
    found: list[FunctionDescription] = []
    for path, node in walk(objects):
        if node.HasField("function") and path and path[-1] not in (*LOADING, "_destroy_resource"):
            names = _argument_names(node.function)
            for concrete in node.function.concrete_functions:
                # Each form is said once, under the first name that leads to it.
                form = traced.pop(concrete, None)
                if form is not None and len(found) < _MAX_FUNCTIONS:
                    inputs = arguments_text(form.canonicalized_input_signature, names)
                    outputs = structured_text(form.output_signature)
                    found.append(FunctionDescription(".".join(path), inputs, outputs, concrete))
    return tuple(sorted(found, key=lambda function: (function.name, function.inputs)))


def entry_points(objects: Any) -> dict[str, tuple[str, ...]]:
    """Return who calls a function of the library from outside: its name -> in words, when.

    "when the model is loaded", "when the signature serving_default is called", "when __call__ is called".
    """
    found: dict[str, list[str]] = {}
    for path, node in walk(objects):
        name = ".".join(part for part in path if not part.startswith(_TRACE))
        if node.HasField("function"):
            names: Iterable[str] = node.function.concrete_functions
        elif node.HasField("bare_concrete_function"):
            names = [node.bare_concrete_function.concrete_function_name]
        else:
            continue
        if any(part in LOADING for part in path):
            moment = "when the model is loaded"
        elif path[:1] == (_SIGNATURES,):
            moment = f"when the signature {'.'.join(path[1:])} is called"
        else:
            moment = f"when {name} is called"
        for concrete in names:
            if moment not in found.setdefault(concrete, []):
                found[concrete].append(moment)
    return {concrete: tuple(moments) for concrete, moments in found.items()}


def _argument_names(function: Any) -> list[str]:
    """Names of the positional arguments from the saved ``FullArgSpec``, without ``self`` of a method."""
    for entry in function.function_spec.fullargspec.named_tuple_value.values:
        if entry.key == "args":
            names = [value.string_value for value in entry.value.list_value.values]
            return names[1:] if function.function_spec.is_method and names[:1] == ["self"] else names
    return []
