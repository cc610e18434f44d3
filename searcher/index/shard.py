"""Shard: what one process does while indexing: read units of work, skip what is known, build and write segments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from searcher.article import Article
from searcher.index import files
from searcher.index.build import Record, SegmentBuilder, encode
from searcher.index.digests import digest
from searcher.index.known import UNCHANGED, WITHDRAWN, Events, Known
from searcher.index.segment import ArticleSegment
from searcher.index.vocabulary import Vocabulary
from searcher.readers import Record as ReadRecord
from searcher.readers import Rejection, Repair, Withdrawal

Note = Rejection | Repair | Withdrawal

BATCH = 100
"""Articles analysed together: enough to make array calls cheap, few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Written:
    """A segment on disk that no table of contents names yet; the documents are those of the events."""

    segment: ArticleSegment
    events: Events


class Shard:
    """Collects the articles of one round."""

    def __init__(self, directory: Path, known: Known) -> None:
        self.directory = directory
        self.known = known
        self.builder = SegmentBuilder(Vocabulary())
        self.written: list[Written] = []
        self._added: list[tuple[int, int, int]] = []
        self._unchanged: list[tuple[int, int, int]] = []
        self._withdrawn: list[tuple[int, int, int]] = []

    def take(self, number: int, items: Iterable[ReadRecord]) -> tuple[int, list[Note]]:
        """Index the records of unit `number`; (articles in it, what there is to say about the others)."""
        notes: list[Note] = []
        batch: list[Record] = []
        place = number << 32
        taken = 0
        for item in items:
            if isinstance(item, Article):
                batch.append(Record.of(item))
                taken += 1
                if len(batch) == BATCH:
                    self._add(batch, place)
                    place += len(batch)
                    batch = []
                continue
            notes.append(item)
            if isinstance(item, Withdrawal):
                self._add(batch, place)
                place += len(batch)
                batch = []
                self._withdrawn.append((digest(encode(item.id)), place, 0))
                place += 1
        self._add(batch, place)
        return taken, notes

    def _add(self, records: list[Record], order: int) -> None:
        if not records:
            return
        keys = np.array([record.key for record in records], np.uint64)
        rows = self.known.find(keys)
        fresh = []
        for place, (record, row) in enumerate(zip(records, rows.tolist(), strict=True), order):
            event = (record.key, place, record.fingerprint)
            if row >= 0 and int(self.known.fingerprints[row]) == record.fingerprint:
                self._unchanged.append(event)
            else:
                self._added.append(event)
                fresh.append(record)
        if fresh:
            self.builder.add(fresh)
        if self.builder.full:
            self._write()

    def _write(self) -> None:
        segment = self.builder.write(self.directory)
        self.written.append(Written(segment, _events(self._added, 0)))
        self._added = []

    def flush(self) -> tuple[list[Written], list[Events]]:
        """Write what is left; (all segments of the round, events of records that are in none of them)."""
        if len(self.builder):
            self._write()
        files.settle()
        written, self.written = self.written, []
        others = [_events(self._unchanged, UNCHANGED), _events(self._withdrawn, WITHDRAWN)]
        self._unchanged, self._withdrawn = [], []
        return written, others


def _events(rows: list[tuple[int, int, int]], segment: int) -> Events:
    table = np.array(rows, np.uint64).reshape(-1, 3)
    docs = np.arange(len(table))
    return Events(table[:, 0], table[:, 1], table[:, 2], np.full(len(table), segment), docs)
