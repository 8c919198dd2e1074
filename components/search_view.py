"""Query in, answer out: the results beside the map of the corpus."""

import streamlit as st

from components import workspace
from components.corpus_map import show_map
from components.guard import guard
from components.model_picker import show_waiting
from components.results import show_answer
from components.sample_topics import invite
from components.search_box import SearchSettings
from models.text.encoder import TextEncoder
from models.text.highlighting import best_sentences


def search_view(encoder: TextEncoder | None, query: str, filters: SearchSettings, language: str) -> None:
    """Draw what the search found; before a search, what there is to find.

    Args:
        encoder: the loaded model; None while it is still loading.
        query: as typed.
        filters: what narrows the search.
        language: that of the examples, for the names of the topics.
    """
    found, around = st.columns([3, 2], gap="medium")
    answer = None
    with found, guard():
        if not query:
            invite(workspace.own_index(), language)
        elif encoder is not None:
            index = workspace.current_index(encoder)
            answer = index.answer(query, filters.count, languages=filters.languages, min_similarity=filters.minimum)
            highlights = best_sentences(encoder, answer.query_vector, [hit.passage for hit in answer.hits])
            show_answer(answer, highlights, encoder.name)
        else:
            st.skeleton(height=150)
            st.skeleton(height=150)
    with around, guard():
        if encoder is None:
            show_waiting()
            st.skeleton(height=300)
        elif len(workspace.current_index(encoder)):
            show_map(workspace.current_index(encoder), answer)
