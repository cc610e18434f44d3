"""Commit: the sink that makes every round of a run part of the index."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from searcher.index.format.columns import Array
from searcher.index.read.segment_reader import SegmentFiles
from searcher.index.write.writer import Writer
from searcher.ingest import duplicates, origins
from searcher.ingest.ledger import Ledger
from searcher.ingest.run import Run
from searcher.ingest.settle import LiveIds, Outcome, RecordEvents
from searcher.ingest.sink import Judgement
from searcher.ingest.worker import Worker, write_segments
from searcher.report import IndexReport

READ = 500
"""Articles after which the memory of the blocks they lie in is given back: each may map another one."""


class Commit:
    """Commits with `writer`, which holds the lock. The `ledger` is that of the index, None for a run without one."""

    worker = Worker
    weighs = True

    def __init__(self, writer: Writer, ledger: Ledger | None) -> None:
        self.directory = writer.directory
        self.ledger = ledger
        self.segments: list[Any] = list(writer.table.segments)
        self.live = LiveIds.of(writer.opened(each) for each in self.segments)
        self._writer = writer
        self._read = 0

    @classmethod
    def to(cls, writer: Writer) -> Commit:
        """The sink of a run that adds to the index of `writer`."""
        ledger = Ledger(writer.directory)
        ledger.clean()
        return cls(writer, ledger)

    def open(self, number: int) -> SegmentFiles:
        """The columns of a segment, opened once."""
        return self._writer.opened(self.segments[number])

    def live_id(self, row: int) -> str:
        """The id of a live article."""
        return self.open(int(self.live.segments[row])).id(int(self.live.docs[row]))

    def round(self, judgement: Judgement) -> None:
        """Delete what was replaced and commit what is new, in one table of contents."""
        events, outcome = self._linked(judgement)
        before = self.live
        if not len(outcome.replaced) and not np.any(events.segment >= 0):
            return
        stays = events.segment >= 0
        self._delete(events.segment[outcome.superseded], events.doc[outcome.superseded])
        self._delete(before.segments[outcome.replaced], before.docs[outcome.replaced])
        fresh = np.unique(events.segment[stays]).tolist()
        self._writer.commit([*self._writer.table.segments, *(self.segments[number] for number in fresh)])
        self.live = before.after(events, outcome)

    def _delete(self, segments: Array, docs: Array) -> None:
        for number in np.unique(segments[segments >= 0]).tolist():
            self.segments[number].delete(docs[segments == number].astype(np.int64))

    def _linked(self, judgement: Judgement) -> tuple[RecordEvents, Outcome]:
        """Events and outcome with the articles that were linked to another one written again, in segments of their own.

        Which one had a text first is known only when all processes are done with the round; duplicates are few enough
        to be written twice.
        """
        events, outcome, links = judgement.events, judgement.outcome, judgement.links
        if not links:
            return events, outcome
        places = np.array(list(links), np.int64)
        written = write_segments(
            self.directory, (duplicates.linked(self._article(events, place), links[place]) for place in links)
        )
        first = len(self.segments)
        self.segments += written
        sizes = [each.docs for each in written]
        again = replace(
            events.take(places),
            segment=np.repeat(np.arange(first, first + len(written)), sizes),
            doc=np.concatenate([np.arange(size) for size in sizes]),
        )
        superseded = np.concatenate((outcome.superseded, places))
        what = np.concatenate((outcome.what, outcome.what[places]))
        return RecordEvents.joined([events, again]), replace(outcome, what=what, superseded=superseded)

    def _article(self, events: RecordEvents, place: int) -> Any:
        files = self.open(int(events.segment[place]))
        self._read += 1
        if self._read % READ == 0:
            files.columns.release()
        return files.article(int(events.doc[place]))

    def finish(self, run: Run) -> None:
        """Prune where that was asked for, and keep the number of segments small."""
        if run.files and run.files.prune and self.ledger:
            self._prune(run, self.ledger)
        self._writer.merge()

    def _prune(self, run: Run, ledger: Ledger) -> None:
        """Delete the articles whose files are gone, then forget the files: interrupted, the next run does it again."""
        assert run.files
        found = origins.prunable(ledger, run.files.roots, self.live)
        remarks = found.remarks(self.live_id)
        if len(found.rows):
            self._delete(self.live.segments[found.rows], self.live.docs[found.rows])
            self._writer.commit(self._writer.table.segments)
        for remark in remarks:
            run.note(remark)
        if len(found.files):
            ledger.forget(found.files)

    def report(self, run: Run, took: float) -> IndexReport:
        """The counts of the run."""
        return run.report(took)
