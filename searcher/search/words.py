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

from searcher.article import ZONES
from searcher.index.postings import TermRows, locate, view, zone_of
from searcher.index.schema import ZONE_WEIGHTS
from searcher.index.segment import SegmentFiles
from searcher.query import tree
from searcher.search.kernels import Array, contains, find, lower_bounds, spread

_WEIGHTS = np.array([ZONE_WEIGHTS[zone] for zone in ZONES])


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
    """The occurrences of one term in chosen documents: rows of the occurrence columns, per document a range."""

    def __init__(self, files: SegmentFiles, rows: TermRows, docs: Array) -> None:
        columns = files.columns
        low, high = columns.term_postings[rows.term : rows.term + 2].tolist()
        begin = int(columns.term_occurrences[rows.term])
        counts = files.counts(low, high)
        chosen = find(columns.posting_docs[low:high], docs, files.docs)
        ends = np.cumsum(counts)
        self.ends: Array = ends[chosen] + begin
        self.counts: Array = counts[chosen]
        self.begins: Array = self.ends - self.counts
        self.total = int(self.counts.sum())
        self.form = rows.form
        self.files = files

    def listed(self) -> tuple[Array, Array]:
        """(number of the chosen document, row) of every occurrence, of the wanted form only."""
        owners = np.repeat(np.arange(len(self.counts)), self.counts)
        rows = spread(self.begins, self.counts)
        if self.form is not None:
            keep = self.files.columns.occurrence_forms[rows] == self.form
            owners, rows = owners[keep], rows[keep]
        return owners, rows

    def holds(self, owners: Array, positions: Array) -> Array:
        """Booleans: does the word stand at that position of that chosen document?"""
        columns = self.files.columns
        rows = lower_bounds(columns.occurrence_positions, self.begins[owners], self.ends[owners], positions)
        inside = rows < self.ends[owners]
        rows = np.where(inside, rows, 0)
        found: Array = inside & (columns.occurrence_positions[rows] == positions)
        if self.form is not None:
            found &= columns.occurrence_forms[rows] == self.form
        return found


def phrase(files: SegmentFiles, field: str, texts: Sequence[bytes], docs: Array | None) -> Spans:
    """Where the words stand one behind the other, in all documents or in `docs`."""
    nothing = Spans(*(np.zeros(0, np.int64),) * 3)
    located = [locate(files, field, text) for text in texts]
    rows = [each for each in located if each is not None]
    if len(rows) < len(texts):
        return nothing
    docs = _common(files, rows, docs)
    if not len(docs):
        return nothing
    occurrences = [_Occurrences(files, each, docs) for each in rows]
    order = sorted(range(len(rows)), key=lambda i: occurrences[i].total)
    owners, found = occurrences[order[0]].listed()
    first = files.columns.occurrence_positions[found].astype(np.int64) - order[0]
    for i in order[1:]:
        keep = occurrences[i].holds(owners, first + i)
        owners, first = owners[keep], first[keep]
    at = docs[owners]
    seen = view(field)
    if seen.zone is not None:
        keep = zone_of(files, at, first) == seen.zone
        at, first = at[keep], first[keep]
    return Spans(at, first, first + len(texts) - 1)


def _common(files: SegmentFiles, rows: Sequence[TermRows], docs: Array | None) -> Array:
    """The documents that have all terms, rarest first."""
    columns = files.columns
    lists = []
    for term in {each.term for each in rows}:
        low, high = columns.term_postings[term : term + 2].tolist()
        lists.append(columns.posting_docs[low:high])
    if docs is not None:
        lists.append(docs)
    lists.sort(key=len)
    common = lists[0]
    for each in lists[1:]:
        if len(common):
            common = common[contains(each, common, files.docs)]
    return common


def weights(files: SegmentFiles, field: str, text: bytes, docs: Array) -> Array:
    """The weights of a term of a printed field or zone, in documents that have it: one per document."""
    spans = phrase(files, field, [text], docs)
    owners = np.searchsorted(docs, spans.docs)
    seen = view(field)
    if seen.zone is not None or seen.base != "all":
        return np.bincount(owners, minlength=len(docs))
    worth = _WEIGHTS[zone_of(files, spans.docs, spans.first)]
    return np.minimum(np.bincount(owners, weights=worth, minlength=len(docs)), 1 << 30).astype(np.int64)


def near(files: SegmentFiles, node: Any, docs: Array) -> Spans:
    """The spans of a Near within `docs`, as its docstring defines them."""
    left, right = _spans(files, node.left, docs), _spans(files, node.right, docs)
    found = [_pairs(left, right, node.gap)]
    if not node.ordered:
        found.append(_pairs(right, left, node.gap))
    columns = [np.concatenate([getattr(each, name) for each in found]) for name in ("docs", "first", "last")]
    return _distinct(*columns)


def _spans(files: SegmentFiles, node: Any, docs: Array) -> Spans:
    """Where an operand of a Near stands: a Word, an Exact, another Near, or what they are made of."""
    if isinstance(node, tree.Near):
        return near(files, node, docs)
    if isinstance(node, (tree.Word, tree.Exact)):
        return _spans(files, node.query, docs)
    if isinstance(node, tree.Forms):
        parts = [_spans(files, each, docs) for each in node.subqueries]
        return _distinct(
            *(np.concatenate([getattr(p, name) for p in parts]) for name in ("docs", "first", "last"))
        )
    texts = [node.text] if isinstance(node, whoosh.Term) else node.words
    encoded = [text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass") for text in texts]
    return phrase(files, node.fieldname, encoded, docs)


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
