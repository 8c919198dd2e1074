"""Reading a model's description next to loading the same model, in one run: ``python -m benchmarks.explorer [--json]``.

What one would do instead is ``tf.saved_model.load`` and a look at its signatures. TensorFlow and its text operations
are imported before the clock starts, which favours that side: a visitor's first load pays for them, too. The two take
turns, because a busy moment of the machine should hit both; medians are compared, for each bundled model.
"""

import time
from collections.abc import Callable
from statistics import median

from benchmarks.report import Measurement, run_alone
from models.catalog import CATALOG
from models.model_spec import ModelSpec
from models.runtime import import_tensorflow, register_text_ops
from models.savedmodel.reading import describe, read_folder
from models.savedmodel.security import known_operations, scan

REPEATS = 7
TIMES_FASTER = 20


def seconds_of(work: Callable[[], object]) -> float:
    """Duration of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(spec: ModelSpec, repeats: int = REPEATS) -> Measurement:
    """How many times faster the description with its scan is than a load."""
    tf, folder = import_tensorflow(), spec.bundled_path
    assert folder is not None  # noqa: S101 -- the caller chose it for that
    ways: dict[str, Callable[[], object]] = {
        "read": lambda: scan(describe(read_folder(folder, spec.title))),
        "load": lambda: tf.saved_model.load(str(folder)),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(repeats + 1):
        for way, work in ways.items():
            duration = seconds_of(work)
            if number:  # the first one warms the file system's cache
                seconds[way].append(duration)
    ours, theirs = median(seconds["read"]), median(seconds["load"])
    return Measurement(
        f"Reading the signatures of {spec.name}, next to loading it",
        theirs / ours,
        "times faster",
        TIMES_FASTER,
        at_least=True,
        detail=f"{ours * 1000:.1f} ms to {theirs * 1000:,.0f} ms, medians of {repeats}",
    )


def measure() -> list[Measurement]:
    """One row for each model that ships with the app."""
    import_tensorflow()
    register_text_ops()
    known_operations()  # the allow list is read once a process
    return [compare(spec) for spec in CATALOG.values() if spec.bundled_path is not None]


if __name__ == "__main__":
    run_alone(measure, __doc__)
