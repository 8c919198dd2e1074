"""How the sizes of the found objects spread."""

from typing import TYPE_CHECKING

from components.segmentation_subject import Subject
from models.imaging.objects import ObjectMeasurement

if TYPE_CHECKING:
    import altair as alt

_BINS = 30
_UNEVEN = 30  # times the median, from which sizes are drawn on a logarithmic axis


def size_chart(subject: Subject, chosen: ObjectMeasurement | None, colour: str) -> "alt.LayerChart":
    """Histogram of areas, with a line at the chosen object."""
    import altair as alt
    import numpy as np
    import pandas as pd

    pixel = subject.image.pixel_size
    factor, unit = (pixel.area, f"{pixel.unit}²") if pixel else (1.0, "pixels")
    areas = np.array([one.area for one in subject.found.objects]) * factor
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
            y=alt.Y("count:Q", title="Objects", axis=alt.Axis(tickMinStep=1, tickCount=4)),
            tooltip=[
                alt.Tooltip("from:Q", title="From", format=",.4~g"),
                alt.Tooltip("to:Q", title="To", format=",.4~g"),
                alt.Tooltip("count:Q", title="Objects"),
            ],
        )
    ]
    if chosen is not None:
        mark = pd.DataFrame({"area": [chosen.area * factor]})
        layers.append(alt.Chart(mark).mark_rule(color="#e08a3c", strokeWidth=3).encode(x="area:Q"))
    return alt.layer(*layers).properties(height=190)
