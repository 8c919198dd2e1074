"""All benchmarks in one table: ``make bench``, or ``python -m benchmarks.run [--json] [--only NAME]``.

Exits with 1 when a bound does not hold or a benchmark could not be run.
"""

import argparse
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from benchmarks import explorer, first_page, imaging, indexing, memory, search_speed, similarity, text_speed
from benchmarks.report import Measurement, print_report


def exact_search() -> list[Measurement]:
    """The rows of ``benchmarks.search_speed`` that have a bound."""
    result = search_speed.measure_store()
    times = result["p50_ms"]
    rows, ours = f"{result['rows']:,}", f"{times['store']:.1f} ms to "
    return [
        Measurement(
            f"Search of {rows} passages, next to scikit-learn",
            result["times_faster_than_scikit_learn"],
            "times faster",
            5,
            at_least=True,
            detail=f"{ours}{times['scikit_learn']:.1f} ms",
        ),
        Measurement(
            f"Search of {rows} passages, next to bare NumPy",
            result["ratio_to_numpy"],
            "times",
            1.2,
            detail=f"{ours}{times['numpy']:.1f} ms",
        ),
    ]


BENCHMARKS: dict[str, Callable[[], list[Measurement]]] = {
    "first_page": first_page.measure,
    "memory": memory.measure,
    "indexing": indexing.measure,
    "exact_search": exact_search,
    "text_speed": text_speed.measure,
    "similarity": similarity.measure,
    "explorer": explorer.measure,
    "imaging": imaging.measure,
}


def measure_alone(name: str) -> list[Measurement]:
    """Run one benchmark in a process of its own: what one leaves in memory must not slow the next."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(BENCHMARKS[name]).result()


def main() -> int:
    """Run the benchmarks one after the other and print their table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print for a program")
    parser.add_argument("--only", choices=BENCHMARKS, help="run one of them")
    arguments = parser.parse_args()
    measurements: list[Measurement] = []
    failures: list[str] = []
    for name in [arguments.only] if arguments.only else BENCHMARKS:
        print(f"Measuring: {name}", file=sys.stderr)
        try:
            measurements += measure_alone(name)
        except Exception as error:
            failures.append(f"{name} could not be measured: {error}")
    print_report(measurements, arguments.json)
    missed = [measurement.what for measurement in measurements if measurement.passed is False]
    for line in failures:
        print(line, file=sys.stderr)
    return 1 if missed or failures else 0


if __name__ == "__main__":
    sys.exit(main())
