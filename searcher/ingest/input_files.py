"""InputFiles: the files of one run, cut into units of work, with the facts about each file for the ledger.

>>> import tempfile, pathlib
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> _ = (folder / "nachricht.txt").write_text("Waffenruhe in Sicht\\n\\nSie kommt.", "utf-8")
>>> intake = InputFiles([folder])
>>> [article.title for unit in intake.units() for article in readers.read(unit)]
['Waffenruhe in Sicht']
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from searcher import readers
from searcher.errors import Cure, UsageError
from searcher.index.format.columns import Array
from searcher.index.format.digests import digest
from searcher.index.write.segment_builder import encode
from searcher.ingest.ledger import NO_FILE, Seen
from searcher.readers import STANDARD_INPUT, Found, ReadOptions, Unit
from searcher.report import Rejection, Skipped

LARGE = 8_000_000
"""Bytes of input from which worker processes are worth their start."""

OPENING = 4_000
"""Bytes that could be read in the time it takes to open a file."""


class InputFiles:
    """The files at and below `paths`, cut into units of work; UsageError for options that cannot be meant.

    Files are found as they are read, and after every round `seen` hands over what is known of them and forgets it:
    there may be millions. With `prune`, the run ends by deleting articles whose files below the paths are gone: then
    each path must exist and have files, for a disk that is not mounted looks like an empty folder.
    """

    def __init__(
        self,
        paths: Iterable[str | os.PathLike[str]],
        options: ReadOptions | None = None,
        *,
        prune: bool = False,
        processes: int | None = None,
    ) -> None:
        self.options = options or ReadOptions()
        readers.check(self.options)
        if processes is not None and processes < 1:
            raise UsageError(f"processes must be 1 or more, not {processes}")
        given = readers.listed(paths)
        self.prune = prune
        self.roots = {os.path.abspath(path): os.fspath(path) for path in given}
        if prune:
            _check_roots(self.roots.values())
        self._processes = processes
        self._files: Iterator[Found | Rejection] = readers.find(given)
        self._waiting = False
        self._paths: list[str] = []
        self._starts = array("Q")
        self._digests = array("Q")
        self._stamps = array("Q")
        self._rejected: set[int] = set()

    @classmethod
    def of(
        cls, found: list[Found | Rejection], options: ReadOptions | None, processes: int | None
    ) -> InputFiles:
        """Of files that have been found already."""
        intake = cls([], options, processes=processes)
        intake._files = iter(found)
        return intake

    def units(self) -> Iterator[Unit | Rejection]:
        """All units, in the order of the files."""
        given = 0
        for each in self._files:
            self._paths.append(str(each.path))
            self._starts.append(given)
            self._digests.append(file_digest(each) if isinstance(each, Found) else NO_FILE)
            self._stamps.append(stamp(each, self.options) if isinstance(each, Found) else 0)
            self._waiting = True
            for unit in [each] if isinstance(each, Rejection) else readers.units(each, self.options):
                given += 1
                yield unit
            self._waiting = False

    def rejected(self, rejection: Rejection) -> None:
        """Something of a file was not read: it is to be read again next time."""
        if not isinstance(rejection, Skipped):
            # What lies in an archive is named behind it.
            names = rejection.path.split("!/")
            self._rejected.update(path_digest("!/".join(names[:end])) for end in range(1, len(names) + 1))

    def digests(self, numbers: Array) -> Array:
        """The digest of the path of the file that each unit is of; 0 for standard input."""
        found: Array = np.array(self._digests)[self._places(numbers)]
        return found

    def path(self, number: int) -> str:
        """The path of the file that a unit is of."""
        return self._paths[int(self._places(np.array([number]))[0])]

    def absolute(self, file: int) -> str:
        """The absolute path of the file with this digest, where it is at hand in this round; else ''."""
        if file == NO_FILE or file not in self._digests:
            return ""
        return os.path.abspath(self._paths[self._digests.index(file)])

    def _places(self, numbers: Array) -> Array:
        places: Array = (
            np.searchsorted(np.array(self._starts, np.int64), numbers.astype(np.int64), "right") - 1
        )
        return places

    def seen(self) -> Seen:
        """The files read since this was last asked, with their stamps where nothing of them was rejected.

        They are forgotten here; one that is still being read is kept.
        """
        whole = len(self._paths) - self._waiting
        digests, stamps = (
            np.array(self._digests[:whole], np.uint64),
            np.array(self._stamps[:whole], np.uint64),
        )
        stamps[np.isin(digests, np.array(list(self._rejected), np.uint64))] = 0
        named = np.flatnonzero(digests != NO_FILE)
        seen = Seen(
            digests[named], stamps[named], [_absolute(self._paths[place]) for place in named.tolist()]
        )
        del self._paths[:whole], self._starts[:whole], self._digests[:whole], self._stamps[:whole]
        self._rejected.intersection_update(self._digests)
        return seen

    @property
    def processes(self) -> int:
        """How many processes are worth their start: by default one per processor where the input is large."""
        if self._processes is not None:
            return self._processes
        size, first = 0, []
        for each in self._files:
            first.append(each)
            size += OPENING + (each.size if isinstance(each, Found) else 0)
            if size > LARGE:
                break
        self._files = chain(first, self._files)
        return (os.cpu_count() or 1) if size > LARGE else 1


def _check_roots(given: Iterable[str]) -> None:
    if STANDARD_INPUT in given:
        raise UsageError(
            "what came from standard input has no file that could be gone", "index it without pruning"
        )
    for path in given:
        if not any(isinstance(each, Found) for each in readers.find([path])):
            raise UsageError(
                "nothing is pruned below a folder where no file is left: a wrong folder, or a disk that is not mounted",
                place=str(path),
                cure=Cure.DELETE_BY_QUERY,
            )


def stamp(file: Found, options: ReadOptions | None) -> int:
    """The digest of the state of a file and how it is read."""
    return digest(encode(f"{file.size} {file.changed} {options or ReadOptions()}"))


def is_below(path: str, root: str) -> bool:
    """Whether `path` is `root` or lies below it; both are absolute."""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def file_digest(file: Found) -> int:
    """The digest of a file in the ledger."""
    return NO_FILE if str(file.path) == STANDARD_INPUT else path_digest(str(file.path))


def path_digest(path: str) -> int:
    """The digest in the ledger of the file at this path."""
    return digest(_absolute(path))


def _absolute(path: str) -> bytes:
    return os.fsencode(os.path.abspath(path))
