"""``handcrafted-image``: a filter bank with colour statistics as a SavedModel, made by code and from no data."""
