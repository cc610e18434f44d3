"""Matches of a query in one segment, in the shape that suits their number: a list, or a table over all documents.

Those of single terms are kept for the next query (see `terms`), and with them their best documents in order: their
`Head`. Their arrays cannot be changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from searcher.search.kernels import Array, contains, find

HEAD = 32
"""So many of the best documents of a term are kept in their order."""

_OBJECTS = 3000
"""Bytes that kept matches take beside their arrays: a full head."""


class Head:
    """The best documents of kept matches and their scores, in order; found when they are first asked for."""

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
        return self.docs.nbytes + (0 if self.scores is None else self.scores.nbytes) + _OBJECTS

    def kept(self) -> Listed:
        """The same, to be kept."""
        for array in (self.docs, self.scores):
            if array is not None:
                array.flags.writeable = False
        self.head = Head()
        return self

    def boosted(self, boost: float) -> Listed:
        if boost == 1.0 or self.scores is None:
            return self
        return Listed(self.docs, self.scores * np.float32(boost))

    def listed(self) -> Listed:
        return self

    def tabled(self, size: int) -> Tabled:
        mask = np.zeros(size, bool)
        mask[self.docs] = True
        scores = None
        if self.scores is not None:
            scores = np.zeros(size, np.float32)
            scores[self.docs] = self.scores
        return Tabled(mask, scores)

    def at(self, docs: Array, size: int) -> tuple[Array, Array | None]:
        """Which of the sorted `docs` are among the matches, and their scores."""
        if self.scores is None or not len(self.docs):
            return self.has(docs, size), None
        mask, rows = find(self.docs, docs, size)
        return mask, self.scores[rows]

    def has(self, docs: Array, size: int) -> Array:
        """Which of the sorted `docs` are among the matches."""
        return contains(self.docs, docs, size)

    def without(self, deleted: Array) -> Listed:
        live = ~deleted[self.docs]
        return Listed(self.docs[live], None if self.scores is None else self.scores[live])


@dataclass(slots=True)
class Tabled:
    """Booleans and scores over all documents of the segment; scores are 0 where the mask is False.

    None instead of scores means that every match scores `constant`. `as_list` has the same, where it is kept too.
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
        return (
            self.mask.nbytes
            + (0 if self.scores is None else self.scores.nbytes)
            + (_OBJECTS if self.as_list is None else self.as_list.nbytes)
        )

    def kept(self) -> Tabled:
        """The same, to be kept."""
        for array in (self.mask, self.scores):
            if array is not None:
                array.flags.writeable = False
        self.head = Head()
        return self

    def boosted(self, boost: float) -> Tabled:
        if boost == 1.0:
            return self
        if self.scores is None:
            return Tabled(self.mask, None, self.constant * boost)
        return Tabled(self.mask, self.scores * np.float32(boost))

    def table(self) -> Array | None:
        """Scores over all documents; None for zeros."""
        return self.mask * np.float32(self.constant) if self.scores is None and self.constant else self.scores

    def listed(self) -> Listed:
        if self.as_list is not None:
            return self.as_list
        docs = np.flatnonzero(self.mask)
        return Listed(docs, self._scores_of(docs))

    def _scores_of(self, docs: Array) -> Array | None:
        if self.scores is not None:
            return self.scores[docs]
        return np.full(len(docs), self.constant, np.float32) if self.constant else None

    def tabled(self, size: int) -> Tabled:
        return self

    def at(self, docs: Array, size: int) -> tuple[Array, Array | None]:
        return self.mask[docs], self._scores_of(docs)

    def has(self, docs: Array, size: int) -> Array:
        found: Array = self.mask[docs]
        return found

    def without(self, deleted: Array) -> Tabled:
        mask = self.mask & ~deleted
        scores = None if self.scores is None else np.where(mask, self.scores, np.float32(0))
        return Tabled(mask, scores, self.constant)


Matches = Listed | Tabled
