"""Pairs with scores by people, and how well the model agrees with them."""

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.guard import plain
from components.jobs import Job
from components.similarity_scatter import SCATTER_HEIGHT, scatter, scored_csv, scored_table
from components.similarity_settings import choose_measure, theme_colour
from components.similarity_task import encoder_for, model_title, result_of
from components.wording import counted
from models.text.documents import TABULAR_EXTENSIONS, tabular_columns
from models.text.graded_pairs import GradedColumns, GradedPairs, guess_columns, read_graded_pairs
from models.text.similarity_examples import scored_example
from models.text.sts import paired_similarity, sts_score

if TYPE_CHECKING:
    import pandas as pd

_MEGABYTES = 20
_MOST_POINTS = 2_000  # above this Vega draws on a canvas, which a screen reader cannot enter
_GUESSED = "similarity_scored_guess"


@dataclass(frozen=True)
class ScoredVectors:
    """Pairs with gold scores, and the embeddings of both sentences, float32 [P, D] each."""

    pairs: GradedPairs
    first: NDArray[np.float32]
    second: NDArray[np.float32]


@dataclass(frozen=True)
class _Table:
    name: str
    data: bytes
    digest: str


def choose_scored(example: bool) -> tuple[_Table, GradedColumns] | None:
    """Draw the choice of a table and its columns; None as long as there is none.

    Args:
        example: whether the app's own pairs are used where nothing was uploaded.
    """
    upload = st.file_uploader(
        "A table with two sentences and a score in each row",
        type=list(TABULAR_EXTENSIONS),
        key="similarity_scored_file",
        max_upload_size=_MEGABYTES,
        help="CSV, TSV or JSONL, such as the STS Benchmark. The scores may be on any scale; more is more alike.",
    )
    if upload is None and not example:
        with st.container(border=True):
            st.markdown(
                "Add a table in which people scored how much two sentences mean the same, or click **Twenty scored "
                "pairs** above. You see how well the model agrees with them."
            )
        return None
    name, data = (upload.name, upload.getvalue()) if upload is not None else scored_example()
    table = _Table(name, data, hashlib.sha256(data).hexdigest())
    if upload is None:
        st.caption("Twenty pairs in nine languages, scored from 0 to 5 by the authors of this app: a taste, no test.")
    return table, _columns(table)


def _columns(table: _Table) -> GradedColumns:
    """Draw the choice of the columns, filled with a guess."""
    held = st.session_state.get(_GUESSED)
    if held is None or held[0] != (table.digest, table.name):
        listed = tabular_columns(table.name, table.data)
        held = ((table.digest, table.name), listed, guess_columns(table.name, table.data))
        st.session_state[_GUESSED] = held
    names, guess = cast("tuple[list[str], GradedColumns]", held[1:])
    chosen = []
    parts = zip(("First sentence", "Second sentence", "Score"), (guess.first, guess.second, guess.gold), strict=True)
    for place, (label, guessed) in zip(st.columns(3), parts, strict=True):
        key = f"similarity_scored_{label.split()[0].lower()}_{table.digest[:12]}"
        chosen.append(place.selectbox(f"Column: {label.lower()}", names, index=names.index(guessed), key=key))
    return GradedColumns(*chosen)


def show_scored(table: _Table, columns: GradedColumns, model: str) -> None:
    """Draw the correlations of the model with the scores, a scatter, and the pairs on which they differ most."""
    title = model_title(model)

    def work(job: Job[ScoredVectors]) -> ScoredVectors:
        pairs = read_graded_pairs(table.name, table.data, columns)
        encoder = encoder_for(job, model)
        job.report(0.0, f"Reading {counted(len(pairs.gold), 'pair')} with {title}")
        texts = list(dict.fromkeys([*pairs.first, *pairs.second]))
        place = {text: row for row, text in enumerate(texts)}
        vectors = encoder.encode(texts, progress=job.count, cancel=lambda: job.cancelled)
        first, second = ([place[text] for text in side] for side in (pairs.first, pairs.second))
        return ScoredVectors(pairs, vectors[first], vectors[second])

    scored = result_of("scored", (table.digest, table.name, columns, model), f"Comparing with {title}", work)
    if scored is None:
        return
    if scored.pairs.notes:
        st.info("  \n".join(map(plain, scored.pairs.notes)), icon=":material/info:")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        measure = choose_measure()
        metrics = st.container(horizontal=True, gap="medium", width="content")
    similarity = paired_similarity(scored.first, scored.second, measure)
    score = sts_score(scored.pairs.gold, similarity)
    with metrics:
        st.metric("Spearman", f"{score.spearman:.3f}", help="Whether the order is the same, from -1 to 1")
        st.metric("Pearson", f"{score.pearson:.3f}", help="Whether the values lie on a line, from -1 to 1")
        st.metric("Pairs", f"{score.pairs:,}")
    drawn, beside = st.columns([2, 3], gap="medium")
    data = scored_table(scored.pairs, similarity)
    with drawn:
        shown = data.iloc[np.linspace(0, len(data) - 1, min(len(data), _MOST_POINTS)).round().astype(int)]
        st.altair_chart(
            scatter(shown, measure, theme_colour()),
            key="similarity_scatter",
            alt=f"Scores by people against the {measure} similarity of {counted(len(shown), 'pair')}; "
            f"Spearman {score.spearman:.2f}, Pearson {score.pearson:.2f}",
        )
        if len(shown) < len(data):
            st.caption(f"{len(shown):,} of {len(data):,} pairs are drawn.")
    with beside:
        _differences(data)


def _differences(data: "pd.DataFrame") -> None:
    st.markdown("**Pairs on which people and model differ most**")
    ordered = data.sort_values("Gap", key=abs, ascending=False, kind="stable")
    st.dataframe(
        ordered.head(200),
        hide_index=True,
        height=SCATTER_HEIGHT,
        column_config={
            "Similarity": st.column_config.NumberColumn(format="%.3f", width=85),
            "Score": st.column_config.NumberColumn(width=65),
            "Gap": st.column_config.NumberColumn(
                format="%+.0f%%",
                width=70,
                help="By how many of a hundred pairs the model ranks it higher than people do",
            ),
        },
        alt="Pairs with their score, their similarity, and how far apart the two rank them",
    )
    st.download_button(
        "Scored pairs as CSV",
        partial(scored_csv, data),
        "scored_pairs_compared.csv",
        "text/csv",
        key="similarity_scored_csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
