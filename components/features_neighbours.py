"""One input and the others that lie closest to it."""

from collections.abc import Sequence

import streamlit as st

from components.features_drawing import data_url
from components.guard import plain
from components.passage_html import passage_html
from components.wording import counted
from models.feature_outputs.neighbours import Neighbour, nearest
from models.features import FeatureRow, Features
from models.languages import identify_language
from models.model_spec import Modality

_COUNT = 6
_HEIGHT = 130  # pixels of a picture; its width follows, within limits
_NARROWEST, _WIDEST = 84, 220


def choose_row(features: Features, key: str, label: str) -> int:
    """Draw the choice of one input; the first where the one that was chosen is gone."""
    names = features.names
    chosen = st.selectbox(label, range(len(names)), key=key, format_func=lambda row: _short(names, row), width=420)
    return chosen if chosen is not None and chosen < len(names) else 0


def _short(names: Sequence[str], row: int) -> str:
    return f"{row + 1}. {names[row]}" if row < len(names) else ""


def show_neighbours(features: Features) -> None:
    """Draw the choice of an input and its neighbours, the closest first."""
    if len(features) < 2:
        st.info("Give at least two inputs to see which lie close to one another.", icon=":material/info:")
        return
    row = choose_row(features, "features_row", "Input")
    found = nearest(features.embeddings, row, _COUNT)
    if features.modality is Modality.IMAGE:
        _pictures(features, row, found)
    else:
        for place, neighbour in enumerate(found, 1):
            _line(features.rows[neighbour.row], neighbour, place, features.modality)
    st.caption(
        f"The {counted(len(found), 'nearest input', 'nearest inputs')} by cosine similarity: 1 is the same direction, "
        "0 is unrelated. Compare the numbers of one model with one another only."
    )


def _pictures(features: Features, row: int, found: list[Neighbour]) -> None:
    with st.container(horizontal=True, gap="medium"):
        _picture(features.rows[row], "**Chosen**")
        for neighbour in found:
            _picture(features.rows[neighbour.row], f"**{neighbour.similarity:.2f}**")


def _picture(row: FeatureRow, words: str) -> None:
    height, width = row.preview.shape[:2]
    shown = min(max(round(_HEIGHT * width / height), _NARROWEST), _WIDEST)
    with st.container(width=shown, gap="xsmall"):
        # its address holds the picture: nothing stays with the server
        st.image(data_url(row.preview), width=shown, alt=f"Picture {row.name}")
        st.markdown(f"{words} :gray[{plain(row.name)}]")


def _line(row: FeatureRow, neighbour: Neighbour, place: int, modality: Modality) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width=190):
            st.markdown(f"**{place}**", width="content")
            st.progress(min(max(neighbour.similarity, 0.0), 1.0), text=f"**{neighbour.similarity:.2f}**", width=140)
        if modality is Modality.TEXT:
            text = row.preview or row.name
            st.html(passage_html(text, identify_language(text)), width="stretch")
        else:
            st.markdown(plain(row.name), width="stretch")
