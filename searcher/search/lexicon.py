"""Words known only in part: which printed forms a Pattern or Fuzzy stands for, and the documents that have them.

A pattern with a literal beginning is a range of the sorted forms, one with a literal end a range of the forms sorted
backwards; only what lies between two stars has to be looked for in all forms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from whoosh.query import Query

from searcher.errors import UsageError
from searcher.index.columns import Strings
from searcher.index.postings import view, zone_of
from searcher.index.segment import SegmentFiles
from searcher.query.fields import is_raw
from searcher.query.patterns import Fuzzy, Lexical, Pattern
from searcher.query.tree import leaves
from searcher.search.kernels import Array, spread
from searcher.search.snapshot import Snapshot

MOST_COMPARED = 4_000_000
"""Words that the wildcards and near misses of one query may be compared with: some seconds."""

_SIEVED = 20
"""Of so many words, one is left to be compared when length and letters are looked at first."""


def check_cost(snapshot: Snapshot, query: Query) -> None:
    """UsageError for a query whose wildcards would take too long, before anything is compared."""
    left = MOST_COMPARED
    lexical = {leaf for leaf, _ in leaves(query) if isinstance(leaf, Lexical)}
    for leaf in lexical:
        left -= sum(_comparisons(files, leaf) for files in snapshot.segments)
        if left < 0:
            raise UsageError(
                f"the {len(lexical):,} wildcards and near misses of this query would be compared with more than "
                f"{MOST_COMPARED:,} words: write more letters before the first *, or fewer of them"
            )


def _comparisons(files: SegmentFiles, node: Any) -> int:
    raw, base = is_raw(node.fieldname), view(node.fieldname).base
    low, high = (files.term_ranges if raw else files.form_ranges)[base]
    if isinstance(node, Fuzzy):
        return (high - low) // _SIEVED
    texts = files.terms if raw else files.forms
    prefixes = [prefix.encode("utf-8", "surrogatepass") for prefix in node.literal_prefixes()]
    if prefixes != [b""]:
        return sum(len(_prefix_range(texts, prefix, low, high)) for prefix in prefixes)
    suffixes = [suffix.encode("utf-8", "surrogatepass") for suffix in node.literal_suffixes()]
    if suffixes != [b""] and not raw:
        return sum(len(_suffix_rows(files, suffix, low, high)) for suffix in suffixes)
    return high - low


def matching_docs(files: SegmentFiles, node: Any) -> Array:
    """Booleans per document: has it a term that the leaf stands for?"""
    mask = np.zeros(files.docs, bool)
    rows = matching_rows(files, node)
    columns = files.columns
    if not len(rows):
        return mask
    _check(files, rows if is_raw(node.fieldname) else np.unique(columns.form_terms[rows].astype(np.int64)))
    if is_raw(node.fieldname):
        begins = columns.term_postings[rows].astype(np.int64)
        mask[columns.posting_docs[spread(begins, columns.term_postings[rows + 1] - begins)]] = True
        return mask
    seen = view(node.fieldname)
    terms = columns.form_terms[rows].astype(np.int64)
    distinct, wanted = np.unique(terms, return_counts=True)
    # A term all of whose forms match needs no look at its occurrences.
    whole = (wanted == columns.term_forms[distinct]) & (seen.zone is None)
    begins = columns.term_postings[distinct[whole]].astype(np.int64)
    mask[columns.posting_docs[spread(begins, columns.term_postings[distinct[whole] + 1] - begins)]] = True
    _mark_partial(files, rows, terms, distinct[~whole], seen.zone, mask)
    return mask


def _check(files: SegmentFiles, terms: Array) -> None:
    """Hold the postings and occurrences of these terms against their checksums."""
    columns, guard = files.columns, files.guard
    guard.whole("term_postings", "term_occurrences")
    for offsets, names in (
        (columns.term_postings, ("posting_docs", "posting_frequencies")),
        (columns.term_occurrences, ("occurrence_positions", "occurrence_forms")),
    ):
        for name in names:
            guard.ranges(name, offsets[terms], offsets[terms + 1])


def _mark_partial(
    files: SegmentFiles, rows: Array, terms: Array, partial: Array, zone: int | None, mask: Array
) -> None:
    """Mark the documents where one of the forms `rows` of the terms `partial` stands, in that zone."""
    if not len(partial):
        return
    columns = files.columns
    width = int(columns.term_forms[partial].max())
    wanted = np.zeros((len(partial), width), bool)
    mine = np.isin(terms, partial)
    wanted[np.searchsorted(partial, terms[mine]), columns.form_numbers[rows[mine]]] = True
    first, last = columns.term_postings[partial].astype(np.int64), columns.term_postings[partial + 1]
    postings = spread(first, last - first)
    counts = np.concatenate([files.counts(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True)])
    begins, ends = columns.term_occurrences[partial].astype(np.int64), columns.term_occurrences[partial + 1]
    found = spread(begins, ends - begins)
    owners = np.repeat(np.arange(len(partial)), ends - begins)
    docs = np.repeat(columns.posting_docs[postings], counts)
    keep = wanted[owners, columns.occurrence_forms[found]]
    docs, found = docs[keep], found[keep]
    if zone is not None:
        docs = docs[zone_of(files, docs, columns.occurrence_positions[found]) == zone]
    mask[docs] = True


def matching_texts(snapshot: Snapshot, node: Any, most: int) -> list[str]:
    """The first `most` terms that the leaf stands for, sorted; '…' stands for more."""
    found: set[str] = set()
    for files in snapshot.segments:
        texts = files.terms if is_raw(node.fieldname) else files.forms
        found.update(
            texts[row].decode("utf-8", "surrogatepass") for row in matching_rows(files, node).tolist()
        )
    return [*sorted(found)[:most], *(["…"] if len(found) > most else [])]


def matching_rows(files: SegmentFiles, node: Any) -> Array:
    """Rows of the printed forms (of the terms, for raw fields) that the leaf stands for, ascending."""
    raw = is_raw(node.fieldname)
    base = view(node.fieldname).base
    texts, (low, high) = (
        (files.terms, files.term_ranges[base]) if raw else (files.forms, files.form_ranges[base])
    )
    for name in ("ends", "bytes") if raw else ("ends", "bytes", "terms"):
        files.guard.check(f"{'term' if raw else 'form'}_{name}")
    rows = _candidates(files, node, texts, low, high, raw)
    zone = view(node.fieldname).zone
    if zone is not None:
        rows = rows[files.columns.form_zones[rows] & (1 << zone) != 0]
    if isinstance(node, Pattern) and (node.is_prefix or (node.is_suffix and not raw)):
        return rows
    fits = [row for row in rows.tolist() if node.matches(texts[row].decode("utf-8", "surrogatepass"))]
    return np.array(fits, np.int64)


def _candidates(files: SegmentFiles, node: Any, texts: Strings, low: int, high: int, raw: bool) -> Array:
    """Rows that may match: everything that matches is among them."""
    if isinstance(node, Fuzzy):
        return _similar(files, node, low, high)
    prefixes = [prefix.encode("utf-8", "surrogatepass") for prefix in node.literal_prefixes()]
    if prefixes != [b""]:
        return _union([_prefix_range(texts, prefix, low, high) for prefix in prefixes])
    suffixes = [suffix.encode("utf-8", "surrogatepass") for suffix in node.literal_suffixes()]
    if suffixes != [b""] and not raw:
        return _union([_suffix_rows(files, suffix, low, high) for suffix in suffixes])
    return np.arange(low, high)


def _union(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


def _prefix_range(texts: Strings, prefix: bytes, low: int, high: int) -> Array:
    return np.arange(texts.lower(prefix, low, high), texts.lower(_after(prefix), low, high))


def _after(prefix: bytes) -> bytes:
    """A string behind all that begin with `prefix` and before all others behind it; UTF-8 has no byte 255."""
    return prefix + b"\xff"


def _suffix_rows(files: SegmentFiles, suffix: bytes, low: int, high: int) -> Array:
    by_suffix = Reversed(files.forms, files.columns.form_suffixes[low:high])
    backwards = suffix[::-1]
    rows = by_suffix.order[by_suffix.lower(backwards) : by_suffix.lower(_after(backwards))]
    return np.sort(rows).astype(np.int64)


class Reversed:
    """The forms of one field, read backwards and sorted."""

    def __init__(self, texts: Strings, order: Array) -> None:
        self.texts = texts
        self.order = order

    def lower(self, key: bytes) -> int:
        low, high = 0, len(self.order)
        while low < high:
            middle = (low + high) // 2
            if self.texts[int(self.order[middle])][::-1] < key:
                low = middle + 1
            else:
                high = middle
        return low


def _similar(files: SegmentFiles, node: Fuzzy, low: int, high: int) -> Array:
    """Forms whose length and letters allow the distance: a step changes each of the two by at most one or two."""
    lengths, letters = files.form_signatures
    own = np.uint64(0)
    for letter in node.word:
        own |= np.uint64(1) << np.uint64(ord(letter) % 64)
    lengths, letters = lengths[low:high], letters[low:high]
    most = node.distance
    fits = np.abs(lengths.astype(np.int64) - len(node.word)) <= most
    fits &= np.bitwise_count(letters & ~own) <= most
    fits &= np.bitwise_count(own & ~letters) <= most
    return np.flatnonzero(fits) + low
