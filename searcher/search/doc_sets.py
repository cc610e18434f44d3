"""Matches of a query in one segment: a sorted list if they are few, a table over all documents if they are many.

The cache keeps the matches of single terms (see `term_scoring`), with their best documents in order, the `Head`. Their
arrays are read-only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from searcher.search.kernels import Array, contains, find

HEAD = 32
"""Number of the best documents of a term that are kept in order."""

_OBJECTS = 3000
"""Bytes of cached matches beside their arrays: a full head."""


class Head:
    """The best documents of cached matches and their scores, in order; computed on first use."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: tuple[list[int], list[float]] | None = None


@dataclass(slots=True)
class Listed:
    """Sorted documents and their scores; None instead of scores means that each is 0."""

    docs: Array
    scores: Array | None
    head: Head | None = None

    def __len__(self) -> int:
        return len(self.docs)

    @property
    def nbytes(self) -> int:
        """Bytes that the matches take in the cache."""
        return self.docs.nbytes + (0 if self.scores is None else self.scores.nbytes) + _OBJECTS

    def kept(self) -> Listed:
        """Freeze the arrays and attach a Head, so that the cache may share this; returns itself."""
        for array in (self.docs, self.scores):
            if array is not None:
                array.flags.writeable = False
        self.head = Head()
        return self

    def boosted(self, boost: float) -> Listed:
        """The same documents with all scores times `boost`."""
        if boost == 1.0 or self.scores is None:
            return self
        return Listed(self.docs, self.scores * np.float32(boost))

    def listed(self) -> Listed:
        """Itself."""
        return self

    def tabled(self, size: int) -> Tabled:
        """The matches as a table over the `size` documents of the segment."""
        mask = np.zeros(size, bool)
        mask[self.docs] = True
        scores = None
        if self.scores is not None:
            scores = np.zeros(size, np.float32)
            scores[self.docs] = self.scores
        return Tabled(mask, scores)

    def at(self, docs: Array, size: int) -> tuple[Array, Array | None]:
        """(booleans: which of the sorted `docs` match, their scores or None); the segment has `size` documents."""
        if self.scores is None or not len(self.docs):
            return self.has(docs, size), None
        mask, rows = find(self.docs, docs, size)
        return mask, self.scores[rows]

    def has(self, docs: Array, size: int) -> Array:
        """Booleans: which of the sorted `docs` match; `size` documents in the segment."""
        return contains(self.docs, docs, size)

    def without(self, deleted: Array) -> Listed:
        """The matches that are not `deleted` (booleans per document)."""
        live = ~deleted[self.docs]
        return Listed(self.docs[live], None if self.scores is None else self.scores[live])


@dataclass(slots=True)
class Tabled:
    """Booleans and scores over all documents of the segment; scores are 0 where the mask is False.

    None instead of scores means that every match scores `constant`. `as_list` is the same as a list, if kept.
    """

    mask: Array
    scores: Array | None
    constant: float = 0.0
    head: Head | None = None
    as_list: Listed | None = None
    _count: int = -1

    def __len__(self) -> int:
        if self._count < 0:
            self._count = int(np.count_nonzero(self.mask))
        return self._count

    @property
    def nbytes(self) -> int:
        """Bytes that the matches take in the cache."""
        return (
            self.mask.nbytes
            + (0 if self.scores is None else self.scores.nbytes)
            + (_OBJECTS if self.as_list is None else self.as_list.nbytes)
        )

    def kept(self) -> Tabled:
        """Freeze the arrays and attach a Head, so that the cache may share this; returns itself."""
        for array in (self.mask, self.scores):
            if array is not None:
                array.flags.writeable = False
        self.head = Head()
        return self

    def boosted(self, boost: float) -> Tabled:
        """The same documents with all scores times `boost`."""
        if boost == 1.0:
            return self
        if self.scores is None:
            return Tabled(self.mask, None, self.constant * boost)
        return Tabled(self.mask, self.scores * np.float32(boost))

    def table(self) -> Array | None:
        """Scores over all documents; None for zeros."""
        return self.mask * np.float32(self.constant) if self.scores is None and self.constant else self.scores

    def listed(self) -> Listed:
        """The matches as a sorted list; made anew unless `as_list` has it."""
        if self.as_list is not None:
            return self.as_list
        docs = np.flatnonzero(self.mask)
        return Listed(docs, self._scores_of(docs))

    def _scores_of(self, docs: Array) -> Array | None:
        if self.scores is not None:
            return self.scores[docs]
        return np.full(len(docs), self.constant, np.float32) if self.constant else None

    def tabled(self, size: int) -> Tabled:
        """Itself; `size` is that of the table."""
        return self

    def at(self, docs: Array, size: int) -> tuple[Array, Array | None]:
        """(booleans: which of `docs` match, their scores or None for zeros)."""
        return self.mask[docs], self._scores_of(docs)

    def has(self, docs: Array, size: int) -> Array:
        """Booleans: which of `docs` match."""
        found: Array = self.mask[docs]
        return found

    def without(self, deleted: Array) -> Tabled:
        """The matches that are not `deleted` (booleans per document)."""
        mask = self.mask & ~deleted
        scores = None if self.scores is None else np.where(mask, self.scores, np.float32(0))
        return Tabled(mask, scores, self.constant)


Matches = Listed | Tabled
