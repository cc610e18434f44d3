"""Phrases and NEARs: where they occur, as arrays of (document, first position, last position).

Every occurrence of a word has a key, (document, position) in one number. The search for a phrase starts from its rarest
word: its keys, shifted to the positions of the other words, are looked up among the keys of those. The cache keeps the
keys of recent words. Words too frequent for that get no keys; they are looked up document by document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from searcher.errors import UsageError
from searcher.index.read.postings import Located, locate, view, zone_of
from searcher.index.read.segment_reader import SegmentFiles
from searcher.query import Exact, Forms, Near, Term, Word
from searcher.search.kernels import Array, contains, find, lower_bounds, spread
from searcher.search.snapshot import Snapshot


@dataclass(frozen=True)
class Spans:
    """Occurrences: parallel arrays, sorted by document; positions are those of the base field."""

    docs: Array
    first: Array
    last: Array

    def __len__(self) -> int:
        return len(self.docs)

    def distinct_docs(self) -> Array:
        """The documents, ascending, each once."""
        fresh = np.ones(len(self.docs), bool)
        fresh[1:] = self.docs[1:] != self.docs[:-1]
        return self.docs[fresh]


KEYED = 8_000_000
"""Maximum number of occurrences of a word in one segment for which keys are made and cached."""


SIEVED = 256
"""Number of wanted keys from which a sieve before the search pays off."""


class _Layout:
    """How a document and a position make one number: the document is the upper half of its bits."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.half = dtype.type(dtype.itemsize * 4)
        self.lower = (dtype.type(1) << self.half) - dtype.type(1)

    @staticmethod
    def of(files: SegmentFiles) -> _Layout:
        columns = files.columns
        small = max(map(columns.itemsize, ("occurrence_positions", "posting_docs"))) <= 2
        return _NARROW if small else _WIDE

    def make(self, located: Located) -> Keys:
        """The keys of all occurrences of a term or printed form, ascending."""
        values = np.repeat(located.docs.astype(self.dtype) << self.half, located.counts())
        values |= located.positions()
        if located.form is not None:
            values = values[located.forms() == located.form]
        return Keys(values)

    def moved(self, keys: Array, by: int) -> tuple[Array, Array]:
        """(keys whose position shifted by `by` is in range, the shifted keys); parallel arrays."""
        positions, step = keys & self.lower, self.dtype.type(abs(by))
        keys = keys[positions <= self.lower - step if by >= 0 else positions >= step]
        return keys, keys + step if by >= 0 else keys - step

    def docs(self, keys: Array) -> Array:
        docs: Array = (keys >> self.half).astype(np.intp)
        return docs

    def positions(self, keys: Array) -> Array:
        positions: Array = (keys & self.lower).astype(np.int64)
        return positions


MOST_PAIRS = 5_000_000
"""Maximum number of pairs of occurrences in one segment, for all nested Nears of a query: a few seconds."""

AT_ONCE = 100_000
"""Occurrences of a word that are processed at a time; bounds the memory."""

_DOCUMENT = np.int64(1) << 40
"""Distance of two documents where document and position make one number; positions stay far below it."""


_NARROW, _WIDE = _Layout(np.dtype(np.uint32)), _Layout(np.dtype(np.uint64))


