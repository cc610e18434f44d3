"""Two writers and ten readers, threads and processes: nobody fails, nobody sees half a commit, and it all adds up."""

from __future__ import annotations

import multiprocessing
import threading
from pathlib import Path
from typing import Any

from searcher import Archive

from .crash import batch
from .place import workplace

WAIT = 3600.0
PER_COMMIT = 7


def _write(folder: Path, first: int, rounds: int, done: Any) -> None:
    """Add articles of its own, delete some of them again, and account for both."""
    added, deleted = 0, 0
    with Archive.open(folder, wait=WAIT) as archive:
        for _ in range(rounds):
            report = archive.add(batch(first + added, PER_COMMIT))
            assert (report.new, report.changed, report.unchanged) == (PER_COMMIT, 0, 0)
            added += PER_COMMIT
            if added % 3 == 0:
                gone = archive.delete([f"a{first + added - 1}", f"a{first + added - 2}"])
                assert gone == 2
                deleted += gone
            if added % 10 == 0:
                archive.optimize()
    done.put((added, deleted))


def _read(archive: Archive, over: Any) -> int:
    """Ask the same archive again and again until it is over; every answer must be that of one commit."""
    reads = 0
    while not reads or not over.is_set():
        archive.refresh()
        results = archive.search("Kiew", limit=3)
        assert results.total % 1 == 0
        for hit in results:
            assert "Kiew" in hit.article.title and hit.snippet.text
        reads += 1
    return reads


def _read_alone(folder: Path, over: Any, done: Any) -> None:
    reads = 0
    while not reads or not over.is_set():
        with Archive.open(folder) as archive:
            # One snapshot: whatever the writers do meanwhile, its numbers agree with each other.
            everything = sorted(each.id for each in archive)
            assert len(everything) == len(archive) == archive.count("*") == archive.count("Kiew")
        reads += 1
    done.put(reads)


def torture(rounds: int, readers: int = 10) -> dict[str, int]:
    """Each writer commits so many rounds, the readers go on until both are done. Returns what was added, deleted, read."""
    context = multiprocessing.get_context("spawn")
    with workplace() as work:
        folder = work / "index"
        Archive.create(folder).close()
        written, read, over = context.Queue(), context.Queue(), context.Event()
        writers = [
            context.Process(target=_write, args=(folder, 1_000_000 * number, rounds, written))
            for number in (1, 2)
        ]
        alone = [context.Process(target=_read_alone, args=(folder, over, read)) for _ in range(readers // 2)]
        reads: list[int] = []
        with Archive.open(folder) as shared:
            threads = [
                threading.Thread(target=lambda: reads.append(_read(shared, over)))
                for _ in range(readers - readers // 2)
            ]
            for each in (*alone, *threads, *writers):
                each.start()
            for process in writers:
                process.join()
            over.set()
            for each in (*alone, *threads):
                each.join()
        assert [each.exitcode for each in (*writers, *alone)] == [0] * (2 + len(alone))
        assert len(reads) == len(threads), "a reading thread failed"
        reads += [read.get() for _ in alone]
        added, deleted = map(sum, zip(*(written.get() for _ in writers), strict=True))
        with Archive.open(folder) as archive:
            assert archive.verify(deep=True) == []
            assert len(archive) == added - deleted
        return {"added": added, "deleted": deleted, "reads": sum(reads)}
