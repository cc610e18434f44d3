"""What must hold between the columns of a segment: lengths that agree, offsets that ascend and end where they should.

The cheap part is looked at whenever a segment is opened, the whole by `verify`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from searcher.errors import ArchiveDamaged, Cure
from searcher.index.format import packed_frequencies
from searcher.index.format.columns import FACET_COLUMNS, Columns
from searcher.index.format.manifest import Manifest

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
    ("form_ends",),
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


def check_sizes(columns: Columns, manifest: Manifest, where: str) -> None:
    """ArchiveDamaged unless lengths agree and offsets begin and end right; looks at a few numbers only."""
    problem = next(_size_problems(columns, manifest), None)
    if problem:
        raise ArchiveDamaged(problem, place=where, cure=Cure.VERIFY)


def _size_problems(columns: Columns, manifest: Manifest) -> Iterator[str]:
    for name, column in columns.items():
        if column.ndim != (2 if name in _ROWS else 1) or (name in _ROWS and len(column) != _ROWS[name]):
            yield f"{name} has the shape {column.shape}"
            return
        if name in OFFSETS and not len(column):
            yield f"{name} is empty"
            return
    for first, *others in SAME_LENGTH:
        for other in others:
            if len(getattr(columns, first)) != len(getattr(columns, other)):
                yield f"{first} and {other} differ in length"
    for name, target in OFFSETS.items():
        offsets = getattr(columns, name)
        if int(offsets[0]) != 0 or int(offsets[-1]) != len(getattr(columns, target)):
            yield f"{name} does not span {target}"
    terms, forms, docs = len(columns.term_ends) - 1, len(columns.form_ends) - 1, manifest.docs
    if len(columns.term_forms) != terms or len(columns.form_terms) != forms:
        yield "terms and printed forms differ in number"
    if not len(columns.doc_keys) == columns.doc_lengths.shape[1] == columns.doc_zones.shape[1] == docs:
        yield f"the columns of the documents are not those of {docs} articles"
    if int(columns.block_docs[0]) != 0 or int(columns.block_docs[-1]) != docs:
        yield "the stored blocks do not hold all articles"
    for ranges, most in ((manifest.terms, terms), (manifest.forms, forms)):
        yield from (
            f"the range of {name} ends behind {most}" for name, (_, end) in ranges.items() if end > most
        )


def problems(columns: Columns, manifest: Manifest) -> list[tuple[str, str]]:
    """(column, what is wrong with it), all that can be seen without the articles; each column is looked at whole."""
    found = [("manifest", problem) for problem in _size_problems(columns, manifest)]
    # What comes later trusts what came before.
    return found or list(_bound_problems(columns, manifest)) or list(_order_problems(columns))


def _bound_problems(columns: Columns, manifest: Manifest) -> Iterator[tuple[str, str]]:
    for name in (*OFFSETS, "block_docs", "long_postings"):
        if np.any(getattr(columns, name)[1:] < getattr(columns, name)[:-1]):
            yield name, "does not ascend"
    for name, target in POINTERS.items():
        values = getattr(columns, name)
        if len(values) and int(values.max()) >= len(getattr(columns, target)):
            yield name, f"points behind the end of {target}"
    for name, _, ends in FACET_COLUMNS.values():
        values = getattr(columns, name)
        if len(values) and int(values.max()) >= len(getattr(columns, ends)) - 1:
            yield name, f"points behind the end of {ends}"
    low, high = manifest.terms["id"]
    if len(columns.doc_ids) and int(columns.doc_ids.max()) >= high - low:
        yield "doc_ids", "points behind the last id"


def _order_problems(columns: Columns) -> Iterator[tuple[str, str]]:
    forms = np.bincount(columns.form_terms.astype(np.int64), minlength=len(columns.term_forms))
    if not np.array_equal(forms, columns.term_forms):
        yield "form_terms", "gives terms another number of printed forms than term_forms"
    starts = np.zeros(len(columns.posting_docs) + 1, bool)
    starts[columns.term_postings.astype(np.int64)] = True
    if np.any((columns.posting_docs[1:] <= columns.posting_docs[:-1]) & ~starts[1:-1]):
        yield "posting_docs", "does not ascend within a term"
    counts = packed_frequencies.counts(columns, 0, len(columns.posting_docs))
    ends = np.cumsum(counts)
    analysed = columns.term_occurrences.astype(np.int64)
    at = columns.term_postings.astype(np.int64)
    if not np.array_equal(np.concatenate(([0], ends))[at], analysed):
        yield "posting_frequencies", "does not add up to the occurrences"
        return
    starts = np.zeros(len(columns.occurrence_positions) + 1, bool)
    starts[ends] = True
    positions = columns.occurrence_positions
    # Two printed forms of one stem may stand at one position: a joined compound and its first part.
    if np.any((positions[1:] < positions[:-1]) & ~starts[1:-1]):
        yield "occurrence_positions", "descends within a posting"
