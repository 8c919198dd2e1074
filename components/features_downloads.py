"""The embeddings to take along, and the code that makes them."""

from functools import partial

import streamlit as st

from components.features_model import Settings
from components.features_source import Source
from models.feature_inputs import NamedFile
from models.feature_outputs.export import (
    features_csv,
    projector_metadata,
    projector_vectors,
    to_npy,
    windows_npz,
)
from models.feature_outputs.snippet import snippet
from models.features import Features
from models.model_spec import Modality


def show_downloads(source: Source, settings: Settings, features: Features) -> None:
    """Draw the files to download, each made when it is asked for, and the Python snippet."""
    name = f"features-{features.modality}"
    st.markdown("**Files**")
    with st.container(horizontal=True, gap="small"):
        _button("NumPy (.npy)", partial(to_npy, features), f"{name}.npy", "application/octet-stream")
        _button("Table (.csv)", partial(features_csv, features), f"{name}.csv", "text/csv")
        if features.modality is Modality.AUDIO:
            _button("Windows (.npz)", partial(windows_npz, features), f"{name}-windows.npz", "application/octet-stream")
    st.markdown("**Embedding Projector**")
    with st.container(horizontal=True, gap="small"):
        _button("Vectors (.tsv)", partial(projector_vectors, features), "vectors.tsv", "text/tab-separated-values")
        _button("Metadata (.tsv)", partial(projector_metadata, features), "metadata.tsv", "text/tab-separated-values")
    st.caption("Load both on projector.tensorflow.org: first the vectors, then the metadata.")
    st.markdown("**The same in Python**")
    given = source.read()
    files = any(isinstance(one, NamedFile) for one in given)
    # typed lines and files together: the code shows the files
    shown = [one.name if isinstance(one, NamedFile) else one for one in given if isinstance(one, NamedFile) == files]
    st.code(snippet(features.modality, settings.model, shown, files, settings.max_length), wrap_lines=True)


def _button(label: str, make: "partial[bytes]", file_name: str, mime: str) -> None:
    st.download_button(
        label, make, file_name, mime, key=f"features_{file_name}", on_click="ignore", icon=":material/download:"
    )
