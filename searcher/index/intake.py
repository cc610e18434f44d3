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

import numpy as np

from searcher import readers
from searcher.errors import UsageError
from searcher.index.build import encode
from searcher.index.columns import Array
from searcher.index.digests import digest
from searcher.index.ledger import NO_FILE, Seen
from searcher.readers import STANDARD_INPUT, Found, ReadOptions, Rejection, Skipped, Unit

LARGE = 8_000_000
"""Bytes of input from which worker processes are worth their start."""


class Intake:
    """The files at and below `paths`, cut into units of work; UsageError for options that cannot be meant.

    With `prune`, articles whose files below the paths are gone are to be deleted after the run: then each path must be
    there and have files, for a disk that is not mounted looks like an empty folder.
    """

    def __init__(
        self,
        paths: Iterable[str | os.PathLike[str]],
        options: ReadOptions | None = None,
        *,
        prune: bool = False,
        processes: int | None = None,
    ) -> None:
        options = options or ReadOptions()
        readers.check(options)
        if processes is not None and processes < 1:
            raise UsageError(f"processes must be 1 or more, not {processes}")
        given = list(paths)
        self._processes = processes
        self._take(list(readers.find(given)), options)
        self.prune = prune
        self.roots = {os.path.abspath(path): os.fspath(path) for path in given}
        if prune:
            self._check_roots()

    @classmethod
    def of(cls, found: list[Found | Rejection], options: ReadOptions | None, processes: int | None) -> Intake:
        """Of files that have been found already."""
        intake = cls([], options, processes=processes)
        intake._take(found, intake.options)
        return intake

    def _take(self, found: list[Found | Rejection], options: ReadOptions) -> None:
        self.options = options
        self.found = found
        self._starts: list[int] = []
        self._whole: dict[int, int] = {}
        self._rejected: set[str] = set()

    def _check_roots(self) -> None:
        files = [os.path.abspath(each.path) for each in self.found if isinstance(each, Found)]
        if STANDARD_INPUT in self.roots.values():
            raise UsageError(
                "what came from standard input has no file that could be gone: index it without pruning"
            )
        for root, path in self.roots.items():
            if not any(is_below(file, root) for file in files):
                raise UsageError(
                    f"nothing is pruned below '{path}', where there is no file left: is it the right "
                    "place, and its disk mounted? `searcher delete` deletes by query"
                )

    def units(self) -> Iterator[Unit | Rejection]:
        """All units, in the order of the files."""
        given = 0
        for place, each in enumerate(self.found):
            self._starts.append(given)
            stamp = self.stamp(each, self.options)
            for unit in [each] if isinstance(each, Rejection) else readers.units(each, self.options):
                given += 1
                yield unit
            self._whole[place] = stamp

    @staticmethod
    def stamp(file: Found | Rejection, options: ReadOptions | None) -> int:
        """The digest of the state of a file and how it is read; 0 where it cannot be told."""
        try:
            state = os.stat(file.path)
        except (OSError, ValueError):
            return 0
        return digest(encode(f"{state.st_size} {state.st_mtime_ns} {options or ReadOptions()}"))

    def rejected(self, rejection: Rejection) -> None:
        """Something of a file was not read: it is to be read again next time."""
        if not isinstance(rejection, Skipped):
            self._rejected.add(rejection.path.partition("!/")[0])

    def digests(self, numbers: Array) -> Array:
        """The digest of the path of the file that each unit is of; 0 for standard input."""
        places, inverse = np.unique(self._places(numbers), return_inverse=True)
        digests = [file_digest(self.found[place]) for place in places.tolist()]
        return np.array(digests, np.uint64)[inverse]

    def path(self, number: int) -> str:
        """The path of the file that a unit is of."""
        return str(self.found[int(self._places(np.array([number]))[0])].path)

    def _places(self, numbers: Array) -> Array:
        places: Array = np.searchsorted(np.array(self._starts), numbers.astype(np.int64), side="right") - 1
        return places

    def seen(self) -> dict[int, Seen]:
        """All files that were read, with their stamps where nothing of them was rejected."""
        return {
            file_digest(each): Seen(_path(each), 0 if str(each.path) in self._rejected else stamp)
            for each, stamp in ((self.found[place], stamp) for place, stamp in self._whole.items())
            if isinstance(each, Found) and str(each) != STANDARD_INPUT
        }

    @property
    def processes(self) -> int:
        """How many processes are worth their start: by default one per processor where the input is large."""
        if self._processes is not None:
            return self._processes
        return (os.cpu_count() or 1) if self._size() > LARGE else 1

    def _size(self) -> int:
        """Bytes of the files; standard input and what has vanished since count nothing."""
        size = 0
        for each in self.found:
            with suppress(OSError):
                size += os.path.getsize(each.path)
        return size


def is_below(path: str, root: str) -> bool:
    """Whether `path` is `root` or lies below it; both are absolute."""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def file_digest(file: Found | Rejection) -> int:
    """What stands for a file in the ledger."""
    return NO_FILE if str(file.path) == STANDARD_INPUT else digest(_path(file))


def _path(file: Found | Rejection) -> bytes:
    return os.fsencode(os.path.abspath(file.path))
