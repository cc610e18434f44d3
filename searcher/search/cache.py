"""The cache of a snapshot: arrays that several queries share, up to a number of bytes.

Keys are tuples. Their texts count towards the limit, because a pattern may be of any length.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

LIMIT = 64_000_000
"""Bytes: at 55,000 articles, room for the tables of about 230 frequent terms."""

_ENTRY = 500
"""Overhead in bytes of an array and its key."""


class Sized(Protocol):
    """A value that knows its size."""

    @property
    def nbytes(self) -> int:
        """Its size in bytes."""


Kept = TypeVar("Kept", bound=Sized)


class Cache:
    """Keeps the arrays and matches used last. Threads may share it; callers must not change a cached value."""

    def __init__(self) -> None:
        self._bytes = 0
        self._kept: OrderedDict[tuple[Any, ...], tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[Any, ...], make: Callable[..., Kept], *arguments: Any) -> Kept:
        """The value cached under `key`; else `make(*arguments)`, which is cached."""
        with self._lock:
            if found := self._kept.get(key):
                self._kept.move_to_end(key)
                known: Kept = found[0]
                return known
        made = make(*arguments)
        with self._lock:
            if key not in self._kept:
                size = made.nbytes + _ENTRY + sum(map(sys.getsizeof, key))
                self._kept[key] = made, size
                self._bytes += size
            while self._bytes > LIMIT and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1][1]
        return made
