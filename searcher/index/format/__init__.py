"""Format: the files of an index as FORMAT.md describes them, and the disk they lie on."""
