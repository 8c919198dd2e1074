"""What a person hands to the feature extractor: texts, pictures and sounds, as files, arrays or strings."""

from models.feature_inputs.items import Item, NamedFile, Prepared, as_items, find_modality

__all__ = ["Item", "NamedFile", "Prepared", "as_items", "find_modality"]
