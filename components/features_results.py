"""From inputs to what can be seen of their vectors: neighbours, map, heat map, table, sound, downloads."""

from collections.abc import Callable

import streamlit as st

from components.features_downloads import show_downloads
from components.features_heatmap import show_heatmap
from components.features_map import show_map
from components.features_model import Settings
from components.features_neighbours import show_neighbours
from components.features_run import embedded
from components.features_sound import show_sound
from components.features_source import Source
from components.features_summary import show_invitation, show_summary
from components.features_table import show_table
from components.guard import guard
from models.features import Features
from models.model_spec import Modality

_VIEW = "features_view"


def show_results(source: Source, settings: Settings) -> None:
    """Draw the results, what is going on until they are there, or what to do where there is nothing yet."""
    if not source.count:
        show_invitation(source.modality)
        return
    features = embedded(source, settings)
    if features is None:
        return
    show_summary(source, features)
    if len(features):
        _show_views(source, settings, features)


def _show_views(source: Source, settings: Settings, features: Features) -> None:
    views: dict[str, Callable[[Features], None]] = {
        "Neighbours": show_neighbours,
        "Map": show_map,
        "Heat map": show_heatmap,
        "Table": show_table,
    }
    if source.modality is Modality.AUDIO:
        views["Sound"] = lambda features: show_sound(source, features)
    views["Download"] = lambda features: show_downloads(source, settings, features)
    tabs = st.tabs(list(views), key=_VIEW, on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab, guard():
                show(features)
