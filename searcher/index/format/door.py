"""The one door to the folder of an index: every file of an index is listed, opened and created here.

An index may come from an unknown origin, so file names prove nothing. Only regular files of bounded size are read,
never symbolic links. A file to write is always created anew, so never through a link to a file outside. Named pipes,
devices, sockets and folders are refused without waiting for them. `disk` builds on this door.
"""

from __future__ import annotations

import errno
import mmap
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from searcher.errors import ArchiveDamaged, Cure

# Windows has none of these flags, nor named pipes among files.
_SAFE = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
_READ = os.O_RDONLY | _SAFE
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE
_LOCK = os.O_RDWR | os.O_CREAT | _SAFE
_NO_FILE = {errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.EISDIR, errno.EOPNOTSUPP}
"""What the systems answer to opening a symbolic link, a socket or a folder with these flags."""

MAPPED_FROM = 1 << 16
"""Bytes from which a column is mapped: every mapping holds a file descriptor, and small columns are many."""

_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def names(folder: str | os.PathLike[str]) -> list[str]:
    """The names in the folder of an index; FileNotFoundError or NotADirectoryError without one."""
    return os.listdir(folder)


def status(path: Path) -> os.stat_result:
    """Size, time and kind of what has this name; a link is not followed."""
    return os.lstat(path)


def is_there(path: Path) -> bool:
    """Whether anything has this name, of whatever kind."""
    return os.path.lexists(path)


def is_file(path: Path) -> bool:
    """Whether a regular file has this name."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False


def is_folder(path: Path) -> bool:
    """Whether a folder has this name, no link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False


def open_file(path: str | os.PathLike[str]) -> tuple[int, os.stat_result]:
    """A descriptor for reading a regular file, and its status; ArchiveDamaged for what is none."""
    descriptor = _opened(path, _READ)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise _refused(path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, found


def read(path: str | os.PathLike[str], most: int, begin: int = 0) -> tuple[bytes, os.stat_result]:
    """The content of a file from byte `begin` on, and its status; ArchiveDamaged for more than `most` bytes."""
    descriptor, found = open_file(path)
    with open(descriptor, "rb", buffering=0) as file:
        if found.st_size > most:
            raise ArchiveDamaged(
                f"has {found.st_size:,} bytes, more than the {most:,} allowed", place=path, cure=Cure.REBUILD
            )
        file.seek(begin)
        pieces, left = [], found.st_size - begin
        while left > 0 and (piece := file.read(left)):
            pieces.append(piece)
            left -= len(piece)
    return b"".join(pieces), found


@contextmanager
def mapped(path: str | os.PathLike[str]) -> Iterator[mmap.mmap | bytes]:
    """The content of a file, mapped read-only as long as the block runs; b"" for an empty one."""
    descriptor, found = open_file(path)
    try:
        content = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) if found.st_size else b""
    finally:
        os.close(descriptor)
    try:
        yield content
    finally:
        if isinstance(content, mmap.mmap):
            content.close()


def column(path: str, size: int) -> mmap.mmap | bytes:
    """The content of a file of exactly this size, mapped read-only where it is large; else ArchiveDamaged."""
    descriptor, found = open_file(path)
    try:
        if found.st_size != size:
            raise ArchiveDamaged(f"has {found.st_size} bytes instead of {size}", place=path, cure=Cure.VERIFY)
        if size < MAPPED_FROM:
            return os.read(descriptor, size)
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)


def create(path: Path) -> BinaryIO:
    """A new, unbuffered file. What had this name is removed first, so that no link leads the content elsewhere."""
    for _ in range(2):
        try:
            return open(_opened(path, _CREATE), "wb", buffering=0)
        except FileExistsError:
            if stat.S_ISDIR(os.lstat(path).st_mode):
                raise _refused(path) from None
            os.unlink(path)
    # Somebody makes it again and again: the last try tells.
    return open(_opened(path, _CREATE), "wb", buffering=0)


def open_lock(path: Path) -> int:
    """A descriptor of the lock file, made where it is missing; ArchiveDamaged unless its only name is this."""
    descriptor = _opened(path, _LOCK)
    found = os.fstat(descriptor)
    # Of a file that another process has just removed, no name is left.
    if stat.S_ISREG(found.st_mode) and found.st_nlink <= 1:
        return descriptor
    os.close(descriptor)
    if stat.S_ISREG(found.st_mode):
        raise ArchiveDamaged("is a hard link, where the lock should be: remove it", place=path)
    raise _refused(path)


def _opened(path: str | os.PathLike[str], flags: int) -> int:
    try:
        return os.open(path, flags, 0o666)
    except OSError as error:
        if error.errno in _NO_FILE:
            raise _refused(path) from error
        raise


def _refused(path: str | os.PathLike[str]) -> ArchiveDamaged:
    try:
        mode = os.lstat(path).st_mode
        kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "no regular file")
    except OSError:
        kind = "no regular file"
    return ArchiveDamaged(
        f"is {kind}, where a file of the index should be: remove it", place=path, cure=Cure.REBUILD
    )
