import numpy as np

from components.segmentation_sizes import size_chart


def test_no_bar_touches_the_upper_edge() -> None:
    areas = np.repeat([40.0, 90.0], [20, 3])
    chart = size_chart(areas, "pixels", None, "#0b6b73").to_dict()
    (bars,) = chart["datasets"].values()
    (layer,) = chart["layer"]
    lowest, highest = layer["encoding"]["y"]["scale"]["domain"]
    assert max(bar["count"] for bar in bars) == 20 and lowest == 0
    assert 1.05 * 20 <= highest <= 1.25 * 20 and not layer["encoding"]["y"]["scale"]["nice"]
