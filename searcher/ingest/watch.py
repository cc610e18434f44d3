"""Watching: a file that arrives in a folder is indexed once it is unchanged between two scans.

A scan is a walk through the folder, which works on every system and every network drive. A file that is still being
written, renamed or deleted is seen in its new state by the next scan.
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np

from searcher import readers
from searcher.errors import ArchiveLocked
from searcher.index.write.writer import Writer
from searcher.ingest import ledger, pipeline
from searcher.ingest.commit import Commit
from searcher.ingest.input_files import InputFiles, file_digest, stamp
from searcher.ingest.pipeline import Intake
from searcher.readers import Found, ReadOptions
from searcher.report import IndexReport, Note, Rejection, Skipped

AT_ONCE = 100_000
"""Files of one look that are indexed."""


class Watched:
    """The files at and below `paths`, and in what state each has been indexed, in `directory` or by now."""

    def __init__(
        self, paths: Iterable[str | os.PathLike[str]], options: ReadOptions | None, directory: Path
    ) -> None:
        self._paths = readers.listed(paths)
        self._options = options
        self._done = ledger.stamps(directory)
        self._before = ledger.Stamps.none()
        self._told: set[str] = set()
        self._telling: set[str] = set()

    def look(self) -> list[Found | Rejection]:
        """What is new or changed, and has not changed since the last look; with what cannot be read, once.

        Of very much that is, a part: the rest is there at the next look. What is only skipped, as the hidden file
        that a copy is until it is whole, is told along with what is not.
        """
        files, stamps = array("Q"), array("Q")
        ripe: list[Found | Rejection] = []
        self._telling = set()
        for each in readers.find(self._paths):
            if isinstance(each, Rejection):
                self._telling.add(str(each))
                if str(each) not in self._told:
                    ripe.append(each)
                continue
            file, state = file_digest(each), stamp(each, self._options)
            files.append(file)
            stamps.append(state)
            if len(ripe) < AT_ONCE and self._before.get(file) == state != self._done.get(file):
                ripe.append(each)
        self._before = ledger.Stamps(np.array(files), np.array(stamps))
        return [] if all(isinstance(each, Skipped) for each in ripe) else ripe

    def done(self, ripe: list[Found | Rejection]) -> None:
        """What the last look found has been indexed, and told."""
        self._told = self._telling
        files = np.array([file_digest(each) for each in ripe if isinstance(each, Found)], np.uint64)
        self._done = self._done.updated(files, self._before.of(files)[1])


def watch(
    write: Callable[[Callable[[Writer], IndexReport]], IndexReport],
    watched: Watched,
    options: ReadOptions | None,
    interval: float,
    processes: int | None,
    on_note: Callable[[Note], None] | None = None,
) -> Iterator[IndexReport]:
    """Look every `interval` seconds, for ever; yields the report of every time there was something to index.

    `write` does what it is given with the write lock held. Another writer is waited for: what could not be indexed
    is there at the next look.
    """
    while True:
        if ripe := watched.look():
            with suppress(ArchiveLocked):
                report = write(partial(_index, InputFiles.of(ripe, options, processes), on_note))
                watched.done(ripe)
                yield report
        time.sleep(interval)


def _index(files: InputFiles, on_note: Callable[[Note], None] | None, writer: Writer) -> IndexReport:
    return pipeline.run(Intake.of_files(files), Commit.to(writer), on_note=on_note)
