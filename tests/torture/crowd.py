"""Two writers and ten readers, threads and processes: nobody fails, nobody sees half a commit, and it all adds up."""

from __future__ import annotations

import json
import multiprocessing
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searcher import Archive

from .crash import batch
from .place import workplace

WAIT = 3600.0
PER_COMMIT = 7
FIRST = 1_000_000
"""The number of the first article of the first writer."""
NOBODYS = 5
"""Articles that are only ever indexed on trial."""


def _deletes(added: int) -> bool:
    """Whether a writer deletes two articles when it has added so many."""
    return added % 3 == 0


def totals(rounds: int) -> list[int]:
    """How many articles a writer has in the index after each of its commits."""
    found = [0]
    for added in range(PER_COMMIT, PER_COMMIT * rounds + 1, PER_COMMIT):
        found.append(found[-1] + PER_COMMIT)
        if _deletes(added):
            found.append(found[-1] - 2)
    return found


@dataclass(frozen=True)
class Account:
    """What both writers have committed: how many of their commits are begun, and how many done, for all processes."""

    rounds: int
    begun: Any
    done: Any

    def allowed(self, done: tuple[int, ...]) -> set[int]:
        """How many articles there may be for one who began to look when so many commits were done."""
        spans = [totals(self.rounds)[low : high + 1] for low, high in zip(done, self.begun, strict=True)]
        return {one + other for one in spans[0] for other in spans[1]}


def _write(folder: Path, number: int, account: Account, done: Any) -> None:
    """Add articles of its own, delete some of them again, and account for both."""
    first, added, deleted = FIRST * (number + 1), 0, 0
    with Archive.open(folder, wait=WAIT) as archive:
        for _ in range(account.rounds):
            account.begun[number] += 1
            report = archive.add(batch(first + added, PER_COMMIT))
            account.done[number] += 1
            assert (report.new, report.changed, report.unchanged) == (PER_COMMIT, 0, 0)
            added += PER_COMMIT
            if _deletes(added):
                account.begun[number] += 1
                gone = archive.delete([f"a{first + added - 1}", f"a{first + added - 2}"])
                account.done[number] += 1
                assert gone == 2
                deleted += gone
            if added % 10 == 0:
                archive.optimize()
    done.put((added, deleted))


def _read(archive: Archive, account: Account, over: Any) -> int:
    """Ask the same archive again and again until it is over; every answer must be that of one commit."""
    reads = 0
    while not reads or not over.is_set():
        before = tuple(account.done)
        archive.refresh()
        results = archive.search("Kiew", limit=3)
        assert results.total in account.allowed(before)
        for hit in results:
            assert "Kiew" in hit.article.title and hit.snippet.text
        stats = archive.stats()
        assert stats.articles == sum(stats.facets["source"].values())
        assert stats.articles in account.allowed(before)
        reads += 1
    return reads


def _read_alone(folder: Path, file: Path, account: Account, over: Any, done: Any) -> None:
    reads = 0
    while not reads or not over.is_set():
        before = tuple(account.done)
        with Archive.open(folder) as archive:
            # One snapshot: whatever the writers do meanwhile, its numbers agree with each other.
            everything = sorted(each.id for each in archive)
            assert len(everything) == len(archive) == archive.count("*") == archive.count("Kiew")
            assert len(archive) == archive.stats().articles
            assert len(archive) in account.allowed(before)
            if reads % 3 == 0:
                assert archive.verify() == []
                assert archive.index([file], dry_run=True).new == NOBODYS
        reads += 1
    done.put(reads)


def torture(rounds: int, readers: int = 10) -> dict[str, int]:
    """Each writer commits so many rounds, the readers go on until both are done. Returns what was added, deleted, read."""
    context = multiprocessing.get_context("spawn")
    with workplace() as work:
        folder = work / "index"
        Archive.create(folder).close()
        file = work / "more.jsonl"
        file.write_text("".join(json.dumps(each.as_dict()) + "\n" for each in batch(0, NOBODYS)))
        written, read, over = context.Queue(), context.Queue(), context.Event()
        account = Account(rounds, context.Array("q", 2), context.Array("q", 2))
        writers = [
            context.Process(target=_write, args=(folder, number, account, written)) for number in (0, 1)
        ]
        alone = [
            context.Process(target=_read_alone, args=(folder, file, account, over, read))
            for _ in range(readers // 2)
        ]
        reads: list[int] = []
        with Archive.open(folder) as shared:
            threads = [
                threading.Thread(target=lambda: reads.append(_read(shared, account, over)))
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
            assert len(archive) == added - deleted == 2 * totals(rounds)[-1]
        return {"added": added, "deleted": deleted, "reads": sum(reads)}
