"""Shard: what one process does while indexing: read units of work, skip what is known, build and write segments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from searcher.article import Article
from searcher.index.format import disk
from searcher.index.format.digests import digest
from searcher.index.format.entry import SegmentEntry
from searcher.index.write.segment_builder import Record, SegmentBuilder, encode
from searcher.index.write.vocabulary import Vocabulary
from searcher.ingest.duplicates import text_digest
from searcher.ingest.settle import UNCHANGED, WITHDRAWN, Events, Known
from searcher.readers import Record as ReadRecord
from searcher.readers import version_number
from searcher.report import Note, Withdrawal

Row = tuple[int, int, int, int, int]
"""Of an event: digest of the id, place in the input, fingerprint, digest of the text, version."""

BATCH = 200
"""Articles analysed together: enough to make array calls cheap, few enough to stay in the processor's cache."""

BATCH_BYTES = 4_000_000
"""… or so many bytes of articles, where they are long."""


@dataclass(frozen=True)
class Written:
    """A segment on disk that no table of contents names yet; the documents are those of the events."""

    segment: SegmentEntry
    events: Events


class Shard:
    """Collects the articles of one round."""

    def __init__(self, directory: Path, known: Known) -> None:
        self.directory = directory
        self.known = known
        self.builder = SegmentBuilder(Vocabulary())
        self.written: list[Written] = []
        self._waiting: list[tuple[int, Record]] = []
        self._bytes = 0
        self._added: list[Row] = []
        self._unchanged: list[Row] = []
        self._withdrawn: list[Row] = []

    def take(self, number: int, items: Iterable[ReadRecord], path: str) -> tuple[int, list[Note]]:
        """Index the records of unit `number`, a piece of `path`; (articles in it, what to say about the others)."""
        notes: list[Note] = []
        taken = 0
        for place, item in enumerate(items, number << 32):
            if isinstance(item, Article):
                record = Record.of(item)
                if refusal := record.refusal(path):
                    notes.append(refusal)
                    continue
                self._put(place, record)
                taken += 1
                continue
            notes.append(item)
            if isinstance(item, Withdrawal):
                self._withdrawn.append((digest(encode(item.id)), place, 0, 0, item.version))
        return taken, notes

    def _put(self, place: int, record: Record) -> None:
        self._waiting.append((place, record))
        self._bytes += len(record.line)
        if _is_batch(len(self._waiting), self._bytes):
            self._add()

    def _add(self) -> None:
        """Analyse what is waiting, of one unit or of many small ones; what is known already only counts."""
        keys = np.array([record.key for _, record in self._waiting], np.uint64)
        fresh = []
        for (place, record), row in zip(self._waiting, self.known.find(keys).tolist(), strict=True):
            event = row_of(record, place)
            if row >= 0 and int(self.known.fingerprints[row]) == record.fingerprint:
                self._unchanged.append(event)
            else:
                self._added.append(event)
                fresh.append(record)
        self._waiting, self._bytes = [], 0
        if fresh:
            self.builder.add(fresh)
        if self.builder.full:
            self._write()

    def _write(self) -> None:
        segment = self.builder.write(self.directory)
        self.written.append(Written(segment, Events.of(self._added, 0)))
        self._added = []

    def flush(self) -> tuple[list[Written], list[Events]]:
        """Write what is left; (all segments of the round, events of records that are in none of them)."""
        self._add()
        if len(self.builder):
            self._write()
        disk.settle(self.directory)
        written, self.written = self.written, []
        others = [Events.of(self._unchanged, UNCHANGED), Events.of(self._withdrawn, WITHDRAWN)]
        self._unchanged, self._withdrawn = [], []
        return written, others


def row_of(record: Record, place: int) -> Row:
    """The event of an article at a place in the input."""
    article = record.article
    version = version_number(article.extra["version"]) if "version" in article.extra else 0
    return record.key, place, record.fingerprint, text_digest(article.body), version


def write_segments(directory: Path, articles: Iterable[Article]) -> list[SegmentEntry]:
    """Segments of these articles, in their order; none where there are none."""
    written = []
    builder: SegmentBuilder | None = None
    for batch in _batches(map(Record.of, articles)):
        builder = builder or SegmentBuilder(Vocabulary())
        builder.add(batch)
        if builder.full:
            written.append(builder.write(directory))
    if builder and len(builder):
        written.append(builder.write(directory))
    disk.settle(directory)
    return written


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record.line)
        if _is_batch(len(batch), size):
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _is_batch(count: int, size: int) -> bool:
    return count >= BATCH or size > BATCH_BYTES
