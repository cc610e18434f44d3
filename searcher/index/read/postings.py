"""Postings of any field of the schema, also of those that are only views: zones and printed forms of `all`.

A zone (`title`) is a range of positions within `all`; a printed field (`all_printed`) is the occurrences of a stem
whose form number fits. So neither costs a second index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np

from searcher.article import ZONES
from searcher.index.document import METADATA, RAW, ZONE_WEIGHTS
from searcher.index.format import packed_frequencies
from searcher.index.format.columns import Array
from searcher.index.read.segment_reader import SegmentFiles
from searcher.query.fields import PRINTED

LENGTH_ROWS = {name: row for row, name in enumerate(("all", *ZONES, *METADATA))}
"""Field -> row of `doc_lengths`."""


_WEIGHTS = np.array([ZONE_WEIGHTS[zone] for zone in ZONES])


@dataclass(frozen=True)
class View:
    """What a schema field reads: `base` holds the postings, `printed` asks for a form, `zone` for a range."""

    base: str
    printed: bool
    zone: int | None

    @property
    def length_row(self) -> int | None:
        """The row of `doc_lengths` with the lengths of this field; None if it has none."""
        name = self.base if self.zone is None else ZONES[self.zone]
        return LENGTH_ROWS.get(name)


@lru_cache
def view(field: str) -> View:
    """What the schema field of this name reads."""
    name = field.removesuffix(PRINTED)
    zone = ZONES.index(name) if name in ZONES else None
    return View("all" if zone is not None else name, name != field, zone)


@dataclass(frozen=True)
class Postings:
    """One term's postings in one segment: parallel arrays by document, and all positions in a row.

    `weights` are frequencies weighted by zone, as Whoosh's `posting.weight`; deleted documents are still there.
    """

    docs: Array
    weights: Array
    counts: Array
    positions: Array


class Located:
    """Where a term, or one printed form of it, lies in a segment; `docs` are the documents of the whole term.

    `form` is the number of the printed form asked for, None = any. `low` and `high` are the term's postings, `begin`
    its first occurrence, of `occurrences`.
    """

    __slots__ = ("begin", "columns", "docs", "form", "high", "low", "occurrences", "term")

    def __init__(self, files: SegmentFiles, term: int, form: int | None) -> None:
        # Not the files: they keep this, and a circle would hold them open until garbage is collected.
        self.columns = files.columns
        self.term = term
        self.form = form
        part = files.columns.part
        self.low, self.high = part("term_postings", term, term + 2).tolist()
        self.begin, end = part("term_occurrences", term, term + 2).tolist()
        self.occurrences: int = end - self.begin
        self.docs = part("posting_docs", self.low, self.high)

    def positions(self) -> Array:
        """The positions of all occurrences of the term, in any printed form."""
        return self.columns.part("occurrence_positions", self.begin, self.begin + self.occurrences)

    def forms(self) -> Array:
        """The numbers of the printed forms of all occurrences of the term."""
        return self.columns.part("occurrence_forms", self.begin, self.begin + self.occurrences)

    def weights(self) -> Array:
        """Weighted frequencies of all postings, float32."""
        return packed_frequencies.weights(self.columns, self.low, self.high)

    def counts(self) -> Array:
        """Occurrences of all postings, int64."""
        return packed_frequencies.counts(self.columns, self.low, self.high)


_LOCATED_AT_MOST = 20_000
"""Words of a segment whose places are kept, about 10 MB of them."""
_LONGEST_LOCATED = 100
"""Bytes of a word whose place is kept: longer ones hardly come again."""


def locate(files: SegmentFiles, field: str, text: bytes) -> Located | None:
    """The place of a term or printed form; None where the segment does not have it."""
    key = (field, text)
    known = files.located.get(key, files)
    if known is not files:
        return cast(Located | None, known)
    found = _locate(files, view(field), text)
    if len(text) <= _LONGEST_LOCATED:
        if len(files.located) >= _LOCATED_AT_MOST:
            files.located.clear()
        files.located[key] = found
    return found


def _locate(files: SegmentFiles, seen: View, text: bytes) -> Located | None:
    if not seen.printed:
        term = files.find_term(text, seen.base)
        return Located(files, term, None) if term >= 0 else None
    row = files.find_form(text, seen.base)
    if row < 0:
        return None
    term = int(files.columns.part("form_terms", row, row + 1)[0])
    single = int(files.columns.term_forms[term]) == 1
    return Located(files, term, None if single else int(files.columns.form_numbers[row]))


def zone_of(files: SegmentFiles, docs: Array, positions: Array) -> Array:
    """Zone number (0 title … 3 body) of positions in `all`."""
    zones = np.zeros(len(docs), np.int64)
    for starts in files.columns.doc_zones:
        zones += positions >= starts[docs]
    return zones


def postings(files: SegmentFiles, field: str, text: bytes) -> Postings | None:
    """The postings of any term; None where there are none."""
    located = locate(files, field, text)
    if located is None:
        return None
    seen = view(field)
    columns = files.columns
    docs, counts, weights = located.docs, located.counts(), located.weights()
    positions = located.positions()
    if located.form is None and seen.zone is None:
        return Postings(docs, weights, counts, positions)
    owner = np.repeat(np.arange(len(docs)), counts)
    keep = np.ones(len(owner), bool)
    if located.form is not None:
        keep &= located.forms() == located.form
    zones = zone_of(files, docs[owner], positions) if seen.base == "all" else np.zeros(len(owner), np.int64)
    if seen.zone is not None:
        keep &= zones == seen.zone
    owner, positions, zones = owner[keep], positions[keep].astype(np.int64), zones[keep]
    if not len(owner):
        return None
    found, counts = np.unique(owner, return_counts=True)
    if seen.zone is None:
        worth = _WEIGHTS[zones] if seen.base == "all" else None
        weights = np.bincount(owner, weights=worth)[found].astype(np.float32)
        return Postings(docs[found], weights, counts, positions)
    if seen.zone:
        positions -= columns.doc_zones[seen.zone - 1][docs[owner]]
    return Postings(docs[found], counts.astype(np.float32), counts, positions)


def field_lengths(files: SegmentFiles, field: str) -> Array:
    """Tokens per document in a field; zeros for raw fields."""
    row = view(field).length_row
    return np.zeros(files.docs, np.int64) if row is None else files.columns.doc_lengths[row]


def lexicon(files: SegmentFiles, field: str, low: bytes = b"") -> Iterator[bytes]:
    """The terms of any field in their order, from `low` on."""
    seen = view(field)
    texts, ranges = (files.forms, files.form_ranges) if seen.printed else (files.terms, files.term_ranges)
    first, last = ranges[seen.base]
    start = texts.lower(low, first, last)
    shown = np.ones(last - start, bool)
    if seen.zone is not None:
        zones = files.columns.form_zones
        if not seen.printed:
            bits = np.zeros(len(files.terms), np.uint8)
            np.bitwise_or.at(bits, files.columns.form_terms, zones)
            zones = bits
        shown = zones[start:last] & (1 << seen.zone) != 0
    for row in np.flatnonzero(shown).tolist():
        yield texts[start + row]


def fields() -> tuple[str, ...]:
    """All fields that have terms."""
    analysed = ("all", *ZONES, *METADATA)
    return (*analysed, *(name + PRINTED for name in analysed), *RAW)