class Keys:
    """The keys of a word in one segment. From the second lookup on a sieve drops most keys that are not among them.

    The sieve is a table with a mark at the digest of every key: a lookup there costs a tenth of a binary search.
    """

    __slots__ = ("_asked", "_sieve", "nbytes", "values")

    def __init__(self, values: Array) -> None:
        self.values = values
        self._sieve: Array | None = None
        self._asked = False
        # The size includes the sieve from the start.
        self.nbytes: int = values.nbytes + (1 << self._bits())

    def _bits(self) -> int:
        return len(self.values).bit_length() + 2

    def _digests(self, keys: Array) -> Array:
        # Fibonacci hashing: the upper bits of a multiple of the golden ratio.
        width = keys.itemsize * 8
        golden = keys.dtype.type(0x9E3779B97F4A7C15 >> (64 - width))
        digests: Array = (keys * golden) >> keys.dtype.type(max(width - self._bits(), 0))
        return digests

    def found(self, wanted: Array) -> Array:
        """Indices of the wanted keys (ascending) that are among these."""
        rows = np.arange(len(wanted))
        if len(wanted) >= SIEVED and self._asked:
            if self._sieve is None:
                sieve = np.zeros(1 << self._bits(), bool)
                sieve[self._digests(self.values)] = True
                self._sieve = sieve
            rows = self._sieve[self._digests(wanted)].nonzero()[0]
            wanted = wanted[rows]
        self._asked = True
        at = self.values.searchsorted(wanted)
        at[at == len(self.values)] = 0
        return rows[self.values[at] == wanted] if len(self.values) else rows[:0]


_NOTHING = Spans(*(np.zeros(0, np.int64),) * 3)


def phrase(
    snapshot: Snapshot, files: SegmentFiles, field: str, texts: Sequence[bytes], docs: Array | None
) -> Spans:
    """The occurrences of the words at consecutive positions, in all documents or in `docs` (sorted)."""
    found = [locate(files, field, text) for text in texts]
    located = [each for each in found if each is not None]
    if len(located) < len(texts):
        return _NOTHING
    layout = _Layout.of(files)
    order = sorted(range(len(located)), key=lambda i: located[i].occurrences)
    rarest = order[0]
    keys = _kept(snapshot, files, located[rarest]).values
    if docs is not None:
        keys = keys[contains(docs, layout.docs(keys), files.docs)]
    for i in order[1:]:
        if not len(keys):
            return _NOTHING
        keys, wanted = layout.moved(keys, i - rarest)
        if located[i].occurrences > KEYED:
            keys = keys[_stands_in_documents(files, located[i], wanted)]
        else:
            keys = keys[_kept(snapshot, files, located[i]).found(wanted)]
    at, first = layout.docs(keys), layout.positions(keys) - rarest
    seen = view(field)
    if seen.zone is not None:
        keep = zone_of(files, at, first) == seen.zone
        at, first = at[keep], first[keep]
    return Spans(at, first, first + len(texts) - 1 if len(texts) > 1 else first)


def _kept(snapshot: Snapshot, files: SegmentFiles, located: Located) -> Keys:
    layout = _Layout.of(files)
    if located.occurrences > KEYED:
        return layout.make(located)
    key = ("keys", files.segment.id, located.term, located.form)
    return snapshot.kept.get(key, layout.make, located)


def _stands_in_documents(files: SegmentFiles, located: Located, wanted: Array) -> Array:
    """Booleans: does a very frequent word occur at these keys? Reads only their documents."""
    layout, standing = _Layout.of(files), located.positions()
    there, places = find(located.docs, layout.docs(wanted), files.docs)
    offsets = np.concatenate(([0], np.cumsum(located.counts())))
    begins = offsets[places]
    ends = np.where(there, offsets[places + 1], begins)
    positions = layout.positions(wanted)
    rows = lower_bounds(standing, begins, ends, positions)
    inside = rows < ends
    rows = np.where(inside, rows, 0)
    found: Array = inside & (standing[rows] == positions)
    if located.form is not None:
        found &= located.forms()[rows] == located.form
    return found


