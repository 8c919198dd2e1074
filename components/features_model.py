"""The choice of the model and of how inputs are read; all of it lives in the URL."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.cache import runnable_model, text_encoder
from components.model_table import origin
from components.wording import counted, megabytes
from models.catalog import models_for
from models.feature_models import FeatureModel, TextModel, feature_model
from models.hub import LoadedModel, Progress, fetch_model, is_cached
from models.model_names import offered_text_models
from models.model_spec import Modality, ModelSpec

_KEYS = {Modality.TEXT: "text_model", Modality.IMAGE: "picture_model", Modality.AUDIO: "sound_model"}
_CUTS = {Modality.TEXT: "text_cut", Modality.AUDIO: "sound_cut"}
_LARGEST_BATCH = 64
_DEFAULT_BATCH = 32


@dataclass(frozen=True)
class Settings:
    """Model and reading.

    Args:
        model: the chosen one.
        batch_size: inputs that the model is given at a time.
        max_length: characters or seconds after which an input is cut; None for whole inputs.
    """

    model: ModelSpec
    batch_size: int
    max_length: int | None


def choose_settings(modality: Modality) -> Settings:
    """Draw the choice of the model, and the rest behind a button."""
    specs = {spec.name: spec for spec in offered_models(modality)}
    name = st.selectbox(
        "Model",
        list(specs),
        key=_KEYS[modality],
        # the title alone, which stands in the address: where a model comes from changes when it was downloaded
        format_func=lambda name: specs[name].title,
        bind="query-params",
        label_visibility="collapsed",
        width=420,
    )
    spec = specs.get(name or "") or next(iter(specs.values()))
    with st.popover("Settings", icon=":material/tune:", key="features_settings"), st.container(width=320):
        _describe(spec)
        cut = _cut(modality)
        batch = _DEFAULT_BATCH
        if modality is not Modality.AUDIO:  # sounds differ in length, and are read one by one
            batch = int(
                st.number_input("Batch size", 1, _LARGEST_BATCH, _DEFAULT_BATCH, key="batch", bind="query-params")
            )
    return Settings(spec, batch, cut or None)


def offered_models(modality: Modality) -> list[ModelSpec]:
    """The models that visitors may choose, bundled ones first."""
    return offered_text_models() if modality is Modality.TEXT else models_for(modality)


def _describe(spec: ModelSpec) -> None:
    st.markdown(spec.description or "Nothing is known about this model yet.")
    width = f"{spec.output_width:,} numbers" if spec.output_width else "width unknown"
    languages = [counted(len(spec.languages), "language")] if spec.languages else []
    facts = [origin(spec), megabytes(spec.size_mb), width, *languages, spec.licence or "licence unknown"]
    st.caption(" · ".join(facts))
    if spec.input.notes:
        st.caption(f"Input: {spec.input.notes}")


def _cut(modality: Modality) -> int:
    if modality is Modality.TEXT:
        label, most, note = "Read at most (characters)", 1_000_000, "0 reads texts whole."
    elif modality is Modality.AUDIO:
        label, most, note = "Read at most (seconds)", 600, "0 reads sounds whole and refuses more than ten minutes."
    else:
        st.caption("Pictures are stretched to the size that the model takes.")
        return 0
    return int(st.number_input(label, 0, most, 0, key=_CUTS[modality], bind="query-params", help=note))


def needs_download(spec: ModelSpec) -> bool:
    """Whether the model is neither bundled nor cached."""
    return not is_cached(spec)


def load_shared(spec: ModelSpec, progress: Progress) -> FeatureModel:
    """The model that all visitors share, loaded if need be; for a task in the background.

    Raises:
        ModelUnavailableError: it cannot be had.
    """
    if spec.modality is Modality.TEXT:
        return TextModel(text_encoder(spec.name, progress))
    folder, came_from = fetch_model(spec, progress)
    progress(None, f"Loading {spec.title}")
    return feature_model(LoadedModel(spec, runnable_model(spec.name), came_from, Path(folder), 0.0))
