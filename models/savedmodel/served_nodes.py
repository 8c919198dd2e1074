"""The part of the main graph that runs: TensorFlow Serving uses nothing else, and neither does TensorFlow 1."""

from collections.abc import Iterator
from typing import Any

# Collections in which TensorFlow 1 names what runs when the model is loaded.
_AT_LOADING = ("saved_model_main_op", "legacy_init_op")


def served_nodes(meta_graph: Any) -> frozenset[str]:
    """Return the names of the nodes in the main graph that a signature or the loading of the model runs.

    The others belong to the saver, which only TensorFlow calls.
    """
    inputs = {node.name: node.input for node in meta_graph.graph_def.node}
    seen: set[str] = set()
    waiting = [_node(name) for name in _starts(meta_graph)]
    while waiting:
        name = waiting.pop()
        if name in inputs and name not in seen:
            seen.add(name)
            waiting += map(_node, inputs[name])
    return frozenset(seen)


def _starts(meta_graph: Any) -> Iterator[str]:
    for entry in meta_graph.collection_def:
        if entry.key in _AT_LOADING:
            yield from entry.value.node_list.value
    for signature in meta_graph.signature_def:
        for output in signature.value.outputs:
            yield from _tensors(output.value)


def _tensors(info: Any) -> Iterator[str]:
    """Names of the tensors of one output, whose structure may be composite."""
    yield info.name
    sparse = info.coo_sparse
    yield from (sparse.values_tensor_name, sparse.indices_tensor_name, sparse.dense_shape_tensor_name)
    for component in info.composite_tensor.components:
        yield component.name


def _node(tensor: str) -> str:
    """The node of "name", "name:0" or "^name"."""
    return tensor.removeprefix("^").split(":")[0]
