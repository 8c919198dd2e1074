"""Where a corpus lives."""
