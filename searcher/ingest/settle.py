"""What the archive already holds, by digest of the id: asked for every article before any work is spent on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from searcher.index.format.columns import Array
from searcher.index.format.entry import SegmentEntry
from searcher.index.read.segment_reader import SegmentFiles


@dataclass(frozen=True)
class Known:
    """Live articles as parallel arrays sorted by `keys` (uint64 digests of the ids)."""

    keys: Array
    fingerprints: Array
    segments: Array
    docs: Array

    @classmethod
    def of(cls, directory: Path, segments: Sequence[SegmentEntry]) -> Known:
        return cls.opened(SegmentFiles(directory, segment) for segment in segments)

    @classmethod
    def opened(cls, segments: Iterable[SegmentFiles]) -> Known:
        parts = []
        for number, opened in enumerate(segments):
            live = np.arange(opened.docs) if opened.deleted is None else np.flatnonzero(~opened.deleted)
            columns = opened.columns
            parts.append(
                (columns.doc_keys[live], columns.doc_fingerprints[live], np.full(len(live), number), live)
            )
        if not parts:
            return cls(*(np.zeros(0, dtype) for dtype in (np.uint64, np.uint64, np.int64, np.int64)))
        keys, fingerprints, numbers, docs = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], fingerprints[order], numbers[order], docs[order])

    def find(self, keys: Array) -> Array:
        """Row of each key, -1 where it is unknown."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[rows] == keys, rows, -1)


UNCHANGED, WITHDRAWN = -1, -2
"""`Events.segment` of a record that equals what the archive holds, and of one that takes an article back."""


@dataclass(frozen=True)
class Events:
    """What happened to ids in one round, in any order, as parallel arrays.

    `order` is the place of the record in the input: the number of its unit << 32, and its place there. `texts` are
    digests of the bodies, `versions` what their publisher counts, 0 where there is none. `segment` is the number of
    the new segment that has the record as document `doc`, or UNCHANGED or WITHDRAWN.
    """

    keys: Array
    order: Array
    fingerprints: Array
    texts: Array
    versions: Array
    segment: Array
    doc: Array

    @classmethod
    def of(cls, rows: Sequence[tuple[int, ...]], segment: int) -> Events:
        """From rows of the first five columns; the documents of the segment in this order."""
        table = np.array(rows, np.uint64).reshape(-1, 5)
        columns: list[Array] = [*table.T, np.full(len(table), segment), np.arange(len(table))]
        return cls(*columns)

    @classmethod
    def joined(cls, parts: Sequence[Events]) -> Events:
        parts = parts or [cls.of([], UNCHANGED)]
        return cls(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(cls)))

    def take(self, places: Array) -> Events:
        return Events(*(getattr(self, each.name)[places] for each in fields(self)))

    def __len__(self) -> int:
        return len(self.keys)


NEW, CHANGED, SAME, TAKEN_BACK, ABSENT, OUTDATED = range(6)
"""What a record came to. ABSENT: taken back, but never there; OUTDATED: there is, or was, a higher version."""


@dataclass(frozen=True)
class Outcome:
    """What each event came to, and what the commit must delete: documents of new segments, rows of `Known`."""

    what: Array
    superseded: Array  # indices into the events
    replaced: Array  # rows of Known


class Versions:
    """The version of every article of one run whose publisher counts them, so that none goes back.

    `withdrawn` are the versions in which articles were taken back in earlier runs, by digest of the id.
    """

    def __init__(self, withdrawn: Mapping[int, int]) -> None:
        self._latest: dict[int, int] = {}
        self._withdrawn = dict(withdrawn)

    def outdated(self, events: Events, known: Known, stored: Callable[[int], int]) -> Array:
        """Mask of the events that come behind a higher version; `stored` gives that of a row of `known`."""
        mask = np.zeros(len(events), bool)
        places = np.flatnonzero(np.isin(events.keys, events.keys[events.versions > 0]))
        rows = known.find(events.keys)
        for place in places[np.argsort(events.order[places], kind="stable")].tolist():
            key, version = int(events.keys[place]), int(events.versions[place])
            if key not in self._latest:
                unchanged = events.segment[place] == UNCHANGED
                self._latest[key] = version if unchanged or rows[place] < 0 else stored(int(rows[place]))
            is_withdrawal = bool(events.segment[place] == WITHDRAWN)
            is_late = not is_withdrawal and self.is_withdrawn(key, version)
            mask[place] = is_late or 0 < version < self._latest[key]
            if not mask[place]:
                self._latest[key] = version
                if is_withdrawal:
                    self._withdrawn[key] = version
        return mask

    def is_withdrawn(self, key: int, version: int) -> bool:
        """Whether an article was taken back in this version or a higher one."""
        return 0 < version <= self._withdrawn.get(key, 0)


def settle(events: Events, known: Known, outdated: Array | None = None) -> Outcome:
    """Decide for every id which version stays: the last of the input that is not outdated, whoever read it."""
    outdated = np.zeros(len(events), bool) if outdated is None else outdated
    places = np.flatnonzero(~outdated)
    sequence = places[np.lexsort((events.order[places], events.keys[places]))]
    keys, prints, segment = events.keys[sequence], events.fingerprints[sequence], events.segment[sequence]
    first = np.ones(len(keys), bool)
    first[1:] = keys[1:] != keys[:-1]
    last = np.append(first[1:], True)[: len(keys)]
    rows = known.find(keys)
    in_archive = rows >= 0
    # The state just before each record: of the archive for the first of an id, else what the record before left.
    there = np.zeros(len(keys), bool)
    there[1:] = segment[:-1] != WITHDRAWN
    there[first] = in_archive[first]
    before = np.zeros(len(keys), np.uint64)
    before[1:] = prints[:-1]
    before[first & in_archive] = known.fingerprints[rows[first & in_archive]]
    article = segment != WITHDRAWN
    same = article & there & (prints == before)
    stored = segment >= 0
    stays = last & stored
    gone = last & in_archive & (stored | ~article)
    what = np.full(len(events), OUTDATED)
    what[sequence] = np.select(
        [same, article & there, article, there], [SAME, CHANGED, NEW, TAKEN_BACK], default=ABSENT
    )
    superseded = np.concatenate((sequence[stored & ~stays], np.flatnonzero(outdated & (events.segment >= 0))))
    return Outcome(what, superseded, rows[gone])


def levelled(events: Events, what: Array, start: Known) -> Array:
    """`what`, except that of ids that end as they were at the start nothing has changed, nor was taken back."""
    moved = np.flatnonzero(np.isin(what, (NEW, CHANGED, TAKEN_BACK)))
    moved = moved[np.lexsort((events.order[moved], events.keys[moved]))]
    keys, rows = events.keys[moved], start.find(events.keys[moved])
    ends = np.append(np.flatnonzero(keys[1:] != keys[:-1]), len(keys) - 1)[: len(keys)]
    ends = ends[(rows[ends] >= 0) & (what[moved[ends]] != TAKEN_BACK)]
    ends = ends[events.fingerprints[moved[ends]] == start.fingerprints[rows[ends]]]
    back = moved[np.isin(keys, keys[ends])]
    levelled = what.copy()
    levelled[back] = np.where(what[back] == TAKEN_BACK, ABSENT, SAME)
    return levelled
