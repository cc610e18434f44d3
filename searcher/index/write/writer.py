"""Writer: holds the write lock of an index, and commits segments, deletions and merges to it.

A commit is one table of contents, made current by a rename. Any failure before that leaves the old state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from searcher.errors import Cure, SearcherError, UsageError
from searcher.index.format import disk, door, toc
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.lock import WAIT, WriteLock
from searcher.index.read.segment_reader import SegmentFiles
from searcher.index.write import merge


def create(directory: Path, wait: float) -> None:
    """Write the table of contents of an empty index into an existing folder.

    UsageError if the folder holds an index, or files that are none of an index: whoever reads files skips the folder
    of an index from then on.
    """
    if not toc.exists(directory):
        _refuse_others(directory)
    lock = WriteLock(directory)
    lock.acquire(wait)
    try:
        if toc.exists(directory):
            raise UsageError(
                "there is an index already", "open it, or choose another folder", place=str(directory)
            )
        toc.write(directory, toc.Table.fresh())
    finally:
        lock.release()


_OURS = (".", "README", "_MAIN_", "MAIN_", "_REBUILT_", "REBUILT_", "LEDGER_")
"""Beginnings of names that may lie in the folder of a new index: notes, hidden files, rests of an interrupted run."""


def _refuse_others(directory: Path) -> None:
    names = sorted(name for name in door.names(directory) if not name.startswith(_OURS))
    if names:
        shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        raise UsageError(
            f"a new index needs an empty folder, this one holds files: {shown}",
            place=str(directory),
            cure=Cure.OTHER_INDEX,
        )


class Contents:
    """The table of contents that a writer reads and replaces: that of the index. A rebuild has one of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def read(self) -> toc.Table:
        """The newest generation."""
        return toc.read(self.directory)

    def write(self, table: toc.Table) -> None:
        """Make this generation current."""
        toc.write(self.directory, table)

    def clean(self, table: toc.Table) -> None:
        """Remove the files that no generation from this one on needs."""
        toc.clean(self.directory, table)


class Writer:
    """Holds the write lock of an index from `with` to the end of the block.

    `table` is the state of the index; `delete`, `commit`, `merge` and `optimize` change it. After an error, everything
    that was not committed is removed. ArchiveLocked where another writer holds the lock for more than `wait` seconds.
    """

    table: toc.Table

    def __init__(self, directory: Path, *, wait: float = WAIT, contents: Contents | None = None) -> None:
        self.directory = directory
        self._wait = wait
        self._lock = WriteLock(directory)
        self._contents = contents or Contents(directory)
        self._opened: dict[str, SegmentFiles] = {}

    def __enter__(self) -> Writer:
        if not toc.exists(self.directory):
            raise toc.not_found(self.directory)
        self._lock.acquire(self._wait)
        try:
            self.table = self._contents.read()
            self._contents.clean(self.table)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        try:
            self._opened = {}
            if exc[0] is not None:
                self._tidy()
        finally:
            self._lock.release()

    def _tidy(self) -> None:
        """After an error: remove what was not committed. The user must hear of that error, not of one in here."""
        with suppress(OSError):
            disk.settle(self.directory)
        with suppress(OSError, SearcherError):
            self.table = self._contents.read()
            self._contents.clean(self.table)

    def opened(self, segment: SegmentEntry) -> SegmentFiles:
        """The columns of a segment, opened once for as long as the index has it."""
        files = self._opened.get(segment.id)
        if files is None:
            files = self._opened[segment.id] = SegmentFiles(self.directory, segment)
        return files

    def delete(self, docs: Sequence[np.ndarray[Any, Any]]) -> int:
        """Delete documents, given per segment in the order of the table; returns how many were there."""
        gone = 0
        for segment, numbers in zip(self.table.segments, docs, strict=True):
            before = segment.deleted_count()
            if len(numbers):
                segment.delete(numbers)
            gone += segment.deleted_count() - before
        if gone:
            self.commit(self.table.segments)
        return gone

    def optimize(self) -> None:
        """Merge everything into one segment and drop what is deleted."""
        segments = self.table.segments
        if len(segments) > 1 or any(segment.deleted for segment in segments):
            self._replace(segments)

    def merge(self) -> None:
        """Merge what is due, so that the number of segments stays logarithmic."""
        while chosen := merge.due(self.table.segments):
            self._replace(chosen)

    def _replace(self, segments: Sequence[SegmentEntry]) -> None:
        merged = merge.write(self.directory, [self.opened(segment) for segment in segments])
        kept = [segment for segment in self.table.segments if segment not in segments]
        self.commit(kept + ([merged] if merged else []))

    def commit(self, segments: Iterable[SegmentEntry]) -> None:
        """Make these segments the index, without those of which everything is deleted; remove what it needs no more."""
        following = self.table.following(segment for segment in segments if segment.live)
        self._contents.write(following)
        self.table = following
        there = {segment.id for segment in following.segments}
        self._opened = {id: files for id, files in self._opened.items() if id in there}
        self._contents.clean(following)
