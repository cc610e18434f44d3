"""Ingest: files and articles on their way into the index, and the account of what became of each."""
