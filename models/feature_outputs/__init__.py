"""What the feature extractor returns, and what can be made of it: files, neighbours, code."""
