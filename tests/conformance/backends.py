"""The backends that have to pass the suite. A new one is one line in `BACKENDS`, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from searcher.backend import Backend
from searcher.local import LocalBackend
from tests.conformance.memory import MemoryBackend

BACKENDS: dict[str, Callable[[Path, float], Backend]] = {
    "memory": lambda folder, wait: MemoryBackend(str(folder), wait),
    "whoosh": lambda folder, wait: LocalBackend(folder / "index", wait),
}
"""Name -> makes a backend, not opened, of the archive that belongs to an empty folder and to no other."""
