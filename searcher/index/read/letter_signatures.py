"""Letter signatures: the length of each of many words and the set of its letters, to sieve words before a comparison.

>>> lengths, letters = signatures(Strings.of(["übel".encode(), b"leb"]))
>>> lengths.tolist(), letters[0] == letters[1]
([4, 3], True)
"""

from __future__ import annotations

import numpy as np

from searcher.index.format.columns import Array, Strings

LETTERS: Array = np.zeros(256, np.uint32)
"""A bit for each of the bytes a to z; other characters have none, which makes a sieve coarser, never wrong."""
LETTERS[97:123] = np.uint32(1) << np.arange(26, dtype=np.uint32)

CONTINUES = 0x80
"""The upper two bits of a byte that continues a character."""


AT_ONCE = 50_000
"""Words processed at a time: a few megabytes."""


def signatures(texts: Strings) -> tuple[Array, Array]:
    """(number of characters, which of the letters a to z as bits) of every text."""
    lengths, letters = np.zeros(len(texts), np.int32), np.zeros(len(texts), np.uint32)
    for first in range(0, len(texts), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        ends = texts.offsets[first : first + AT_ONCE + 1].astype(np.int64)
        content = texts.blob[ends[0] : ends[-1]]
        ends -= ends[0]
        characters = np.concatenate(([0], np.cumsum((content & 0xC0) != CONTINUES)))
        lengths[part] = np.diff(characters[ends])
        filled = np.flatnonzero(np.diff(ends))
        if len(filled):
            letters[part][filled] = np.bitwise_or.reduceat(LETTERS[content], ends[filled])
    return lengths, letters
