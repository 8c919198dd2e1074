"""The embeddings as a table."""

import streamlit as st

from components.features_drawing import data_url
from components.wording import counted
from models.feature_outputs.neighbours import nearest_of_each
from models.features import Features
from models.model_spec import Modality

MOST_ROWS = 500


def show_table(features: Features) -> None:
    """Draw a row an input: what it is, its nearest neighbour, and its numbers."""
    import numpy as np
    import pandas as pd

    shown = features.rows[:MOST_ROWS]
    neighbours = nearest_of_each(features.embeddings)[: len(shown)]
    table: dict[str, object] = {}
    if features.modality is Modality.IMAGE:
        table["Picture"] = [data_url(row.preview) for row in shown]
    table["Input"] = [row.name for row in shown]
    if features.modality is Modality.AUDIO:
        table["Seconds"] = [row.seconds for row in shown]
        table["Windows"] = [0 if row.windows is None else len(row.windows) for row in shown]
    table["Nearest"] = ["" if one is None else features.rows[one.row].name for one in neighbours]
    table["Similarity"] = [None if one is None else one.similarity for one in neighbours]
    table["Length"] = np.linalg.norm(features.embeddings[: len(shown)], axis=1)
    numbers = pd.DataFrame(features.embeddings[: len(shown)].round(4)).rename(columns=lambda number: f"d{number}")
    st.dataframe(
        pd.concat([pd.DataFrame(table), numbers], axis=1),
        hide_index=True,
        key="features_table",
        column_config={
            "Picture": st.column_config.ImageColumn(width="small"),
            "Input": st.column_config.TextColumn(width="medium", pinned=True),
            "Seconds": st.column_config.NumberColumn(format="%.1f"),
            "Windows": st.column_config.NumberColumn(help="Stretches of 0.96 s; the vector is their mean"),
            "Similarity": st.column_config.NumberColumn(format="%.2f", help="Cosine with the nearest other input"),
            "Length": st.column_config.NumberColumn(format="%.2f", help="Euclidean length of the vector"),
        },
        alt=f"Vectors of {counted(len(shown), 'input')} with the nearest other input of each",
    )
    if len(shown) < len(features):
        st.caption(f"The first {len(shown):,} of {len(features):,}; the files under Download have all of them.")
