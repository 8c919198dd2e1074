"""Reusable pieces of the pages; each owns its widget keys and session state."""