class Neighbours:
    """The Nears of one query in one segment; a nested Near is evaluated once."""

    def __init__(self, snapshot: Snapshot, files: SegmentFiles) -> None:
        self._snapshot = snapshot
        self._files = files
        self._known: dict[Any, tuple[Array, Spans]] = {}
        self._left = MOST_PAIRS

    def docs(self, node: Any, docs: Array) -> Array:
        """The documents among `docs`, ascending, that match a Near as its docstring defines it."""
        left, right = (self._spans(side, docs) for side in (node.left, node.right))
        found = _followed(left, right, node.gap)
        if not node.ordered:
            found += _followed(right, left, node.gap)
        distinct: Array = np.unique(np.concatenate(found))
        return distinct

    def _spans(self, node: Any, docs: Array) -> Spans:
        """The occurrences of an operand of a Near: a Word, an Exact, another Near, or a part of those."""
        if isinstance(node, Near):
            return self._nested(node, docs)
        if isinstance(node, (Word, Exact)):
            return self._spans(node.query, docs)
        if isinstance(node, Forms):
            parts = [self._spans(each, docs) for each in node.branches]
            return _distinct(
                *(np.concatenate([getattr(p, name) for p in parts]) for name in ("docs", "first", "last"))
            )
        texts = [node.text] if isinstance(node, Term) else node.words
        encoded = [
            text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass") for text in texts
        ]
        return phrase(self._snapshot, self._files, node.fieldname, encoded, docs)

    def _nested(self, node: Any, docs: Array) -> Spans:
        """All spans of a nested Near; UsageError if there are too many."""
        among, known = self._known.get(node, (docs[:0], _NOTHING))
        if not np.isin(docs, among).all():
            known = self._pairs(node, docs)
            self._known[node] = docs, known
        keep = contains(docs, known.docs, self._files.docs)
        return Spans(known.docs[keep], known.first[keep], known.last[keep])

    def _pairs(self, node: Any, docs: Array) -> Spans:
        left, right = (self._spans(side, docs) for side in (node.left, node.right))
        sides = [(left, right)] if node.ordered else [(left, right), (right, left)]
        found = []
        for one, other in sides:
            begins, order = _beginnings(other)
            low, counts = _followers(one, begins, node.gap)
            self._left -= int(counts.sum())
            if self._left < 0:
                raise UsageError(
                    f"'{node}' has too many occurrences to be nested in another NEAR or ADJ",
                    "write smaller numbers after them, or rarer words",
                )
            chosen = spread(low, counts)
            if order is not None:
                chosen = order[chosen]
            found.append((np.repeat(one.docs, counts), np.repeat(one.first, counts), other.last[chosen]))
        return _distinct(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _distinct(docs: Array, first: Array, last: Array) -> Spans:
    """Sorted by document, first and last position, each span once."""
    order = np.lexsort((last, first, docs))
    docs, first, last = docs[order], first[order], last[order]
    fresh = np.ones(len(docs), bool)
    fresh[1:] = (docs[1:] != docs[:-1]) | (first[1:] != first[:-1]) | (last[1:] != last[:-1])
    return Spans(docs[fresh], first[fresh], last[fresh])


def _followed(left: Spans, right: Spans, gap: int) -> list[Array]:
    """The documents of every a of left with a b of right so that 0 <= b.first - a.last - 1 <= gap, in pieces."""
    begins, _ = _beginnings(right)
    found = [left.docs[:0]]
    for at in range(0, len(left), AT_ONCE):
        part = Spans(*(column[at : at + AT_ONCE] for column in (left.docs, left.first, left.last)))
        found.append(part.docs[_followers(part, begins, gap)[1] > 0])
    return found


def _beginnings(spans: Spans) -> tuple[Array, Array | None]:
    """(document and first position as one number, ascending; the sorting permutation, None if already sorted)."""
    begins = spans.docs * _DOCUMENT
    begins += spans.first
    if not (begins[1:] < begins[:-1]).any():
        return begins, None
    order = np.argsort(begins, kind="stable")
    return begins[order], order


def _followers(left: Spans, begins: Array, gap: int) -> tuple[Array, Array]:
    """For every a of left: the index of the first `begins` after it, and how many begin within `gap` positions."""
    ends = left.docs * _DOCUMENT + left.last
    low = np.searchsorted(begins, ends + 1)
    return low, np.searchsorted(begins, ends + 1 + gap, side="right") - low
