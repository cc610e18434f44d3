"""Array kernels: the inner loops of search, each over whole arrays. The tests compare each with a plain twin.

Document numbers are sorted and distinct within an array; positions are sorted within a posting.
"""

from __future__ import annotations

import numpy as np

from searcher.index.format.columns import Array, spread

__all__ = ["Array", "accumulate", "best", "bm25", "contains", "find", "lower_bounds", "spread"]

BLOCK = 64
"""Scores per block; the selection of the best looks at the maxima of blocks first."""

GALLOP = 25
"""How many items of a table are written, or a sixth of that many set to zero, in the time of one binary search."""


def _searches(wanted: Array, docs: Array, size: int) -> bool:
    """Whether binary searches for all wanted documents cost less than a table of `docs` over the whole segment."""
    return len(docs) > 0 and len(wanted) * GALLOP < size // 6 + len(docs) * 5


def find(docs: Array, wanted: Array, size: int) -> tuple[Array, Array]:
    """(booleans: which wanted documents are among `docs`, the index of each that is); documents are below `size`.

    The index of a document that is not among them has no meaning, but is a valid index. `docs` must not be empty.
    """
    if _searches(wanted, docs, size):
        wanted = wanted.astype(docs.dtype, copy=False)
        rows = docs.searchsorted(wanted)
        rows[rows == len(docs)] = 0
        return docs[rows] == wanted, rows
    table = np.full(size, -1, np.int32)
    table[docs] = np.arange(len(docs), dtype=np.int32)
    at: Array = table[wanted]
    return at >= 0, at


def contains(docs: Array, wanted: Array, size: int) -> Array:
    """Booleans: which wanted documents are among `docs`."""
    if _searches(wanted, docs, size):
        return find(docs, wanted, size)[0]
    table = np.zeros(size, bool)
    table[docs] = True
    marked: Array = table[wanted]
    return marked


def bm25(weights: Array, norms: Array, factor: float) -> Array:
    """factor * w / (w + norm) as float32; norm = K1 * (1 - B + B * length / average length)."""
    frequencies = weights.astype(np.float32)
    scores = norms + frequencies
    np.divide(frequencies, scores, out=scores)
    scores *= np.float32(factor)
    return scores


def accumulate(total: Array, docs: Array, scores: Array) -> None:
    """total[doc] += score, in place."""
    np.add.at(total, docs, scores)


def lower_bounds(values: Array, begins: Array, ends: Array, wanted: Array) -> Array:
    """For each i the first row in [begins[i], ends[i]) whose value is >= wanted[i], else ends[i]."""
    low, high = begins.copy(), ends.copy()
    last = max(len(values) - 1, 0)
    for _ in range(int((high - low).max(initial=0)).bit_length()):
        middle = (low + high) >> 1
        below = values[np.minimum(middle, last)] < wanted
        below &= low < high
        low = np.where(below, middle + 1, low)
        high = np.where(below, high, middle)
    return low


def best(keys: Array, count: int, ranks: Array) -> Array:
    """Indices of the `count` largest keys, largest first; equal keys by ascending rank."""
    if count <= 0 or not len(keys):
        return np.zeros(0, np.int64)
    if len(keys) <= 4 * count + BLOCK:
        # A short array is sorted faster than selected from.
        return np.lexsort((ranks, _descending(keys)))[:count]
    rows = _candidates(keys, count)
    chosen = keys[rows]
    if len(rows) > count:
        bound = np.partition(chosen, len(rows) - count)[len(rows) - count]
        keep = chosen >= bound
        rows, chosen = rows[keep], chosen[keep]
    if len(rows) > 4 * count + BLOCK:
        # Many equal keys at the bound: keep the larger ones and the first of the equal by rank.
        above, equal = rows[chosen > bound], rows[chosen == bound]
        missing = count - len(above)
        equal = equal[np.argpartition(ranks[equal], missing - 1)[:missing]]
        rows = np.concatenate((above, equal))
        chosen = keys[rows]
    order = np.lexsort((ranks[rows], _descending(chosen)))[:count]
    return rows[order]


def _candidates(keys: Array, count: int) -> Array:
    """Rows that contain the `count` largest keys: all rows, or those that reach the maxima of enough blocks."""
    blocks = len(keys) // BLOCK
    if blocks <= 4 * count:
        return np.arange(len(keys))
    # A block is a column of the table, not a run of 64 keys: numpy takes the maxima of many columns at a time.
    whole = blocks * BLOCK
    table = keys[:whole].reshape(BLOCK, blocks)
    maxima = table.max(axis=0)
    bound = np.partition(maxima, blocks - count)[blocks - count]
    columns = (maxima >= bound).nonzero()[0]
    if len(columns) > 4 * count:
        return np.flatnonzero(keys >= bound)
    rows = (np.arange(0, whole, blocks)[:, np.newaxis] + columns).ravel()
    rows = rows[keys[rows] >= bound]
    return np.concatenate((rows, (keys[whole:] >= bound).nonzero()[0] + whole))


def _descending(keys: Array) -> Array:
    """Keys that sort in reverse; `~` where negation would overflow (unsigned, or the smallest integer)."""
    return -keys if keys.dtype.kind == "f" else ~keys
