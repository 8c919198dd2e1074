"""How the sizes of the found objects spread."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import altair as alt

_BINS = 30
_UNEVEN = 30  # times the median, from which sizes are drawn on a logarithmic axis
_ROOM = 1.1  # times the highest bar, which would touch the edge of its chart


def size_chart(areas: NDArray[np.float64], unit: str, chosen: float | None, colour: str) -> "alt.LayerChart":
    """Histogram of areas in a unit, with a line at the area of the chosen object."""
    import altair as alt
    import pandas as pd

    bins = min(_BINS, max(5, round(len(areas) ** 0.5) * 2))
    # one huge object among small ones would leave a single bar
    uneven = areas.max() > _UNEVEN * np.median(areas)
    counts, edges = np.histogram(areas, np.geomspace(areas.min(), areas.max(), bins + 1) if uneven else bins)
    frame = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "count": counts, "none": 0})
    title = f"Area ({unit})"
    scale = alt.Scale(nice=False, type="log" if uneven else "linear")
    layers = [
        alt.Chart(frame)
        .mark_bar(color=colour, aria=False)
        .encode(
            x=alt.X("from:Q", title=title, scale=scale, axis=alt.Axis(grid=False)),
            x2="to:Q",
            y2="none:Q",
            y=alt.Y(
                "count:Q",
                title="Objects",
                scale=alt.Scale(domain=[0, _ROOM * float(counts.max())], nice=False),
                axis=alt.Axis(tickMinStep=1, tickCount=4),
            ),
            tooltip=[
                alt.Tooltip("from:Q", title="From", format=",.4~g"),
                alt.Tooltip("to:Q", title="To", format=",.4~g"),
                alt.Tooltip("count:Q", title="Objects"),
            ],
        )
    ]
    if chosen is not None:
        mark = pd.DataFrame({"area": [chosen]})
        layers.append(alt.Chart(mark).mark_rule(color="#e08a3c", strokeWidth=3).encode(x="area:Q"))
    return alt.layer(*layers).properties(height=190)
