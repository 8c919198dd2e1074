"""From 500 embeddings to the drawing of a 500 x 500 similarity matrix: ``python -m benchmarks.similarity``.

What the similarity page computes before the browser draws: values, clustering with its tree, the picture of the whole,
the closer view of a part, both as JSON, and the list of the most similar pairs. The embeddings are random groups, so
that no model has to be loaded.
"""

import json
import time

import numpy as np

from benchmarks.report import Measurement, run_alone
from components.similarity_chart import MARK, matrix_chart
from components.similarity_overview import overview_chart, overview_picture
from components.similarity_tiles import tile_of, tile_ranges
from models.text.comparison import Comparison
from models.text.encoder import unit_rows
from models.text.ordered_matrix import order_matrix
from models.text.passages import Passage
from models.text.similarity import Measure, best_pair, most_similar_pairs

SENTENCES = 500
GROUPS = 25
COLOURS = ["#eef5f4", "#7bb8b9", "#0a535a"]


def random_comparison(count: int) -> Comparison:
    """Sentences in 25 groups of similar ones, in random order."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((GROUPS, 512), dtype=np.float32)
    vectors = unit_rows(centres[rng.integers(0, GROUPS, count)] + rng.standard_normal((count, 512), dtype=np.float32))
    sentences = [
        Passage(f"Sentence number {number} of a list", "benchmark", f"line {number}", number, "en", number - 1)
        for number in range(1, count + 1)
    ]
    return Comparison(sentences, None, vectors, None, "random")


def prepare(comparison: Comparison, *, clustered: bool) -> int:
    """Prepare all that is drawn; return the size of both charts as JSON, in bytes."""
    matrix = order_matrix(comparison, Measure.COSINE, clustered=clustered)
    pair = best_pair(matrix.values, one_list=True) or (0, 0)
    tile = tile_of(matrix, pair)
    charts = (
        overview_chart(matrix, overview_picture(matrix, COLOURS), tile, MARK),
        matrix_chart(matrix, *tile_ranges(matrix, tile), pair, dark=False),
    )
    most_similar_pairs(matrix.values, 0.3, one_list=True)
    return sum(len(json.dumps(chart.to_dict())) for chart in charts)


def measure(count: int = SENTENCES) -> list[Measurement]:
    """Seconds to prepare the matrix in the order as given and clustered; the larger of three runs each."""
    comparison = random_comparison(count)
    prepare(random_comparison(10), clustered=True)  # imports Altair, pandas and SciPy
    seconds = {}
    for name, clustered in (("as given", False), ("clustered", True)):
        times = []
        for _ in range(3):
            start = time.perf_counter()
            size = prepare(comparison, clustered=clustered)
            times.append(time.perf_counter() - start)
        seconds[name] = max(times)
    return [
        Measurement(
            f"Prepare the drawing of {count} x {count} similarities, {name}",
            value,
            "s",
            2.0,
            detail=f"the slowest of 3; {size / 1e6:.2f} MB of JSON for the browser",
        )
        for name, value in seconds.items()
    ]


if __name__ == "__main__":
    run_alone(measure, __doc__)
