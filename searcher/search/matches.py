"""Matches of a query in one segment, in the shape that suits their number: a list, or a table over all documents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from searcher.search.kernels import Array, contains, find


@dataclass(frozen=True)
class Listed:
    """Sorted documents and their scores; None instead of scores means that each is 0."""

    docs: Array
    scores: Array | None

    def __len__(self) -> int:
        return len(self.docs)

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
        if not len(self.docs):
            return np.zeros(len(docs), bool), None
        if self.scores is None:
            return contains(self.docs, docs, size), None
        rows = find(self.docs, docs, size)
        return rows >= 0, self.scores[rows]

    def without(self, deleted: Array) -> Listed:
        live = ~deleted[self.docs]
        return Listed(self.docs[live], None if self.scores is None else self.scores[live])


@dataclass(frozen=True)
class Tabled:
    """Booleans and scores over all documents of the segment; scores are 0 where the mask is False.

    None instead of scores means that every match scores `constant`.
    """

    mask: Array
    scores: Array | None
    constant: float = 0.0

    def __len__(self) -> int:
        return int(np.count_nonzero(self.mask))

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

    def without(self, deleted: Array) -> Tabled:
        mask = self.mask & ~deleted
        scores = None if self.scores is None else np.where(mask, self.scores, np.float32(0))
        return Tabled(mask, scores, self.constant)


Matches = Listed | Tabled
