"""Chunk table: text becomes the numbers of its whitespace-separated chunks, without a Python string for each.

The UTF-8 bytes of many texts are one array: blanks give the edges of the chunks, a rolling polynomial
gives every chunk a 64-bit hash, and a hash table in two arrays gives its number. Only chunks never seen before become
strings. The polynomial's base and its coefficient for each byte are random in every process, so that no input can be
made to collide; by chance two of a million different ones do once in thirty million runs.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from itertools import groupby

import numpy as np

from searcher.index.format.columns import Array

LONGEST = 32
"""Bytes of a chunk that goes through the table; a longer one is looked up as a string."""

_BLANKS = bytes(byte < 128 and chr(byte).isspace() for byte in range(256))
"""A table for `bytes.translate`: 1 for a blank of one byte."""
_WIDE_BLANKS = [chr(code).encode() for code in range(128, 0x3001) if chr(code).isspace()]
_WIDE_BLANKS_BY_LEAD = [list(group) for _, group in groupby(_WIDE_BLANKS, key=lambda blank: blank[0])]
_LOWEST_LEAD = min(blank[0] for blank in _WIDE_BLANKS)
_STOP, _QUOTE = ord("."), ord('"')
_CLOSING = np.isin(np.arange(256), list(b',;:!?"'))
_SMALL = (np.arange(256) >= ord("a")) & (np.arange(256) <= ord("z"))
_MIX = np.uint64(0x9E3779B97F4A7C15)


def _wide_blanks(content: Array) -> Array:
    """The places of all bytes of blanks that are not ASCII."""
    found = []
    # Few bytes may lead such a blank, so the rest is compared in few places.
    leads = np.flatnonzero(content >= _LOWEST_LEAD)
    bytes_there = content[leads]
    for blanks in _WIDE_BLANKS_BY_LEAD:
        at = leads[bytes_there == blanks[0][0]]
        for each in blanks if len(at) else ():
            here = at[at + len(each) <= len(content)]
            for place, byte in enumerate(each[1:], 1):
                here = here[content[here + place] == byte]
            found += [here + place for place in range(len(each))] if len(here) else []
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def trimmed(content: Array, starts: Array, ends: Array) -> tuple[Array, Array]:
    """The chunks without the commonest punctuation around them, which changes nothing for the analysis.

    So `Ukraine`, `Ukraine,` and `"Ukraine."` are one chunk to analyse. A full stop goes only behind a small letter:
    behind others it may belong to a number or an abbreviation.
    """
    short = ends - starts <= LONGEST
    last = content[ends - 1]
    closed = np.flatnonzero((_CLOSING[last] | (last == _STOP)) & short)
    ends = ends.copy()
    for _ in range(2):
        closed = closed[ends[closed] - starts[closed] > 1]
        last, before = content[ends[closed] - 1], content[ends[closed] - 2]
        closed = closed[_CLOSING[last] | ((last == _STOP) & _SMALL[before])]
        ends[closed] -= 1
    starts = starts + ((content[starts] == _QUOTE) & short & (ends - starts > 1))
    return starts, ends


class ChunkTable:
    """Numbers of chunks."""

    def __init__(self) -> None:
        self._long: dict[str, int] = {}
        # x ** 2 ** n - 1 is a multiple of no higher power of 2 than it must be, so that differences of chunks that have
        # it as a factor, as those of chunks in the pattern of Thue and Morse have, do not vanish modulo 2 ** 64.
        base = secrets.randbits(61) << 3 | 3
        # Drawn too: with coefficients that all know, many other factors could be had.
        self._coefficients = np.frombuffer(secrets.token_bytes(256 * 8), np.uint64)
        self._powers = _Powers(base)
        self._inverses = _Powers(pow(base, -1, 1 << 64))
        self._count = 0
        self._resize(1 << 16)

    def __len__(self) -> int:
        return self._count + len(self._long)

    def numbers(self, texts: list[bytes], learn: Callable[[str], int]) -> tuple[Array, Array]:
        """(numbers of all chunks in a row, how many chunks each text has).

        `learn` is called once with each new chunk and gives its number (int32). It is not kept: the table is part of
        what learns, and a circle would hold both until garbage is collected.
        """
        joined = b" " + b" ".join(texts) + b" "
        content = np.frombuffer(joined, np.uint8)
        wide = _wide_blanks(content)
        if len(wide):
            content = content.copy()
            content[wide] = 32
            joined = content.tobytes()
        blank = np.frombuffer(joined.translate(_BLANKS), bool)
        edges = np.flatnonzero(blank[1:] != blank[:-1]) + 1
        starts, ends = trimmed(content, edges[0::2], edges[1::2])
        lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        bounds = np.searchsorted(starts, np.concatenate(([0], np.cumsum(lengths))) + 1)
        return self._look_up(joined, content, starts, ends, learn), np.diff(bounds)

    def _look_up(
        self, joined: bytes, content: Array, starts: Array, ends: Array, learn: Callable[[str], int]
    ) -> Array:
        hashes = self._hashes(content, starts, ends)
        found = np.zeros(len(hashes), np.int32)
        missing = self._find(hashes, found)
        long = np.flatnonzero(ends - starts > LONGEST)
        if len(missing):
            if len(long):
                missing = missing[ends[missing] - starts[missing] <= LONGEST]
            distinct, where, back = np.unique(hashes[missing], return_index=True, return_inverse=True)
            spans = zip(starts[missing[where]].tolist(), ends[missing[where]].tolist(), strict=True)
            numbers = np.fromiter(
                (learn(joined[a:b].decode("utf-8", "surrogatepass")) for a, b in spans),
                np.int32,
                len(distinct),
            )
            found[missing] = numbers[back]
            self._insert(distinct, numbers)
        for i in long.tolist():
            found[i] = self._long_number(joined[starts[i] : ends[i]].decode("utf-8", "surrogatepass"), learn)
        return found

    def _long_number(self, chunk: str, learn: Callable[[str], int]) -> int:
        number = self._long.get(chunk)
        if number is None:
            number = self._long[chunk] = learn(chunk)
        return number

    def _hashes(self, content: Array, starts: Array, ends: Array) -> Array:
        """sum of coefficient of the byte * base ** (place in the chunk), modulo 2 ** 64, never 0."""
        sums = self._coefficients[content]
        sums *= self._powers.first(len(content))
        np.cumsum(sums, out=sums)
        hashes: Array = sums[ends - 1] - sums[starts - 1]
        hashes *= self._inverses.first(len(content))[starts]
        hashes[hashes == 0] = 1
        return hashes

    def _slots(self, hashes: Array) -> Array:
        slots: Array = ((hashes * _MIX) >> self._shift).astype(np.int64)
        return slots

    def _find(self, hashes: Array, found: Array) -> Array:
        """Fill in the known numbers; the places of the unknown."""
        slots = self._slots(hashes)
        keys = self._keys[slots]
        np.copyto(found, self._numbers[slots])
        unsettled = np.flatnonzero((keys != hashes) & (keys != 0))
        missing = [np.flatnonzero(keys == 0)]
        while len(unsettled):
            slots[unsettled] = (slots[unsettled] + 1) & self._mask
            here = slots[unsettled]
            keys, wanted = self._keys[here], hashes[unsettled]
            hit = keys == wanted
            found[unsettled[hit]] = self._numbers[here[hit]]
            missing.append(unsettled[keys == 0])
            unsettled = unsettled[~hit & (keys != 0)]
        return np.concatenate(missing)

    def _insert(self, hashes: Array, numbers: Array) -> None:
        """Distinct hashes that are not in the table."""
        self._count += len(hashes)
        if self._count * 2 > len(self._keys):
            keys, values = self._keys, self._numbers
            # A batch may bring more than the table has room for.
            self._resize(1 << (self._count * 2).bit_length())
            self._place(keys[keys != 0], values[keys != 0])
        self._place(hashes, numbers)

    def _place(self, hashes: Array, numbers: Array) -> None:
        slots = self._slots(hashes)
        left = np.arange(len(hashes))
        while len(left):
            here = slots[left]
            free = self._keys[here] == 0
            # Of several that want one free slot, the last one written has it.
            self._keys[here[free]] = hashes[left[free]]
            won = self._keys[here] == hashes[left]
            self._numbers[here[won]] = numbers[left[won]]
            left = left[~won]
            slots[left] = (slots[left] + 1) & self._mask

    def _resize(self, size: int) -> None:
        self._keys: Array = np.zeros(size, np.uint64)
        self._numbers: Array = np.zeros(size, np.int32)
        self._mask = size - 1
        self._shift = np.uint64(64 - self._mask.bit_length())


class _Powers:
    """1, base, base ** 2, … modulo 2 ** 64, computed as far as anybody asked."""

    def __init__(self, base: int) -> None:
        self._base = base
        self._known: Array = np.ones(1, np.uint64)

    def first(self, count: int) -> Array:
        while len(self._known) < count:
            following = np.uint64(pow(self._base, len(self._known), 1 << 64))
            self._known = np.concatenate((self._known, self._known * following))
        return self._known[:count]
