"""``handcrafted-audio``: log-mel statistics as a SavedModel, made by code and from no data."""
