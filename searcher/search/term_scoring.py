"""Terms: the matches and scores of single words in one segment.

The matches of a term are computed once per snapshot and cached while there is room: frequent terms as tables over all
documents, the others as lists.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from searcher.index.read.postings import locate, postings, view
from searcher.index.read.segment_reader import SegmentFiles
from searcher.search.doc_sets import Listed, Matches
from searcher.search.kernels import Array, bm25
from searcher.search.snapshot import Snapshot

FREQUENT = 32
"""A term in more than 1 of 32 articles is frequent: its scores are kept as a table over all documents."""

MANY = 8
"""If more than 1 of 8 documents match, tables combine faster than lists."""

At = tuple[Array, "Array | None"]
"""(booleans: which of the given documents match, scores of all given documents or None for zeros)."""


class Terms:
    """The terms of one segment of a snapshot."""

    __slots__ = ("files", "segment", "size", "snapshot")

    def __init__(self, snapshot: Snapshot, files: SegmentFiles) -> None:
        self.snapshot = snapshot
        self.files = files
        self.segment = files.segment.id
        self.size = files.docs

    nothing = Listed(np.zeros(0, np.intp), None)

    def term(self, node: Any) -> Matches:
        """The living documents with a term and their scores, from the cache."""
        return self.snapshot.kept.get((self.segment, node.fieldname, node.text, node.boost), self._made, node)

    def _made(self, node: Any) -> Matches:
        found = self._found(node)
        if found is None:
            return self.nothing
        docs, weights = found
        # Indexing with machine integers (intp) is twice as fast as with the narrower ones on disk.
        docs = docs.astype(np.intp)
        factor = self.snapshot.factor(node.fieldname, encoded(node.text)) * node.boost
        scores = bm25(weights, self.snapshot.norms(self.files, node.fieldname)[docs], factor)
        listed = Listed(docs, scores)
        if self.files.deleted is not None:
            listed = listed.without(self.files.deleted)
        if len(listed) * FREQUENT <= self.size:
            return listed.kept()
        tabled = listed.tabled(self.size)
        if len(listed) * MANY <= self.size:
            tabled.as_list = listed.kept()
        return tabled.kept()

    def _found(self, node: Any) -> tuple[Array, Array] | None:
        """(documents, weights) of a term; deleted documents are among them."""
        text, seen = encoded(node.text), view(node.fieldname)
        located = locate(self.files, node.fieldname, text)
        if located is None:
            return None
        if located.form is None and seen.zone is None:
            return located.docs, located.weights()
        found = postings(self.files, node.fieldname, text)
        return None if found is None else (found.docs, found.weights)

    def term_at(self, node: Any, docs: Array) -> At:
        """Which of the sorted documents `docs` have the term, and their scores."""
        return self.term(node).at(docs, self.size)

    def term_cost(self, node: Any) -> int:
        """The number of documents with the term, deleted ones included; 0 for an unknown term."""
        located = locate(self.files, node.fieldname, encoded(node.text))
        return 0 if located is None else len(located.docs)


def encoded(text: str | bytes) -> bytes:
    """The term as the index holds it: UTF-8, with lone surrogates kept."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
