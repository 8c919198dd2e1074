"""Operations of a model: how often each stands in graph and functions, and which function calls which."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from models.savedmodel.description import OperationCount
from models.savedmodel.served_nodes import served_nodes

MAIN_GRAPH = "main graph"
"""The part of the main graph that signatures run."""
SAVER = "main graph, outside of the signatures"
"""The rest of it."""


def count_operations(meta_graphs: Iterable[Any]) -> tuple[OperationCount, ...]:
    """Return the operations of some ``MetaGraphDef``, the most frequent first; calls of functions count, too."""
    main: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    places: dict[str, dict[str, None]] = {}
    for meta_graph in meta_graphs:
        library = {function.signature.name for function in meta_graph.graph_def.library.function}
        for place, nodes in _bodies(meta_graph):
            counter = main if place in (MAIN_GRAPH, SAVER) else inside
            counts = Counter(node.op for node in nodes)
            for name in counts:
                # an old way to call a function is an operation of its name
                if name in library:
                    continue
                counter[name] += counts[name]
                places.setdefault(name, {})[place] = None
    found = [OperationCount(name, main[name], inside[name], tuple(where)) for name, where in places.items()]
    return tuple(sorted(found, key=lambda operation: (-operation.total, operation.name)))


def call_graph(meta_graphs: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    """Return for each function of the library, and for both parts of the main graph, the functions that it calls."""
    calls: dict[str, tuple[str, ...]] = {}
    for meta_graph in meta_graphs:
        library = {function.signature.name for function in meta_graph.graph_def.library.function}
        for name, nodes in _bodies(meta_graph):
            called = {target for node in nodes for target in node_calls(node)}
            called |= {node.op for node in nodes}
            calls[name] = tuple(sorted(set(calls.get(name, ())) | (called & library)))
    return calls


def _bodies(meta_graph: Any) -> Iterator[tuple[str, list[Any]]]:
    """Name and nodes of both parts of the main graph and of each function."""
    served = served_nodes(meta_graph)
    nodes = meta_graph.graph_def.node
    yield MAIN_GRAPH, [node for node in nodes if node.name in served]
    yield SAVER, [node for node in nodes if node.name not in served]
    for function in meta_graph.graph_def.library.function:
        yield function.signature.name, function.node_def


def node_calls(node: Any) -> list[str]:
    """Return the functions that an operation names in its attributes: branches, loop bodies, calls."""
    found = []
    for entry in node.attr:
        value = entry.value
        if value.HasField("func"):
            found.append(value.func.name)
        elif value.HasField("list"):
            found += [function.name for function in value.list.func]
    return found


def reachable(roots: Iterable[str], calls: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Return the functions that ``roots`` call, directly or not, themselves included."""
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += calls.get(name, ())
    return frozenset(seen)
