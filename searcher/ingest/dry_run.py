"""A preview: what a run would do with these files, read and compared with the index, and nothing written."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from searcher.article import Article
from searcher.index.format.columns import Array
from searcher.index.format.digests import digest
from searcher.index.read.segment_reader import SegmentFiles
from searcher.index.write.segment_builder import Record, encode
from searcher.index.write.writer import Numbered
from searcher.ingest import duplicates, origins
from searcher.ingest.input_files import Intake
from searcher.ingest.ledger import NO_ROWS, Ledger, unlocked
from searcher.ingest.pool import Pool
from searcher.ingest.run import Run
from searcher.ingest.settle import CHANGED, NEW, SAME, UNCHANGED, WITHDRAWN, Events, Known, levelled, settle
from searcher.ingest.stored_articles import Opened
from searcher.ingest.worker import Row, Written, row_of
from searcher.readers import Record as ReadRecord
from searcher.readers import read_formats
from searcher.readers.formats import installed
from searcher.report import DryRunReport, Example, IndexReport, Note, Remark, Withdrawal

EXAMPLES = 3
"""Articles shown of each format."""

WORDS = {NEW: "new", CHANGED: "changed", SAME: "unchanged"}


class Trial:
    """In place of a Shard: reads and compares, and builds nothing. `Events.doc` is the number of the format."""

    def __init__(self, directory: Path, known: Known) -> None:
        self.known = known
        self._rows: dict[tuple[int, int], list[Row]] = {}

    def take(
        self, number: int, items: Iterable[tuple[str, ReadRecord]], path: str
    ) -> tuple[int, list[Note | Example]]:
        """The records of unit `number`, a piece of `path`, with their formats; (articles in it, examples and what else
        to say)."""
        notes: list[Note | Example] = []
        shown: Counter[str] = Counter()
        taken = 0
        for place, (form, item) in enumerate(items, number << 32):
            if isinstance(item, Article):
                record = Record.of(item)
                if refusal := record.refusal(path):
                    notes.append(refusal)
                    continue
                taken += 1
                example = self._compare(record, form, place)
                if example and shown[form] < EXAMPLES:
                    shown[form] += 1
                    notes.append(example)
                continue
            notes.append(item)
            if isinstance(item, Withdrawal):
                row = (digest(encode(item.id)), place, 0, 0, item.version)
                self._rows.setdefault((WITHDRAWN, 0), []).append(row)
        return taken, notes

    def _compare(self, record: Record, form: str, place: int) -> Example | None:
        found = int(self.known.find(np.array([record.key], np.uint64))[0])
        same = found >= 0 and int(self.known.fingerprints[found]) == record.fingerprint
        kind = (UNCHANGED if same else 0, list(installed()).index(form))
        self._rows.setdefault(kind, []).append(row_of(record, place))
        return None if same else Example(place, form, WORDS[NEW if found < 0 else CHANGED], record.article)

    def flush(self) -> tuple[list[Written], list[Events]]:
        parts = []
        for (segment, form), rows in self._rows.items():
            events = Events.of(rows, segment)
            events.doc[:] = form
            parts.append(events)
        self._rows = {}
        return [], parts


def preview(
    directory: Path,
    segments: Sequence[SegmentFiles],
    intake: Intake,
    progress: Callable[[int], None] | None,
    on_note: Callable[[Note], None] | None,
) -> IndexReport:
    """What `Writer.run` would do; `segments` are those of the index, none where there is no index yet."""
    began = time.perf_counter()
    known = Known.opened(segments)
    ledger = unlocked(directory) if directory.is_dir() else None
    run = Run(known, ledger.withdrawn if ledger else {}, on_note, intake)
    examples: list[Example] = []
    work = Numbered(intake.units(), run.note)
    pool = Pool(directory, known, read_formats, intake.processes, Trial)
    try:
        while work.more:
            for articles, notes in pool.run(work.round()):
                work.done += articles
                for note in notes:
                    examples.append(note) if isinstance(note, Example) else run.note(note)
                examples = _first(examples)
                if progress:
                    progress(work.done)
            intake.seen()
        events = Events.joined(pool.flush()[1])
    finally:
        pool.close()
    opened = Opened(directory, [], [files.segment for files in segments])
    outdated = run.versions.outdated(events, known, lambda row: opened.version(known, row))
    what = levelled(events, settle(events, known, outdated).what, known)
    run.settled(events, what)
    _ask_ledger(ledger, events, known, outdated, run)
    took = time.perf_counter() - began
    return run.report(took, DryRunReport, formats=_by_format(events, what), examples=tuple(examples))


def _first(examples: list[Example]) -> list[Example]:
    """The first ones of each format, in the order of the input."""
    shown: Counter[str] = Counter()
    kept = []
    for example in sorted(examples, key=lambda each: each.order):
        shown[example.format] += 1
        if shown[example.format] <= EXAMPLES:
            kept.append(example)
    return kept


def _by_format(events: Events, what: Array) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for number, form in enumerate(installed()):
        of_format = what[(events.doc == number) & (events.segment != WITHDRAWN)]
        if len(of_format):
            counts[form] = Counter(
                {word: int(np.count_nonzero(of_format == code)) for code, word in WORDS.items()}
            )
    return counts


def _ask_ledger(ledger: Ledger | None, events: Events, known: Known, outdated: Array, run: Run) -> None:
    """Count duplicates, and what would be pruned: articles of files that are gone, and met nowhere in this run."""
    rows = ledger.rows if ledger else NO_ROWS
    for _ in duplicates.find(events.take(np.flatnonzero(~outdated)), known, rows):
        run.note(Remark("", "", "", "duplicate"))
    if ledger and run.intake and run.intake.prune:
        keys, _ = origins.orphans(ledger, origins.gone(ledger, run.intake.roots))
        keys = keys[(known.find(keys) >= 0) & ~np.isin(keys, events.keys)]
        for _ in keys:
            run.note(Remark("", "", "", "pruned"))
