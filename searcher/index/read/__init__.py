"""Read: the columns of a segment, checked as they are touched."""
