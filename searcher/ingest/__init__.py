"""Ingest: brings files and articles into the index, and reports what became of each record."""
