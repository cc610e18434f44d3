"""What must hold within and between the columns of a segment, whoever wrote it.

Opening a segment checks the manifest and a few numbers. Reading a whole column checks the range of its values. `verify`
and merging check the relations between columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

import numpy as np

from searcher.index.format import packed_frequencies
from searcher.index.format.columns import FACET_COLUMNS, Array, Columns
from searcher.index.format.manifest import Column, Manifest

OFFSETS = {
    "term_ends": "term_bytes",
    "term_postings": "posting_docs",
    "term_occurrences": "occurrence_positions",
    "form_ends": "form_bytes",
    "block_ends": "block_bytes",
} | {facet.ends: facet.bytes for facet in FACET_COLUMNS.values()}
"""Column of n + 1 offsets -> the column they cut."""

SAME_LENGTH = (
    ("posting_docs", "posting_frequencies"),
    ("occurrence_positions", "occurrence_forms"),
    ("long_postings", "long_counts", "long_weights"),
    ("form_terms", "form_numbers", "form_zones", "form_suffixes"),
    ("term_ends", "term_postings", "term_occurrences"),
    ("block_docs", "block_ends"),
    (
        *("doc_keys", "doc_fingerprints", "doc_ids", "doc_starts", "doc_ends"),
        *(facet.numbers for facet in FACET_COLUMNS.values()),
    ),
)
POINTERS = {
    "form_terms": "term_forms",
    "form_suffixes": "form_terms",
    "posting_docs": "doc_keys",
    "long_postings": "posting_docs",
}
"""Column of row numbers -> a column they are rows of."""

_ROWS = {"doc_lengths": 9, "doc_zones": 3}
_TYPES = dict.fromkeys(("posting_frequencies", "term_bytes", "form_bytes", "block_bytes"), "u1")
_TYPES |= {facet.bytes: "u1" for facet in FACET_COLUMNS.values()}
_TYPES |= {"doc_keys": "u8", "doc_fingerprints": "u8"}
_TYPES |= {"doc_starts": "i8", "doc_ends": "i8"}
"""The columns of one type only; the others are unsigned."""

MINUTES = 9999 * 366 * 24 * 60
"""More minutes than lie between the years 1 and 9999."""

MOST = 1 << 32
"""Above every position, length and weight."""

TEXTS_AT_ONCE = 1 << 20
"""Texts decoded together."""

AT_ONCE = 1 << 22
"""Occurrences processed at a time."""


class Range(NamedTuple):
    """The values a column may hold: `low` <= value < `high`; `ascends` where none is smaller than the one before."""

    low: int
    high: int
    ascends: bool = False


ANY = Range(-(1 << 63), 1 << 64)


class Described(Protocol):
    """An opened column: what the manifest says of it, and its first and last value."""

    @property
    def described(self) -> Column:
        """Type and shape, as the manifest states them."""

    def span(self) -> tuple[int, int]:
        """The first and the last value."""


def ranges(manifest: Manifest) -> dict[str, Range]:
    """The range of every column that has one; the others hold any value of their type."""
    counts = {name: column.count for name, column in manifest.columns.items()}
    low, high = manifest.terms["id"]
    found = {name: Range(0, counts[target] + 1, True) for name, target in OFFSETS.items()}
    found |= {name: Range(0, counts[target], name == "long_postings") for name, target in POINTERS.items()}
    found |= {facet.numbers: Range(0, counts[facet.ends] - 1) for facet in FACET_COLUMNS.values()}
    found |= {
        "block_docs": Range(0, manifest.docs + 1, True),
        "doc_ids": Range(0, high - low),
        "doc_starts": Range(-1, MINUTES),
        "doc_ends": Range(-2, MINUTES),
        "doc_lengths": Range(0, MOST),
        "doc_zones": Range(0, MOST),
        "form_zones": Range(0, 16),
        "form_numbers": Range(0, max(counts["form_terms"], 1)),
        "term_forms": Range(0, counts["form_terms"] + 1),
        "long_counts": Range(0, counts["occurrence_positions"] + 1),
        "long_weights": Range(0, MOST),
        "occurrence_positions": Range(0, MOST),
        "occurrence_forms": Range(0, max(counts["form_terms"], 1)),
    }
    return found


def misfits(columns: Mapping[str, Described], manifest: Manifest) -> Iterator[str]:
    """What does not fit together, as far as the manifest and the first and last offsets tell."""
    yield from _misshapen(manifest) or _unequal(columns, manifest)


def _misshapen(manifest: Manifest) -> list[str]:
    found = []
    for name, column in manifest.columns.items():
        shape, kind = column.shape, column.dtype.str[1:]
        if len(shape) != (2 if name in _ROWS else 1) or (name in _ROWS and shape[0] != _ROWS[name]):
            found.append(f"{name} has the shape {shape}")
        elif not (kind == _TYPES[name] if name in _TYPES else kind[0] == "u") or not column.dtype.isnative:
            found.append(f"{name} has the type {column.dtype.str}")
        elif name in (*OFFSETS, "block_docs") and not column.count:
            found.append(f"{name} is empty")
    return found


def _unequal(columns: Mapping[str, Described], manifest: Manifest) -> Iterator[str]:
    counts = {name: column.count for name, column in manifest.columns.items()}
    for first, *others in SAME_LENGTH:
        yield from (
            f"{first} and {other} differ in length" for other in others if counts[first] != counts[other]
        )
    for name, target in OFFSETS.items():
        if columns[name].span() != (0, counts[target]):
            yield f"{name} does not span {target}"
    terms, forms, docs = counts["term_ends"] - 1, counts["form_ends"] - 1, manifest.docs
    if counts["term_forms"] != terms or counts["form_terms"] != forms:
        yield "terms and printed forms differ in number"
    widths = [manifest.columns[name].shape[1] for name in _ROWS]
    if {counts["doc_keys"], *widths} != {docs}:
        yield f"the columns of the documents are not those of {docs} articles"
    if columns["block_docs"].span() != (0, docs):
        yield "the stored blocks do not hold all articles"
    for kind, found, most in (("terms", manifest.terms, terms), ("forms", manifest.forms, forms)):
        bounds = [bound for span in found.values() for bound in span]
        if [0, *bounds[1::2]] != [*bounds[::2], most]:
            yield f"the {kind} of the fields do not follow one another from 0 to {most}"


def contradictions(columns: Columns) -> list[tuple[str, str]]:
    """(column, what contradicts another one), looking at whole columns whose values lie in their ranges."""
    # What comes later trusts what came before.
    for check in (_texts, _forms, _documents, _frequencies, _occurrences):
        found = list(check(columns))
        if found:
            return found
    return []


def _texts(columns: Columns) -> Iterator[tuple[str, str]]:
    """Every text is UTF-8 by itself, surrogates let pass."""
    for kind in ("term", "form", "source", "section"):
        blob, ends = getattr(columns, f"{kind}_bytes"), getattr(columns, f"{kind}_ends")
        begins = ends[:-1][ends[:-1] < ends[1:]]
        try:
            for at in range(0, len(ends) - 1, TEXTS_AT_ONCE):
                last = min(at + TEXTS_AT_ONCE, len(ends) - 1)
                blob[int(ends[at]) : int(ends[last])].tobytes().decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            yield f"{kind}_bytes", "is no text in UTF-8"
            continue
        if ((blob[begins] & 0xC0) == 0x80).any():
            yield f"{kind}_ends", "cuts a character"


def _forms(columns: Columns) -> Iterator[tuple[str, str]]:
    owners = columns.form_terms.astype(np.int64)
    if not np.array_equal(np.bincount(owners, minlength=len(columns.term_forms)), columns.term_forms):
        yield "form_terms", "gives terms another number of printed forms than term_forms"
        return
    # A term's forms are numbered in any order, each number once.
    places = (np.cumsum(columns.term_forms, dtype=np.int64) - columns.term_forms)[
        owners
    ] + columns.form_numbers
    if (columns.form_numbers >= columns.term_forms[owners]).any() or _repeats(places):
        yield "form_numbers", "does not number the printed forms of each term from 0"
    if _repeats(columns.form_suffixes):
        yield "form_suffixes", "names a printed form twice"


def _documents(columns: Columns) -> Iterator[tuple[str, str]]:
    starts = np.zeros(len(columns.posting_docs) + 1, bool)
    starts[columns.term_postings] = True
    if ((columns.posting_docs[1:] <= columns.posting_docs[:-1]) & ~starts[1:-1]).any():
        yield "posting_docs", "does not ascend within a term"
    if ((columns.doc_ends <= columns.doc_starts) & (columns.doc_starts >= 0)).any():
        yield "doc_ends", "ends before the date begins"


def _frequencies(columns: Columns) -> Iterator[tuple[str, str]]:
    is_long = packed_frequencies.is_long(columns.posting_frequencies)
    if not np.array_equal(np.flatnonzero(is_long), columns.long_postings):
        yield "long_postings", "are not the postings that posting_frequencies marks"
        return
    ends = np.cumsum(packed_frequencies.counts(columns, 0, len(columns.posting_docs)))
    at = np.concatenate(([0], ends))[columns.term_postings]
    if not np.array_equal(at, columns.term_occurrences):
        yield "posting_frequencies", "does not add up to the occurrences"
        return
    starts = np.zeros(len(columns.occurrence_positions) + 1, bool)
    starts[ends] = True
    positions = columns.occurrence_positions
    # Two printed forms of one stem may stand at one position: a joined compound and its first part.
    if ((positions[1:] < positions[:-1]) & ~starts[1:-1]).any():
        yield "occurrence_positions", "descends within a posting"


def _occurrences(columns: Columns) -> Iterator[tuple[str, str]]:
    """Every occurrence is of one of the forms of its term."""
    ends = columns.term_occurrences.astype(np.int64)
    for first in range(0, int(ends[-1]), AT_ONCE):
        last = min(first + AT_ONCE, int(ends[-1]))
        low, high = np.searchsorted(ends, (first, last - 1), side="right") - 1
        inside: Array = np.diff(np.clip(ends[low : high + 2], first, last))
        if (
            columns.occurrence_forms[first:last] >= np.repeat(columns.term_forms[low : high + 1], inside)
        ).any():
            yield "occurrence_forms", "names a printed form that its term does not have"
            return


def _repeats(values: Array) -> bool:
    """Whether a number from 0 to their count stands twice among the values, or a larger one at all."""
    seen = np.bincount(values.astype(np.int64), minlength=len(values))
    return len(seen) > len(values) or bool((seen > 1).any())
