"""Searching: first all counts are compared, then every query is timed on every engine, in turns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.measure import interleaved
from tests.bench.peers import Fts5, Ours, Tantivy
from tests.bench.queries import EXTRA, Ask


@dataclass
class Timed:
    """One query: its exact count, and seconds by 'engine' and 'engine, typed'; None where one cannot answer it."""

    ask: Ask
    count: int
    seconds: dict[str, float] = field(default_factory=dict)

    def ratio(self, peer: str = "tantivy", how: str = "") -> float | None:
        """How many times as fast ours is."""
        ours, theirs = self.seconds.get("ours" + how), self.seconds.get(peer + how)
        return theirs / ours if ours and theirs else None


def search(asks: Sequence[Ask], archive: Path, tantivy: Path, fts5: Path | None) -> list[Timed]:
    """Time all queries on an archive and on the peers' reference indexes; SystemExit where counts differ."""
    engines: list[Ours | Tantivy | Fts5] = [Ours(), Tantivy()]
    for engine, directory in zip(engines, (archive, tantivy), strict=True):
        engine.open(directory)
    slow = []
    if fts5 is not None:
        slow.append(Fts5())
        slow[0].open(fts5)
    found = _compared(asks, [*engines, *slow])
    for timed in found:
        calls = {}
        for engine in engines:
            for how, call in (("", engine.prepared(timed.ask)), (", typed", engine.typed(timed.ask))):
                if call is not None:
                    calls[engine.name + how] = call
        timed.seconds.update(interleaved(calls))
        # Apart from the others: it needs so long that it would empty their caches.
        for engine in slow:
            call = engine.prepared(timed.ask)
            if call is not None:
                timed.seconds.update(interleaved({engine.name: call}, seconds=0.05, rounds=7))
    return found


def _compared(asks: Sequence[Ask], engines: Sequence[Ours | Tantivy | Fts5]) -> list[Timed]:
    found, wrong = [], []
    for ask in asks:
        counts = {}
        for engine in engines:
            for how, call in (("", engine.prepared(ask)), (", typed", engine.typed(ask))):
                if call is not None:
                    counts[engine.name + how] = call()
        if len(set(counts.values())) > 1:
            wrong.append(f"  {ask.group}: {ask.text}: {counts}")
        found.append(Timed(ask, counts["ours"]))
    if wrong:
        raise SystemExit("counts differ, nothing was timed:\n" + "\n".join(wrong))
    return found


def geometric(values: Iterable[float | None]) -> float | None:
    """The geometric mean of what is there."""
    logs = [math.log(value) for value in values if value]
    return math.exp(sum(logs) / len(logs)) if logs else None


def groups(found: Iterable[Timed]) -> dict[str, list[Timed]]:
    """The queries of each class, in the order of the run."""
    by_group: dict[str, list[Timed]] = {}
    for timed in found:
        by_group.setdefault(timed.ask.group, []).append(timed)
    return by_group


def overall(
    found: Iterable[Timed], peer: str = "tantivy", how: str = "", without: Sequence[str] = ()
) -> float | None:
    """The mean over all queries of the classes that count, but for those left out."""
    return geometric(timed.ratio(peer, how) for timed in found if timed.ask.group not in (EXTRA, *without))


def worst(found: Iterable[Timed], peer: str = "tantivy") -> tuple[float, str]:
    """The lowest ratio of a class that counts, and its name."""
    means = {
        name: geometric(timed.ratio(peer) for timed in queries)
        for name, queries in groups(found).items()
        if name != EXTRA
    }
    return min((ratio, name) for name, ratio in means.items() if ratio)
