"""What is going on while a network learns: how far it is, loss and held-out Dice as curves, and the way to stop."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components.fine_tuning_work import Board
from components.guard import guard
from components.jobs import Job
from components.similarity_settings import theme_colour
from models.imaging.tuning_settings import Epoch

if TYPE_CHECKING:
    import altair as alt

_POLL = 0.7  # seconds between two looks
_HEIGHT = 190  # pixels of a chart


@st.fragment(run_every=_POLL)
def show_tuning(job_key: str, board: Board) -> None:
    """Show how far the task under ``job_key`` is; reruns the page when it has ended."""
    with guard():
        job: Job[object] | None = st.session_state.get(job_key)
        if job is None or not job.running:
            st.rerun()
        progress = board.progress
        learned = len(progress.curve) > 1
        with st.container(horizontal=True, vertical_alignment="bottom"):
            text = "Stopping" if job.cancelled else progress.text
            st.progress(min(progress.share, 1.0), text=text, width="stretch")
            st.button(
                "Stop and keep the best" if learned else "Cancel",
                key=f"{job_key}_cancel",
                icon=":material/stop:" if learned else ":material/close:",
                on_click=job.cancel,
                disabled=job.cancelled,
            )
        if progress.best is not None:
            st.markdown(state_words(progress.curve, progress.best))
            show_curves(progress.curve, progress.best)


def state_words(curve: Sequence[Epoch], best: Epoch) -> str:
    """Where it stands, in one line."""
    words = [f"Held-out Dice **{curve[0].dice:.3f}** before"]
    if len(curve) > 1:
        words += [f"**{curve[-1].dice:.3f}** now", f"**{best.dice:.3f}** best", f"loss {curve[-1].loss:.3f}"]
    return " · ".join(words)


def show_curves(curve: Sequence[Epoch], best: Epoch) -> None:
    """Draw held-out Dice and loss by epoch, side by side."""
    colour = theme_colour()
    left, right = st.columns(2, gap="medium")
    left.altair_chart(
        dice_chart(curve, best, colour),
        width="stretch",
        alt=f"Held-out Dice by epoch, from {curve[0].dice:.3f} to {curve[-1].dice:.3f}; best {best.dice:.3f}",
    )
    if len(curve) > 1:
        right.altair_chart(
            loss_chart(curve, colour),
            width="stretch",
            alt=f"Training loss by epoch, from {curve[1].loss:.3f} to {curve[-1].loss:.3f}",
        )


def dice_chart(curve: Sequence[Epoch], best: Epoch, colour: str) -> "alt.LayerChart":
    """Held-out Dice, with the network as it was as a dashed line and a dot on the best epoch."""
    import altair as alt
    import pandas as pd

    frame = pd.DataFrame({"Epoch": [each.number for each in curve], "Dice": [each.dice for each in curve]})
    epochs = alt.X("Epoch:Q", scale=alt.Scale(nice=False), axis=alt.Axis(format="d", tickMinStep=1, grid=False))
    base = alt.Chart(frame).encode(
        x=epochs,
        y=alt.Y(
            "Dice:Q",
            title="Held-out Dice",
            scale=alt.Scale(zero=False, nice=True),
            axis=alt.Axis(tickCount=4, format=".3~f"),
        ),
        tooltip=[alt.Tooltip("Epoch:Q"), alt.Tooltip("Dice:Q", format=".3f")],
    )
    before = alt.Chart(frame[:1]).mark_rule(strokeDash=[4, 4], color="gray").encode(y="Dice:Q")
    chosen = base.transform_filter(alt.datum.Epoch == best.number).mark_point(size=110, color=colour, strokeWidth=2.5)
    lines = base.mark_line(color=colour, point=alt.OverlayMarkDef(color=colour, size=24))
    return alt.layer(before, lines, chosen).properties(height=_HEIGHT)


def loss_chart(curve: Sequence[Epoch], colour: str) -> "alt.Chart":
    """The training loss, from the first epoch on."""
    import altair as alt
    import pandas as pd

    done = curve[1:]
    frame = pd.DataFrame({"Epoch": [each.number for each in done], "Loss": [each.loss for each in done]})
    return (
        alt.Chart(frame)
        .mark_line(color=colour, point=alt.OverlayMarkDef(color=colour, size=24))
        .encode(
            x=alt.X("Epoch:Q", scale=alt.Scale(nice=False), axis=alt.Axis(format="d", tickMinStep=1, grid=False)),
            y=alt.Y("Loss:Q", title="Training loss", scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=4)),
            tooltip=[alt.Tooltip("Epoch:Q"), alt.Tooltip("Loss:Q", format=".3f")],
        )
        .properties(height=_HEIGHT)
    )
