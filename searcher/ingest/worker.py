"""Worker: the part of one process in a run. It reads units of work, skips known articles and writes segments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from searcher.article import Article
from searcher.index.format import disk
from searcher.index.format.digests import digest
from searcher.index.format.entry import SegmentEntry
from searcher.index.write.segment_builder import Record, SegmentBuilder, encode
from searcher.index.write.vocabulary import Vocabulary
from searcher.ingest.duplicates import text_digest
from searcher.ingest.settle import UNCHANGED, WITHDRAWN, LiveIds, RecordEvents
from searcher.readers import Record as ReadRecord
from searcher.readers import version_number
from searcher.readers.formats import installed
from searcher.report import Note, Withdrawal

Row = tuple[int, int, int, int, int, int]
"""An event: digest of the id, place in the input, fingerprint, digest of the text, version, number of the format."""

BATCH = 200
"""Articles analysed together: enough to make array calls cheap, few enough to stay in the processor's cache."""

BATCH_BYTES = 4_000_000
"""Bytes of articles analysed together, where they are long."""


class Waiting(NamedTuple):
    """An article that has been read: its place in the input, the number of its format, and what is stored of it."""

    place: int
    form: int
    record: Record


@dataclass(frozen=True)
class Written:
    """A segment that no table of contents names yet; the events are those of its documents, in their order."""

    segment: Any
    events: RecordEvents


@lru_cache(maxsize=1)
def form_names() -> tuple[str, ...]:
    """The names of all formats, by number; 0 is '', for articles that a program made."""
    return ("", *installed())


class Worker:
    """Collects the records of one round; `flush` gives the segments it wrote of them."""

    def __init__(self, directory: Path, known: LiveIds) -> None:
        self.directory = directory
        self.known = known
        self.builder = SegmentBuilder(Vocabulary())
        self.written: list[Written] = []
        self._numbers = {name: number for number, name in enumerate(form_names())}
        self._waiting: list[Waiting] = []
        self._bytes = 0
        self._added: list[Row] = []
        self._unchanged: list[Row] = []
        self._withdrawn: list[Row] = []

    def take(self, number: int, items: Iterable[tuple[str, ReadRecord]], path: str) -> tuple[int, list[Note]]:
        """Index the records of unit `number`, a piece of `path`, given with their formats.

        Returns the number of articles among them and the notes on the others.
        """
        notes: list[Note] = []
        taken = 0
        for place, (form, item) in enumerate(items, number << 32):
            if isinstance(item, Article):
                record = Record.of(item)
                if refusal := record.refusal(path):
                    notes.append(refusal)
                    continue
                self._put(Waiting(place, self._numbers[form], record))
                taken += 1
                continue
            notes.append(item)
            if isinstance(item, Withdrawal):
                self._withdrawn.append((digest(encode(item.id)), place, 0, 0, item.version, 0))
        return taken, notes

    def _put(self, waiting: Waiting) -> None:
        self._waiting.append(waiting)
        self._bytes += len(waiting.record.line)
        if _is_batch(len(self._waiting), self._bytes):
            self._add()

    def _add(self) -> None:
        """Analyse the waiting articles, of one unit or of many small ones; known articles only count."""
        keys = np.array([each.record.key for each in self._waiting], np.uint64)
        fresh = []
        for waiting, row in zip(self._waiting, self.known.find(keys).tolist(), strict=True):
            event = _row(waiting)
            if row >= 0 and int(self.known.fingerprints[row]) == waiting.record.fingerprint:
                self._unchanged.append(event)
            else:
                self._added.append(event)
                fresh.append(waiting)
        self._waiting, self._bytes = [], 0
        if fresh:
            self.keep(fresh)

    def keep(self, fresh: list[Waiting]) -> None:
        """Take articles that are new or changed into the segment being built."""
        self.builder.add([each.record for each in fresh])
        if self.builder.full:
            self._write()

    def segment(self) -> Any:
        """The segment of all articles kept since the last one; None where there are none."""
        return self.builder.write(self.directory) if len(self.builder) else None

    def _write(self) -> None:
        segment = self.segment()
        if segment is not None:
            self.written.append(Written(segment, RecordEvents.of(self._added, 0)))
            self._added = []

    def flush(self) -> tuple[list[Written], list[RecordEvents]]:
        """Write what is left; (all segments of the round, events of records that are in none of them)."""
        self._add()
        self._write()
        disk.settle(self.directory)
        written, self.written = self.written, []
        others = [RecordEvents.of(self._unchanged, UNCHANGED), RecordEvents.of(self._withdrawn, WITHDRAWN)]
        self._unchanged, self._withdrawn = [], []
        return written, others


def _row(waiting: Waiting) -> Row:
    record, article = waiting.record, waiting.record.article
    version = version_number(article.extra["version"]) if "version" in article.extra else 0
    text = text_digest(article.body)
    return record.key, waiting.place, record.fingerprint, text, version, waiting.form


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
