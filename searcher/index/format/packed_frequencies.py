"""Frequencies: the number of occurrences of a term in an article and their weight, in one byte per posting.

The low four bits count the occurrences, the high four hold the weight that the zones add for ranking. If either is 15
or more, both are in `long_counts` and `long_weights` instead: one posting in a hundred.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from searcher.index.format.columns import Array, Columns, spread

LONG = 15
_BYTES = np.arange(256)
_COUNTS: Array = (_BYTES & 15).astype(np.int64)
_WEIGHTS: Array = ((_BYTES & 15) + (_BYTES >> 4)).astype(np.float32)
_IS_LONG: Array = ((_BYTES & 15) == LONG) | ((_BYTES >> 4) == LONG)


def pack(counts: Array, weights: Array) -> tuple[Array, Array]:
    """(uint8 per posting, indices of the postings whose numbers have to be kept apart)."""
    packed = np.minimum(weights - counts, LONG).astype(np.uint8)
    packed <<= 4
    packed |= np.minimum(counts, LONG).astype(np.uint8)
    return packed, np.flatnonzero(_IS_LONG[packed])


def counts(columns: Columns, low: int, high: int) -> Array:
    """Occurrences of the postings low <= p < high, int64."""
    found: Array = _COUNTS[columns.part("posting_frequencies", low, high)]
    return _with_long(columns, low, high, found, columns.long_counts)


def weights(columns: Columns, low: int, high: int) -> Array:
    """Weighted frequencies of the postings low <= p < high, float32."""
    found: Array = _WEIGHTS[columns.part("posting_frequencies", low, high)]
    return _with_long(columns, low, high, found, columns.long_weights)


def counts_at(columns: Columns, begins: Array, lengths: Array) -> Array:
    """Occurrences of the postings of many ranges in a row, int64."""
    packed = columns.gather("posting_frequencies", begins, lengths)
    found: Array = _COUNTS[packed]
    long = np.flatnonzero(_IS_LONG[packed])
    if len(long):
        wanted = spread(begins, lengths)[long].astype(columns.long_postings.dtype)
        found[long] = columns.long_counts[np.searchsorted(columns.long_postings, wanted)]
    return found


def is_long(packed: Array) -> Array:
    """Booleans: which postings have their numbers in the long columns."""
    found: Array = _IS_LONG[packed]
    return found


def _with_long(columns: Columns, low: int, high: int, found: Array, values: Array) -> Array:
    # The column may be too narrow a type to hold `low` and `high`, and too long to be widened for every term.
    first, last = (bisect_left(columns.long_postings, bound) for bound in (low, high))
    if first < last:
        found[columns.long_postings[first:last].astype(np.int64) - low] = values[first:last]
    return found
