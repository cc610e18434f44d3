"""A disk that fails, dies or forgets: put in the place of `searcher.index.format.disk.disk`.

It counts the operations by which the index changes and lets the n-th go wrong. It also keeps, for every file, what was
flushed last, and for the folder, which names were flushed last, so that a loss of power can be played out afterwards.
It owes as little as a disk may: a flush begun in the background has happened only when somebody waited for it, and of
the names not flushed any may be there and any may be missing.
"""

from __future__ import annotations

import errno
import itertools
import os
import random
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from searcher.index.format import disk as real

DIE, ERROR, FULL, DENIED = "die", "error", "full", "denied"
HOWS = (DIE, ERROR, FULL)
ERRORS = {ERROR: errno.EIO, DENIED: errno.EACCES}


class Died(BaseException):
    """The process is dead from here on; not an Exception, so that nothing catches it by mistake."""


class FailingDisk(real.Disk):
    """`at` is the number of the operation that goes wrong, counted from 1; 0: none does.

    'die': it and all later ones do nothing; a write is torn in half. 'error': it alone reports EIO, 'denied': EACCES. 'full': from it on
    every write reports ENOSPC, until `freed`.
    """

    def __init__(self, folder: Path, at: int = 0, how: str = DIE) -> None:
        self.folder, self.at, self.how = folder, at, how
        self.count = 0
        self.freed = False
        self.acknowledged: list[int] = []
        self.renamed: list[int] = []
        # Files have numbers of their own, for a file system gives those of removed files to new ones.
        self._numbers = itertools.count()
        self._names = {path.name: next(self._numbers) for path in folder.iterdir()}
        self._durable_names = dict(self._names)
        self._pending: list[tuple[str, str, int]] = []
        self._durable = {number: (folder / name).read_bytes() for name, number in self._names.items()}

    def _step(self, path: Path, writes: bool = False) -> None:
        self.count += 1
        if not self.at or self.count < self.at:
            return
        if self.how == DIE:
            raise Died
        if self.how in ERRORS and self.count == self.at:
            code = ERRORS[self.how]
            raise OSError(code, os.strerror(code), str(path))
        if self.how == FULL and writes and not self.freed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    def create(self, path: Path) -> BinaryIO:
        self._step(path, writes=True)
        file = super().create(path)
        number = self._names[path.name] = next(self._numbers)
        self._pending.append(("name", path.name, number))
        return file

    def write(self, file: BinaryIO, content: Any, path: Path) -> None:
        try:
            self._step(path, writes=True)
        except Died:
            if self.count == self.at:
                file.write(memoryview(content)[: memoryview(content).nbytes // 2])
            raise
        super().write(file, content, path)

    def sync(self, path: Path) -> None:
        self._step(path, writes=True)
        if path == self.folder:
            self._durable_names, self._pending = dict(self._names), []
            return
        self._durable[self._names[path.name]] = path.read_bytes()

    def rename(self, old: Path, new: Path) -> None:
        self._step(new, writes=True)
        super().rename(old, new)
        number = self._names[new.name] = self._names.pop(old.name)
        self._pending.append(("rename", old.name + "\0" + new.name, number))
        if new.name.startswith("_MAIN_"):
            self.renamed.append(self.count)
            self.committed()

    def remove(self, path: Path) -> None:
        self._step(path)
        super().remove(path)
        self._names.pop(path.name, None)
        self._pending.append(("remove", path.name, 0))

    def sync_soon(self, paths: Iterable[Path]) -> Iterable[Future[None]]:
        return [_Begun(self, path) for path in paths]

    def committed(self) -> None:
        """Called after every rename that makes a table of contents current."""

    def acknowledge(self) -> None:
        """All that is committed has been said to be: from here on it has to stay."""
        self.acknowledged.append(self.count)

    def lose_power(self, chance: random.Random) -> Contents:
        """What may be on the disk after the power failed: all that was flushed, and of the rest anything: each name
        set, renamed, removed or not; contents whole, torn or empty."""
        now = {number: (self.folder / name).read_bytes() for name, number in self._names.items()}
        names = dict(self._durable_names)
        likely = chance.choice((0.1, 0.5, 0.9))
        for kind, name, number in self._pending:
            if chance.random() > likely:
                continue
            if kind == "remove":
                names.pop(name, None)
            elif kind == "name":
                names[name] = number
            else:
                old, new = name.split("\0")
                names.pop(old, None)
                names[new] = number
        return {name: self._survives(number, now, chance) for name, number in names.items()}

    def _survives(self, number: int, contents: dict[int, bytes], chance: random.Random) -> bytes:
        flushed, now = self._durable.get(number), contents.get(number, b"")
        if flushed is not None:
            return flushed
        kept = now[: chance.randint(0, len(now))]
        return chance.choice([b"", kept, kept + b"\0" * (len(now) - len(kept)), now])


class _Begun(Future[None]):
    """A flush in the background, as late as it may be: when its end is waited for."""

    def __init__(self, disk: FailingDisk, path: Path) -> None:
        super().__init__()
        self._disk, self._path = disk, path

    def exception(self, timeout: float | None = None) -> BaseException | None:
        try:
            self._disk.sync(self._path)
        except OSError as error:
            return error
        return None


@contextmanager
def disk_of(disk: FailingDisk) -> Iterator[FailingDisk]:
    """All writing of the index goes to this disk."""
    before, real.disk = real.disk, disk
    try:
        yield disk
    finally:
        real.disk = before
        real._begun.clear()


Contents = dict[str, bytes]
"""What is in a folder, by name."""


def contents(folder: Path) -> Contents:
    return {entry.name: Path(entry.path).read_bytes() for entry in os.scandir(folder)}


def laid(found: Contents, target: Path) -> Path:
    """A folder that holds just these files, in the place of what was there before."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for name, content in found.items():
        (target / name).write_bytes(content)
    return target
