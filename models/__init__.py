"""The domain library: no user interface, usable from a notebook and from a test.

Public names are imported on first use, so that ``import models`` stays cheap.
"""

from importlib import import_module
from typing import Any

_PUBLIC = {
    "DynamicFeatureExtractor": "models.features",
    "MedicalImageSegmenter": "models.imaging.segmenter",
    "MultilingualSemanticSearch": "models.text.search",
    "Modality": "models.catalog",
}

__all__ = ["DynamicFeatureExtractor", "MedicalImageSegmenter", "Modality", "MultilingualSemanticSearch"]


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'models' has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)
