"""Intake: the files of one run on their way into the index, so that afterwards everybody knows what came from where.

>>> import tempfile, pathlib
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> _ = (folder / "nachricht.txt").write_text("Waffenruhe in Sicht\\n\\nSie kommt.", "utf-8")
>>> intake = Intake([folder])
>>> [article.title for unit in intake.units() for article in readers.read(unit)]
['Waffenruhe in Sicht']
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress

from searcher import readers
from searcher.errors import UsageError
from searcher.readers import Found, ReadOptions, Rejection, Unit

LARGE = 8_000_000
"""Bytes of input from which worker processes are worth their start."""


class Intake:
    """The files at and below `paths`, cut into units of work; UsageError for options that cannot be meant."""

    def __init__(self, paths: Iterable[str | os.PathLike[str]], options: ReadOptions | None = None) -> None:
        self.options = options or ReadOptions()
        readers.check(self.options)
        self.found: list[Found | Rejection] = list(readers.find(paths))

    def units(self) -> Iterator[Unit | Rejection]:
        """All units, in the order of the files."""
        for each in self.found:
            if isinstance(each, Rejection):
                yield each
            else:
                yield from readers.units(each, self.options)

    def processes(self, wanted: int | None) -> int:
        """How many processes are worth their start: by default one per processor where the input is large."""
        if wanted is not None and wanted < 1:
            raise UsageError(f"processes must be 1 or more, not {wanted}")
        if wanted is not None:
            return wanted
        return (os.cpu_count() or 1) if self._size() > LARGE else 1

    def _size(self) -> int:
        """Bytes of the files; standard input and what has vanished since count nothing."""
        size = 0
        for each in self.found:
            with suppress(OSError):
                size += os.path.getsize(each.path)
        return size
