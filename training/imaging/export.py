"""A trained network as a SavedModel, with its batch normalisation multiplied into its convolutions."""

from pathlib import Path
from typing import Any

from models.imaging.model_settings import ModelSettings
from models.imaging.network import build_unet, fold
from models.imaging.saved_network import save_network
from training.imaging.recipes import Recipe


def export(network: Any, recipe: Recipe, settings: ModelSettings, familiarity: str, folder: Path) -> Path:
    """Fold a network that was trained by a recipe and write it; see ``save_network`` for the others."""
    slim = build_unet(recipe.encoder, len(settings.channels), widths=recipe.widths, input_size=None, folded=True)
    fold(network, slim)
    return save_network(slim, settings, familiarity, folder)
