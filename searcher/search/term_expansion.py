"""Expansion of wildcards and fuzzy words: the printed forms they match, and the documents with these forms.

A pattern with a literal prefix is a range of the sorted forms; one with a literal suffix is a range of the forms sorted
backwards. Only a pattern between two stars is compared with all forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from searcher.index.format import packed_frequencies
from searcher.index.format.columns import Strings
from searcher.index.read.postings import view, zone_of
from searcher.index.read.segment_reader import SegmentFiles
from searcher.query.fields import is_raw
from searcher.query.patterns import Fuzzy, Pattern
from searcher.search.fuzzy import near, sieved
from searcher.search.kernels import Array, contains, spread
from searcher.search.snapshot import Snapshot

COMPARED_AT_ONCE = 100_000
"""Words joined into one text for the comparison with a pattern: a few megabytes."""

MANY = 2_000_000
"""Items of a column from which its memory is released, because few are read again."""

AT_ONCE = 100_000
"""Postings or occurrences that are processed at a time; bounds the memory."""

_SIEVED = 20
"""The length and letter sieve leaves about 1 word in 20."""


def comparisons(files: SegmentFiles, node: Any) -> int:
    """Upper bound of the number of words of the segment that a leaf is compared with."""
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
    """Booleans per document: does it contain a term that the leaf matches?"""
    mask = np.zeros(files.docs, bool)
    rows = matching_rows(files, node)
    columns = files.columns
    if not len(rows):
        return mask
    if is_raw(node.fieldname):
        _mark(files, rows, mask)
        return mask
    seen = view(node.fieldname)
    terms = columns.form_terms[rows].astype(np.int64)
    distinct, wanted = np.unique(terms, return_counts=True)
    # If all forms of a term match, its occurrences need not be read.
    whole = (wanted == columns.term_forms[distinct]) & (seen.zone is None)
    _mark(files, distinct[whole], mask)
    _mark_partial(files, rows, terms, distinct[~whole], seen.zone, mask)
    return mask


def raw_docs(files: SegmentFiles, field: str) -> Array:
    """Booleans per document: does it have any term in this raw field?"""
    mask = np.zeros(files.docs, bool)
    low, high = files.term_ranges[field]
    bounds = files.columns.part("term_postings", low, high + 1)
    mask[files.columns.part("posting_docs", int(bounds[0]), int(bounds[-1]))] = True
    return mask


def _mark(files: SegmentFiles, terms: Array, mask: Array) -> None:
    """Mark all documents of these terms."""
    columns = files.columns
    begins = columns.term_postings[terms].astype(np.int64)
    lengths = columns.term_postings[terms + 1] - begins
    for part in _parts(lengths):
        mask[columns.gather("posting_docs", begins[part], lengths[part])] = True
    _let_go(files, lengths)


def _let_go(files: SegmentFiles, lengths: Array) -> None:
    if int(lengths.sum()) > MANY:
        files.columns.release()


def _parts(lengths: Array) -> Iterator[slice]:
    """Slices of `lengths` that each add up to at most `AT_ONCE`; a larger item gets a slice of its own."""
    ends = np.cumsum(lengths, dtype=np.int64)
    first = 0
    while first < len(ends):
        most = AT_ONCE + (int(ends[first - 1]) if first else 0)
        last = max(first + 1, int(np.searchsorted(ends, most, side="right")))
        yield slice(first, last)
        first = last


def _mark_partial(
    files: SegmentFiles, rows: Array, terms: Array, partial: Array, zone: int | None, mask: Array
) -> None:
    """Mark the documents with one of the forms `rows` of the terms `partial`, in that zone."""
    if not len(partial):
        return
    columns = files.columns
    width = int(columns.term_forms[partial].max())
    mine = np.isin(terms, partial)
    # One number per term and form.
    wanted = np.unique(
        np.searchsorted(partial, terms[mine]) * width + columns.form_numbers[rows[mine]].astype(np.int64)
    )
    first = columns.term_postings[partial].astype(np.int64)
    lengths = columns.term_postings[partial + 1] - first
    for part in _parts(lengths):
        ranges = first[part], lengths[part]
        docs_of, counts = (
            columns.gather("posting_docs", *ranges),
            packed_frequencies.counts_at(columns, *ranges),
        )
        begins = _occurrences(columns.term_occurrences[partial[part]], lengths[part], counts)
        owners = np.repeat(np.arange(part.start, part.stop), lengths[part])
        # Skip documents that are marked already.
        left = np.flatnonzero(~mask[docs_of])
        for piece in _parts(counts[left]):
            chosen = left[piece]
            places = begins[chosen], counts[chosen]
            forms = columns.gather("occurrence_forms", *places)
            if int(forms.max(initial=0)) >= width:
                raise columns.damaged("occurrence_forms")
            keep = contains(
                wanted, np.repeat(owners[chosen], counts[chosen]) * width + forms, width * len(partial)
            )
            docs = np.repeat(docs_of[chosen], counts[chosen])[keep]
            if zone is not None:
                docs = docs[
                    zone_of(files, docs, columns.gather("occurrence_positions", *places, keep)) == zone
                ]
            mask[docs] = True
        _let_go(files, lengths)


def _occurrences(of_terms: Array, postings: Array, counts: Array) -> Array:
    """Where the occurrences of every posting begin; those of one term are contiguous."""
    before = np.cumsum(counts) - counts
    starts = np.cumsum(postings) - postings
    begins: Array = before + np.repeat(of_terms.astype(np.int64) - before[starts], postings)
    return begins


def matching_texts(snapshot: Snapshot, node: Any, most: int) -> list[str]:
    """The first `most` matching terms, sorted; '…' stands for more."""
    found: set[str] = set()
    for files in snapshot.segments:
        texts = files.terms if is_raw(node.fieldname) else files.forms
        found.update(
            texts[row].decode("utf-8", "surrogatepass") for row in matching_rows(files, node).tolist()
        )
    return [*sorted(found)[:most], *(["…"] if len(found) > most else [])]


def matching_rows(files: SegmentFiles, node: Any) -> Array:
    """Rows of the matching printed forms (for raw fields: terms), ascending."""
    raw = is_raw(node.fieldname)
    base = view(node.fieldname).base
    texts, (low, high) = (
        (files.terms, files.term_ranges[base]) if raw else (files.forms, files.form_ranges[base])
    )
    rows = _candidates(files, node, texts, low, high, raw)
    zone = view(node.fieldname).zone
    if zone is not None:
        rows = rows[files.columns.form_zones[rows] & (1 << zone) != 0]
    if isinstance(node, Pattern) and (node.is_prefix or (node.is_suffix and not raw)):
        return rows
    if isinstance(node, Fuzzy):
        return near(texts, rows, node.word, node.distance)
    fits = [
        _fitting(texts, rows[at : at + COMPARED_AT_ONCE], node)
        for at in range(0, len(rows), COMPARED_AT_ONCE)
    ]
    found: Array = np.concatenate([rows[:0], *fits])
    return found


def _fitting(texts: Strings, rows: Array, node: Any) -> Array:
    """Those of the rows whose text the pattern matches; all texts are compared as lines of one text."""
    begins = texts.offsets[rows].astype(np.int64) - 1
    lengths = texts.offsets[rows + 1].astype(np.int64) - begins
    places = spread(begins, lengths)
    starts = np.cumsum(lengths) - lengths
    places[starts] = 0
    content = texts.blob[places] if len(texts.blob) else np.zeros(len(places), np.uint8)
    content[starts] = ord("\n")
    lines = content.tobytes().decode("utf-8", "surrogatepass") + "\n"
    if lines.count("\n") == len(rows) + 1 and "\n" not in node.text:
        matching: Array = rows[sorted(set(node.matching_lines(lines)))]
        return matching
    # Ids and URLs may contain line breaks.
    fits = [row for row in rows.tolist() if node.matches(texts[row].decode("utf-8", "surrogatepass"))]
    return np.array(fits, np.int64)


def _candidates(files: SegmentFiles, node: Any, texts: Strings, low: int, high: int, raw: bool) -> Array:
    """Candidate rows: a superset of the matching ones."""
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
    """A string that sorts right after all strings with this prefix; UTF-8 has no byte 255."""
    return prefix + b"\xff"


def _suffix_rows(files: SegmentFiles, suffix: bytes, low: int, high: int) -> Array:
    by_suffix = Reversed(files.forms, files.columns.form_suffixes[low:high])
    backwards = suffix[::-1]
    rows = by_suffix.order[by_suffix.lower(backwards) : by_suffix.lower(_after(backwards))]
    return np.sort(rows).astype(np.int64)


class Reversed:
    """The forms of one field, sorted by their reversed text."""

    def __init__(self, texts: Strings, order: Array) -> None:
        self.texts = texts
        self.order = order

    def lower(self, key: bytes) -> int:
        """The first place in `order` whose text, read backwards, is not less than `key`."""
        low, high = 0, len(self.order)
        while low < high:
            middle = (low + high) // 2
            if self.texts[int(self.order[middle])][::-1] < key:
                low = middle + 1
            else:
                high = middle
        return low


def _similar(files: SegmentFiles, node: Fuzzy, low: int, high: int) -> Array:
    """Forms whose length and letters allow the distance."""
    lengths, letters = files.form_signatures
    return sieved(lengths[low:high], letters[low:high], node.word, node.distance) + low
