"""Opening files that may be packed: .gz, .xz, .bz2 and .zst are read as a stream, within bounds.

The first bytes show whether a file is packed, never its name. Memory does not grow with the file, and a file
that unpacks to a thousand times its size is a bomb, not an archive.

>>> import gzip, io
>>> unpacked(io.BytesIO(gzip.compress(b"Waffenruhe"))).read()
b'Waffenruhe'
"""

from __future__ import annotations

import bz2
import importlib
import io
import lzma
import sys
import zlib
from collections.abc import Callable
from io import BufferedIOBase
from typing import Any

from searcher.errors import Cure, ReadError

CHUNK = 1 << 16
GZIP_MEMBER = b"\x1f\x8b\x08"
DAMAGE = (zlib.error, lzma.LZMAError, OSError, EOFError)
MAX_RATIO = 400
RATIO_COUNTS_FROM = 32 << 20
"""Short runs of blanks pack extremely well; the ratio is judged only beyond this many bytes."""
BOMB = f"unpacks to more than {MAX_RATIO} times its size: not read further"
XZ_MEMORY = 512 << 20
ZSTD_WINDOW_LOG = 27
WHOLE_LIMIT = 64 << 20
"""Formats that are parsed as a whole (a page, an XML document) stop here."""


class Gunzip:
    """zlib's decompressor with the interface of the others (`decompress(data, max_length)`,
    `needs_input`).
    """

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(31)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most `max_length` plain bytes of what was fed; zlib.error for damage."""
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)

    @property
    def needs_input(self) -> bool:
        """Whether all input is used up."""
        return not self._zlib.unconsumed_tail

    @property
    def eof(self) -> bool:
        """Whether the member is complete."""
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        """The bytes after the end of the member."""
        return self._zlib.unused_data


def _unxz() -> Any:
    return lzma.LZMADecompressor(memlimit=XZ_MEMORY)


def _unzstd() -> Any:
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    try:
        zstd = importlib.import_module(name)
    except ImportError:
        raise ReadError(
            "backports.zstd, which reads .zst, is not installed", cure=Cure.INSTALL, detail="backports.zstd"
        ) from None
    limit = {zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG}
    return zstd.ZstdDecompressor(options=limit)


MAGIC: tuple[tuple[bytes, str, Callable[[], Any]], ...] = (
    (b"\x1f\x8b", ".gz", Gunzip),
    (b"\xfd7zXZ\x00", ".xz", _unxz),
    (b"BZh", ".bz2", bz2.BZ2Decompressor),
    (b"\x28\xb5\x2f\xfd", ".zst", _unzstd),
)
PACKED_SUFFIXES = tuple(suffix for _, suffix, _ in MAGIC)


class Filled(io.RawIOBase):
    """A stream that gives as many bytes as asked for while there are any, so that `peek` sees a whole head.

    An error met on the way is raised after the bytes that were read before it, and once: reading on gives
    what comes behind the damage, if the source can find it. `read1` loses nothing to an error, `read` may.
    """

    def __init__(self, source: Callable[[int], bytes]) -> None:
        self._source = source
        self._error: ReadError | None = None

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the source allows; returns the number of bytes, 0 at the end."""
        view = memoryview(buffer)
        filled = 0
        while filled < len(view) and not self._error:
            try:
                data = self._source(len(view) - filled)
            except ReadError as error:
                self._error = error
                break
            if not data:
                break
            view[filled : filled + len(data)] = data
            filled += len(data)
        if self._error and not filled:
            met, self._error = self._error, None
            raise met
        return filled


class Unpacker:
    """The plain bytes of a packed stream of one or more members; ReadError on damage, truncation and
    bombs.
    """

    def __init__(self, packed: BufferedIOBase, new: Callable[[], Any]) -> None:
        self._packed = packed
        self._new = new
        self._fed = b""
        self._damaged = False
        self._is_bomb = False
        self._decompressor = new()
        self._waiting = b""
        self._taken = 0
        self._given = 0

    def read(self, size: int) -> bytes:
        """At most `size` plain bytes, b'' at the end; ReadError for damage and bombs."""
        if self._is_bomb or (self._damaged and not self._behind_damage()):
            return b""
        try:
            plain = self._next(size)
        except Exception as error:
            # zstd's own error class is only known once its module is loaded.
            if not isinstance(error, DAMAGE) and type(error).__name__ != "ZstdError":
                raise
            self._damaged = True
            raise ReadError(f"damaged compressed data after {self._given:,} bytes ({error})") from error
        self._given += len(plain)
        if self._given > RATIO_COUNTS_FROM and self._given > MAX_RATIO * self._taken:
            self._is_bomb = True
            raise ReadError(BOMB)
        return plain

    def _next(self, size: int) -> bytes:
        while True:
            if self._decompressor.eof and not self._next_member():
                return b""
            data, self._waiting = self._waiting, b""
            if not data and self._decompressor.needs_input:
                data = self._packed.read(CHUNK)
                self._taken += len(data)
                if not data:
                    raise EOFError("it ends in the middle")
            self._fed = data
            plain: bytes = self._decompressor.decompress(data, size)
            if plain:
                return plain

    def _behind_damage(self) -> bool:
        """Go to the next member of a .gz, as web archives have one for every record."""
        data = self._fed[1:]
        while self._new is Gunzip and data:
            start = data.find(GZIP_MEMBER)
            if start >= 0:
                self._waiting, self._decompressor, self._damaged = data[start:], self._new(), False
                return True
            more = self._packed.read(CHUNK)
            self._taken += len(more)
            data = data[-2:] + more if more else b""
        self._fed = b""
        return False

    def _next_member(self) -> bool:
        # Zeros between and after members are padding by the rules of .xz and by habit of .gz on tape.
        self._waiting = (self._decompressor.unused_data + self._waiting).lstrip(b"\0")
        while not self._waiting:
            chunk = self._packed.read(CHUNK)
            if not chunk:
                return False
            self._taken += len(chunk)
            self._waiting = chunk.lstrip(b"\0")
        self._decompressor = self._new()
        return True


def unpacked(stream: BufferedIOBase) -> BufferedIOBase:
    """The stream itself, or where its first bytes are those of a packed file, its plain content.

    Applied once: a .gz inside a .gz stays packed. Result is buffered and not
    seekable where it is packed.
    """
    head = peek(stream, 8)
    for magic, _, new in MAGIC:
        if head.startswith(magic):
            return io.BufferedReader(Filled(Unpacker(stream, new).read), 1 << 20)
    return stream


def peek(stream: BufferedIOBase, size: int) -> bytes:
    """The first `size` bytes of a buffered or seekable stream, without moving it."""
    if isinstance(stream, io.BufferedReader) and not stream.seekable():
        return stream.peek(size)[:size]
    start = stream.tell()
    head = stream.read(size)
    stream.seek(start)
    return head


def read_whole(stream: BufferedIOBase, limit: int = WHOLE_LIMIT) -> bytes:
    """Everything that is left in the stream; ReadError beyond `limit` bytes."""
    data = stream.read(CHUNK)
    if len(data) == CHUNK:
        # Room for the limit takes longer to come by than a small file to read.
        data += stream.read(limit + 1 - CHUNK)
    if len(data) > limit:
        raise ReadError(f"larger than {limit >> 20} MB: too large to be one article")
    return data
