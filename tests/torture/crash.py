"""The crash matrix: every operation of every kind of run goes wrong once, in every way there is.

Afterwards the archive opens and holds the state of a commit, of the last acknowledged one or of one after it; every
checksum holds; and the same run, once more, completes it and leaves nothing behind. Segments are named by number here,
so that many crashes end in the same bytes: what has been looked at byte for byte is not looked at again.
"""

from __future__ import annotations

import hashlib
import itertools
import multiprocessing
import random
import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from unittest.mock import patch

import searcher.ingest.pipeline as pipeline
import searcher.ingest.validate as given
from searcher import Archive, Article, Period, StorageError
from searcher.index.format import toc
from searcher.index.format.names import LOCK, NAME
from searcher.ingest import ledger

from .disk import DIE, HOWS, Contents, Died, FailingDisk, contents, disk_of, laid
from .place import workplace

State = dict[str, Article]
Run = Callable[[Archive], object]
ROUND = 6
"""Articles between two commits: small, so that one run has several."""


def article(number: int, version: int = 0) -> Article:
    """An article that is like no other, with words that many have."""
    return Article(
        id=f"a{number}",
        title=f"Der {number}. Bericht über die Bürger:innen in Kiew",
        teaser="Die Gespräche gehen weiter.",
        body=f"Fassung {version}: Wort{number * 7 % 11} und EU-Kommission, z.B. am {number + 1}. Mai.\n\n"
        * 2,
        date=Period.day(2020 + number % 4, 1 + number % 12, 1 + number % 28),
        source=f"Quelle {number % 3}",
        keywords=("Krieg", "Frieden"),
    )


def batch(first: int, count: int, version: int = 0) -> list[Article]:
    return [article(number, version) for number in range(first, first + count)]


RUNS: dict[str, Run] = {
    "index": lambda archive: archive.add(batch(100, 10)),
    "update": lambda archive: archive.add([*batch(0, 6, version=1), *batch(200, 3)]),
    "delete": lambda archive: archive.delete([f"a{number}" for number in range(3, 12)]),
    "merge": lambda archive: archive.optimize(),
    "rebuild": lambda archive: archive.rebuild(processes=1),
}
"""Every kind of run, over `base`: rounds of a few articles, updates that delete, a merge of two segments, a rebuild."""


def base(folder: Path) -> Path:
    """An index of two segments, with deletions."""
    with Archive.create(folder) as archive:
        archive.add(batch(0, 8))
        archive.add([*batch(8, 4), article(2, version=7)])
        archive.delete(["a4"])
    return folder


def state(folder: Path, deep: bool = False) -> State:
    """All articles, as a new reader sees them; the index must be sound."""
    with Archive.open(folder) as archive:
        assert archive.verify(deep=deep) == []
        articles = {each.id: each for each in archive}
        assert archive.count("*") == len(archive) == len(articles)
        assert archive.count("Kiew") == len(articles)
        return articles


def leftovers(folder: Path) -> list[str]:
    """Files that belong to no part of the archive; the lock stays."""
    with Archive.open(folder) as archive:
        segments = [files.segment.name for files in archive._backend.snapshot.segments]
        current = toc.path_of(folder, archive._backend.snapshot.table.generation).name
    live = re.compile(
        "|".join(
            [rf"{segment}\..*" for segment in segments]
            + [re.escape(current), "MAIN_WRITELOCK"]
            + [path.name for path in ledger.parts(folder)]
        )
    )
    return [path.name for path in folder.iterdir() if not live.fullmatch(path.name)]


@dataclass(frozen=True)
class Course:
    """A run without faults: number of operations, and the state after every commit with the operation that made it."""

    operations: int
    commits: list[tuple[int, State]]

    def states(self, operation: int) -> list[State]:
        """The states that may be seen when everything up to `operation` was acknowledged."""
        last = max(number for number, (at, _) in enumerate(self.commits) if at <= operation)
        return [found for _, found in self.commits[last:]]


class _Watched(FailingDisk):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.commits = [(0, state(folder))]

    def committed(self) -> None:
        self.commits.append((self.count, state(self.folder)))


def course(start: Contents, run: Run, work: Path) -> Course:
    folder = laid(start, work / "course")
    with disk_of(_Watched(folder)) as disk, names("first"), Archive.open(folder) as archive:
        run(archive)
    return Course(disk.count, disk.commits)


@contextmanager
def small_rounds() -> Iterator[None]:
    """Rounds, and the batches they are made of, of a few articles."""
    with patch.object(pipeline, "ROUND", ROUND), patch.object(given, "BATCH", ROUND):
        yield


@contextmanager
def names(prefix: str) -> Iterator[None]:
    """New segments are called by this word and a number, in place of a random name."""
    numbers = itertools.count()
    with patch.object(secrets, "token_hex", lambda size: f"{prefix}{next(numbers)}"):
        yield


@contextmanager
def acknowledging(disk: FailingDisk) -> Iterator[None]:
    """A commit is acknowledged when the call that makes it returns."""
    write = toc.write

    def told(directory: Path, following: toc.Table, name: str = NAME) -> None:
        write(directory, following, name)
        if name == NAME:
            disk.acknowledge()

    with patch.object(toc, "write", told):
        yield


