"""The crash matrix: every operation of every kind of run goes wrong once, in every way there is.

Afterwards the archive opens and holds the state of a commit, of the last acknowledged one or of one after it; every
checksum holds; and the same run, once more, completes it and leaves nothing behind.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import searcher.archive as archiving
import searcher.index.writer as writing
from searcher import Archive, Article, Period, StorageError

from .disk import DIE, ERROR, FULL, HOWS, Died, FailingDisk, copied, disk_of
from .place import workplace

State = dict[str, Article]
Run = Callable[[Archive], object]
ROUND = 4
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
        segments = [files.segment.segment_id() for files in archive._snapshot.segments]
        table = f"_MAIN_{archive._snapshot.table.generation}.toc"
    live = re.compile(
        "|".join([rf"{segment}\..*" for segment in segments] + [re.escape(table), "MAIN_WRITELOCK"])
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


def course(start: Path, run: Run, work: Path) -> Course:
    folder = copied(start, work / "course")
    with disk_of(_Watched(folder)) as disk, Archive.open(folder) as archive:
        run(archive)
    return Course(disk.count, disk.commits)


@contextmanager
def small_rounds() -> Iterator[None]:
    """Rounds, and the batches they are made of, of a few articles."""
    before = writing.ROUND, archiving._BATCH
    writing.ROUND = archiving._BATCH = ROUND
    try:
        yield
    finally:
        writing.ROUND, archiving._BATCH = before


def matrix(
    kinds: tuple[str, ...] = tuple(RUNS),
    hows: tuple[str, ...] = HOWS,
    step: int = 1,
    losses: int = 2,
    near: tuple[int, ...] = (-1, 0, 1, 2),
    every_way: bool = True,
) -> int:
    """Play the matrix: every `step`-th operation, and those `near` a commit; `losses` losses of power for every death.
    Each goes wrong in every way there is, or in one of them. Returns how many crashes there were."""
    crashes = 0
    with workplace() as work, small_rounds():
        start = base(work / "base")
        for kind in kinds:
            run = RUNS[kind]
            ideal = course(start, run, work)
            ends = {at + shift for at, _ in ideal.commits for shift in near}
            for at in range(1, ideal.operations + 1):
                if at % step and at not in ends:
                    continue
                for how in hows if every_way else (hows[at % len(hows)],):
                    crash(start, run, ideal, (at, how), work, losses)
                    crashes += 1 + (losses if how == DIE else 0)
    return crashes


def crash(start: Path, run: Run, ideal: Course, fault: tuple[int, str], work: Path, losses: int) -> None:
    """One run in which operation `fault[0]` goes wrong in the way `fault[1]`."""
    folder = copied(start, work / "crash")
    final = ideal.commits[-1][1]
    disk = FailingDisk(folder, *fault)
    with disk_of(disk):
        archive = Archive.open(folder)
        try:
            run(archive)
            # An operation whose failure costs nothing, such as removing a file, need not fail the run.
            assert fault[1] != DIE
        except Died:
            assert fault[1] == DIE
        except StorageError as error:
            assert fault[1] in (ERROR, FULL)
            assert str(folder) in str(error)
            assert state(folder) in ideal.states(disk.acknowledged[-1] if disk.acknowledged else 0)
            disk.freed = True
            # The same object goes on: the lock is free again, nothing is half done.
            archive.refresh()
            run(archive)
        if fault[1] != DIE:
            # What could not be removed is removed by whoever writes next.
            disk.freed = True
            archive.add([])
            assert state(folder, deep=True) == final
            assert leftovers(folder) == []
            return
    acknowledged = max((at for at in disk.acknowledged if at < fault[0]), default=0)
    for number in range(losses):
        lost = work / "lost"
        shutil.rmtree(lost, ignore_errors=True)
        disk.lose_power(lost, random.Random(f"{fault}{number}"))
        _check(lost, ideal.states(acknowledged), run, final)
    renamed = max((at for at in disk.renamed if at < fault[0]), default=0)
    _check(folder, ideal.states(renamed)[:1], run, final)


def _check(folder: Path, allowed: list[State], run: Run, final: State) -> None:
    assert state(folder) in allowed
    # No need for a disk that really flushes.
    with disk_of(FailingDisk(folder)), Archive.open(folder) as archive:
        run(archive)
    assert state(folder, deep=True) == final
    assert leftovers(folder) == []
