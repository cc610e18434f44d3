"""What the archive already holds, by digest of the id: asked for every article before any work is spent on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from searcher.index.columns import Array
from searcher.index.segment import ArticleSegment, SegmentFiles


@dataclass(frozen=True)
class Known:
    """Live articles as parallel arrays sorted by `keys` (uint64 digests of the ids)."""

    keys: Array
    fingerprints: Array
    segments: Array
    docs: Array

    @classmethod
    def of(cls, directory: Path, segments: Sequence[ArticleSegment]) -> Known:
        parts = []
        for number, segment in enumerate(segments):
            opened = SegmentFiles(directory, segment)
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

    `order` is the place of the record in the input; `segment` the number of the new segment that has it as document
    `doc`, or UNCHANGED or WITHDRAWN.
    """

    keys: Array
    order: Array
    fingerprints: Array
    segment: Array
    doc: Array

    @classmethod
    def joined(cls, parts: Sequence[Events]) -> Events:
        columns = (
            np.concatenate([getattr(part, name) for part in parts]) if parts else np.zeros(0, np.int64)
            for name in ("keys", "order", "fingerprints", "segment", "doc")
        )
        return cls(*columns)


@dataclass(frozen=True)
class Outcome:
    """Counts of a round, and what its commit must delete: documents of new segments, rows of `Known`.

    `withdrawn` counts the articles that were there and are taken back.
    """

    new: int
    changed: int
    unchanged: int
    withdrawn: int
    superseded: Array  # indices into the events
    replaced: Array  # rows of Known


def settle(events: Events, known: Known) -> Outcome:
    """Decide for every id which version stays: the last of the input, whichever process read it."""
    sequence = np.lexsort((events.order, events.keys))
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
    return Outcome(
        new=int(np.count_nonzero(article & ~there)),
        changed=int(np.count_nonzero(article & there & ~same)),
        unchanged=int(np.count_nonzero(same)),
        withdrawn=int(np.count_nonzero(~article & there)),
        superseded=sequence[stored & ~stays],
        replaced=rows[gone],
    )
