"""What fine-tuning has brought: scores and pictures before and after, and the network to use or to take along."""

import streamlit as st

from components.fine_tuning_progress import show_curves
from components.fine_tuning_work import Comparison, Tuned
from components.guard import plain
from components.segmentation_mode import segment_now
from components.segmentation_network import own_network, use_own
from components.wording import counted
from models.imaging.fine_tuning_card import score_rows

_SHOWN = "seg_tune_shown"
_TITLES = {"dice": "Dice", "iou": "IoU", "ap50": "AP at IoU 0.5", "map": "AP at IoU 0.5 to 0.9"}


def show_tuned(tuned: Tuned) -> None:
    """Draw a result."""
    st.subheader("Before and after", anchor=False)
    if tuned.improved:
        st.success(plain(tuned.verdict), icon=":material/check_circle:")
        _show_actions(tuned)
    else:
        st.warning(plain(tuned.verdict), icon=":material/undo:")
    _show_pictures(tuned)
    numbers, curves = st.columns([1, 2.2], gap="medium")
    with numbers:
        scores = score_rows(tuned.before, tuned.after)
        st.dataframe(
            {
                "Score": [_TITLES[name] for name in scores],
                "Before": [values[0] for values in scores.values()],
                "After": [values[1] for values in scores.values()],
            },
            hide_index=True,
            alt="Scores on the held-out images before and after fine-tuning",
        )
    with curves:
        show_curves(tuned.curve, tuned.best)
    st.caption(_how(tuned))


def _show_actions(tuned: Tuned) -> None:
    used = own_network(tuned.task) is tuned
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Segment with it" if used else "Use this network",
            key="seg_tune_use",
            icon=":material/arrow_forward:" if used else ":material/check:",
            on_click=_use,
            args=(tuned,),
        )
        st.download_button(
            "SavedModel as zip",
            tuned.archive,
            f"{tuned.folder}.zip",
            "application/zip",
            key="seg_tune_zip",
            on_click="ignore",
            icon=":material/download:",
        )


def _show_pictures(tuned: Tuned) -> None:
    chosen = _choose(tuned)
    pictures = {"Before": (chosen.before, chosen.score_before), "After": (chosen.after, chosen.score_after)}
    for column, (title, (picture, score)) in zip(st.columns(2, gap="medium"), pictures.items(), strict=True):
        words = f"{title}: Dice {score.dice:.3f}"
        column.image(picture, caption=words, width="stretch", alt=f"{chosen.name}. {words}")
    st.caption(
        f"{plain(chosen.name)}, held out. Sky blue: network and mask agree. Yellow: missed. Vermilion: found wrongly."
    )


def _choose(tuned: Tuned) -> Comparison:
    names = [each.name for each in tuned.comparisons]
    if len(names) == 1:
        return tuned.comparisons[0]
    place = st.pills(
        "Held-out image",
        range(len(names)),
        default=0,
        required=True,
        format_func=lambda place: plain(names[place]),
        key=_SHOWN,
    )
    return tuned.comparisons[place if place is not None and place < len(names) else 0]


def _use(tuned: Tuned) -> None:
    use_own(tuned)
    segment_now()


def _how(tuned: Tuned) -> str:
    early = f" It ended early: {tuned.stopped}." if tuned.stopped else ""
    kept = f"Epoch {tuned.best.number} was the best and is kept." if tuned.best.number else "No epoch was better."
    return (
        f"Learned from {counted(tuned.learned, 'image')}, checked on {tuned.checked}, in {tuned.seconds:.0f} s. "
        f"{kept}{early} Dashed: the network as it was. {tuned.checked.capitalize()} also chose the epoch, so these "
        "scores are a little too good, and they say nothing about images of another kind."
    )
