"""A progress line on the terminal; nothing if the output is not a terminal."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TextIO

_QUIET_FOR = 1.0
"""Seconds before the line appears."""
_BETWEEN = 0.2
"""Seconds between two updates of the line."""


class Progress:
    """Counts articles and shows them with their speed; `moved(done)` is what `Archive.index` calls."""

    def __init__(self, stream: TextIO, shown: bool) -> None:
        self._stream = stream
        self._shown = shown
        self._started = time.monotonic()
        self._next = self._started + _QUIET_FOR
        self._drawn = False

    @classmethod
    def on(cls, stream: TextIO) -> Progress:
        """A progress line on this stream; hidden unless it is a terminal."""
        return cls(stream, shown=stream.isatty())

    def moved(self, done: int) -> None:
        """Update the line: `done` articles have been read so far."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + _BETWEEN
        self._drawn = True
        speed = done / (now - self._started)
        self._stream.write(f"\r{done:,} articles, {speed:,.0f} a second\x1b[K")
        self._stream.flush()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
