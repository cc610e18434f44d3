"""Shared by all readers: units of work, records, encodings, packed streams, dates and repairs."""
