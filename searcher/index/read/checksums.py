"""Guard: what is read from a segment is held against its checksums, piece by piece, when it is read for the first time.

So a damaged index answers with an error where an answer would touch the damage, and opening one stays free of cost.
Columns with a value per article are checked whole. The large ones are checked where they are read: the postings of the
term asked for, and of the lexicon the two neighbours between which a word was found or missed, which proves either.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from searcher.errors import ArchiveDamaged, Cure
from searcher.index.format.columns import Array, Columns, Strings
from searcher.index.format.npy_file import CHECKED

PIECEWISE = frozenset(
    (
        *("term_bytes", "term_ends", "term_postings", "term_occurrences", "form_bytes", "form_ends"),
        *("form_terms", "posting_docs", "posting_frequencies", "occurrence_positions", "occurrence_forms"),
        "block_bytes",
    )
)
"""Columns that are checked where they are read; stored blocks bring their own checksums."""

_SHIFT = CHECKED.bit_length() - 1


class Guard:
    """The checksums of one segment, and which pieces of it have not been read yet.

    `checks` gives the checksums of all columns in a row, `places` where those of each begin and end.
    """

    def __init__(
        self,
        columns: Mapping[str, Array],
        places: Mapping[str, tuple[int, int]],
        checks: Callable[[], Array],
        path: Callable[[str], str],
    ) -> None:
        self._columns = columns
        self._places = places
        self._load = checks
        self._checks: Array | None = None
        self._path = path
        self._unread = {name: bytearray(b"\1" * (end - begin)) for name, (begin, end) in places.items()}

    def check(self, name: str, low: int = 0, high: int | None = None) -> None:
        """ArchiveDamaged unless the items low <= i < high of a column are as they were written."""
        values = self._columns[name]
        high = values.size if high is None else high
        if low < high:
            size = values.itemsize
            first, last = low * size >> _SHIFT, ((high * size - 1) >> _SHIFT) + 1
            if high > values.size or self._unread[name].find(1, first, last) >= 0:
                self._read(name, first, last, high)

    def _read(self, name: str, first: int, last: int, high: int) -> None:
        values = self._columns[name]
        if high > values.size:
            raise self.damaged(name)
        if self._checks is None:
            self._checks = self._load()
        content = values.reshape(-1).view("u1").data
        unread, begin = self._unread[name], self._places[name][0]
        for piece in range(first, last):
            if unread[piece]:
                found = zlib.crc32(content[piece << _SHIFT : (piece + 1) << _SHIFT])
                if found != int(self._checks[begin + piece]):
                    raise self.damaged(name)
                unread[piece] = 0

    def damaged(self, name: str) -> ArchiveDamaged:
        """The error for a column that is not as it was written."""
        return ArchiveDamaged("is not as it was written", place=self._path(name), cure=Cure.VERIFY)

    def ranges(self, name: str, lows: Array, highs: Array) -> None:
        """Check several ranges of one column."""
        values, size = self._columns[name], self._columns[name].itemsize
        filled = np.flatnonzero(lows < highs)
        if not len(filled):
            return
        begins, ends = lows[filled].astype(np.int64) * size, highs[filled].astype(np.int64) * size
        if int(ends.max()) > values.nbytes:
            raise self.damaged(name)
        # How many ranges begin before a piece ends, less those that have ended: each piece is looked at once.
        pieces = len(self._unread[name]) + 1
        within = np.bincount(begins >> _SHIFT, minlength=pieces)
        within -= np.bincount(((ends - 1) >> _SHIFT) + 1, minlength=pieces)
        needed = np.cumsum(within)[:-1] > 0
        for piece in np.flatnonzero(needed & (np.frombuffer(self._unread[name], np.uint8) > 0)).tolist():
            self._read(name, piece, piece + 1, 0)

    def lower(self, kind: str, texts: Strings, key: bytes, low: int, high: int) -> int:
        """The first row in [low, high) of the sorted texts 'term' or 'form' that is >= key, else high; proved."""
        row = texts.lower(key, low, high)
        first, last = max(row - 1, low), min(row + 1, high)
        self.check(f"{kind}_ends", first, last + 1)
        ends = self._columns[f"{kind}_ends"]
        self.check(f"{kind}_bytes", int(ends[first]), int(ends[last]))
        # The texts are sorted, so two sound neighbours on both sides of the key prove that the search was not misled.
        if (row > low and texts[row - 1] >= key) or (row < high and texts[row] < key):
            raise self.damaged(f"{kind}_bytes")
        return row

    def find(self, kind: str, texts: Strings, key: bytes, low: int, high: int) -> int:
        """The row of a text, -1 where it is not among them; proved."""
        row = self.lower(kind, texts, key, low, high)
        return row if row < high and texts[row] == key else -1

    def whole(self, *names: str) -> None:
        """Check these columns from end to end; without names, all."""
        for name in names or self._columns:
            self.check(name)


class GuardedColumns(Columns):
    """The columns of a segment; those not in `PIECEWISE` are checked when they are first asked for."""

    def __init__(self, opened: Mapping[str, Array], guard: Guard) -> None:
        self._opened = opened
        self._guard = guard
        for name in PIECEWISE:
            setattr(self, name, opened[name])

    def __getattr__(self, name: str) -> Any:
        # Called only for what is not an attribute yet: the first use of a column.
        if name.startswith("_") or name not in self._opened:
            raise AttributeError(name)
        self._guard.check(name)
        setattr(self, name, self._opened[name])
        return self._opened[name]
