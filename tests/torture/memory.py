"""What a process holds: memory, open files. A leak is what grows although every cache has been full for long."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

STATUS = Path("/proc/self/status")
OPEN = Path("/proc/self/fd")
ALLOWED = 4_000
"""KB that a process may hold more at the end than after the first half: what allocators scatter, no more."""


def held() -> int:
    """KB of memory in use that is not that of mapped files; 0 where the system (all but Linux) does not say."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        # What is free, but not given back, is no leak: how much that is depends on the largest input so far.
        ctypes.CDLL(None).malloc_trim(0)
    lines = STATUS.read_text().splitlines() if STATUS.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))


def open_files() -> int:
    """How many files are open, those mapped among them; 0 where the system does not say."""
    return len(os.listdir(OPEN)) if OPEN.is_dir() else 0


@contextlib.contextmanager
def small_caches() -> Iterator[None]:
    """Caches that are full after some hundred queries: behind those of full size a leak would hide for long."""
    from searcher import german

    german._tokens.clear()
    with (
        patch("searcher.search.cache.LIMIT", 1_000_000),
        patch("searcher.search.snapshot._CACHED_TERMS", 100),
        patch("searcher.index.read.postings._LOCATED_AT_MOST", 500),
        patch.object(german._tokens, "most", 1000),
        # What trafilatura remembers of so many pages: 2 MB of 500.
        patch("searcher.readers.webpage.CACHED_PAGES", 20),
    ):
        yield


class Growth:
    """Compares what is held at the end of some repetitions with what was held after the first half of them."""

    def __init__(self, count: int, allowed: float = ALLOWED) -> None:
        self._half = count // 2
        self._allowed = allowed
        self._settled = (0, 0)

    def after(self, number: int) -> None:
        """To be called after each repetition, the first being 0."""
        if number == self._half:
            memory = held()
            self._settled = open_files(), memory

    def end(self) -> float:
        """MB grown since the first half; AssertionError where they are more than allowed, or more files are open."""
        # Files first: they have to be closed before garbage is collected.
        files, memory = open_files() - self._settled[0], held() - self._settled[1]
        assert memory <= self._allowed and files <= 0, (memory, files)
        return memory / 1000
