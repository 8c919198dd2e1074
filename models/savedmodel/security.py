"""The scan: every operation of a model is flagged, known from the models of this app, or not judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from models.catalog import CATALOG
from models.errors import PolyglotError
from models.savedmodel.description import ModelDescription, OperationCount
from models.savedmodel.reading import describe, read_folder
from models.savedmodel.risky_operations import keeping, risk_of, touches_files
from models.savedmodel.statistics import MAIN_GRAPH, reachable

Judgement = Literal["flagged", "known", "unknown"]

_MAX_MOMENTS = 200


@dataclass(frozen=True)
class Finding:
    """What the scan says about one operation.

    Args:
        operation: its name.
        judgement: "flagged" if it reaches outside, "known" if models of this app use it, "unknown": not judged.
        reach: "code", "write", "read", "network", "hidden" or "print"; "" for what is not flagged.
        words: what it could do.
        count: how often it stands in the model.
        when: the moments at which it can run: "when the model is loaded", "when the signature ... is called".
    """

    operation: str
    judgement: Judgement
    reach: str
    words: str
    count: int
    when: tuple[str, ...]


@dataclass(frozen=True)
class ScanReport:
    """All findings, flagged ones first."""

    findings: tuple[Finding, ...]

    def judged(self, judgement: Judgement) -> tuple[Finding, ...]:
        """Return the findings with this judgement."""
        return tuple(finding for finding in self.findings if finding.judgement == judgement)

    @property
    def summary(self) -> str:
        """One sentence for a person."""
        flagged, unknown = self.judged("flagged"), self.judged("unknown")
        if flagged:
            names = ", ".join(finding.operation for finding in flagged[:5])
            more = " and others" if len(flagged) > 5 else ""
            return f"Do not load this model unless you trust who made it: it can reach outside ({names}{more})."
        if unknown:
            return (
                "No operation of the deny list. "
                f"{len(unknown)} {'is' if len(unknown) == 1 else 'are'} used by no model of this app: not judged."
            )
        return "Only operations that the models of this app use too."


@cache
def known_operations() -> frozenset[str]:
    """Return the allow list: what the bundled models use, read from their files, without what the deny list names."""
    found: set[str] = set()
    for spec in CATALOG.values():
        if spec.bundled_path is not None:
            try:
                model = describe(read_folder(spec.bundled_path, spec.title))
            except PolyglotError:
                continue
            found |= {operation.name for operation in model.operations}
    return frozenset(name for name in found if risk_of(name) is None)


def scan(model: ModelDescription, known: frozenset[str] | None = None) -> ScanReport:
    """Judge every operation of ``model`` by its name and its place.

    Args:
        model: to judge; nothing of it is executed.
        known: the allow list; None for that of the bundled models.
    """
    known = known_operations() if known is None else known
    moments = _moments(model)
    findings = [_judge(operation, model, moments, known) for operation in model.operations]
    order: Sequence[Judgement] = ("flagged", "unknown", "known")
    return ScanReport(tuple(sorted(findings, key=lambda finding: (order.index(finding.judgement), finding.operation))))


def _judge(
    operation: OperationCount, model: ModelDescription, moments: dict[str, tuple[str, ...]], known: frozenset[str]
) -> Finding:
    name = operation.name
    when = tuple(dict.fromkeys(moment for place in operation.places for moment in moments.get(place, ())))
    if (risk := risk_of(name)) is not None:
        return Finding(name, "flagged", risk[0], risk[1], operation.total, when)
    if (words := keeping(name)) is not None:
        # In a function that somebody calls it is no housekeeping: the name of the file may be anything.
        own = reachable(model.keepers, model.calls)
        misplaced = [place for place in operation.places if place not in own and moments.get(place)]
        if touches_files(name) and misplaced:
            return Finding(name, "flagged", "write", f"{words}; here it also stands elsewhere.", operation.total, when)
        return Finding(name, "known", "", f"{words}.", operation.total, when)
    if name in known:
        return Finding(name, "known", "", "Used by models that ship with this app.", operation.total, when)
    return Finding(name, "unknown", "", "Used by no model of this app: not judged.", operation.total, when)


def _moments(model: ModelDescription) -> dict[str, tuple[str, ...]]:
    """For each function, when it can run."""
    found: dict[str, dict[str, None]] = {}
    # All roots of one moment together: a crafted model must not cost the square of its size.
    roots: dict[str, list[str]] = {}
    for root, whens in model.entries.items():
        for when in whens:
            roots.setdefault(when, []).append(root)
    for number, (when, starts) in enumerate(roots.items()):
        words = when if number < _MAX_MOMENTS else "at another moment"
        if number > _MAX_MOMENTS:
            continue
        if number == _MAX_MOMENTS:
            starts = [start for rest in list(roots.values())[number:] for start in rest]
        for function in reachable(starts, model.calls):
            found.setdefault(function, {})[words] = None
    # TensorFlow Serving and TensorFlow 1 run the main graph, whatever the object graph says.
    for function in reachable([MAIN_GRAPH], model.calls):
        if not any(moment.startswith("when the signature ") for moment in found.get(function, ())):
            found.setdefault(function, {})["when a signature is called"] = None
    return {function: tuple(moments) for function, moments in found.items()}
