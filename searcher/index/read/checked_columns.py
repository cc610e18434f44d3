"""Checked columns: every piece of a segment is checked against its checksum when it is first read.

The arrays are private to this module, and every access checks what it returns. So an answer that touches damage is an
error, and opening an index costs nothing. A part of a column (the postings
of one term) costs the checksums of that part only; the lexicon is searched unchecked, and then the
two neighbours of the place found are checked. The range of the values is checked too: even a forged column with correct
checksums cannot point past the end of another.
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from searcher.errors import ArchiveDamaged, Cure
from searcher.index.format import door, stored_blocks
from searcher.index.format.columns import Array, Columns, Strings, spread
from searcher.index.format.invariants import ANY, Range
from searcher.index.format.manifest import Column
from searcher.index.format.npy_file import CHECKED, HEAD, npy_head

_SHIFT = CHECKED.bit_length() - 1

Sums = Callable[[], Array]
"""Gives the checksums of one column, an array of uint32; ArchiveDamaged where they are damaged themselves."""


class CheckedColumn:
    """One column, opened. `described` is what the manifest says of it, `values` the range its values lie in."""

    __slots__ = ("_array", "_sums", "_unread", "_values", "count", "described", "path")

    def __init__(self, path: str, described: Column, sums: Sums, values: Range = ANY) -> None:
        """ArchiveDamaged unless the file has the size and the head that the manifest says; its content waits."""
        content = door.column(path, described.bytes)
        # The head is compared, not parsed: it can be only one.
        if content[:HEAD] != npy_head(described.dtype, described.shape):
            raise ArchiveDamaged("has not the head of this column", place=path, cure=Cure.VERIFY)
        self.path = path
        self.described = described
        self.count = described.count
        flat: Array = np.frombuffer(content, described.dtype, self.count, HEAD)
        self._array = flat.reshape(described.shape)
        self._sums = sums
        self._unread = bytearray(b"\1" * described.pieces)
        self._values = values

    def __len__(self) -> int:
        return len(self._array)

    def whole(self) -> Array:
        """All values, in the shape of the column; ArchiveDamaged also for a value that cannot be."""
        if self._unread.find(1) >= 0:
            self._check(range(len(self._unread)))
        self._check_values()
        return self._array

    def part(self, low: int, high: int) -> Array:
        """The values low <= i < high of a column of one dimension."""
        if low < high:
            size = self._array.itemsize
            first, last = low * size >> _SHIFT, ((high * size - 1) >> _SHIFT) + 1
            if high > self.count:
                raise self.damaged()
            if self._unread.find(1, first, last) >= 0:
                self._check(range(first, last))
        return self._array[low:high]

    def gather(self, begins: Array, lengths: Array, keep: Array | None = None) -> Array:
        """The values of the ranges begin, …, begin + length - 1 in a row; only where the mask `keep` is True."""
        if self._unread.find(1) >= 0:
            self._check_ranges(begins, lengths)
        rows = spread(begins, lengths)
        try:
            found: Array = self._array[rows if keep is None else rows[keep]]
        except IndexError as error:
            raise self.damaged() from error
        return found

    def span(self) -> tuple[int, int]:
        """The first and the last value, not held against checksums: for a look at whether columns fit together."""
        return int(self._array[0]), int(self._array[-1])

    def block(self, begin: int, end: int) -> bytes:
        """Bytes that carry a checksum of their own, which the caller checks: a stored block."""
        if not begin <= end <= self.count:
            raise self.damaged()
        return self._array[begin:end].tobytes()

    def damaged_piece(self) -> int:
        """The first piece whose checksum is another than when it was written; -1 where all are the same."""
        content = self._content()
        for number, check in enumerate(self._sums().tolist()):
            if zlib.crc32(content[number << _SHIFT : (number + 1) << _SHIFT]) != check:
                return number
        return -1

    def damaged(self, reason: str = "is not as it was written") -> ArchiveDamaged:
        """The error for this column."""
        return ArchiveDamaged(reason, place=self.path, cure=Cure.VERIFY)

    def release(self) -> None:
        """Let the system take back the memory of what has been read; it is read again where it is needed again."""
        content: Any = self._array
        while isinstance(content, np.ndarray) and content.base is not None:
            content = content.base
        content = content.obj if isinstance(content, memoryview) else content
        if isinstance(content, mmap.mmap):
            content.madvise(mmap.MADV_DONTNEED)

    def _content(self) -> memoryview:
        content: memoryview = self._array.reshape(-1).view("u1").data
        return content

    def _check_ranges(self, begins: Array, lengths: Array) -> None:
        filled = np.flatnonzero(lengths > 0)
        if not len(filled):
            return
        size = self._array.itemsize
        lows, highs = begins[filled].astype(np.int64), (begins[filled] + lengths[filled]).astype(np.int64)
        if int(lows.min()) < 0 or int(highs.max()) > self.count:
            raise self.damaged()
        # Ranges that begin before a piece ends, minus those that have ended: each piece is visited once.
        pieces = len(self._unread) + 1
        within = np.bincount(lows * size >> _SHIFT, minlength=pieces)
        within -= np.bincount(((highs * size - 1) >> _SHIFT) + 1, minlength=pieces)
        self._check(np.flatnonzero(np.cumsum(within)[:-1] > 0).tolist())

    def _check(self, pieces: Iterable[int]) -> None:
        sums, content, unread = self._sums(), self._content(), self._unread
        for piece in pieces:
            if unread[piece]:
                if zlib.crc32(content[piece << _SHIFT : (piece + 1) << _SHIFT]) != int(sums[piece]):
                    raise self.damaged()
                unread[piece] = 0

    def _check_values(self) -> None:
        low, high, ascends = self._values
        flat = self._array.reshape(-1)
        if not flat.size:
            return
        if high < 1 << 8 * flat.itemsize and int(flat.max()) >= high:
            raise self.damaged(f"holds {int(flat.max())}, which must be below {high}")
        if flat.dtype.kind == "i" and int(flat.min()) < low:
            raise self.damaged(f"holds {int(flat.min())}, which must be at least {low}")
        if ascends and (flat[1:] < flat[:-1]).any():
            raise self.damaged("does not ascend")


class CheckedColumns(Columns):
    """The columns of a segment. An attribute is the whole column, checked when it is first asked for."""

    def __init__(self, columns: Mapping[str, CheckedColumn]) -> None:
        self._columns = columns

    def __getattr__(self, name: str) -> Any:
        # Called only for what is not an attribute yet: the first use of a column.
        if name.startswith("_") or name not in self._columns:
            raise AttributeError(name)
        values = self._columns[name].whole()
        setattr(self, name, values)
        return values

    def part(self, name: str, low: int, high: int) -> Array:
        """The values low <= i < high of a column; ArchiveDamaged if their checksums differ."""
        return self._columns[name].part(low, high)

    def gather(self, name: str, begins: Array, lengths: Array, keep: Array | None = None) -> Array:
        """As `Columns.gather`; ArchiveDamaged if the checksums differ."""
        return self._columns[name].gather(begins, lengths, keep)

    def count(self, name: str) -> int:
        """The number of values in a column, from the manifest."""
        return self._columns[name].count

    def itemsize(self, name: str) -> int:
        """Bytes of a value of a column, from the manifest."""
        return self._columns[name].described.dtype.itemsize

    def lines(self, block: int) -> list[bytes]:
        """The stored lines of a block; ArchiveDamaged where they are not as many as its documents."""
        begin, end = self.block_ends[block : block + 2].tolist()
        first, last = self.block_docs[block : block + 2].tolist()
        stored = self._columns["block_bytes"]
        try:
            return stored_blocks.lines(stored.block(begin, end), last - first)
        except ValueError as error:
            raise stored.damaged() from error

    def damaged(self, name: str) -> ArchiveDamaged:
        """The error for a column that is not as it was written."""
        return self._columns[name].damaged()

    def check(self) -> None:
        """ArchiveDamaged unless every column is as it was written."""
        for each in self._columns.values():
            each.whole()

    def release(self) -> None:
        """Let the system take back the memory of what has been read."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for each in self._columns.values():
                each.release()


