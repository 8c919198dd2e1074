"""A trained network as a SavedModel, with its batch normalisation multiplied into its convolutions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.imaging.model_settings import ModelSettings
from models.imaging.network import build_unet, fold
from models.imaging.saved_network import save_network


def export(network: Any, widths: Sequence[int], settings: ModelSettings, familiarity: str, folder: Path) -> Path:
    """Fold a trained compact network with encoder ``widths`` and write it; see ``save_network`` for the others."""
    slim = build_unet(outputs=len(settings.channels), widths=widths, input_size=None, folded=True)
    fold(network, slim)
    return save_network(slim, settings, familiarity, folder)
