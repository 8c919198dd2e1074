"""The chosen pair: two sentences beside each other, chosen by a click on a cell or a row, or by two lists."""

from typing import cast

import streamlit as st

from components.passage_html import passage_html
from components.wording import language_name
from models.text.ordered_matrix import OrderedMatrix
from models.text.passages import Passage
from models.text.short_labels import numbered_labels
from models.text.similarity import arccos_similarity, best_pair, rank_of_pair, similarity_matrix

_ROW, _COLUMN = "similarity_row", "similarity_column"
_OF = "similarity_pair_of"
_ROUND = "similarity_round"
_LABELS = "similarity_labels"
_LABEL = 60


def chosen_pair(matrix: OrderedMatrix, key: str) -> tuple[int, int]:
    """Numbers (from 0) of the chosen sentences; for new lists, the most similar pair of different sentences.

    Args:
        matrix: of the lists.
        key: of the lists, see ``SentenceLists``.
    """
    if st.session_state.get(_OF) != key:
        st.session_state[_OF] = key
        choose_pair(best_pair(matrix.values, one_list=matrix.comparison.one_list))
    row, column = int(st.session_state.get(_ROW, -1)), int(st.session_state.get(_COLUMN, -1))
    if row in range(matrix.shape[0]) and column in range(matrix.shape[1]):
        return row, column
    return 0, min(1, matrix.shape[1] - 1)


def choose_pair(pair: tuple[int, int] | None) -> None:
    """Make a pair the chosen one; for callbacks and before the pair is drawn."""
    if pair is not None:
        st.session_state[_ROW], st.session_state[_COLUMN] = pair
        st.session_state[_ROUND] = pair_round() + 1


def pair_round() -> int:
    """Counts the choices: part of the key of a chart or table, so that it forgets its own older selection."""
    return int(st.session_state.get(_ROUND, 0))


def show_pair(matrix: OrderedMatrix, pair: tuple[int, int], *, wide: bool = False) -> None:
    """Draw the chosen pair with its values, and the two lists to choose another without a mouse.

    Args:
        matrix: of the lists.
        pair: from ``chosen_pair``.
        wide: the two sentences stand beside each other, else one above the other.
    """
    st.session_state[_ROW], st.session_state[_COLUMN] = pair
    with st.container(border=True, key="similarity_pair", gap="small"):
        places = st.columns(2, gap="medium") if wide else (st.container(gap="small"), st.container(gap="small"))
        for side, key in ((0, _ROW), (1, _COLUMN)):
            with places[side]:
                _sentence(matrix.sentences(side), pair[side], matrix.prefixes[side], key, ("Row", "Column")[side])
        _values(matrix, pair)


def _sentence(sentences: list[Passage], number: int, prefix: str, key: str, side: str) -> None:
    labels = _labels(sentences, prefix)
    st.selectbox(
        f"{side}: {language_name(sentences[number].language)}",
        range(len(sentences)),
        key=key,
        format_func=labels.__getitem__,
        on_change=_count_choice,
    )
    st.html(passage_html(sentences[number].text, sentences[number].language))


def _labels(sentences: list[Passage], prefix: str) -> list[str]:
    """A label for each sentence; made again only when the list changes."""
    held = st.session_state.setdefault(_LABELS, {}).get(prefix)
    if held is None or held[0] is not sentences:
        held = (sentences, numbered_labels([sentence.text for sentence in sentences], _LABEL, prefix))
        st.session_state[_LABELS][prefix] = held
    return cast("list[str]", held[1])


def _count_choice() -> None:
    st.session_state[_ROUND] = pair_round() + 1


def _values(matrix: OrderedMatrix, pair: tuple[int, int]) -> None:
    vectors = matrix.comparison.left_vectors, matrix.comparison.right_vectors
    first, second = vectors[0], vectors[0] if vectors[1] is None else vectors[1]
    cosine = similarity_matrix(first[[pair[0]]], second[[pair[1]]])[0, 0]
    rank, total = rank_of_pair(matrix.values, pair, one_list=matrix.comparison.one_list)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Cosine", f"{cosine:.3f}", width="content")
        st.metric("Arccos", f"{float(arccos_similarity(cosine)):.3f}", width="content")
        if rank is not None:
            st.metric("Rank among pairs", f"{rank:,} of {total:,}", width="content")
    if rank is None:
        st.caption("A sentence is identical to itself.")