class CheckedTexts:
    """Sorted texts within ranges of rows, the terms or the printed forms of a segment, asked one by one."""

    def __init__(self, content: CheckedColumn, ends: CheckedColumn) -> None:
        self._content = content
        self._ends = ends
        # Searched unchecked: whatever a damage makes of it, `lower` proves where it ends.
        self._unchecked = Strings(content._array, ends._array)

    def __getitem__(self, row: int) -> bytes:
        begin, end = self._ends.part(row, row + 2).tolist()
        return self._content.part(begin, end).tobytes()

    @cached_property
    def whole(self) -> Strings:
        """All of them."""
        return Strings(self._content.whole(), self._ends.whole())

    def lower(self, key: bytes, low: int, high: int) -> int:
        """The first row in [low, high) whose text is >= key, else high; ArchiveDamaged where that cannot be proved."""
        texts = self._unchecked
        row = texts.lower(key, low, high)
        first, last = max(row - 1, low), min(row + 1, high)
        ends = self._ends.part(first, last + 1)
        self._content.part(int(ends[0]), int(ends[-1]))
        # The texts are sorted, so two sound neighbours on both sides of the key prove that the search was not misled.
        if (row > low and texts[row - 1] >= key) or (row < high and texts[row] < key):
            raise self._content.damaged()
        return row

    def find(self, key: bytes, low: int, high: int) -> int:
        """The row of a text in [low, high), -1 where it is not among them; proved."""
        row = self.lower(key, low, high)
        return row if row < high and self._unchecked[row] == key else -1
