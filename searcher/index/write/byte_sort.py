"""The sort order of byte strings, computed seven bytes at a time with whole arrays.

A dictionary of half a million words is sorted three times for every segment, which is a tenth of the time of indexing
if Python compares the words one by one.

>>> texts = Strings.of([b"ruhe", b"waffenruhe", b"waffen", b"", b"ruhe\\0"])
>>> order(texts).tolist(), order(texts, backwards=True).tolist()
([3, 0, 4, 2, 1], [3, 4, 0, 1, 2])
"""

from __future__ import annotations

import numpy as np

from searcher.index.format.columns import Array, Strings

STEP = 7
"""Bytes compared at a time; the eighth of a key is their number, so that `ab` is before `ab\\0`."""

_FILLED = np.array([((1 << 8 * n) - 1) << 8 * (STEP + 1 - n) for n in [*range(STEP + 1), STEP]], np.uint64)


def order(texts: Strings, *, backwards: bool = False) -> Array:
    """The indices of `texts` in ascending order, int64; equal strings in any order.

    `backwards` compares the strings from their last byte to their first.
    """
    keys = _Keys(texts, backwards)
    found = np.arange(len(texts))
    places, groups = found.copy(), np.zeros(len(found), np.int64)
    offset = 0
    while len(places):
        rows = found[places]
        here = keys.at(rows, offset)
        by = np.lexsort((here, groups)) if offset else np.argsort(here)
        found[places] = rows[by]
        tied, groups = _ties(here[by], groups)
        places = places[tied]
        offset += STEP
    return found


def _ties(keys: Array, groups: Array) -> tuple[Array, Array]:
    """Where sorted keys of a group are equal and their strings go on, and the new groups of these."""
    fresh = np.ones(len(keys) + 1, bool)
    fresh[1:-1] = (keys[1:] != keys[:-1]) | (groups[1:] != groups[:-1])
    tied = np.flatnonzero(~(fresh[:-1] & fresh[1:]) & (keys & np.uint64(255) > STEP))
    return tied, np.cumsum(fresh[:-1])[tied]


class _Keys:
    def __init__(self, texts: Strings, backwards: bool) -> None:
        ends = texts.offsets.astype(np.int64)
        blob = texts.blob[: ends[-1]]
        self._lengths = np.diff(ends)
        self._starts = ends[-1] - ends[1:] if backwards else ends[:-1]
        padded = np.concatenate((blob[::-1] if backwards else blob, np.zeros(STEP + 1, np.uint8)))
        self._words = np.lib.stride_tricks.sliding_window_view(padded, STEP + 1)

    def at(self, rows: Array, offset: int) -> Array:
        """Bytes `offset` to `offset + STEP` of these strings as big-endian numbers, and how many there are, or more."""
        lengths = self._lengths[rows]
        left = np.clip(lengths - offset, 0, STEP + 1)
        words = self._words[self._starts[rows] + np.minimum(offset, lengths)].view(">u8").ravel()
        keys: Array = (words.astype(np.uint64) & _FILLED[left]) | left.astype(np.uint64)
        return keys
