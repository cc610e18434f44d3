"""Words in order: where phrases and neighbours stand, by arrays of (document, first position, last position).

Every occurrence of a word has a key, (document, position) in one number. A phrase is sought from its rarest word: its
keys, moved to where the other words should stand, are looked up among the keys of the others. The keys of words used
lately are kept; those of words too frequent for that are not made at all, but asked document by document.
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

    def __init__(self, located: Located, rows: Array) -> None:
        files = located.files
        ends = np.cumsum(located.counts())
        self.ends: Array = ends[rows] + located.begin
        self.begins: Array = np.where(rows > 0, ends[rows - 1], 0) + located.begin
        self.counts: Array = self.ends - self.begins
        self.form = located.form
        self.columns = files.columns

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


KEYED = 8_000_000
"""Occurrences of a word in one segment up to which its keys are made."""

_NOTHING = Spans(*(np.zeros(0, np.int64),) * 3)


def phrase(
    snapshot: Snapshot, files: SegmentFiles, field: str, texts: Sequence[bytes], docs: Array | None
) -> Spans:
    """Where the words stand one behind the other, in all documents or in `docs`."""
    found = [locate(files, field, text) for text in texts]
    located = [each for each in found if each is not None]
    if len(located) < len(texts):
        return _NOTHING
    for each in located:
        each.check_occurrences()
    order = sorted(range(len(located)), key=lambda i: located[i].occurrences)
    begin = order[0]
    at, first = _listed(located[begin], docs)
    first -= begin
    for i in order[1:]:
        if not len(at):
            return _NOTHING
        keep = _stands(snapshot, located[i], at, first + i)
        at, first = at[keep], first[keep]
    seen = view(field)
    if seen.zone is not None:
        keep = zone_of(files, at, first) == seen.zone
        at, first = at[keep], first[keep]
    return Spans(at, first, first + len(texts) - 1)


def _listed(located: Located, docs: Array | None) -> tuple[Array, Array]:
    """(document, position) of every occurrence of the form, in all documents or in `docs`."""
    columns = located.files.columns
    rows: Array | slice = slice(located.begin, located.begin + located.occurrences)
    at = located.docs
    if docs is None:
        at = np.repeat(at, located.counts())
    else:
        chosen = find(at, docs, located.files.docs)
        chosen = chosen[chosen >= 0]
        occurrences = _Occurrences(located, chosen)
        at = np.repeat(at[chosen], occurrences.counts)
        rows = spread(occurrences.begins, occurrences.counts)
    positions = columns.occurrence_positions[rows].astype(np.int64)
    if located.form is None:
        return at, positions
    keep = columns.occurrence_forms[rows] == located.form
    return at[keep], positions[keep]


def _stands(snapshot: Snapshot, located: Located, docs: Array, positions: Array) -> Array:
    """Booleans: does the form stand at these positions of these documents, both ascending together?"""
    columns = located.files.columns
    if located.occurrences > KEYED:
        distinct, owners = np.unique(docs, return_inverse=True)
        rows = find(located.docs, distinct, located.files.docs)
        known = (rows >= 0)[owners]
        known[known] = _Occurrences(located, np.maximum(rows, 0)).holds(owners[known], positions[known])
        return known
    keys = snapshot.arrays.get((located.files.segment.segid, located.term), lambda: _keys(located))
    # A position before the document's first would borrow from the document number.
    inside = positions >= 0
    wanted = _key(docs, np.maximum(positions, 0), keys.dtype)
    rows = np.searchsorted(keys, wanted)
    rows[rows == len(keys)] = 0
    found: Array = (keys[rows] == wanted) & inside
    if located.form is not None:
        found &= columns.occurrence_forms[rows + located.begin] == located.form
    return found


def _keys(located: Located) -> Array:
    """The keys of all occurrences of a term, ascending."""
    columns = located.files.columns
    positions = columns.occurrence_positions[located.begin : located.begin + located.occurrences]
    small = positions.dtype.itemsize <= 2 and located.docs.dtype.itemsize <= 2
    return _key(
        np.repeat(located.docs, located.counts()), positions, np.dtype(np.uint32 if small else np.uint64)
    )


def _key(docs: Array, positions: Array, dtype: np.dtype[Any]) -> Array:
    half = dtype.type(dtype.itemsize * 4)
    keys: Array = (docs.astype(dtype) << half) | positions.astype(dtype)
    return keys


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
