"""Archives of files: the members of a .zip or .tar are read like the files of a folder, one after the other.

Nothing is ever written to disk, so hostile member names do no harm. A member may be packed, or
an archive itself, three deep. The size of the unpacked data is bounded.
"""

from __future__ import annotations

import io
import lzma
import os
import posixpath
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from searcher.errors import ReadError
from searcher.readers.base.compression import (
    BOMB,
    MAX_RATIO,
    RATIO_COUNTS_FROM,
    WHOLE_LIMIT,
    Filled,
    peek,
    read_whole,
    unpacked,
)
from searcher.readers.base.records import STANDARD_INPUT, Unit
from searcher.readers.base.row_to_article import shortened
from searcher.readers.base.walk import passed_over
from searcher.readers.dispatch import pieces
from searcher.readers.formats import refused
from searcher.report import Rejection

DEPTH = 3
SEPARATOR = "!/"
"""Between the path of an archive and the name of a member in it, where people are told of it."""
IN_MEMORY_LIMIT = 256 << 20
"""A .zip inside another archive has to be held, because its table of contents is at its end."""
NAME_LIMIT = 4096
"""No file system takes a longer path."""
DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(ValueError, IndexError, RuntimeError, NotImplementedError),
)
"""What the standard library raises on damaged archives; it has no one error for it."""


