"""What all readers share: units of work, records, encodings, packed streams, dates and repairs."""
