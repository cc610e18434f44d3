"""Writer: the one process that may change an archive; it settles what the shards wrote and commits it.

A round is a bounded number of records: every worker writes its segments, the parent decides which version of each id
stays, and one table of contents makes the round current. Whatever happens before that rename leaves the old state.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from searcher.errors import SearcherError, UsageError
from searcher.index import files, merge, table
from searcher.index.known import Events, Known, Outcome, settle
from searcher.index.lock import WAIT, WriteLock
from searcher.index.schema import article_schema
from searcher.index.segment import ArticleSegment, SegmentFiles
from searcher.index.shard import Note, Written
from searcher.index.workers import Pool, Read
from searcher.readers import Rejection, Repair, Skipped

ROUND = 200_000
"""Records between two commits; a round is what an interruption can lose."""

KEPT_REJECTIONS = 1000


@dataclass
class IndexReport:
    """What became of the records of one run: new + changed + unchanged + rejected is their number.

    `withdrawn` articles were taken back by their publisher. `repaired` counts mended records, `skipped` what was never
    meant to be an article, as a picture in a web archive, each by reason.
    `rejections` keeps the first thousand; `took` is in seconds.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    withdrawn: int = 0
    repaired: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    took: float = 0.0

    @property
    def records(self) -> int:
        return self.new + self.changed + self.unchanged + self.rejected

    def note(self, note: Note) -> None:
        """Account for a record that is no article, or was mended to be one."""
        if isinstance(note, Repair):
            self.repaired[note.reason] += 1
        elif isinstance(note, Skipped):
            self.skipped[note.reason] += 1
        elif isinstance(note, Rejection):
            self.rejected += 1
            if len(self.rejections) < KEPT_REJECTIONS:
                self.rejections.append(note)


def create(directory: Path, wait: float) -> None:
    """Write the table of contents of an empty index into an existing folder; UsageError if it holds one."""
    lock = WriteLock(directory)
    lock.acquire(wait)
    try:
        if table.exists(directory):
            raise UsageError(f"there is an index in {directory} already: open it, or choose another folder")
        table.write(directory, table.Table(article_schema(), (), 0))
    finally:
        lock.release()


class Writer:
    """Holds the write lock of an archive from `with` to the end of the block."""

    def __init__(self, directory: Path, *, wait: float = WAIT) -> None:
        self.directory = directory
        self._wait = wait
        self._lock = WriteLock(directory)

    def __enter__(self) -> Writer:
        self._lock.acquire(self._wait)
        try:
            self.table = self._read()
            self._clean()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        try:
            if exc[0] is not None:
                self._tidy()
        finally:
            self._lock.release()

    def _read(self) -> table.Table:
        return table.read(self.directory)

    def _clean(self) -> None:
        table.clean(self.directory, self.table)

    def _write(self, following: table.Table) -> None:
        table.write(self.directory, following)

    def _tidy(self) -> None:
        """After an error: remove what was not committed. The error is what the user must hear of, not this."""
        with suppress(OSError):
            files.settle()
        with suppress(OSError, SearcherError):
            self.table = self._read()
            self._clean()

    def run(
        self,
        units: Iterable[Any],
        read: Read,
        *,
        processes: int = 1,
        progress: Callable[[int], None] | None = None,
        on_note: Callable[[Note], None] | None = None,
    ) -> IndexReport:
        """Index all units of work; rejections may stand among them.

        `progress` gets the number of articles read so far, `on_note` every rejection, repair and withdrawal.
        """
        began = time.perf_counter()
        report = IndexReport()

        def account(note: Note) -> None:
            report.note(note)
            if on_note:
                on_note(note)

        work = _Numbered(units, account)
        known = Known.of(self.directory, self.table.segments)
        pool = Pool(self.directory, known, read, processes)
        try:
            while work.more:
                for articles, notes in pool.run(work.round()):
                    work.done += articles
                    for note in notes:
                        account(note)
                    if progress:
                        progress(work.done)
                known = self._commit_round(*pool.flush(), known, report)
                if work.more:
                    pool.refresh(known)
        finally:
            pool.close()
        self._merge()
        report.took = time.perf_counter() - began
        return report

    def _commit_round(
        self, written: list[Written], others: list[Events], known: Known, report: IndexReport
    ) -> Known:
        parts = []
        for number, each in enumerate(written):
            events = each.events
            parts.append(
                Events(
                    events.keys,
                    events.order,
                    events.fingerprints,
                    np.full(len(events.keys), number),
                    events.doc,
                )
            )
        events = Events.joined(parts + others)
        outcome = settle(events, known)
        report.new += outcome.new
        report.changed += outcome.changed
        report.unchanged += outcome.unchanged
        report.withdrawn += outcome.withdrawn
        if not len(outcome.replaced) and not written:
            return known
        self._delete(outcome, events, [each.segment for each in written], known)
        fresh = [each.segment for each in written if each.segment.deleted_count() < each.segment.docs]
        self.commit(
            [segment for segment in self.table.segments if segment.deleted_count() < segment.docs] + fresh
        )
        return Known.of(self.directory, self.table.segments)

    def _delete(self, outcome: Outcome, events: Events, fresh: list[ArticleSegment], known: Known) -> None:
        for segments, numbers, docs in (
            (fresh, events.segment[outcome.superseded], events.doc[outcome.superseded]),
            (self.table.segments, known.segments[outcome.replaced], known.docs[outcome.replaced]),
        ):
            for number in np.unique(numbers).tolist():
                segments[number].delete(docs[numbers == number].astype(np.int64))

    def delete(self, docs: Sequence[np.ndarray[Any, Any]]) -> int:
        """Delete documents, given per segment in the table's order; returns how many were there."""
        gone = 0
        for segment, numbers in zip(self.table.segments, docs, strict=True):
            before = segment.deleted_count()
            if len(numbers):
                segment.delete(numbers)
            gone += segment.deleted_count() - before
        if gone:
            self.commit(
                [segment for segment in self.table.segments if segment.deleted_count() < segment.docs]
            )
        return gone

    def optimize(self) -> None:
        """Merge everything into one segment and drop what is deleted."""
        segments = self.table.segments
        if len(segments) > 1 or any(segment.deleted for segment in segments):
            self._replace(segments)

    def _merge(self) -> None:
        """Keep the number of segments logarithmic."""
        while chosen := merge.due(self.table.segments):
            self._replace(chosen)

    def _replace(self, segments: Sequence[ArticleSegment]) -> None:
        opened = [SegmentFiles(self.directory, segment) for segment in segments]
        merged = merge.write(self.directory, opened)
        kept = [segment for segment in self.table.segments if segment not in segments]
        self.commit(kept + ([merged] if merged else []))

    def commit(self, segments: Sequence[ArticleSegment]) -> None:
        """Make these segments the archive, and remove what it no longer needs."""
        following = table.Table(self.table.schema, tuple(segments), self.table.generation + 1)
        self._write(following)
        self.table = following
        self._clean()


class _Numbered:
    """Units with their number in the input, cut into rounds; rejections among them go to `note`."""

    def __init__(self, units: Iterable[Any], note: Callable[[Note], None]) -> None:
        self._units = enumerate(units)
        self._note = note
        self.more = True
        self.done = 0

    def round(self) -> Iterator[tuple[int, Any]]:
        """The units of one round; whoever works on them counts the articles in `done`."""
        enough = self.done + ROUND
        while self.done < enough:
            number, unit = next(self._units, (0, None))
            if unit is None:
                self.more = False
                return
            if isinstance(unit, Rejection):
                self._note(unit)
                continue
            yield number, unit
