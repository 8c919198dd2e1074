"""Text: encoding, documents, search and what a score means."""
