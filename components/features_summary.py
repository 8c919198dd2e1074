"""What came out, in a line; what could not be read, and what was changed before the model saw it."""

import streamlit as st

from components.features_source import NOUNS, Source, example_label, use_example
from components.guard import plain
from components.wording import counted, duration
from models.features import Features
from models.model_spec import Modality

_MOST_PROBLEMS = 10
_INVITATIONS = {
    Modality.TEXT: "Type or paste one text a line, or choose files.",
    Modality.IMAGE: "Choose pictures: PNG, JPEG, GIF, TIFF, WebP or BMP.",
    Modality.AUDIO: "Choose recordings (WAV, FLAC, Ogg, MP3, AIFF or AU), or speak into the microphone.",
}


def show_invitation(modality: Modality) -> None:
    """Say what to do, and offer the example."""
    with st.container(horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f":material/scatter_plot: {_INVITATIONS[modality]}", width="content")
        st.button(
            f"Try an example: {example_label(modality)[0].lower()}{example_label(modality)[1:]}",
            key="features_try",
            icon=":material/lightbulb:",
            on_click=use_example,
            args=(modality,),
        )


def show_summary(source: Source, features: Features) -> None:
    """Draw one line about the result, then what went wrong and what was changed."""
    if len(features):
        noun = ("passage", "passages") if features.modality is Modality.TEXT else NOUNS[features.modality]
        words = NOUNS[features.modality] if not source.files else noun
        taken = f"in {duration(features.seconds)}"
        st.markdown(
            f"**{counted(len(features), *words)}** · {counted(features.shape[1], 'number')} each · "
            f"{plain(features.model.title)} · :gray[{taken}]"
        )
    for note in source.notes:
        st.warning(note, icon=":material/content_cut:")
    _show_problems(features)
    _show_notes(features)


def _show_problems(features: Features) -> None:
    problems = features.problems
    if not problems:
        return
    shown = [f"- {plain(problem.sentence)}" for problem in problems[:_MOST_PROBLEMS]]
    if len(problems) > _MOST_PROBLEMS:
        shown.append(f"- and {len(problems) - _MOST_PROBLEMS:,} more")
    left = f"{counted(len(problems), 'input')} could not be read" + (", the others were:" if len(features) else ":")
    st.error("\n".join([left, "", *shown]), icon=":material/error:")


def _show_notes(features: Features) -> None:
    noted = [row for row in features.rows if row.notes]
    if not noted:
        return
    with st.expander(
        f"{counted(len(noted), 'input was', 'inputs were')} adapted to the model", icon=":material/build:"
    ):
        st.dataframe(
            {"Input": [row.name for row in noted], "What was done": [" ".join(row.notes) for row in noted]},
            hide_index=True,
            column_config={"What was done": st.column_config.TextColumn(width="large")},
            alt="Inputs that were changed before the model read them, and how",
        )
