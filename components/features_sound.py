"""One sound: to hear, as a waveform, and as the log-mel spectrum that the model sees."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.features_drawing import TEAL, data_url, image_layers, spectrum_colours
from components.features_neighbours import choose_row
from components.features_source import Source
from components.guard import plain
from models.feature_inputs import NamedFile
from models.features import FeatureRow, Features

if TYPE_CHECKING:
    import altair as alt

_MOST_COLUMNS = 1_200
_TICKS = (125, 500, 1_000, 2_000, 4_000, 7_500)  # Hz
_EXTENT = 56  # pixels left of both charts, so that their times stand above one another
_LOWEST, _HIGHEST = 125.0, 7_500.0  # Hz: the bands of YAMNet, which the bundled model shares


def show_sound(source: Source, features: Features) -> None:
    """Draw the choice of a sound, a player, its waveform, its spectrum, and what the model takes it for."""
    number = choose_row(features, "features_sound", "Sound")
    row = features.rows[number]
    given = source.read()[row.source]
    if isinstance(given, NamedFile):
        st.audio(given.data, alt=f"Player for {row.name}")
    seconds = row.seconds or 0.0
    with st.container(gap="small"):
        st.altair_chart(
            waveform_chart(row.preview, seconds), key="features_wave", alt=f"Waveform of {row.name}, {seconds:.1f} s"
        )
        if row.log_mel is not None:
            st.altair_chart(
                log_mel_chart(row.log_mel, seconds),
                key="features_log_mel",
                alt=f"Log-mel spectrum of {row.name}: frequency over time, bright where it is loud",
            )
    st.caption(_caption(row))
    if row.classes:
        st.markdown("**What the model hears**")
        for name, score in row.classes:
            st.progress(min(max(score, 0.0), 1.0), text=f"{plain(name)} :gray[{score:.2f}]")
        st.caption("Mean scores over the windows; they are no probabilities.")


def _caption(row: FeatureRow) -> str:
    windows = 0 if row.windows is None else len(row.windows)
    return (
        "As the model gets it: one channel, 16 kHz. Above, the waveform; below, its energy in mel bands. "
        f"The vector is the mean of {windows:,} windows of 0.96 s."
    )


def waveform_chart(envelope: NDArray[np.float32], seconds: float) -> "alt.Chart":
    """Lowest and highest values [B, 2] as an area over time."""
    import altair as alt
    import pandas as pd

    times = np.linspace(0, seconds, len(envelope), endpoint=False)
    frame = pd.DataFrame({"time": times, "low": envelope[:, 0], "high": envelope[:, 1]})
    y_axis = alt.Axis(title=None, values=[-1, 0, 1], minExtent=_EXTENT, maxExtent=_EXTENT)
    return (
        alt.Chart(frame)
        .mark_area(line=False, interpolate="step", color=TEAL)
        .encode(
            x=alt.X("time:Q", axis=_time_axis(labels=False), scale=alt.Scale(domain=[0, seconds], nice=False)),
            y=alt.Y("low:Q", scale=alt.Scale(domain=[-1, 1]), axis=y_axis),
            y2="high:Q",
            tooltip=alt.value(None),
        )
        .properties(height=110)
    )


def log_mel_chart(log_mel: NDArray[np.float32], seconds: float) -> "alt.LayerChart":
    """A spectrum [T, bands] as a picture over time and frequency; the silence that the model adds is cut off."""
    import altair as alt

    kept = log_mel[: max(1, int(seconds * 100) - 2)]  # a row each 10 ms, over 25 ms
    step = -(-len(kept) // _MOST_COLUMNS)
    if step > 1:
        whole = kept[: len(kept) // step * step]
        kept = whole.reshape(-1, step, whole.shape[1]).max(axis=1)
    url = data_url(spectrum_colours(kept.T[::-1]))
    places = [float(_mel(frequency)) for frequency in _TICKS]
    # JSON-like lists of numbers only: nothing of a file gets into the expression
    labels = [f"{frequency / 1000:g} kHz" if frequency >= 1_000 else f"{frequency} Hz" for frequency in _TICKS]
    y_axis = alt.Axis(
        values=places,
        labelExpr=f"{labels}[indexof({places}, datum.value)]",
        title=None,
        grid=False,
        minExtent=_EXTENT,
        maxExtent=_EXTENT,
        labelOverlap=False,
    )
    ends = (float(_mel(_HIGHEST)), float(_mel(_LOWEST)))
    chart = image_layers(url, ((0, seconds), _time_axis()), (ends, y_axis), smooth=True)
    return chart.properties(height=270)


def _time_axis(labels: bool = True) -> "alt.Axis":
    import altair as alt

    return alt.Axis(title="Seconds" if labels else None, labels=labels, grid=False, tickCount=8)


def _mel(frequency: float) -> float:
    """Source: Young et al., "The HTK Book", as in TensorFlow."""
    return float(1127.0 * np.log1p(frequency / 700.0))
