"""Operations of a model: how often each stands in graph and functions, and which function calls which."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models.savedmodel.description import OperationCount
from models.savedmodel.schema import saved_model_messages
from models.savedmodel.served_nodes import served_nodes

MAIN_GRAPH = "main graph"
"""The part of the main graph that signatures run."""
SAVER = "main graph, outside of the signatures"
"""The rest of it."""
# How AttrValue.func and AttrValue.ListValue.func begin, in the usual way and in a longer one that is valid, too.
_FUNCTION = re.compile(rb"[\x52\xd2\x4a\xca]")


@dataclass(frozen=True)
class Body:
    """One function of the library, or one part of the main graph.

    Args:
        place: its name.
        counts: how often each operation stands in it; an old way to call a function is an operation of its name.
        called: functions that it calls.
        library: all functions that it could call.
    """

    place: str
    counts: Counter[str]
    called: frozenset[str]
    library: frozenset[str]


def read_bodies(meta_graphs: Iterable[Any]) -> list[Body]:
    """Return both parts of the main graph and each function of some ``MetaGraphDef``.

    Raises:
        DecodeError: an attribute is damaged.
    """
    found = []
    for meta_graph in meta_graphs:
        graph = meta_graph.graph_def
        served = served_nodes(meta_graph)
        parts: list[tuple[str, Iterable[Any]]] = [
            (MAIN_GRAPH, [node for node in graph.node if node.name in served]),
            (SAVER, [node for node in graph.node if node.name not in served]),
        ]
        parts += [(function.signature.name, function.node_def) for function in graph.library.function]
        library = frozenset(place for place, _ in parts[2:])
        for place, nodes in parts:
            counts = Counter([node.op for node in nodes])
            called = {target for node in nodes for target in node_calls(node)}
            found.append(Body(place, counts, frozenset((called | counts.keys()) & library), library))
    return found


def count_operations(bodies: Iterable[Body]) -> tuple[OperationCount, ...]:
    """Return the operations of all bodies, the most frequent first."""
    main: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    places: dict[str, dict[str, None]] = {}
    for body in bodies:
        counter = main if body.place in (MAIN_GRAPH, SAVER) else inside
        for name in body.counts.keys() - body.library:
            counter[name] += body.counts[name]
            places.setdefault(name, {})[body.place] = None
    found = [OperationCount(name, main[name], inside[name], tuple(where)) for name, where in places.items()]
    return tuple(sorted(found, key=lambda operation: (-operation.total, operation.name)))


def call_graph(bodies: Iterable[Body]) -> dict[str, tuple[str, ...]]:
    """Return for each function of the library, and for both parts of the main graph, the functions that it calls."""
    calls: dict[str, set[str]] = {}
    for body in bodies:
        calls.setdefault(body.place, set()).update(body.called)
    return {place: tuple(sorted(called)) for place, called in calls.items()}


def node_calls(node: Any) -> list[str]:
    """Return the functions that an operation names in its attributes: branches, loop bodies, calls.

    Raises:
        DecodeError: an attribute is damaged.
    """
    found = []
    for packed in node.attr:
        # unpacking those that name no function would take most of the time
        if _FUNCTION.search(packed):
            value = saved_model_messages()["AttrEntry"].FromString(packed).value
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
