"""The pipeline: one run loop for indexing, adding, dry runs and rebuilding. It is `run(intake, sink)`.

A run is cut into rounds. In a round, worker processes read units of work and write segments; the parent then judges all
records of the round together, and the sink applies the result: `Commit` commits it to the index, `DryRun` keeps only
the report, `Rebuild` commits beside the old index. A failure before the commit leaves the state of the previous round.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from searcher import readers
from searcher.article import Article
from searcher.ingest.input_files import InputFiles
from searcher.ingest.judge import judge
from searcher.ingest.pool import Pool, Read
from searcher.ingest.run import Run
from searcher.ingest.settle import RecordEvents
from searcher.ingest.sink import Sink
from searcher.ingest.worker import Written
from searcher.report import IndexReport, Note, Rejection

ROUND = 200_000
"""Most articles, or units of work, between two commits: a bound of memory."""

SOON = 5.0
"""Seconds of work until the first commit. Each later round lasts as long as all before it together: an interruption
costs half of the work at most, and the number of commits, and of segments to merge, grows with the logarithm."""

Clock = Callable[[], float]
"""Seconds from any beginning, never less than before."""


@dataclass(frozen=True)
class Intake:
    """What a run takes in.

    `units` are pieces of work in the order of the input, with rejections among them; `read` turns one into records,
    each with the name of its format, and must be importable in a worker process. `files` are the input files, where
    the records come from files: then the run enters them in the ledger. A `resumable` run commits as time passes, for
    the same command goes on where it was; the articles of a program are one commit, up to ROUND of them.
    """

    units: Iterable[Any]
    read: Read
    processes: int = 1
    files: InputFiles | None = None
    resumable: bool = True

    @classmethod
    def of_files(cls, files: InputFiles) -> Intake:
        """Files and folders, read by the readers."""
        return cls(files.units(), readers.read_formats, files.processes, files)

    @classmethod
    def of_articles(cls, batches: Iterable[list[Article]]) -> Intake:
        """Articles that a program made, as `validate.batches` gives them."""
        return cls(batches, plain, resumable=False)


def plain(records: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Records that were read from no format, as `Intake.read` gives them."""
    return (("", record) for record in records)


def run(
    intake: Intake,
    sink: Sink,
    *,
    progress: Callable[[int], None] | None = None,
    on_note: Callable[[Note], None] | None = None,
    clock: Clock = time.monotonic,
) -> IndexReport:
    """Send all records of `intake` to `sink`, and account for each.

    `progress` gets the number of articles read so far, `on_note` every note as it happens. The report and the index
    depend on the records and their order only, not on `clock`, which decides when a round is over.
    """
    began = time.perf_counter()
    ledger = sink.ledger
    account = Run(sink.live, ledger.withdrawn if ledger else {}, on_note, intake.files)
    rounds = Rounds(intake.units, account.note, clock if intake.resumable else _standing)
    with Pool(sink.directory, sink.live, intake.read, intake.processes, sink.worker) as pool:
        while rounds.more:
            for articles, notes in pool.run(rounds.next()):
                rounds.articles += articles
                for note in notes:
                    account.note(note)
                if progress:
                    progress(rounds.articles)
            sink.round(judge(_events(sink, *pool.flush()), sink, account))
            if intake.files and ledger:
                # After the commit: these files need not be read again as they are.
                ledger.add(seen=intake.files.seen())
            if rounds.more:
                pool.refresh(sink.live)
    account.level()
    sink.finish(account)
    return sink.report(account, time.perf_counter() - began)


def _standing() -> float:
    """The clock of a run that is not cut by time."""
    return 0.0


def _events(sink: Sink, written: list[Written], others: list[RecordEvents]) -> RecordEvents:
    """All events of a round; its segments get the next numbers of the sink."""
    parts = [
        replace(each.events, segment=np.full(len(each.events), number))
        for number, each in enumerate(written, len(sink.segments))
    ]
    sink.segments.extend(each.segment for each in written)
    return RecordEvents.joined([*parts, *others])


class Rounds:
    """Units with their number in the input, cut into rounds; rejections among them go to `note`."""

    def __init__(self, units: Iterable[Any], note: Callable[[Note], None], clock: Clock) -> None:
        self._units = enumerate(units, 1)
        self._note = note
        self._clock = clock
        self._began = clock()
        self._given = 0
        self.more = True
        self.articles = 0

    def next(self) -> Iterator[tuple[int, Any]]:
        """The units of one round, at least one; the workers count the `articles`."""
        articles, given = self.articles + ROUND, self._given + ROUND
        now = self._clock()
        deadline = now + max(SOON, now - self._began)
        for number, unit in self._units:
            self._given = number
            if isinstance(unit, Rejection):
                self._note(unit)
            else:
                yield number - 1, unit
            if self.articles >= articles or self._given >= given or self._clock() >= deadline:
                return
        self.more = False