@dataclass
class Matrix:
    """All crashes of one kind of run, and what has been seen of the folders they left."""

    start: Contents
    run: Run
    ideal: Course
    work: Path
    losses: int
    _states: dict[bytes, State] = field(default_factory=dict)
    _deep: dict[bytes, State] = field(default_factory=dict)
    _completed: set[bytes] = field(default_factory=set)

    @property
    def final(self) -> State:
        return self.ideal.commits[-1][1]

    def crash(self, at: int, how: str) -> int:
        """One run in which operation `at` goes wrong in this way, or that ends before it; returns how many crashes
        that were."""
        folder = laid(self.start, self.work / "crash")
        disk = FailingDisk(folder, at, how)
        with disk_of(disk), names("first"), acknowledging(disk):
            archive = Archive.open(folder)
            try:
                self.run(archive)
                # An operation whose failure costs nothing, such as removing a file, need not fail the run.
                assert how != DIE or at > self.ideal.operations
            except Died:
                assert how == DIE
            except StorageError as error:
                assert how != DIE
                assert str(folder) in str(error)
                assert self._state(folder) in self.ideal.states(max(disk.acknowledged, default=0))
                self._once_more(archive, disk)
            if how != DIE:
                # What could not be removed is removed by whoever writes next.
                disk.freed = True
                archive.add([])
                self._finished(folder)
                return 1
        for number in range(self.losses):
            lost = laid(disk.lose_power(random.Random(f"{at} {number}")), self.work / "lost")
            self._check(lost, self.ideal.states(max(disk.acknowledged, default=0)))
        self._check(folder, self.ideal.states(max(disk.renamed, default=0))[:1])
        return 1 + self.losses

    def _once_more(self, archive: Archive, disk: FailingDisk) -> None:
        """The same object goes on: the lock is free again, nothing is half done."""
        disk.freed = True
        archive.refresh()
        with names("second"):
            self.run(archive)

    def _check(self, folder: Path, allowed: list[State]) -> None:
        assert self._state(folder) in allowed
        seen = _print(folder)
        if seen not in self._completed:
            # No need for a disk that really flushes.
            with disk_of(FailingDisk(folder)), names("second"), Archive.open(folder) as archive:
                self.run(archive)
            self._finished(folder)
            self._completed.add(seen)

    def _state(self, folder: Path) -> State:
        seen = _print(folder)
        if seen not in self._states:
            self._states[seen] = state(folder)
        return self._states[seen]

    def _finished(self, folder: Path) -> None:
        seen = _print(folder)
        if seen not in self._deep:
            assert leftovers(folder) == []
            self._deep[seen] = state(folder, deep=True)
        assert self._deep[seen] == self.final


def _print(folder: Path) -> bytes:
    """A digest of all that the folder holds, but for who holds the lock."""
    digest = hashlib.blake2b()
    for name, content in sorted(contents(folder).items()):
        if name != LOCK:
            digest.update(b"%s %d " % (name.encode(), len(content)))
            digest.update(content)
    return digest.digest()


def matrix(
    kinds: tuple[str, ...] = tuple(RUNS),
    hows: tuple[str, ...] = HOWS,
    step: int = 1,
    losses: int = 2,
    near: tuple[int, ...] = (-1, 0, 1, 2),
    every_way: bool = True,
    processes: int = 1,
) -> int:
    """Play the matrix: every `step`-th operation, and those `near` a commit; `losses` losses of power for every death.
    Each goes wrong in every way there is, or in one of them, and those near a commit in the first as well; and the
    power fails when the run is over. Returns how many crashes there were."""
    crashes = 0
    with workplace() as work, small_rounds():
        with names("base"):
            start = contents(base(work / "base"))
        for kind in kinds:
            ideal = course(start, RUNS[kind], work)
            ends = {at + shift for at, _ in ideal.commits for shift in near}
            faults = [
                (at, how)
                for at in range(1, ideal.operations + 1)
                if at % step == 0 or at in ends
                for place, how in enumerate(hows)
                if every_way or at % len(hows) == place or (place == 0 and at in ends)
            ]
            if DIE in hows:
                faults.append((ideal.operations + 1, DIE))
            play = partial(_played, start, kind, ideal, losses)
            if processes == 1:
                crashes += play(faults)
            else:
                # Neighbours end alike, so a process gets some in a row.
                parts = [faults[first : first + 60] for first in range(0, len(faults), 60)]
                with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
                    crashes += sum(pool.map(play, parts))
    return crashes


_matrices: dict[str, Matrix] = {}


def _played(start: Contents, kind: str, ideal: Course, losses: int, faults: list[tuple[int, str]]) -> int:
    """What has been seen is kept from one part of the matrix to the next."""
    with workplace() as work:
        known = _matrices.get(kind)
        if known is None or (known.start, known.ideal) != (start, ideal):
            known = _matrices[kind] = Matrix(start, RUNS[kind], ideal, work, losses)
        known.work, known.losses = work, losses
        return sum(known.crash(at, how) for at, how in faults)