def cut(stream: io.BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """The pieces of every member; a damaged member costs itself, where the archive still shows the next."""
    if file.path.count(SEPARATOR) >= DEPTH:
        yield file.reject(f"archives inside archives, more than {DEPTH} deep")
        return
    try:
        yield from _zip(stream, file) if _is_zip(stream) else _tar(stream, file)
    except DAMAGE as error:
        raise ReadError(f"damaged archive: {shortened(str(error)) or type(error).__name__}") from None


def _is_zip(stream: io.BufferedIOBase) -> bool:
    return peek(stream, 2) == b"PK"


def _seekable(stream: io.BufferedIOBase) -> io.BufferedIOBase:
    return stream if stream.seekable() else io.BytesIO(read_whole(stream, IN_MEMORY_LIMIT))


def _zip(stream: io.BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    seekable = _seekable(stream)
    size = seekable.seek(0, io.SEEK_END)
    bound = _Bound(size)
    with zipfile.ZipFile(seekable) as archive:
        for member in sorted(archive.infolist(), key=lambda each: each.filename):
            if member.is_dir():
                continue
            if member.flag_bits & 1:
                yield _inside(file, member.filename).reject("encrypted: unpack it with its password first")
                continue
            yield from _member(file, member.filename, partial(archive.open, member), bound)


def _tar(stream: io.BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    bound, tail = _Bound(0), _Tail(stream)
    with tarfile.open(fileobj=tail, mode="r|") as archive:
        for member in archive:
            if member.isfile():
                yield from _member(file, member.name, partial(archive.extractfile, member), bound)
            elif not member.isdir():
                yield _inside(file, member.name).skip("a link or a device, not a file")
    if tail.last.strip(b"\0"):
        raise ReadError("damaged archive: it ends in the middle")


def _member(file: Unit, name: str, opened: Callable[[], Any], bound: _Bound) -> Iterator[Unit | Rejection]:
    """The pieces of one member, with what is wrong with it as its own line."""
    if len(name) > NAME_LIMIT:
        yield _inside(file, shortened(name)).reject(f"a name of more than {NAME_LIMIT:,} characters")
        return
    if posixpath.isabs(name) or ".." in name.replace("\\", "/").split("/"):
        yield _inside(file, name).reject("its name leads out of the archive")
        return
    name = posixpath.normpath(name)
    inside = _inside(file, name)
    if reason := passed_over(name):
        yield inside.skip(reason)
        return
    if reason := refused(name):
        yield inside.reject(reason)
        return
    try:
        with closing(opened()) as member:
            stream = io.BufferedReader(
                Filled(lambda size: bound.count(member.read(min(size, 1 << 20)))), 1 << 20
            )
            yield from pieces(stream, inside)
    except _TooLarge:
        raise
    except ReadError as error:
        yield inside.reject(error)
    except DAMAGE as error:
        yield inside.reject(f"damaged in its archive: {shortened(str(error)) or type(error).__name__}")


def _inside(file: Unit, name: str) -> Unit:
    """A member as a file: the same options, its own name below that of the archive.

    The name is never shortened: it tells members apart, and METS finds its pages by the path.
    """
    name = name.encode("utf-8", "backslashreplace").decode()
    shown = " ".join(name.splitlines())
    folder = posixpath.basename(posixpath.dirname(name)) or file.folder
    return replace(
        file, path=f"{file.path}{SEPARATOR}{shown}", name=f"{file.name}/{name}", format="", folder=folder
    )


def names(archive: str) -> tuple[str, ...]:
    """The names of all files in an archive; none where it cannot be read. A path may lead into other archives."""
    try:
        return tuple(name for name, _ in _listed(archive))
    except (ReadError, OSError):
        return ()


def contents(archive: str, wanted: Collection[str]) -> dict[str, bytes]:
    """These files of an archive; ReadError where they are too large to be held. A path may lead into others."""
    found: dict[str, bytes] = {}
    left = IN_MEMORY_LIMIT
    places = _places(archive, stamp(archive))
    for name, opened in _listed(archive) if places is None else _at(archive, places, wanted):
        if name in wanted:
            with closing(opened()) as member:
                found[name] = read_whole(member, min(left, WHOLE_LIMIT))
            left -= len(found[name])
    return found


def stamp(archive: str) -> tuple[int, int]:
    """Size in bytes and time of change of the file on disk that an archive is, or lies in; zeros for none."""
    try:
        status = os.stat(archive.partition(SEPARATOR)[0])
    except (OSError, ValueError):
        return 0, 0
    return status.st_size, status.st_mtime_ns


@lru_cache(maxsize=2)
def _places(archive: str, changed: tuple[int, int]) -> dict[str, tuple[int, int]] | None:
    """Begin and size of each file in a .tar on disk, so that not every issue in it reads all others; None where only
    reading from the beginning leads there. `changed` is its stamp.
    """
    if SEPARATOR in archive or archive == STANDARD_INPUT:
        return None
    places = {}
    try:
        with open(archive, "rb") as file:
            if _is_zip(file) or unpacked(file) is not file:
                return None
            with tarfile.open(fileobj=file, mode="r:") as tarred:
                for member in tarred:
                    if member.issparse():
                        return None
                    if member.isreg():
                        places[posixpath.normpath(member.name)] = member.offset_data, member.size
    except DAMAGE:
        # What is wrong is said where it is met.
        return None
    return places


def _at(
    archive: str, places: dict[str, tuple[int, int]], wanted: Collection[str]
) -> Iterator[tuple[str, Callable[[], Any]]]:
    """As `_listed`, of these files alone."""
    with open(archive, "rb") as file:
        for name in sorted(wanted):
            if name in places:
                yield name, partial(_part, file, *places[name])


def _part(file: io.BufferedReader, begin: int, size: int) -> io.BytesIO:
    file.seek(begin)
    data = file.read(min(size, WHOLE_LIMIT + 1))
    if len(data) < min(size, WHOLE_LIMIT + 1):
        raise ReadError("damaged archive: it ends in the middle")
    return io.BytesIO(data)


def _listed(archive: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Name of each file, and what opens it while it is the current one."""
    try:
        with _reopened(archive) as file:
            stream = unpacked(file)
            if _is_zip(stream):
                with zipfile.ZipFile(_seekable(stream)) as zipped:
                    for each in zipped.infolist():
                        if not each.is_dir():
                            yield posixpath.normpath(each.filename), partial(zipped.open, each)
            else:
                with tarfile.open(fileobj=stream, mode="r|") as tarred:
                    for member in tarred:
                        if member.isfile():
                            yield posixpath.normpath(member.name), partial(tarred.extractfile, member)
    except DAMAGE as error:
        raise ReadError(f"damaged archive: {shortened(str(error)) or type(error).__name__}") from None


def _reopened(archive: str) -> Any:
    """An archive on disk, or one inside another, which is held whole."""
    outer, is_inside, inner = archive.rpartition(SEPARATOR)
    if not is_inside:
        if archive == STANDARD_INPUT:
            raise ReadError("standard input cannot be read twice; save the archive and give its path")
        return open(archive, "rb")
    for name, opened in _listed(outer):
        if name == inner:
            with closing(opened()) as member:
                return io.BytesIO(read_whole(member, IN_MEMORY_LIMIT))
    raise ReadError("no such file")


class _Tail(io.RawIOBase):
    """A stream that remembers its last block: a .tar ends in empty ones, else some of it is missing."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.last = (self.last + data)[-tarfile.BLOCKSIZE :]
        return data


class _TooLarge(ReadError):
    """What ends the reading of a whole archive."""


class _Bound:
    """Counts what all members unpack to: overlapping members make a small .zip endless, each of them looking sound."""

    def __init__(self, packed: int) -> None:
        self._allowed = MAX_RATIO * packed + RATIO_COUNTS_FROM if packed else 0
        self._given = 0

    def count(self, data: bytes) -> bytes:
        self._given += len(data)
        if self._allowed and self._given > self._allowed:
            raise _TooLarge(BOMB)
        return data
