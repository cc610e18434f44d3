"""Writer: the one process that may change an archive; it settles what the shards wrote and commits it.

A round is a bounded number of records: every worker writes its segments, the parent decides which version of each id
stays, and one table of contents makes the round current. Whatever happens before that rename leaves the old state.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from searcher.errors import Cure, SearcherError, UsageError
from searcher.index.format import disk, door, toc
from searcher.index.format.columns import Array
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.lock import WAIT, WriteLock
from searcher.index.read.segment_reader import SegmentFiles
from searcher.index.write import merge
from searcher.ingest import duplicates, origins
from searcher.ingest.input_files import Intake
from searcher.ingest.ledger import Ledger
from searcher.ingest.pool import Pool, Read
from searcher.ingest.run import Run
from searcher.ingest.settle import OUTDATED, Events, Known, Outcome, settle
from searcher.ingest.stored_articles import Opened
from searcher.ingest.worker import Written, write_segments
from searcher.report import IndexReport, Note, Rejection, Remark

ROUND = 200_000
"""Articles, or units of work, between two commits; a round is what an interruption can lose."""


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


class Writer:
    """Holds the write lock of an archive from `with` to the end of the block."""

    def __init__(self, directory: Path, *, wait: float = WAIT) -> None:
        self.directory = directory
        self._wait = wait
        self._lock = WriteLock(directory)

    def __enter__(self) -> Writer:
        if not toc.exists(self.directory):
            raise toc.not_found(self.directory)
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

    def _read(self) -> toc.Table:
        return toc.read(self.directory)

    def _clean(self) -> None:
        toc.clean(self.directory, self.table)

    def _write(self, following: toc.Table) -> None:
        toc.write(self.directory, following)

    def _tidy(self) -> None:
        """After an error: remove what was not committed. The error is what the user must hear of, not this."""
        with suppress(OSError):
            disk.settle(self.directory)
        with suppress(OSError, SearcherError):
            self.table = self._read()
            self._clean()

    def run(
        self,
        units: Intake | Iterable[Any],
        read: Read,
        *,
        processes: int = 1,
        progress: Callable[[int], None] | None = None,
        on_note: Callable[[Note], None] | None = None,
    ) -> IndexReport:
        """Index all units of work; rejections may stand among them.

        An intake knows by itself how many processes it is worth. `progress` gets the number of articles read so far,
        `on_note` every rejection, repair and withdrawal.
        """
        began = time.perf_counter()
        intake = units if isinstance(units, Intake) else None
        known = Known.of(self.directory, self.table.segments)
        ledger = self._ledger()
        run = Run(known, ledger.withdrawn if ledger else {}, on_note, intake)
        work = Numbered(intake.units() if intake else units, run.note)  # type: ignore[arg-type]
        pool = Pool(self.directory, known, read, intake.processes if intake else processes)
        try:
            while work.more:
                for articles, notes in pool.run(work.round()):
                    work.done += articles
                    for note in notes:
                        run.note(note)
                    if progress:
                        progress(work.done)
                known = self._commit_round(*pool.flush(), known, run, ledger)
                if intake and ledger:
                    # After the commit: these files need not be read again as they are.
                    ledger.add(seen=intake.seen())
                if work.more:
                    pool.refresh(known)
        finally:
            pool.close()
        run.level()
        if intake and ledger and intake.prune:
            self._prune(intake, ledger, known, run)
        self._merge()
        return run.report(time.perf_counter() - began)

    def _ledger(self) -> Ledger | None:
        ledger = Ledger(self.directory)
        ledger.clean()
        return ledger

    def _commit_round(
        self, written: list[Written], others: list[Events], known: Known, run: Run, ledger: Ledger | None
    ) -> Known:
        parts = [
            replace(each.events, segment=np.full(len(each.events), number))
            for number, each in enumerate(written)
        ]
        events = Events.joined([*parts, *others])
        stored = Opened(self.directory, [each.segment for each in written], self.table.segments)
        outdated = self._outdated(events, known, stored, run)
        refused = self._refused(events, known, ledger, stored, run)
        outcome = settle(events, known, outdated | refused)
        fresh = [each.segment for each in written]
        if ledger:
            linked, outcome = self._linked(events, outcome, known, ledger, stored, run)
            fresh += linked
            origins.enter(ledger, events, ~(outdated | refused), run.intake)
        run.settled(events.take(np.flatnonzero(~refused)), outcome.what[~refused])
        for place in np.flatnonzero(outdated & ~refused & (events.segment >= 0)).tolist():
            is_withdrawn = run.versions.is_withdrawn(int(events.keys[place]), int(events.versions[place]))
            reason = "withdrawn by its publisher before" if is_withdrawn else "the index has a higher version"
            run.remark(events, place, stored.id(events, place), reason, "outdated")
        if not len(outcome.replaced) and not written:
            return known
        self._delete(outcome, events, fresh, known)
        fresh = [segment for segment in fresh if segment.deleted_count() < segment.docs]
        self.commit(
            [segment for segment in self.table.segments if segment.deleted_count() < segment.docs] + fresh
        )
        return Known.of(self.directory, self.table.segments)

    def _outdated(self, events: Events, known: Known, stored: Opened, run: Run) -> Array:
        """Mask of the articles of which there is, or was, a higher version."""
        return run.versions.outdated(events, known, lambda row: stored.version(known, row))

    def _refused(
        self, events: Events, known: Known, ledger: Ledger | None, stored: Opened, run: Run
    ) -> Array:
        """Mask of the articles that would replace one of another file, of the same name by chance; each is told."""
        refused = np.zeros(len(events), bool)
        if ledger and run.intake:
            found = origins.namesakes(
                ledger, events, known, run.intake, lambda place: stored.id(events, place)
            )
            refused[list(found)] = True
            for rejection in found.values():
                run.note(rejection)
        return refused

    def _linked(
        self, events: Events, outcome: Outcome, known: Known, ledger: Ledger, stored: Opened, run: Run
    ) -> tuple[list[SegmentEntry], Outcome]:
        """Segments with the new articles that have the text of another one, linked to it; they replace those without.

        Which one was first is known only when all processes are done with the round; duplicates are few enough to be
        written twice.
        """
        living = np.flatnonzero(outcome.what != OUTDATED)
        found = duplicates.find(events.take(living), known, ledger.rows)
        dropped = set(outcome.superseded.tolist())
        firsts = {int(living[at]): key for at, key in found.items() if int(living[at]) not in dropped}
        ids = stored.ids(firsts.values(), events, known)
        places = sorted(firsts, key=lambda place: int(events.order[place]))
        for place in places:
            reason = f"the same text as {ids[firsts[place]]}"
            run.remark(events, place, stored.id(events, place), reason, "duplicate")
        articles = (duplicates.linked(stored.article(events, place), ids[firsts[place]]) for place in places)
        written = write_segments(self.directory, articles)
        superseded = np.concatenate((outcome.superseded, np.array(places, np.int64)))
        return written, replace(outcome, superseded=superseded)

    def _delete(self, outcome: Outcome, events: Events, fresh: list[SegmentEntry], known: Known) -> None:
        for segments, numbers, docs in (
            (fresh, events.segment[outcome.superseded], events.doc[outcome.superseded]),
            (self.table.segments, known.segments[outcome.replaced], known.docs[outcome.replaced]),
        ):
            for number in np.unique(numbers).tolist():
                segments[number].delete(docs[numbers == number].astype(np.int64))

    def _prune(self, intake: Intake, ledger: Ledger, known: Known, run: Run) -> None:
        """Delete the articles whose files are gone, then forget the files: interrupted, the next run does it again."""
        gone = origins.gone(ledger, intake.roots)
        keys, paths = origins.orphans(ledger, gone)
        rows = known.find(keys)
        opened = Opened(self.directory, [], self.table.segments)
        pruned = [
            Remark(path, opened.known_id(known, row), "its file is gone", "pruned")
            for path, row in zip(paths, rows.tolist(), strict=True)
            if row >= 0
        ]
        rows = rows[rows >= 0]
        self.delete(
            [known.docs[rows[known.segments[rows] == number]] for number in range(len(self.table.segments))]
        )
        for remark in pruned:
            run.note(remark)
        if gone:
            ledger.forget(np.array(list(gone), np.uint64))

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

    def _replace(self, segments: Sequence[SegmentEntry]) -> None:
        opened = [SegmentFiles(self.directory, segment) for segment in segments]
        merged = merge.write(self.directory, opened)
        kept = [segment for segment in self.table.segments if segment not in segments]
        self.commit(kept + ([merged] if merged else []))

    def commit(self, segments: Sequence[SegmentEntry]) -> None:
        """Make these segments the archive, and remove what it no longer needs."""
        following = self.table.following(segments)
        self._write(following)
        self.table = following
        self._clean()


class Numbered:
    """Units with their number in the input, cut into rounds; rejections among them go to `note`."""

    def __init__(self, units: Iterable[Any], note: Callable[[Note], None]) -> None:
        self._units = enumerate(units, 1)
        self._note = note
        self._given = 0
        self.more = True
        self.done = 0

    def round(self) -> Iterator[tuple[int, Any]]:
        """The units of one round; whoever works on them counts the articles in `done`."""
        enough = self.done + ROUND, self._given + ROUND
        while self.done < enough[0] and self._given < enough[1]:
            self._given, unit = next(self._units, (self._given, None))
            if unit is None:
                self.more = False
                return
            if isinstance(unit, Rejection):
                self._note(unit)
                continue
            yield self._given - 1, unit
