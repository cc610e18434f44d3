"""The write lock: one writer per index, across processes and threads. A writer that gives up is told who holds it.

The lock is the operating system's, on the file Whoosh itself would lock, so it ends with the process that holds it,
however that ends: a stale lock is impossible. The text in the file is only for people.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from searcher.errors import ArchiveDamaged, ArchiveLocked, Cure
from searcher.index.format import door
from searcher.index.format.names import LOCK

WAIT = 10.0
"""Seconds a writer waits for another one by default."""

_PAUSE = 0.05
_TAKEN = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
_held: set[int] = set()


class WriteLock:
    """Held from `acquire` to `release`, or to the end of the process."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / LOCK
        self._descriptor = -1

    def acquire(self, wait: float = WAIT) -> None:
        """Wait up to `wait` seconds; ArchiveLocked says who holds the lock."""
        deadline = time.monotonic() + wait
        while not self._try():
            if time.monotonic() >= deadline:
                raise ArchiveLocked(
                    f"is being written by {self.holder()}", place=self.path.parent, cure=Cure.WAIT
                )
            time.sleep(min(_PAUSE, max(0.0, deadline - time.monotonic())))

    def _try(self) -> bool:
        descriptor = door.open_lock(self.path)
        try:
            if not _lock(descriptor):
                return False
            # Somebody may have removed the file meanwhile: then the lock is on a file without a name. Try again.
            if not _is_file(descriptor, self.path):
                return False
            self._descriptor, descriptor = descriptor, -1
            _held.add(self._descriptor)
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        self._sign()
        return True

    def _sign(self) -> None:
        """Say who holds the lock; a full disk must not keep anybody from deleting articles."""
        started = datetime.now().astimezone().isoformat(timespec="seconds")
        signature = {"pid": os.getpid(), "host": socket.gethostname(), "started": started}
        try:
            os.ftruncate(self._descriptor, 0)
            # On Windows the locked first byte cannot be read, so it is a blank.
            os.write(self._descriptor, b" " + json.dumps(signature).encode() + b"\n")
        except OSError:
            return

    def holder(self) -> str:
        """The process that holds the lock, in words."""
        try:
            signature: dict[str, Any] = json.loads(door.read(self.path, 4096, begin=1)[0])
            pid, host, started = int(signature["pid"]), str(signature["host"]), str(signature["started"])
        except (OSError, ArchiveDamaged, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return "another process"
        return f"process {pid} on {host} since {started}"

    def release(self) -> None:
        """Give the lock up; nothing where it is not held."""
        if self._descriptor in _held:
            _held.discard(self._descriptor)
            # Closing the last descriptor of an open file gives up its lock.
            os.close(self._descriptor)
            self._descriptor = -1


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            return False
        return True


def _is_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), door.status(path))
    except FileNotFoundError:
        return False


def _let_go() -> None:
    """A forked worker must not keep the lock when its parent is killed."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
