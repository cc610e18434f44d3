"""Terms: single words of a query in one segment, found and scored.

The scores of frequent terms are kept as tables over all documents, those of others as lists; both are computed once
for a snapshot, as long as there is room for them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from searcher.index.postings import Located, locate, postings, view
from searcher.index.segment import SegmentFiles
from searcher.search.kernels import Array, bm25, contains, find
from searcher.search.matches import Listed, Matches, Tabled
from searcher.search.snapshot import Snapshot

FREQUENT = 32
"""A term in more than one of this many articles is frequent: its scores are kept as a table over all documents."""

KEPT = 64
"""Postings from which on the scores of an infrequent term are worth keeping."""

At = tuple[Array, "Array | None"]
"""(booleans: which of the given documents match, scores of all given documents or None for zeros)."""


class Terms:
    """The terms of one segment of a snapshot. Deleted documents are among the matches."""

    def __init__(self, snapshot: Snapshot, files: SegmentFiles) -> None:
        self.snapshot = snapshot
        self.files = files
        self.size = files.docs

    nothing = Listed(np.zeros(0, np.int64), None)

    def frequent(self, count: int) -> bool:
        return count * FREQUENT > self.size

    def _scores(self, node: Any, docs: Array, weights: Array) -> Array:
        factor = self.snapshot.factor(node.fieldname, encoded(node.text)) * node.boost
        return bm25(weights, self.snapshot.norms(self.files, node.fieldname)[docs], factor)

    def term(self, node: Any) -> Matches:
        text = encoded(node.text)
        located = locate(self.files, node.fieldname, text)
        if located is None:
            return self.nothing
        if located.form is not None or view(node.fieldname).zone is not None:
            found = postings(self.files, node.fieldname, text)
            return (
                self.nothing
                if found is None
                else Listed(found.docs, self._scores(node, found.docs, found.weights))
            )
        if self._is_tabled(node, located):
            scores = self._table(node, located)
            return Tabled(scores > 0, scores)
        return self._listed(node, located)

    def _listed(self, node: Any, located: Located) -> Listed:
        """The documents and scores of an infrequent term; both are kept unless there are too few for it to pay."""
        if len(located.docs) < KEPT:
            return Listed(located.docs, self._scores(node, located.docs, located.weights()))
        arrays, segment = self.snapshot.arrays, self.files.segment.segid
        # Indexing with the machine's own integers is twice as fast as with those on disk.
        docs = arrays.get(("docs", segment, located.term), lambda: located.docs.astype(np.intp))
        key = ("scores", segment, node.fieldname, node.text, node.boost)
        return Listed(docs, arrays.get(key, lambda: self._scores(node, docs, located.weights())))

    def _is_tabled(self, node: Any, located: Located) -> bool:
        # In a table 0 means that there is no match, so a weight of 0 or less must not get there.
        return self.frequent(len(located.docs)) and node.boost > 0

    def _table(self, node: Any, located: Located) -> Array:
        """The scores of a frequent term over all documents, 0 where it does not stand."""

        def made() -> Array:
            table = np.zeros(self.size, np.float32)
            table[located.docs] = self._scores(node, located.docs, located.weights())
            return table

        key = ("table", self.files.segment.segid, node.fieldname, node.text, node.boost)
        return self.snapshot.arrays.get(key, made)

    def term_at(self, node: Any, docs: Array) -> At:
        text = encoded(node.text)
        located = locate(self.files, node.fieldname, text)
        if located is None:
            return np.zeros(len(docs), bool), None
        if located.form is not None or view(node.fieldname).zone is not None:
            found = postings(self.files, node.fieldname, text)
            if found is None:
                return np.zeros(len(docs), bool), None
            rows = find(found.docs, docs, self.size)
            return rows >= 0, self._scores(node, docs, found.weights[rows])
        if self._is_tabled(node, located):
            scores = self._table(node, located)[docs]
            return scores > 0, scores
        return self._listed(node, located).at(docs, self.size)

    def term_has(self, node: Any, docs: Array) -> Array:
        """Which of the sorted documents `docs` have the term, where nobody asks for the score."""
        if view(node.fieldname).is_plain:
            located = locate(self.files, node.fieldname, encoded(node.text))
            if located is None:
                return np.zeros(len(docs), bool)
            if not self._is_tabled(node, located):
                return contains(located.docs, docs, self.size)
        return self.term_at(node, docs)[0]

    def term_cost(self, node: Any) -> int:
        located = locate(self.files, node.fieldname, encoded(node.text))
        return 0 if located is None else len(located.docs)


def encoded(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
