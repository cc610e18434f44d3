"""Articles of the segments of a round and of those before it, opened when somebody asks for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from searcher.article import Article
from searcher.index.format.entry import SegmentEntry
from searcher.index.read.segment_reader import SegmentFiles
from searcher.ingest.settle import Events, Known
from searcher.readers import version_number

READ = 500
"""Articles after which the memory of the blocks they stand in is given back: each may map another one."""


class Opened:
    """`fresh` are the segments that events name by number, `older` those that rows of `Known` do."""

    def __init__(self, directory: Path, fresh: Sequence[SegmentEntry], older: Sequence[SegmentEntry]) -> None:
        self._directory = directory
        self._segments = (fresh, older)
        self._read = 0

    @cached_property
    def _fresh(self) -> list[SegmentFiles]:
        return [SegmentFiles(self._directory, segment) for segment in self._segments[0]]

    @cached_property
    def _older(self) -> list[SegmentFiles]:
        return [SegmentFiles(self._directory, segment) for segment in self._segments[1]]

    def article(self, events: Events, place: int) -> Article:
        """The article that an event added."""
        self._read += 1
        if self._read % READ == 0:
            for files in self._fresh:
                files.columns.release()
        return self._fresh[int(events.segment[place])].article(int(events.doc[place]))

    def id(self, events: Events, place: int) -> str:
        return self._fresh[int(events.segment[place])].id(int(events.doc[place]))

    def known_id(self, known: Known, row: int) -> str:
        return self._older[int(known.segments[row])].id(int(known.docs[row]))

    def version(self, known: Known, row: int) -> int:
        """The version of an article in the archive, 0 where its publisher counts none."""
        article = self._older[int(known.segments[row])].article(int(known.docs[row]))
        return version_number(article.extra.get("version", ""))

    def ids(self, keys: Iterable[int], events: Events, known: Known) -> dict[int, str]:
        """The ids with these digests; each is one of a fresh event or of a row of `known`."""
        wanted = np.unique(np.array(list(keys), np.uint64))
        rows = known.find(wanted)
        found = {
            key: self.known_id(known, row)
            for key, row in zip(wanted.tolist(), rows.tolist(), strict=True)
            if row >= 0
        }
        for place in np.flatnonzero((events.segment >= 0) & np.isin(events.keys, wanted[rows < 0])).tolist():
            found[int(events.keys[place])] = self.id(events, place)
        return found
