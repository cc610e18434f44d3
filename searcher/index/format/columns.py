"""Columns: the numpy arrays a segment is made of, saved as `.npy` and opened memory-mapped.

One class lists them all; FORMAT.md beside this module says in words what each holds. A column is stored in the
smallest unsigned type that holds its largest value, so that a segment of up to 65,536 articles has two-byte document
numbers; readers must not depend on the width.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from searcher.article import FACETS

Array = NDArray[Any]


def narrow(values: Array) -> Array:
    """The same values in the smallest unsigned integer type that holds them."""
    top = int(values.max()) if values.size else 0
    return values.astype(np.min_scalar_type(top), copy=False)


def spread(begins: Array, lengths: Array) -> Array:
    """The concatenation of the ranges begin, …, begin + length - 1, as int64."""
    ends = np.cumsum(lengths, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    numbers: Array = np.arange(total, dtype=np.int64) + np.repeat(begins - ends + lengths, lengths)
    return numbers


class Strings(Sequence[bytes]):
    """A read-only list of byte strings: one array of bytes, one of n + 1 offsets.

    Sorted lists are searched with `find` and `lower`; both are bisections, O(log n).
    """

    def __init__(self, blob: Array, offsets: Array) -> None:
        self.blob = blob
        self.offsets = offsets
        # Python reads single items from a memoryview several times faster than from an array.
        self._bytes: memoryview = blob.data
        self._ends: memoryview = offsets.data

    @classmethod
    def of(cls, strings: Sequence[bytes]) -> Strings:
        """The list of these byte strings, in their order."""
        lengths = np.fromiter(map(len, strings), np.int64, len(strings))
        offsets = np.concatenate(([0], np.cumsum(lengths)))
        blob: Array = np.frombuffer(b"".join(strings), np.uint8)
        return cls(blob, narrow(offsets))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: Any) -> Any:
        return bytes(self._bytes[self._ends[index] : self._ends[index + 1]])

    def __iter__(self) -> Iterator[bytes]:
        blob, ends = bytes(self._bytes), self.offsets.tolist()
        return (blob[start:end] for start, end in pairwise(ends))

    def part(self, low: int, high: int) -> Strings:
        """The strings low <= i < high, without copying."""
        return Strings(self.blob, self.offsets[low : high + 1])

    def lower(self, key: bytes, low: int = 0, high: int | None = None) -> int:
        """The first index in [low, high) whose string is >= key, else high. Needs sorted strings."""
        return bisect_left(
            range(len(self)), key, low, len(self) if high is None else high, key=self.__getitem__
        )

    def find(self, key: bytes, low: int = 0, high: int | None = None) -> int:
        """The index of key in [low, high), or -1. Needs sorted strings."""
        high = len(self) if high is None else high
        index = self.lower(key, low, high)
        return index if index < high and self[index] == key else -1


class FacetColumns(NamedTuple):
    """The names of the three columns of a facet."""

    numbers: str
    """[n] number of the value in `bytes`"""
    bytes: str
    """uint8: sorted distinct values"""
    ends: str
    """offsets into `bytes`"""

    @classmethod
    def of(cls, facet: str) -> FacetColumns:
        """'source' -> doc_sources, source_bytes, source_ends."""
        return cls(f"doc_{facet}s", f"{facet}_bytes", f"{facet}_ends")


FACET_COLUMNS = {facet: FacetColumns.of(facet) for facet in FACETS}
"""Facet -> its columns."""


def _with_facets(columns: type[Columns]) -> type[Columns]:
    """Put the columns of the facets where FORMAT.md has them: the checksums lie in the order of the columns."""
    facets = FACET_COLUMNS.values()
    behind = {
        "doc_ends": [facet.numbers for facet in facets],
        "doc_zones": [name for facet in facets for name in (facet.bytes, facet.ends)],
    }
    names = [name for fixed in columns.__annotations__ for name in (fixed, *behind.get(fixed, ()))]
    columns.__annotations__ = dict.fromkeys(names, "Array")
    return columns


@dataclass
@_with_facets
class Columns:
    """All arrays of one segment: n articles, t terms, f printed forms, p postings, o occurrences.

    Terms and forms lie field after field (`ANALYSED`, then `RAW`; forms only for `ANALYSED`), sorted by their UTF-8
    bytes within a field. Postings lie term after term, by document; occurrences posting after posting, by position.
    Every facet has three columns more: see `FacetColumns`.
    """

    term_bytes: Array  # uint8
    term_ends: Array  # [t+1] offsets into term_bytes
    term_postings: Array  # [t+1] offsets into the posting columns
    term_occurrences: Array  # [t+1] offsets into the occurrence columns
    term_forms: Array  # [t] number of printed forms of the term
    form_bytes: Array  # uint8
    form_ends: Array  # [f+1] offsets into form_bytes
    form_terms: Array  # [f] the term this form belongs to
    form_numbers: Array  # [f] its number among the forms of that term
    form_zones: (
        Array  # [f] bits: in which zones (1 title, 2 kicker, 4 teaser, 8 body) it is printed; 1 for metadata
    )
    form_suffixes: Array  # [f] form numbers of each field sorted by the reversed bytes, for suffix search
    posting_docs: Array  # [p] document number
    posting_frequencies: (
        Array  # [p] uint8: count in the low, added weight in the high four bits; see frequencies.py
    )
    long_postings: Array  # [l] postings whose count or added weight is 15 or more, ascending
    long_counts: Array  # [l] their number of occurrences
    long_weights: Array  # [l] their weighted frequency
    occurrence_positions: Array  # [o] position in the field's position space
    occurrence_forms: Array  # [o] number of the printed form among the forms of the term
    doc_keys: Array  # [n] uint64: digest of the id
    doc_fingerprints: Array  # [n] uint64: digest of the stored article
    doc_ids: Array  # [n] rank of the id among the segment's ids = its term number within the field `id`
    doc_starts: Array  # [n] int64: minutes since 0001-01-01, -1 without a date
    doc_ends: Array  # [n] int64: exclusive, -2 without a date
    doc_lengths: Array  # [9, n] tokens per field: all, then the zones, then the metadata fields
    doc_zones: Array  # [3, n] first position of kicker, teaser and body in `all`; the title begins at 0
    block_docs: Array  # [b+1] first document of each stored block
    block_ends: Array  # [b+1] offsets into block_bytes
    block_bytes: Array  # uint8: zstd frames, one JSON article a line

    def part(self, name: str, low: int, high: int) -> Array:
        """The values low <= i < high of a column."""
        found: Array = getattr(self, name)[low:high]
        return found

    def gather(self, name: str, begins: Array, lengths: Array, keep: Array | None = None) -> Array:
        """The values of many ranges of a column in a row; of those only where the mask `keep` is True."""
        rows = spread(begins, lengths)
        found: Array = getattr(self, name)[rows if keep is None else rows[keep]]
        return found

    def count(self, name: str) -> int:
        """The number of values in a column."""
        return int(getattr(self, name).size)

    def itemsize(self, name: str) -> int:
        """Bytes of a value of a column."""
        return int(getattr(self, name).itemsize)

    def items(self) -> Iterable[tuple[str, Array]]:
        """(name, array) of every column."""
        return ((each.name, getattr(self, each.name)) for each in fields(self))


NAMES = tuple(each.name for each in fields(Columns))
