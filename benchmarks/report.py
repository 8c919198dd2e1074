"""What a benchmark returns and how it is printed: one line a measurement, next to its bound."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Measurement:
    """One number with what it was compared to.

    Args:
        what: what was done, as a person would say it.
        value: the number that the bound is about.
        unit: of ``value`` and ``bound``; "times" for a ratio to a competitor in the same run.
        bound: the largest allowed value, or the smallest if ``at_least``; None for a number without a promise.
        at_least: whether more is better.
        detail: what lies behind the value: the two times of a ratio, the number of repeats.
    """

    what: str
    value: float
    unit: str
    bound: float | None = None
    at_least: bool = False
    detail: str = ""

    @property
    def passed(self) -> bool | None:
        """Whether the bound holds; None where there is none."""
        if self.bound is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    @property
    def margin(self) -> float | None:
        """How many times better than the bound: 1 just holds, below 1 does not; None where there is no bound."""
        if self.bound is None or not self.value:
            return None
        return self.value / self.bound if self.at_least else self.bound / self.value


def as_table(measurements: Sequence[Measurement]) -> str:
    """Lines of a plain text table: measurement, value, bound, margin, verdict, detail."""
    rows = [("Measurement", "Value", "Bound", "Margin", "Verdict", "Detail")]
    for measurement in measurements:
        bound = margin = ""
        if measurement.bound is not None:
            bound = f"{'at least' if measurement.at_least else 'at most'} {measurement.bound:,g} {measurement.unit}"
        if measurement.margin is not None:
            margin = f"{measurement.margin:.2f}"
        verdict = {True: "pass", False: "FAIL", None: ""}[measurement.passed]
        value = f"{_rounded(measurement.value)} {measurement.unit}"
        rows.append((measurement.what, value, bound, margin, verdict, measurement.detail))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    lines = ["  ".join([*map(str.ljust, row[:-1], widths), row[-1]]).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def as_dicts(measurements: Sequence[Measurement]) -> list[dict[str, object]]:
    """The same for a program."""
    return [{**asdict(measurement), "passed": measurement.passed} for measurement in measurements]


def print_report(measurements: Sequence[Measurement], as_json: bool) -> None:
    """Print the measurements for a person or for a program."""
    print(json.dumps(as_dicts(measurements), indent=2) if as_json else as_table(measurements))


def run_alone(measure: Callable[[], list[Measurement]], description: str | None) -> None:
    """Command line of a single benchmark: ``python -m benchmarks.<name> [--json]``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print for a program")
    arguments = parser.parse_args()
    print_report(measure(), arguments.json)


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
