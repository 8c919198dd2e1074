"""Which sentences of list A and list B are translations of each other."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from components.guard import plain
from components.similarity_pair import choose_pair, chosen_pair, show_pair
from components.similarity_vectors import matrix_of
from components.wording import counted, language_name
from models.text.bitext_mining import Alignment, align
from models.text.comparison import Comparison
from models.text.export import to_csv
from models.text.similarity import Measure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_MARGIN = "margin"  # name in the URL
_DEFAULT_MARGIN = 1.05  # near the thresholds that mined corpora use
_MOST_LEFT_OVER = 100


def show_alignment(comparison: Comparison, key: str) -> None:
    """Draw the pairs that choose each other, and the sentences that found no partner."""
    matrix = matrix_of(comparison, Measure.COSINE, clustered=False)
    alignment = align(matrix.values)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=320):
            least = st.slider(
                "Smallest margin",
                0.0,
                3.0,
                _DEFAULT_MARGIN,
                0.01,
                key=_MARGIN,
                bind="query-params",
                help="The margin is the cosine of a pair over the mean cosine of both sentences with their 4 nearest "
                "neighbours: above 1, the two are closer to each other than to what surrounds them "
                "(Artetxe and Schwenk 2019).",
            )
        aligned = np.flatnonzero(alignment.mutual & (alignment.margin >= least))
        st.download_button(
            "Translations as CSV",
            partial(alignment_csv, comparison, alignment, aligned),
            "translations.csv",
            "text/csv",
            key="similarity_alignment_csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            disabled=not len(aligned),
        )
    listed, beside = st.columns([5, 3], gap="medium")
    with beside:
        show_pair(matrix, chosen_pair(matrix, key))
    with listed:
        count = len(comparison.left)
        st.markdown(f"{len(aligned):,} of {counted(count, 'sentence')} in list A found a translation in list B.")
        if len(aligned):
            name = f"similarity_alignment_{key[:12]}_{least}"
            st.dataframe(
                alignment_table(comparison, alignment, aligned),
                hide_index=True,
                height=min(35 * (len(aligned) + 1) + 2, 480),
                key=name,
                on_select=lambda: _take_row(alignment, aligned, name),
                selection_mode="single-row",
                column_config={
                    "Margin": st.column_config.NumberColumn(format="%.2f", width=80),
                    "Cosine": st.column_config.NumberColumn(format="%.2f", width=80),
                },
                alt="Sentences of list A with their translations in list B, and how sure each is",
            )
            st.caption("Both sentences of a row choose each other. Tick a row to compare them.")
        _left_over(comparison, alignment, aligned)


def _left_over(comparison: Comparison, alignment: Alignment, aligned: "NDArray[np.int64]") -> None:
    """Say which sentences have no partner."""
    without_a = np.setdiff1d(np.arange(len(comparison.left)), aligned)
    without_b = np.setdiff1d(np.arange(len(comparison.columns)), alignment.partner[aligned])
    if not len(without_a) + len(without_b):
        return
    with st.expander(f"Without a translation: {len(without_a):,} in list A, {len(without_b):,} in list B"):
        for prefix, sentences, rows in (("A", comparison.left, without_a), ("B", comparison.columns, without_b)):
            lines = [f"- {prefix}{row + 1} · {plain(sentences[row].text)}" for row in rows[:_MOST_LEFT_OVER]]
            if len(rows) > _MOST_LEFT_OVER:
                lines.append(f"- and {len(rows) - _MOST_LEFT_OVER:,} more")
            if lines:
                st.markdown("\n".join(lines))


def alignment_table(comparison: Comparison, alignment: Alignment, aligned: "NDArray[np.int64]") -> "pd.DataFrame":
    """One row for each aligned sentence of list A: margin, both texts and cosine."""
    import pandas as pd

    partners = alignment.partner[aligned]
    return pd.DataFrame(
        {
            "Margin": alignment.margin[aligned].astype(float).round(4),
            "List A": [f"A{row + 1} · {comparison.left[row].text}" for row in aligned],
            "List B": [f"B{row + 1} · {comparison.columns[row].text}" for row in partners],
            "Cosine": alignment.cosine[aligned].astype(float).round(4),
            "Language of B": [language_name(comparison.columns[row].language) for row in partners],
        }
    )


def alignment_csv(comparison: Comparison, alignment: Alignment, aligned: "NDArray[np.int64]") -> bytes:
    """The aligned sentences as CSV: margin, cosine, number and text of both."""
    header = ["margin", "cosine", "a", "b", "a_text", "b_text"]
    rows = (
        [
            round(float(alignment.margin[row]), 6),
            round(float(alignment.cosine[row]), 6),
            f"A{row + 1}",
            f"B{alignment.partner[row] + 1}",
            comparison.left[row].text,
            comparison.columns[alignment.partner[row]].text,
        ]
        for row in aligned
    )
    return to_csv(header, rows)


def _take_row(alignment: Alignment, aligned: "NDArray[np.int64]", name: str) -> None:
    rows = st.session_state[name].get("selection", {}).get("rows") or []
    if rows and 0 <= rows[0] < len(aligned):
        row = int(aligned[rows[0]])
        choose_pair((row, int(alignment.partner[row])))
