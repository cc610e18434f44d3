"""Two writers and ten readers, threads and processes: nobody fails, nobody sees half a commit, and it all adds up."""

from __future__ import annotations

import multiprocessing
import threading
import time
from pathlib import Path
from typing import Any

from searcher import Archive

from .crash import batch
from .place import workplace

WAIT = 120.0
PER_COMMIT = 7


def _write(folder: Path, first: int, until: float, done: Any) -> None:
    """Add articles of its own, delete some of them again, and account for both."""
    added, deleted = 0, 0
    with Archive.open(folder, wait=WAIT) as archive:
        while time.time() < until:
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


def _read(archive: Archive, until: float) -> int:
    """Ask the same archive again and again; every answer must be that of one commit."""
    reads = 0
    while time.time() < until:
        archive.refresh()
        results = archive.search("Kiew", limit=3)
        assert results.total % 1 == 0
        for hit in results:
            assert "Kiew" in hit.article.title and hit.snippet.text
        reads += 1
    return reads


def _read_alone(folder: Path, until: float, done: Any) -> None:
    reads = 0
    while time.time() < until:
        with Archive.open(folder) as archive:
            # One snapshot: whatever the writers do meanwhile, its numbers agree with each other.
            everything = sorted(each.id for each in archive)
            assert len(everything) == len(archive) == archive.count("*") == archive.count("Kiew")
        reads += 1
    done.put(reads)


def torture(seconds: float, readers: int = 10) -> dict[str, int]:
    """Run the crowd that long. Returns what was added, deleted, read."""
    context = multiprocessing.get_context("spawn")
    with workplace() as work:
        folder = work / "index"
        Archive.create(folder).close()
        # Starting a process takes a while where many do.
        until = time.time() + seconds + 5
        written, read = context.Queue(), context.Queue()
        processes = [
            context.Process(target=_write, args=(folder, 1_000_000 * number, until, written))
            for number in (1, 2)
        ]
        processes += [
            context.Process(target=_read_alone, args=(folder, until, read)) for _ in range(readers // 2)
        ]
        for process in processes:
            process.start()
        reads: list[int] = []
        with Archive.open(folder) as shared:
            threads = [
                threading.Thread(target=lambda: reads.append(_read(shared, until)))
                for _ in range(readers - readers // 2)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(reads) == len(threads), "a reading thread failed"
        accounts = [written.get(timeout=WAIT) for _ in range(2)]
        alone = [read.get(timeout=WAIT) for _ in range(readers // 2)]
        for process in processes:
            process.join()
            assert process.exitcode == 0
        added, deleted = (sum(account[i] for account in accounts) for i in (0, 1))
        with Archive.open(folder) as archive:
            assert archive.verify(deep=True) == []
            assert len(archive) == added - deleted
        return {"added": added, "deleted": deleted, "reads": sum(reads) + sum(alone)}
