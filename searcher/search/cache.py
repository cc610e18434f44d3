"""Cache: what words and patterns would have computed again for every query, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

LIMIT = 64_000_000
"""Bytes; at 55,000 articles the tables of about 230 frequent terms."""


class Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


Kept = TypeVar("Kept", bound=Sized)


class Cache:
    """Keeps the arrays and matches used last. Threads may share it; what is handed out must not be changed."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._bytes = 0
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[..., Kept], *arguments: Any) -> Kept:
        """What is kept under that key; `make(*arguments)` where it is not there."""
        with self._lock:
            found: Kept | None = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = make(*arguments)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._bytes += made.nbytes
            while self._bytes > self._limit and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return made
