"""A disk that is really full, a folder that may not be written, a file system that can only be read.

Needs a small file system in memory, and so the right to mount one (Linux, root).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searcher import Archive, Cure, StorageError

from .crash import batch, state
from .place import workplace

SIZE = 8 << 20


class NoMount(Exception):
    """There is no right to mount a file system here."""


@contextmanager
def small_disk(work: Path) -> Iterator[Path]:
    """A file system of `SIZE` bytes."""
    point = work / "disk"
    point.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(point)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        raise NoMount from error
    if done.returncode:
        raise NoMount
    try:
        yield point
    finally:
        subprocess.run(["umount", "-l", str(point)], check=True)


def torture(points: int = 10) -> dict[str, int]:
    """Let the disk become full at so many points of a run; then read an index that cannot be written."""
    full = 0
    with workplace() as work, small_disk(work) as disk:
        folder = disk / "index"
        with Archive.create(folder) as archive:
            archive.add(batch(0, 50))
        before = state(folder)
        needed = _needed(work)
        for point in range(points):
            filler = disk / "filler"
            free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            filler.write_bytes(bytes(max(0, free - needed * point // points)))
            with Archive.open(folder) as archive:
                try:
                    archive.add(batch(100, 1500))
                except StorageError as error:
                    full += 1
                    assert "No space left" in error.reason and error.cure is Cure.FREE_SPACE
                # The lock is free, nothing is left behind, and the archive answers as before.
                assert state(folder) == before
                assert archive.count("Kiew") == len(before)
                filler.unlink()
        with Archive.open(folder) as archive:
            assert archive.add(batch(100, 1500)).new == 1500
        after = state(folder, deep=True)
        assert len(after) == 1550
        _read_only(disk, folder, len(after))
    return {"full disks": full, "read-only": 1}


def _needed(work: Path) -> int:
    """Bytes that the run takes."""
    folder = work / "measured"
    with Archive.create(folder) as archive:
        archive.add(batch(100, 1500))
    return sum(path.stat().st_size + 4095 & ~4095 for path in folder.iterdir())


def _read_only(disk: Path, folder: Path, articles: int) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with Archive.open(folder) as archive:
        assert archive.count("Kiew") == articles and archive.verify() == []
        for change in (lambda: archive.add(batch(0, 1)), lambda: archive.delete(["a0"]), archive.optimize):
            try:
                change()
            except StorageError as error:
                assert error.cure is Cure.READ_ONLY
            else:
                raise AssertionError("written where nothing can be written")
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
