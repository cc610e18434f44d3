"""Stored articles: one line of JSON each, many lines per zstd block, so that ten hits cost ten small decompressions."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from mmap import mmap
from typing import Any

import numpy as np

from searcher.index.format.columns import Array, narrow

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BLOCK = 1 << 18
"""Bytes of JSON a block is cut at; larger blocks pack better, smaller ones are read faster."""

LARGEST = 1 << 28
"""Bytes a block may unpack to; one of our own holds at most one article more than `BLOCK`."""

LONGEST = 1 << 27
"""Bytes of a line that is taken in: far more than an article, and a block with it is always within `LARGEST`."""

LEVEL = 3
"""Of zstd: 1 packs German news to 39 % at 170 MB/s, 3 to 38 % at 110 MB/s, 9 to 35 % at 25 MB/s."""


class Blocks:
    """Stored lines on their way into a segment; the packed blocks are kept, or go to `sink` at once."""

    def __init__(self, sink: Callable[[bytes], None] | None = None) -> None:
        self._frames: list[bytes] = []
        self._sink = sink or self._frames.append
        self._sizes: list[int] = []
        self._first_docs: list[int] = [0]
        self._lines: list[bytes] = []
        self._bytes = 0
        self._docs = 0

    def add(self, line: bytes) -> None:
        """The stored line of the next document; it holds no line feed."""
        self._lines.append(line)
        self._bytes += len(line)
        self._docs += 1
        if self._bytes >= BLOCK:
            self._close()

    def add_frame(self, frame: bytes, docs: int) -> None:
        """A whole block as another segment has it."""
        self._close()
        self._docs += docs
        self._put(frame)

    def _close(self) -> None:
        if self._lines:
            self._put(pack(b"\n".join(self._lines)))
            self._lines.clear()
            self._bytes = 0

    def _put(self, frame: bytes) -> None:
        self._sink(frame)
        self._sizes.append(len(frame))
        self._first_docs.append(self._docs)

    def columns(self) -> dict[str, Array]:
        """block_docs, block_ends and, unless there is a sink, block_bytes as `Columns` describes them."""
        self._close()
        columns = {
            "block_docs": narrow(np.array(self._first_docs)),
            "block_ends": narrow(np.cumsum([0, *self._sizes])),
        }
        if self._sink == self._frames.append:
            columns["block_bytes"] = np.frombuffer(b"".join(self._frames), np.uint8)
        return columns


def pack(content: bytes) -> bytes:
    """A frame with its checksum, so that no stored article can change unnoticed."""
    parameters = zstd.CompressionParameter
    return zstd.compress(content, options={parameters.compression_level: LEVEL, parameters.checksum_flag: 1})


def lines(frame: bytes, count: int | None = None) -> list[bytes]:
    """The stored lines of one block.

    ValueError where it is damaged, unpacks to more than `LARGEST` bytes, or holds another number of lines than `count`.
    """
    unpacker = zstd.ZstdDecompressor()
    try:
        content = unpacker.decompress(frame, LARGEST)
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from error
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("not one whole block")
    # Counted before they are cut: a line feed in the block takes one byte, a line in memory thirty.
    if count is not None and content.count(b"\n") + 1 != count:
        raise ValueError(f"not the lines of {count:,} articles")
    return content.split(b"\n")


_MAGIC = b"\x28\xb5\x2f\xfd"


def frames(content: mmap | bytes) -> Iterator[tuple[int, int]]:
    """(begin, end) of every block in the file of `block_bytes`, without the columns that tell; damaged ones too."""
    begin = content.find(_MAGIC)
    while begin >= 0:
        with memoryview(content) as whole, whole[begin:] as rest:
            try:
                size = zstd.get_frame_size(rest)
            except zstd.ZstdError:
                size = 0
        following = content.find(_MAGIC, begin + max(size, 1))
        yield begin, begin + size if size else (following if following >= 0 else len(content))
        begin = following


def values(line: bytes) -> dict[str, Any]:
    """The plain values `Article.from_dict` reads."""
    found: dict[str, Any] = json.loads(line.decode("utf-8", "surrogatepass"))
    return found
