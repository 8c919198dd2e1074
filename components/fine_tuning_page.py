"""Fine-tuning from the files to the result: pairs, settings, a run in the background, and what it has brought."""

import streamlit as st

from components.arrival import mark_arrival
from components.fine_tuning_files import choose_learning_files
from components.fine_tuning_pairs import PairRow, show_pairs
from components.fine_tuning_progress import show_tuning
from components.fine_tuning_result import show_tuned
from components.fine_tuning_work import Board, Tuned, run_tuning
from components.guard import plain, show_error
from components.jobs import Job, job_running, start_job, take_finished
from components.segmentation_run import tensorflow_is_there
from components.segmentation_task import show_domain
from components.wording import counted
from models.errors import CancelledError, InvalidInputError
from models.imaging.fine_tuning import check_amount, held_out
from models.imaging.tasks import SegmentationTask
from models.imaging.tuning_settings import FineTuningSettings

_JOB = "seg_tune_job"
_BOARD = "seg_tune_board"
_RESULTS = "seg_tune_results"
_FAILURE = "seg_tune_failure"
_ENDED = "seg_tune_ended"  # how many runs have
_RATES = (3e-5, 1e-4, 3e-4, 1e-3, 3e-3)


def show_fine_tuning(task: SegmentationTask) -> None:
    """Draw everything about fine-tuning the network of a task."""
    show_domain(task)
    st.markdown(
        f"Teach the network your kind of image: add images with masks in which somebody has drawn the "
        f"{task.object_plural}. In a mask 0 is background, and every other value an object. Six images take a minute "
        "or two. Images and network stay in memory, belong to this visit alone, and are forgotten when you leave."
    )
    files = choose_learning_files(task)
    rows = show_pairs(task, files) if files else []
    _settle()
    if job_running(_JOB):
        show_tuning(_JOB, st.session_state[_BOARD])
        return
    result: Tuned | None = st.session_state.get(_RESULTS, {}).get(task.name)
    if files:
        _offer(task, rows)
    with st.container(gap=None):
        _mark_end(result)
        _show_failure()
    if result is not None:
        show_tuned(result)


def _offer(task: SegmentationTask, rows: list[PairRow]) -> None:
    """Draw the settings and the button that starts."""
    try:
        check_amount([row.pixels for row in rows])
    except InvalidInputError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    with st.expander("Settings", key="seg_tune_settings"):
        settings = _choose_settings()
    out = len(held_out(len(rows), settings))
    if tensorflow_is_there():
        st.button(
            f"Fine-tune on {counted(len(rows), 'image')}",
            key="seg_tune_start",
            icon=":material/model_training:",
            on_click=_start,
            args=(task, rows, settings),
        )
    others = "the other one: it says" if out == 1 else f"the other {out}: they say"
    st.caption(
        f"The network learns from {len(rows) - out} and never sees {others} when to stop, and whether it helped. "
        "If it did not, the original network stays."
    )


def _choose_settings() -> FineTuningSettings:
    default = FineTuningSettings()
    left, right = st.columns(2, gap="medium")
    epochs = left.slider(
        "Epochs, at most",
        1,
        50,
        default.epochs,
        key="seg_tune_epochs",
        bind="query-params",
        help=f"It ends earlier after {default.patience} epochs without a better held-out Dice, and after "
        f"{default.minutes:g} minutes.",
    )
    rate = right.select_slider(
        "Learning rate",
        _RATES,
        default.learning_rate,
        key="seg_tune_rate",
        format_func=lambda value: f"{value:g}",
        help="Smaller changes the network less. Larger learns faster, and may forget what it knew.",
    )
    share = left.slider(
        "Held out (percent of the images)",
        10,
        50,
        round(100 * default.held_out),
        5,
        key="seg_tune_held_out",
        bind="query-params",
        help="At least one image. With few images, this leaves one out.",
    )
    seed = right.number_input(
        "Seed",
        0,
        2**31 - 1,
        default.seed,
        key="seg_tune_seed",
        bind="query-params",
        help="Decides which images are held out, and what the network sees in which order.",
    )
    return FineTuningSettings(epochs=int(epochs), learning_rate=rate, held_out=share / 100, seed=int(seed))


def _start(task: SegmentationTask, rows: list[PairRow], settings: FineTuningSettings) -> None:
    board = Board()

    def work(job: Job[Tuned]) -> Tuned:
        return run_tuning(task, rows, settings, board, job)

    st.session_state[_BOARD] = board
    st.session_state.pop(_FAILURE, None)
    start_job(_JOB, f"Fine-tuning the network for {task.title.lower()}", work)


def _settle() -> None:
    """Take over what a finished run has brought, or why it could not."""
    finished = take_finished(_JOB)
    if finished is None:
        return
    st.session_state[_ENDED] = st.session_state.get(_ENDED, 0) + 1
    tuned: Tuned | None = finished.result
    if tuned is not None:
        st.session_state[_RESULTS] = {**st.session_state.get(_RESULTS, {}), tuned.task.name: tuned}
    else:
        st.session_state[_FAILURE] = finished.error


def _mark_end(result: Tuned | None) -> None:
    """Announce what the last run has brought: the settings and the button above it are long."""
    ended = st.session_state.get(_ENDED, 0)
    words = st.session_state.get(_FAILURE) or (result and result.verdict)
    if ended and words:
        mark_arrival(f"The fine-tuning has ended. {words}", which=str(ended), key="seg_tune_end")


def _show_failure() -> None:
    """Say why the last run brought nothing."""
    failure = st.session_state.get(_FAILURE)
    if isinstance(failure, CancelledError):
        st.info(plain(str(failure)), icon=":material/cancel:")
    elif failure is not None:
        show_error(failure)
