"""Words in order: where phrases and neighbours stand, by arrays of (document, first position, last position).

A phrase is sought from its rarest word outwards: only the documents that have all words are looked at, only the
occurrences of the rarest word there are listed, and each is asked whether the others stand where they should.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from whoosh import query as whoosh

from searcher.index.postings import Located, locate, view, zone_of
from searcher.index.segment import SegmentFiles
from searcher.query import tree
from searcher.search.kernels import Array, find, lower_bounds, spread
from searcher.search.snapshot import Snapshot


@dataclass(frozen=True)
class Spans:
    """Where something stands: parallel arrays, sorted by document; positions are those of the base field."""

    docs: Array
    first: Array
    last: Array

    def __len__(self) -> int:
        return len(self.docs)

    def distinct_docs(self) -> Array:
        fresh = np.ones(len(self.docs), bool)
        fresh[1:] = self.docs[1:] != self.docs[:-1]
        return self.docs[fresh]


class _Occurrences:
    """The occurrences of one term in chosen documents, given by the rows of its postings: per document a range."""

    def __init__(self, snapshot: Snapshot, located: Located, rows: Array) -> None:
        files = located.files
        key = (files.segment.segid, located.term)
        ends = snapshot.arrays.get(key, lambda: np.cumsum(located.counts()))
        self.ends: Array = ends[rows] + located.begin
        self.begins: Array = np.where(rows > 0, ends[rows - 1], 0) + located.begin
        self.counts: Array = self.ends - self.begins
        self.total = int(self.counts.sum())
        self.form = located.form
        self.columns = files.columns

    def listed(self) -> tuple[Array, Array]:
        """(number of the chosen document, row) of every occurrence, of the wanted form only."""
        owners = np.repeat(np.arange(len(self.counts)), self.counts)
        rows = spread(self.begins, self.counts)
        if self.form is not None:
            keep = self.columns.occurrence_forms[rows] == self.form
            owners, rows = owners[keep], rows[keep]
        return owners, rows

    def holds(self, owners: Array, positions: Array) -> Array:
        """Booleans: does the word stand at that position of that chosen document?"""
        ends = self.ends[owners]
        rows = lower_bounds(self.columns.occurrence_positions, self.begins[owners], ends, positions)
        inside = rows < ends
        rows = np.where(inside, rows, 0)
        found: Array = inside & (self.columns.occurrence_positions[rows] == positions)
        if self.form is not None:
            found &= self.columns.occurrence_forms[rows] == self.form
        return found


_NOTHING = Spans(*(np.zeros(0, np.int64),) * 3)


def phrase(
    snapshot: Snapshot, files: SegmentFiles, field: str, texts: Sequence[bytes], docs: Array | None
) -> Spans:
    """Where the words stand one behind the other, in all documents or in `docs`."""
    found = [locate(files, field, text) for text in texts]
    located = [each for each in found if each is not None]
    if len(located) < len(texts):
        return _NOTHING
    docs, rows = _common(located, docs)
    if not len(docs):
        return _NOTHING
    occurrences = [_Occurrences(snapshot, each, rows[each.term]) for each in located]
    order = sorted(range(len(located)), key=lambda i: occurrences[i].total)
    owners, where = occurrences[order[0]].listed()
    first = files.columns.occurrence_positions[where].astype(np.int64) - order[0]
    for i in order[1:]:
        keep = occurrences[i].holds(owners, first + i)
        owners, first = owners[keep], first[keep]
    at = docs[owners]
    seen = view(field)
    if seen.zone is not None:
        keep = zone_of(files, at, first) == seen.zone
        at, first = at[keep], first[keep]
    return Spans(at, first, first + len(texts) - 1)


def _common(located: Sequence[Located], docs: Array | None) -> tuple[Array, dict[int, Array]]:
    """(the documents that have all terms, row of each of them among the postings of each term)."""
    terms = sorted({each.term: each for each in located}.values(), key=lambda each: len(each.docs))
    rows: dict[int, Array] = {}
    for each in terms:
        if docs is None:
            docs, rows[each.term] = each.docs, np.arange(len(each.docs))
            continue
        found = find(each.docs, docs, each.files.docs)
        keep = found >= 0
        docs = docs[keep]
        rows = {term: known[keep] for term, known in rows.items()}
        rows[each.term] = found[keep]
    assert docs is not None
    return docs, rows


def near(snapshot: Snapshot, files: SegmentFiles, node: Any, docs: Array) -> Spans:
    """The spans of a Near within `docs`, as its docstring defines them."""
    left, right = (_spans(snapshot, files, side, docs) for side in (node.left, node.right))
    found = [_pairs(left, right, node.gap)]
    if not node.ordered:
        found.append(_pairs(right, left, node.gap))
    columns = [np.concatenate([getattr(each, name) for each in found]) for name in ("docs", "first", "last")]
    return _distinct(*columns)


def _spans(snapshot: Snapshot, files: SegmentFiles, node: Any, docs: Array) -> Spans:
    """Where an operand of a Near stands: a Word, an Exact, another Near, or what they are made of."""
    if isinstance(node, tree.Near):
        return near(snapshot, files, node, docs)
    if isinstance(node, (tree.Word, tree.Exact)):
        return _spans(snapshot, files, node.query, docs)
    if isinstance(node, tree.Forms):
        parts = [_spans(snapshot, files, each, docs) for each in node.subqueries]
        return _distinct(
            *(np.concatenate([getattr(p, name) for p in parts]) for name in ("docs", "first", "last"))
        )
    texts = [node.text] if isinstance(node, whoosh.Term) else node.words
    encoded = [text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass") for text in texts]
    return phrase(snapshot, files, node.fieldname, encoded, docs)


def _distinct(docs: Array, first: Array, last: Array) -> Spans:
    """Sorted by document, first and last position, each span once."""
    order = np.lexsort((last, first, docs))
    docs, first, last = docs[order], first[order], last[order]
    fresh = np.ones(len(docs), bool)
    fresh[1:] = (docs[1:] != docs[:-1]) | (first[1:] != first[:-1]) | (last[1:] != last[:-1])
    return Spans(docs[fresh], first[fresh], last[fresh])


def _pairs(left: Spans, right: Spans, gap: int) -> Spans:
    """(a.first, b.last) for a of left, b of right with 0 <= b.first - a.last - 1 <= gap, in one document."""
    if not len(left) or not len(right):
        return Spans(left.docs[:0], left.first[:0], left.last[:0])
    # One number per (document, position); positions stay far below 2 ** 40.
    scale = np.int64(1) << 40
    begins = right.docs.astype(np.int64) * scale + right.first
    order = np.argsort(begins, kind="stable")
    begins = begins[order]
    ends = left.docs.astype(np.int64) * scale + left.last
    low = np.searchsorted(begins, ends + 1)
    counts = np.searchsorted(begins, ends + 1 + gap, side="right") - low
    chosen = order[spread(low, counts)]
    return Spans(np.repeat(left.docs, counts), np.repeat(left.first, counts), right.last[chosen])
