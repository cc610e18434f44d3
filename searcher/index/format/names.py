"""The names of the files of an index, and the version of their format."""

from __future__ import annotations

FORMAT_VERSION = 1
"""The version of FORMAT.md. An index of another version is refused."""

NAME = "MAIN"
"""Whoosh's own default name of an index: `whoosh.index.open_dir` looks for it."""

REBUILT = "REBUILT"
"""The name of a second table of contents, which a rebuild keeps until it is done."""

LOCK = f"{NAME}_WRITELOCK"
"""The file that Whoosh itself would lock."""
