"""Files that reach the disk: written, flushed, and only then named in the table of contents."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path, content: bytes | memoryview) -> None:
    """Write a new file and flush it to the disk."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace(temporary: Path, path: Path) -> None:
    """Rename a flushed file to its place and flush the directory: the moment a commit counts."""
    os.replace(temporary, path)
    flush_directory(path.parent)


def flush_directory(directory: Path) -> None:
    """Make the names in a directory durable; a no-op where directories cannot be opened (Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
