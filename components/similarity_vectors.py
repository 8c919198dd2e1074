"""The comparison of the lists and its matrix, kept until a sentence, the model or a setting changes."""

from typing import cast

import streamlit as st

from components.jobs import Job
from components.similarity_input import SentenceLists
from components.similarity_task import encoder_for, model_title, result_of
from components.wording import counted
from models.text.comparison import Comparison, compare_sentences
from models.text.ordered_matrix import OrderedMatrix, order_matrix
from models.text.similarity import Measure

_MATRIX = "similarity_matrix"


def comparison_of(slot: str, lists: SentenceLists, model: str) -> Comparison | None:
    """The lists in the space of a model; None while they are on their way, or when they cannot be had.

    Args:
        slot: "first" or "second".
        lists: complete.
        model: name of an offered model; loaded if it is not.
    """
    title = model_title(model)

    def work(job: Job[Comparison]) -> Comparison:
        encoder = encoder_for(job, model)
        job.report(0.0, f"Reading {counted(len(lists.left) + len(lists.right or []), 'sentence')} with {title}")
        return compare_sentences(lists.left, lists.right, encoder, job.count, lambda: job.cancelled)

    return result_of(slot, (lists.key, model), f"Comparing with {title}", work)


def matrix_of(comparison: Comparison, measure: Measure, *, clustered: bool) -> OrderedMatrix:
    """The matrix of a comparison; computed again only when something changes."""
    held = st.session_state.get(_MATRIX)
    if held is None or held[0] is not comparison or held[1:3] != (measure, clustered):
        held = (comparison, measure, clustered, order_matrix(comparison, measure, clustered=clustered))
        st.session_state[_MATRIX] = held
    return cast("OrderedMatrix", held[3])
