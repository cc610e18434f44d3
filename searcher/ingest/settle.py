"""Settling: which version of every id stays, decided for all records of a round at once, in the order of the input.

`LiveIds` is the state before a round, `RecordEvents` is what the round read, `settle` gives the `Outcome`. Decisions
depend on the order of the records alone, never on where the rounds of a run begin: any cut gives the same counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from searcher.index.format.columns import Array
from searcher.index.read.segment_reader import SegmentFiles


@dataclass(frozen=True)
class LiveIds:
    """Live articles as parallel arrays: digest of the id, fingerprint (uint64), segment, document. Sorted by `keys`.

    Segments are numbered as they come in a run: those of its start, then those of each round.
    """

    keys: Array
    fingerprints: Array
    segments: Array
    docs: Array

    @classmethod
    def of(cls, segments: Iterable[SegmentFiles]) -> LiveIds:
        """The articles of these opened segments that are not deleted; `segments` counts from 0."""
        parts = []
        for number, opened in enumerate(segments):
            # Not `opened.deleted`, which is kept: a writer deletes in segments that it has opened before.
            mask = opened.segment.deleted_mask()
            live = np.arange(opened.docs) if mask is None else np.flatnonzero(~mask)
            columns = opened.columns
            parts.append(
                (columns.doc_keys[live], columns.doc_fingerprints[live], np.full(len(live), number), live)
            )
        if not parts:
            return cls(*(np.zeros(0, dtype) for dtype in (np.uint64, np.uint64, np.int64, np.int64)))
        return cls._sorted(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    @classmethod
    def _sorted(cls, keys: Array, fingerprints: Array, segments: Array, docs: Array) -> LiveIds:
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], fingerprints[order], segments[order], docs[order])

    def after(self, events: RecordEvents, outcome: Outcome) -> LiveIds:
        """The articles that are live once the outcome of a round is carried out; nothing has to be opened for it."""
        kept = np.ones(len(self.keys), bool)
        kept[outcome.replaced] = False
        stays = events.segment >= 0
        stays[outcome.superseded] = False
        return self._sorted(
            np.concatenate((self.keys[kept], events.keys[stays])),
            np.concatenate((self.fingerprints[kept], events.fingerprints[stays])),
            np.concatenate((self.segments[kept], events.segment[stays])),
            np.concatenate((self.docs[kept], events.doc[stays])),
        )

    def find(self, keys: Array) -> Array:
        """The row of each key, -1 where there is no live article of it."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[rows] == keys, rows, -1)


UNCHANGED, WITHDRAWN = -1, -2
"""`RecordEvents.segment` of a record that equals what the archive holds, and of one that takes an article back."""


@dataclass(frozen=True)
class RecordEvents:
    """The records of one round, in any order, as parallel arrays.

    `order` is the place of the record in the input: the number of its unit << 32, and its place there. `texts` are
    digests of the bodies, `versions` those of the publisher, 0 where there is none, `forms` numbers of formats (see
    `worker.form_names`). `segment` is the number of the segment that has the record as document `doc`, or UNCHANGED or
    WITHDRAWN.
    """

    keys: Array
    order: Array
    fingerprints: Array
    texts: Array
    versions: Array
    forms: Array
    segment: Array
    doc: Array

    @classmethod
    def of(cls, rows: Sequence[tuple[int, ...]], segment: int) -> RecordEvents:
        """From rows of the first six columns; the documents of the segment in this order."""
        table = np.array(rows, np.uint64).reshape(-1, 6)
        columns: list[Array] = [*table.T, np.full(len(table), segment), np.arange(len(table))]
        return cls(*columns)

    @classmethod
    def joined(cls, parts: Sequence[RecordEvents]) -> RecordEvents:
        """All events of these parts."""
        parts = parts or [cls.of([], UNCHANGED)]
        return cls(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(cls)))

    def take(self, places: Array) -> RecordEvents:
        """The events at these places, or those of a mask."""
        return RecordEvents(*(getattr(self, each.name)[places] for each in fields(self)))

    def __len__(self) -> int:
        return len(self.keys)


NEW, CHANGED, SAME, TAKEN_BACK, ABSENT, OUTDATED = range(6)
"""What became of a record. ABSENT: withdrawn, but not there; OUTDATED: there is, or was, a higher version."""


@dataclass(frozen=True)
class Outcome:
    """What became of each event (NEW to OUTDATED), and what a commit must delete.

    `superseded` are places of events whose documents do not stay, `replaced` rows of `LiveIds`.
    """

    what: Array
    superseded: Array
    replaced: Array


class Versions:
    """The publisher's version of every article of a run that has one, so that no article goes back to an older one.

    `withdrawn` are the versions in which articles were withdrawn in earlier runs, by digest of the id.
    """

    def __init__(self, withdrawn: Mapping[int, int]) -> None:
        self._latest: dict[int, int] = {}
        self._withdrawn = dict(withdrawn)

    def outdated(self, events: RecordEvents, known: LiveIds, stored: Callable[[int], int]) -> Array:
        """Mask of the events that come behind a higher version; `stored` gives the version of a row of `known`."""
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
        """Whether an article was withdrawn in this version or a higher one."""
        return 0 < version <= self._withdrawn.get(key, 0)


def settle(events: RecordEvents, known: LiveIds, outdated: Array | None = None) -> Outcome:
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


def levelled(events: RecordEvents, what: Array, start: LiveIds) -> Array:
    """Reclassify as SAME or ABSENT the events of ids whose final state equals their state before the run."""
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
