"""The `.npy` files of a segment: their fixed header, and checksums of their content.

>>> npy_head(np.dtype("<u2"), (3,))[:6]
b'\\x93NUMPY'
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

HEAD = 128
"""Bytes before the array. numpy aligns it to 64; two of them hold every head of ours."""

CHECKED = 1 << 14
"""Bytes of content that one checksum covers: small enough to be checked in passing, when they are first read."""


def npy_head(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """The first `HEAD` bytes of the file: version 1.0 of numpy's format, C order."""
    described = repr({"descr": dtype.str, "fortran_order": False, "shape": shape}).encode()
    text = described.ljust(HEAD - 11) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


class Checksums:
    """The CRC-32 of every `CHECKED` bytes of a stream."""

    def __init__(self) -> None:
        self._sums: list[int] = []
        self._open = 0
        self._filled = 0

    def add(self, content: memoryview) -> None:
        """The next bytes."""
        at = 0
        while at < content.nbytes:
            piece = content[at : at + CHECKED - self._filled]
            self._open = zlib.crc32(piece, self._open)
            self._filled += piece.nbytes
            at += piece.nbytes
            if self._filled == CHECKED:
                self._close()

    def _close(self) -> None:
        self._sums.append(self._open)
        self._open = self._filled = 0

    def finish(self) -> list[int]:
        """All checksums; the last piece may be shorter."""
        if self._filled:
            self._close()
        return self._sums
