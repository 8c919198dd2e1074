"""The most similar pairs as a list, down to a threshold."""

from typing import TYPE_CHECKING

import streamlit as st

from components.similarity_downloads import pairs_download
from components.similarity_pair import choose_pair, chosen_pair, show_pair
from components.similarity_settings import choose_measure
from components.similarity_vectors import matrix_of
from components.wording import counted, language_name
from models.text.comparison import Comparison
from models.text.ordered_matrix import OrderedMatrix
from models.text.similarity import Measure, SimilarPairs, most_similar_pairs

if TYPE_CHECKING:
    import pandas as pd

# Names in the URL: a threshold for each measure, because their scales differ.
_LEAST = {Measure.COSINE: "least", Measure.ARCCOS: "least_arccos"}
_DEFAULT = {Measure.COSINE: 0.5, Measure.ARCCOS: 0.65}
_TABLE = "similarity_pairs_table"


def show_pairs(comparison: Comparison, key: str) -> None:
    """Draw the threshold, the pairs that reach it, and the chosen one of them."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        measure = choose_measure()
        with st.container(width=320):
            least = st.slider(
                "Smallest similarity", 0.0, 1.0, _DEFAULT[measure], 0.01, key=_LEAST[measure], bind="query-params"
            )
        downloads = st.container(width="content")
    matrix = matrix_of(comparison, measure, clustered=False)
    one_list = comparison.one_list
    pairs = most_similar_pairs(matrix.values, least, one_list=one_list)
    with downloads:
        pairs_download(matrix, pairs)
    listed, beside = st.columns([5, 3], gap="medium")
    with beside:
        show_pair(matrix, chosen_pair(matrix, key))
    with listed:
        st.markdown(_count(matrix, pairs, least))
        if len(pairs):
            name = f"{_TABLE}_{key[:12]}_{least}_{measure}"
            st.dataframe(
                pairs_table(matrix, pairs),
                hide_index=True,
                height=min(35 * (len(pairs) + 1) + 2, 480),
                key=name,
                on_select=lambda: _take_row(pairs, name),
                selection_mode="single-row",
                column_config={
                    "Similarity": st.column_config.ProgressColumn(
                        format="%.3f", min_value=0.0, max_value=1.0, width=120
                    ),
                },
                alt=f"The most similar pairs, from {least:.2f}",
            )
            st.caption("Tick a row to compare its two sentences.")


def _count(matrix: OrderedMatrix, pairs: SimilarPairs, least: float) -> str:
    size = matrix.shape[0]
    total = size * (size - 1) // 2 if matrix.comparison.one_list else matrix.values.size
    if not pairs.total:
        return f"None of {counted(total, 'pair')} reaches {least:.2f}. Move the slider to the left."
    verb = "reaches" if pairs.total == 1 else "reach"
    words = f"{pairs.total:,} of {counted(total, 'pair')} {verb} {least:.2f}."
    return words if pairs.total == len(pairs) else f"{words} The {len(pairs):,} most similar ones are listed."


def pairs_table(matrix: OrderedMatrix, pairs: SimilarPairs) -> "pd.DataFrame":
    """Columns Similarity, and number, text and language of both sentences; the best pair first."""
    import pandas as pd

    columns: dict[str, list[object]] = {"Similarity": [round(float(value), 4) for value in pairs.values]}
    for side, name, numbers in ((0, "First sentence", pairs.rows), (1, "Second sentence", pairs.columns)):
        sentences = matrix.sentences(side)
        columns[name] = [f"{matrix.prefixes[side]}{number + 1} · {sentences[number].text}" for number in numbers]
        columns[f"{name.split()[0]} language"] = [language_name(sentences[number].language) for number in numbers]
    return pd.DataFrame(columns)[
        ["Similarity", "First sentence", "Second sentence", "First language", "Second language"]
    ]


def _take_row(pairs: SimilarPairs, name: str) -> None:
    rows = st.session_state[name].get("selection", {}).get("rows") or []
    if rows and 0 <= rows[0] < len(pairs):
        choose_pair((int(pairs.rows[rows[0]]), int(pairs.columns[rows[0]])))
