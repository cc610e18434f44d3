"""The disk, as the index uses it: every change goes through `disk`, in an order that survives a loss of power.

A commit is: columns written and flushed, the manifest written and flushed, the folder flushed, the new table of
contents written and flushed under another name, renamed to its own (from here on it counts), the folder flushed again.
Only then are superfluous files removed. The tests replace `disk` by one that fails, dies, or loses unflushed data at
any of these steps.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from searcher.errors import Cure, StorageError
from searcher.index.format import door

if TYPE_CHECKING:
    from concurrent.futures import Future

AT_ONCE = 8
"""Files flushed side by side: a journaling file system then writes its journal once for several of them."""

PIECE = 1 << 16
"""Bytes handed to the system at once. Linux caches in one piece, of up to two megabytes, what it was given in one, and
a process that reads a byte of it through a mapping has all of the piece in its memory."""

Content = bytes | bytearray | memoryview


class Disk:
    """The operations by which an index changes; errors carry the name of the file."""

    def create(self, path: Path) -> BinaryIO:
        """A new, unbuffered file; what had its name is removed."""
        return door.create(path)

    def write(self, file: BinaryIO, content: Content, path: Path) -> None:
        """Write all of `content` at the current position of the file."""
        with _naming(path):
            left = memoryview(content)
            while left.nbytes:
                left = left[file.write(left[:PIECE]) :]

    def sync(self, path: Path) -> None:
        """Return when the content of the file has reached the disk."""
        descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            with _naming(path):
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync_folder(self, folder: Path) -> None:
        """Return when the names in the folder have reached the disk; Windows cannot be asked to."""
        if os.name != "nt":
            self.sync(folder)

    def make_folder(self, folder: Path) -> None:
        """A new folder in an existing one; FileExistsError if the name is taken by a file."""
        folder.mkdir(exist_ok=True)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name; what had that name is gone."""
        os.replace(old, new)

    def remove(self, path: Path) -> None:
        """Remove a file, or the link that has its name."""
        os.remove(path)

    def sync_soon(self, paths: Iterable[Path]) -> Iterable[Future[None]]:
        """Begin to flush these files in the background; `settle` waits for the end of it."""
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="flush")
        begun = [pool.submit(self.sync, path) for path in paths]
        pool.shutdown(wait=False)
        return begun


disk = Disk()
_begun: dict[Path, list[Future[None]]] = {}
"""Flushes begun, by folder: another thread may write another index, and its errors must not surface here."""


class NewFile:
    """A file being written; what it holds counts only after `flush_soon` and `settle`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = disk.create(path)

    def append(self, content: Content) -> None:
        """Write at the end of the file; OSError of the system as it is."""
        disk.write(self._file, content, self.path)

    def write_head(self, content: Content) -> None:
        """Overwrite the beginning; nothing may be appended afterwards."""
        self._file.seek(0)
        disk.write(self._file, content, self.path)

    def close(self) -> None:
        """Close the file; flushing it is a separate step."""
        self._file.close()

    def __del__(self) -> None:
        # A writer that failed leaves its files open.
        if hasattr(self, "_file"):
            self._file.close()


def flush_soon(folder: Path, names: Iterable[str]) -> None:
    """Begin to flush closed files of the folder, while the caller, who alone writes there, goes on."""
    _begun.setdefault(folder, []).extend(disk.sync_soon(folder / name for name in names))


def settle(folder: Path) -> None:
    """Return when every file given to `flush_soon` has reached the disk; the first error is raised, once."""
    errors = [error for each in _begun.pop(folder, ()) if (error := each.exception())]
    if errors:
        raise errors[0]


def write(path: Path, content: Content) -> None:
    """Write a whole file, and flush it."""
    file = NewFile(path)
    file.append(content)
    file.close()
    disk.sync(path)


def make_folder(folder: Path) -> None:
    """Make a folder, and those it lies in: the index counts only when the way to it has reached the disk too."""
    made = list(takewhile(lambda each: not each.exists(), (folder, *folder.parents)))
    for each in reversed(made):
        disk.make_folder(each)
        # Some folders may be written to and not be opened.
        with suppress(PermissionError):
            disk.sync_folder(each.parent)
    if not folder.is_dir():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))


def set_aside(path: Path) -> Path:
    """Rename what has the name of a file of the index and cannot be one; the new name."""
    number, aside = 0, path.with_name(path.name + ".aside")
    while door.is_there(aside):
        number += 1
        aside = path.with_name(f"{path.name}.{number}.aside")
    disk.rename(path, aside)
    return aside


def discard(path: Path) -> None:
    """Remove a file; what cannot be removed like one, a folder, is set aside."""
    if door.is_folder(path):
        set_aside(path)
    else:
        disk.remove(path)


def replace(temporary: Path, path: Path) -> None:
    """Rename a flushed file to its place and flush the folder: the moment a commit counts."""
    disk.rename(temporary, path)
    disk.sync_folder(path.parent)


_CURES = {
    errno.ENOSPC: Cure.FREE_SPACE,
    errno.EDQUOT: Cure.FREE_SPACE,
    errno.EFBIG: Cure.LARGER_FILES,
    errno.EEXIST: Cure.OTHER_INDEX,
    errno.ENOTDIR: Cure.OTHER_INDEX,
    errno.EACCES: Cure.PERMISSION,
    errno.EPERM: Cure.PERMISSION,
    errno.EROFS: Cure.READ_ONLY,
    errno.EIO: Cure.OTHER_DISK,
    errno.EMFILE: Cure.OPEN_FILES,
    errno.ENOMEM: Cure.MEMORY,
}


def explained(error: OSError, place: Path) -> StorageError:
    """The system's error as ours: the file, what the system says, and the cure."""
    cure = _CURES.get(error.errno or 0, Cure.NONE)
    return StorageError(error.strerror or str(error), place=error.filename or place, cure=cure)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """The system names the file of a failed `open`, but not that of a failed `write`."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise
