"""How well the model crosses languages: how often a text finds its translation, for each pair of languages."""

from math import floor
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from components.cache import sample_index
from components.guard import guard, plain, show_error
from components.jobs import Job, job_running, show_job, start_job, take_finished
from components.wording import counted, language_name
from models.languages import LANGUAGES
from models.text.aligned_tables import aligned_columns, read_aligned
from models.text.encoder import TextEncoder
from models.text.self_check import LanguageMatrix, check_languages

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

_JOB = "search_check_job"
_RESULT = "search_check_result"
_MEGABYTES = 20
_MOST_COLUMNS = 20


def language_check(encoder: TextEncoder) -> None:
    """Draw the check of ``encoder`` on the sample corpus, or on a table of the visitor's own translations."""
    st.markdown(
        "Each text is looked up among the texts of another language. The share that finds its own translation first "
        "is called precision at 1; a model that understands both languages comes close to 100%."
    )
    source = st.segmented_control(
        "Texts to check with",
        ["Sample corpus", "My translations"],
        default="Sample corpus",
        required=True,
        key="search_check_source",
        label_visibility="collapsed",
        persist_state="page",
    )
    if source == "Sample corpus":
        index = sample_index(encoder.name)
        _show(check_languages(index.passages, index.embeddings))
    else:
        _own_translations(encoder)


def _own_translations(encoder: TextEncoder) -> None:
    upload = st.file_uploader(
        "A table with a language in each column",
        type=["csv", "tsv"],
        key="search_check_file",
        max_upload_size=_MEGABYTES,
        help="Each row says the same in several languages. Name the columns by their language, such as en and de.",
    )
    job = take_finished(_JOB)
    if job is not None:
        st.session_state[_RESULT] = job.error or job.result
    if upload is None:
        st.session_state.pop(_RESULT, None)
        return
    with guard():
        name, data = upload.name, upload.getvalue()
        columns = aligned_columns(name, data)
        chosen = st.pills(
            "Columns to compare",
            columns[:_MOST_COLUMNS],
            selection_mode="multi",
            default=columns[:_MOST_COLUMNS],
            key=f"search_check_{upload.file_id}",
        )
        if st.button("Check", key="search_check_run", disabled=job_running(_JOB) or len(chosen) < 2):
            _start(name, data, chosen, encoder)
            st.rerun()
        if job_running(_JOB):
            show_job(_JOB)
        result = st.session_state.get(_RESULT)
        if isinstance(result, LanguageMatrix):
            _show(result)
        elif result is not None:
            show_error(result)


def _start(name: str, data: bytes, columns: list[str], encoder: TextEncoder) -> None:
    def work(job: Job[LanguageMatrix]) -> LanguageMatrix:
        passages = read_aligned(name, data, columns)
        job.report(0.0, f"Comparing {counted(len(passages), 'text')}")
        vectors = encoder.encode(
            [passage.text for passage in passages], progress=job.count, cancel=lambda: job.cancelled
        )
        return check_languages(passages, vectors)

    start_job(_JOB, f"Checking {name}", work)


def _show(matrix: LanguageMatrix) -> None:
    table = matrix_table(matrix)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.metric("Precision at 1", in_percent(matrix.mean), width="content")
        st.markdown(findings(matrix, table))
    st.altair_chart(
        heatmap(table),
        key="search_check_chart",
        alt=f"Precision at 1 for each pair of languages, {100 * matrix.mean:.0f}% on average",
    )
    with st.expander("The same as a table", key="search_check_table"):
        st.dataframe(
            table.assign(precision=100 * table["precision"]),
            hide_index=True,
            column_config={"precision": st.column_config.NumberColumn(format="%.0f%%")},
            alt="Precision at 1 for each pair of languages",
        )


def in_percent(share: float) -> str:
    """A share to one decimal, rounded down: 100% is said of nothing that has a fault."""
    return f"{floor(1000 * share + 1e-9) / 10:.1f}%"


def findings(matrix: LanguageMatrix, table: "pd.DataFrame") -> str:
    """What a matrix says, in two sentences."""
    scope = (
        f"Mean over {counted(len(table), 'ordered pair')} of {counted(len(matrix.languages), 'language')}, "
        f"with {counted(matrix.topics, 'text')} in each."
    )
    weakest = table.sort_values("precision", kind="stable").iloc[0]
    if weakest["precision"] == 1:
        return f"{scope} Every text found its translation."
    asked, found = plain(weakest["asked in"]), plain(weakest["found in"])
    return f"{scope} The weakest pair is {asked} to {found}, with {100 * weakest['precision']:.0f}%."


def matrix_table(matrix: LanguageMatrix) -> "pd.DataFrame":
    """One row for each measured pair: asked in, found in, precision in [0, 1], texts."""
    import pandas as pd

    names = [language_name(code) if code in LANGUAGES else code for code in matrix.languages]
    rows: list[dict[str, Any]] = [
        {"asked in": asked, "found in": found, "precision": matrix.precision[i, j], "texts": int(matrix.counts[i, j])}
        for i, asked in enumerate(names)
        for j, found in enumerate(names)
        if matrix.counts[i, j]
    ]
    return pd.DataFrame(rows)


def heatmap(table: "pd.DataFrame") -> "alt.Chart":
    """Languages of the queries down, languages of the results across."""
    import altair as alt

    order = list(dict.fromkeys(table["asked in"]))
    lowest = min(0.5, float(table["precision"].min()))
    return cast(
        "alt.Chart",
        alt.Chart(table)
        .mark_rect()
        .encode(
            x=alt.X(
                "found in:N",
                sort=order,
                title="Found in",
                # upright: slanted names would cover each other on a phone
                axis=alt.Axis(labelAngle=-90, labelOverlap=False, labelLimit=150),
            ),
            y=alt.Y("asked in:N", sort=order, title="Asked in", axis=alt.Axis(labelOverlap=False, labelLimit=150)),
            color=alt.Color(
                "precision:Q",
                scale=alt.Scale(domain=[lowest, 1.0]),
                legend=alt.Legend(title=None, format=".0%", orient="top", gradientLength=160),
            ),
            tooltip=[
                alt.Tooltip("asked in", title="Asked in"),
                alt.Tooltip("found in", title="Found in"),
                alt.Tooltip("precision", title="Precision at 1", format=".1%"),
                alt.Tooltip("texts", title="Texts"),
            ],
        )
        .properties(height=250 + 24 * len(order)),
    )
