"""Fuzzy words in whole arrays: which of many words are within a few edits of one.

The distance is that of `query.within`, for all words at once. Of the table that compares two words letter by letter
only the diagonals near the middle matter, and only the last three rows are kept.

>>> from searcher.index.format.columns import Strings
>>> near(Strings.of([b"kiew", b"kiwe", b"kyjiw"]), np.arange(3), "kiev", 2).tolist()
[0, 1]
"""

from __future__ import annotations

import numpy as np

from searcher.index.format.columns import Strings
from searcher.index.read.letter_signatures import CONTINUES, LETTERS
from searcher.search.kernels import Array, spread


def sieved(lengths: Array, letters: Array, word: str, most: int) -> Array:
    """Indices of the texts that may be within `most` edits, judged by length and letter signature alone.

    An edit changes the length by at most 1, and adds or removes at most one letter of the signature.
    """
    own = np.bitwise_or.reduce(LETTERS[np.frombuffer(word.encode("utf-8", "surrogatepass"), np.uint8)])
    fits = np.abs(lengths - len(word)) <= most
    fits &= np.bitwise_count(letters & ~own) <= most
    fits &= np.bitwise_count(own & ~letters) <= most
    return np.flatnonzero(fits)


def near(texts: Strings, rows: Array, word: str, most: int) -> Array:
    """Those of the texts `rows` within `most` edits of `word`; all lengths must differ by at most `most`."""
    begins = texts.offsets[rows].astype(np.int64)
    sizes = texts.offsets[rows + 1].astype(np.int64) - begins
    content: bytes = texts.blob[spread(begins, sizes)].tobytes()
    characters = np.frombuffer(
        content.decode("utf-8", "surrogatepass").encode("utf-32-le", "surrogatepass"), np.uint32
    )
    starts = (np.frombuffer(content, np.uint8) & 0xC0) != CONTINUES
    lengths = np.diff(np.concatenate(([0], np.cumsum(starts)))[np.concatenate(([0], np.cumsum(sizes)))])
    # One row per text, padded before and after with zeros, which equal no letter.
    table = np.zeros((len(rows), len(word) + 2 * most + 2), np.uint32)
    table[np.repeat(np.arange(len(rows)), lengths), spread(np.full(len(rows), most + 1), lengths)] = (
        characters
    )
    steps = _steps(np.ascontiguousarray(table.T), word, most)
    found: Array = rows[steps[lengths - len(word) + most, np.arange(len(rows))] <= most]
    return found


def _steps(table: Array, word: str, most: int) -> Array:
    """The last row of the comparison: edits from the word to the first len(word) - most ... + most letters of a text.

    `table[j + most]` has letter j of every text, counted from 1.
    """
    far = np.uint8(most + 1)
    width = 2 * most + 1
    last = np.full((width, table.shape[1]), far)
    for shift in range(most + 1):
        last[most + shift] = shift
    before = np.full_like(last, far)
    for row, letter in enumerate(word, 1):
        line = np.full_like(last, far)
        for shift in range(width):
            column = row + shift - most
            if column < 0:
                continue
            if column == 0:
                line[shift] = row
                continue
            here = table[column + most] == ord(letter)
            steps = last[shift] + ~here
            if shift:
                np.minimum(steps, line[shift - 1] + np.uint8(1), out=steps)
            if shift + 1 < width:
                np.minimum(steps, last[shift + 1] + np.uint8(1), out=steps)
            if row > 1 and column > 1:
                crossed = (table[column + most - 1] == ord(letter)) & (
                    table[column + most] == ord(word[row - 2])
                )
                np.minimum(steps, np.where(crossed, before[shift] + np.uint8(1), far), out=steps)
            np.minimum(steps, far, out=line[shift])
        before, last = last, line
    return last
