"""Postings of any field of the schema, also of those that are only views: zones and printed forms of `all`.

A zone (`title`) is a range of positions within `all`; a printed field (`all_printed`) is the occurrences of a stem
whose form number fits. So neither costs a second index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from searcher.article import ZONES
from searcher.index.columns import Array
from searcher.index.frequencies import weights as weights_of
from searcher.index.schema import METADATA, RAW, ZONE_WEIGHTS
from searcher.index.segment import SegmentFiles
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
        name = self.base if self.zone is None else ZONES[self.zone]
        return LENGTH_ROWS.get(name)


@cache
def view(field: str) -> View:
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


@dataclass(frozen=True)
class TermRows:
    """Where a term of an analysed field lies: its row, and the number of the printed form asked for (None = any)."""

    term: int
    form: int | None


def locate(files: SegmentFiles, field: str, text: bytes) -> TermRows | None:
    """The rows of a term or printed form; None where the segment does not have it."""
    seen = view(field)
    if not seen.printed:
        term = files.terms.find(text, *files.term_ranges[seen.base])
        return TermRows(term, None) if term >= 0 else None
    row = files.forms.find(text, *files.form_ranges[seen.base])
    if row < 0:
        return None
    term = int(files.columns.form_terms[row])
    single = int(files.columns.term_forms[term]) == 1
    return TermRows(term, None if single else int(files.columns.form_numbers[row]))


def zone_of(files: SegmentFiles, docs: Array, positions: Array) -> Array:
    """Zone number (0 title … 3 body) of positions in `all`."""
    zones = np.zeros(len(docs), np.int64)
    for starts in files.columns.doc_zones:
        zones += positions >= starts[docs]
    return zones


def postings(files: SegmentFiles, field: str, text: bytes) -> Postings | None:
    """The postings of any term; None where there are none."""
    rows = locate(files, field, text)
    if rows is None:
        return None
    seen = view(field)
    columns = files.columns
    low, high = (int(row) for row in columns.term_postings[rows.term : rows.term + 2])
    begin, end = (int(row) for row in columns.term_occurrences[rows.term : rows.term + 2])
    docs, counts = columns.posting_docs[low:high], files.counts(low, high)
    positions = columns.occurrence_positions[begin:end]
    if rows.form is None and seen.zone is None:
        return Postings(docs, weights_of(columns, low, high), counts, positions)
    owner = np.repeat(np.arange(len(docs)), counts)
    keep = np.ones(len(owner), bool)
    if rows.form is not None:
        keep &= columns.occurrence_forms[begin:end] == rows.form
    zones = zone_of(files, docs[owner], positions) if seen.base == "all" else None
    if seen.zone is not None:
        keep &= zones == seen.zone
    owner, positions = owner[keep], positions[keep].astype(np.int64)
    if not len(owner):
        return None
    found, counts = np.unique(owner, return_counts=True)
    if seen.zone is not None:
        if seen.zone:
            positions -= columns.doc_zones[seen.zone - 1][docs[owner]]
        weights = counts
    elif zones is not None:
        weights = np.bincount(owner, weights=_WEIGHTS[zones[keep]])[found].astype(np.int64)
    else:
        weights = counts
    return Postings(docs[found], weights, counts, positions)


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
