"""The models of the app as a table: size, languages, origin, licence."""

from pathlib import Path

import streamlit as st

from components.wording import counted, megabytes
from models.catalog import BUNDLED_ROOT, CATALOG
from models.hub import is_cached
from models.model_spec import ModelSpec


def model_table() -> None:
    """Draw one row for each model that this product names."""
    specs = list(CATALOG.values())
    st.dataframe(
        {
            "Model": [spec.title for spec in specs],
            "Reads": [spec.modality.value for spec in specs],
            "Size": [megabytes(spec.size_mb) for spec in specs],
            "Languages": [counted(len(spec.languages), "language") if spec.languages else "" for spec in specs],
            "Vector": [spec.output_width for spec in specs],
            "Licence": [spec.licence or "unknown" for spec in specs],
            "Origin": [origin(spec) for spec in specs],
            "Source": [spec.source for spec in specs],
            "About": [spec.description for spec in specs],
        },
        hide_index=True,
        column_config={
            "Model": st.column_config.TextColumn(width=290),
            "Vector": st.column_config.NumberColumn(help="Numbers in one embedding"),
            "About": st.column_config.TextColumn(width="large"),
        },
        height="content",
        placeholder="",
        alt="The models of this app with size, languages, licence and origin",
    )


def origin(spec: ModelSpec) -> str:
    """Where the model comes from when it is chosen."""
    if spec.bundled_path:
        bundled = BUNDLED_ROOT in Path(spec.bundled_path).resolve().parents
        return "ships with the app" if bundled else "offered by the owner of this server"
    return "on this server already" if is_cached(spec) else "downloaded when chosen"
