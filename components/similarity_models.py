"""The same sentences seen by two models."""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import streamlit as st

from components.guard import plain
from components.similarity_chart import MARK, MOST_CELLS, SELECTION, clicked, matrix_chart
from components.similarity_input import SentenceLists
from components.similarity_overview import overview_chart, overview_picture
from components.similarity_pair import choose_pair, chosen_pair, pair_round
from components.similarity_settings import choose_measure, choose_order, heat_colours, is_dark
from components.similarity_task import model_title
from components.similarity_vectors import comparison_of, matrix_of
from components.wording import counted, enumerated, megabytes
from models.model_names import offered_text_models
from models.text.comparison import Comparison, disagreements, rank_agreement
from models.text.ordered_matrix import OrderedMatrix, in_order_of
from models.text.similarity import SimilarPairs

if TYPE_CHECKING:
    import pandas as pd

_OTHER = "against"  # name in the URL
_AGREEMENT = "similarity_agreement"
_MOST_DIFFERENT = 20


def show_models(comparison: Comparison, lists: SentenceLists) -> None:
    """Draw the choice of a second model, both matrices in one order, and where the models disagree."""
    specs = {spec.name: spec for spec in offered_text_models() if spec.name != comparison.model}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        other = st.selectbox(
            f"Compare {plain(model_title(comparison.model))} with",
            list(specs),
            index=None,
            key=_OTHER,
            format_func=lambda name: specs[name].title,
            placeholder="Choose a second model",
            bind="query-params",
            width=440,
        )
        measure = choose_measure()
        clustered = choose_order()
    if other not in specs:
        st.markdown("You see both matrices in one order, and the pairs of sentences on which the models disagree most.")
        sizes = enumerated([f"{spec.title} ({megabytes(spec.size_mb)})" for spec in specs.values() if spec.handle])
        if sizes:
            st.caption(f"Downloaded when you choose them, if the network allows: {plain(sizes)}.")
        return
    second = comparison_of("second", lists, other)
    if second is None:
        return
    first_matrix = matrix_of(comparison, measure, clustered=clustered)
    second_matrix = in_order_of(first_matrix, second)
    agreement, different = _compared(comparison, second)
    _agreement(agreement, different.total)
    pair = chosen_pair(first_matrix, lists.key)
    for column, matrix in zip(st.columns(2, gap="medium"), (first_matrix, second_matrix), strict=True):
        with column:
            st.markdown(f"**{plain(model_title(matrix.comparison.model))}**")
            _matrix(matrix, pair, lists.key)
    if len(different):
        st.markdown("**Pairs that they place most differently**")
        st.dataframe(
            difference_table(first_matrix, second_matrix, different),
            hide_index=True,
            height=min(35 * (len(different) + 1) + 2, 400),
            column_config={
                "Shift": st.column_config.NumberColumn(
                    format="%+.0f%%", help="By how many of a hundred pairs the second model ranks it higher"
                )
            },
            alt="Pairs of sentences that the two models rank most differently, with both similarities",
        )


def _agreement(agreement: float | None, pairs: int) -> None:
    if agreement is None:
        st.caption("With fewer than three pairs there is no order to compare.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.metric("Agreement", f"{agreement:.2f}", width="content")
        st.markdown(
            f"Spearman correlation of the two models over {counted(pairs, 'pair')}: 1 when both put the pairs in the "
            "same order, 0 when their orders have nothing in common."
        )


def _matrix(matrix: OrderedMatrix, pair: tuple[int, int], key: str) -> None:
    rows, columns = matrix.shape
    title = model_title(matrix.comparison.model)
    alt = f"Heat map of {rows:,} x {columns:,} similarities by {title}"
    if max(matrix.shape) > MOST_CELLS:
        # Without the tree, which only one of the two has, so that both pictures are equally wide.
        matrix = replace(matrix, rows=replace(matrix.rows, dendrogram=None))
        st.altair_chart(overview_chart(matrix, overview_picture(matrix, heat_colours()), None, MARK), alt=alt)
        return
    name = f"similarity_by_{matrix.comparison.model}_{key[:12]}_{pair_round()}"
    st.altair_chart(
        matrix_chart(matrix, range(rows), range(columns), pair, dark=is_dark()),
        key=name,
        on_select=lambda: choose_pair(clicked(st.session_state[name].get("selection"), SELECTION, ("row", "column"))),
        selection_mode=SELECTION,
        alt=alt,
    )
    first, second = (f"{prefix}{number + 1}" for prefix, number in zip(matrix.prefixes, pair, strict=True))
    st.caption(f"{first} with {second}, the framed pair: {matrix.values[pair]:.3f}. Click a cell to frame another.")


def _compared(first: Comparison, second: Comparison) -> tuple[float | None, SimilarPairs]:
    """Agreement and differences; computed again only when a comparison changes. Ranks are the same in both measures."""
    held = st.session_state.get(_AGREEMENT)
    if held is None or held[0] is not first or held[1] is not second:
        one, other, one_list = first.matrix(), second.matrix(), first.one_list
        held = (
            first,
            second,
            rank_agreement(one, other, one_list=one_list),
            disagreements(one, other, _MOST_DIFFERENT, one_list=one_list),
        )
        st.session_state[_AGREEMENT] = held
    return cast("tuple[float | None, SimilarPairs]", held[2:])


def difference_table(first: OrderedMatrix, second: OrderedMatrix, pairs: SimilarPairs) -> "pd.DataFrame":
    """Both sentences, their similarity by each model, and by how many per cent the second ranks the pair higher."""
    import pandas as pd

    at = (pairs.rows, pairs.columns)
    names = [model_title(matrix.comparison.model) for matrix in (first, second)]
    left, right = first.sentences(0), first.sentences(1)
    return pd.DataFrame(
        {
            "First sentence": [f"{first.prefixes[0]}{row + 1} · {left[row].text}" for row in pairs.rows],
            "Second sentence": [f"{first.prefixes[1]}{row + 1} · {right[row].text}" for row in pairs.columns],
            names[0]: first.values[at].astype(float).round(3),
            names[1]: second.values[at].astype(float).round(3),
            "Shift": (100 * pairs.values).astype(float).round(0),
        }
    )
