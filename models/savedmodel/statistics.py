"""Operations of a model: how often each stands in graph and functions, and which function calls which."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from models.savedmodel.description import OperationCount

MAIN_GRAPH = "main graph"


def count_operations(graphs: Iterable[Any]) -> tuple[OperationCount, ...]:
    """Return the operations of some ``GraphDef``, the most frequent first; calls of functions count as operations."""
    main: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    places: dict[str, dict[str, None]] = {}
    for graph in graphs:
        bodies = [(MAIN_GRAPH, graph.node, main)]
        bodies += [(function.signature.name, function.node_def, inside) for function in graph.library.function]
        library = {function.signature.name for function in graph.library.function}
        for place, nodes, counter in bodies:
            counts = Counter(node.op for node in nodes)
            for name in counts:
                # an old way to call a function is an operation of its name
                if name in library:
                    continue
                counter[name] += counts[name]
                places.setdefault(name, {})[place] = None
    found = [OperationCount(name, main[name], inside[name], tuple(where)) for name, where in places.items()]
    return tuple(sorted(found, key=lambda operation: (-operation.total, operation.name)))


def call_graph(graphs: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    """Return for each function of the library, and for the main graph, the functions that it calls."""
    calls: dict[str, tuple[str, ...]] = {}
    for graph in graphs:
        library = {function.signature.name for function in graph.library.function}
        for name, nodes in [
            (MAIN_GRAPH, graph.node),
            *((function.signature.name, function.node_def) for function in graph.library.function),
        ]:
            called = {target for node in nodes for target in node_calls(node)}
            called |= {node.op for node in nodes}
            calls[name] = tuple(sorted(set(calls.get(name, ())) | (called & library)))
    return calls


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
