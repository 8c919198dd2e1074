"""What a SavedModel offers, read from its files: nothing in here loads or executes a model, except ``running``."""
