"""A program that embeds an archive and runs for years: memory, open files and mappings come back to what they were."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from unittest.mock import patch

from searcher import Archive, Article, Period
from searcher.readers import read_path

from .fuzz import samples
from .memory import ALLOWED, Growth, small_caches
from .place import workplace

QUERIES = (
    "Waffenruhe",
    '"in Kiew"',
    "Gespräche NEAR/5 Kiew",
    "Kiev~",
    "Gespr*",
    "titel:Waffenruhe",
    "datum:2023",
)
KEPT = 300
"""Articles that the archive has at most: those added later replace the first."""


@contextlib.contextmanager
def everything_mapped() -> Iterator[None]:
    """Every column of an index is mapped, and so is an open file; small ones are read otherwise."""
    with patch("searcher.index.format.door.MAPPED_FROM", 1), small_caches():
        yield


def batch(number: int) -> list[Article]:
    """Three articles with a word that no other batch has."""
    body = f"Die Gespräche in Kiew. Wort{number}."
    return [
        Article(id=str((3 * number + i) % KEPT), title="Waffenruhe", body=body, date=Period.year(2023))
        for i in range(3)
    ]


def ask(archive: Archive) -> None:
    for query in QUERIES:
        assert [hit.snippet.text for hit in archive.search(query, limit=2)]
    archive.counts("Kiew")
    archive.explain("Waffenruhe")


def cycles(count: int, allowed: float = ALLOWED) -> dict[str, float]:
    """`count` times: articles are added, and both who added them and another reader, moved on, search."""
    growth = Growth(count, allowed)
    with contextlib.ExitStack() as stack:
        work = stack.enter_context(workplace())
        stack.enter_context(everything_mapped())
        writer = stack.enter_context(Archive.create(work / "index"))
        reader = stack.enter_context(Archive.open(work / "index"))
        for number in range(count):
            writer.add(batch(number))
            ask(writer)
            assert reader.refresh()
            ask(reader)
            if number in (count // 2, count - 1):
                # How many segments there are changes with every commit.
                writer.optimize()
                reader.refresh()
            growth.after(number)
        assert len(reader) == min(KEPT, 3 * count)
        return {"cycles": count, "grown by MB": growth.end()}


def opened(count: int, allowed: float = ALLOWED) -> dict[str, float]:
    """`count` times the archive is opened, searched and closed."""
    growth = Growth(count, allowed)
    with everything_mapped(), workplace() as work:
        with Archive.create(work / "index") as archive:
            archive.add(batch(0))
        for number in range(count):
            with Archive.open(work / "index") as archive:
                ask(archive)
            growth.after(number)
        return {"opened": count, "grown by MB": growth.end()}


def reads(count: int, allowed: float = ALLOWED) -> dict[str, float]:
    """Every kind of file is read `count` times, whole and cut off."""
    tally: dict[str, float] = {}
    with workplace() as work:
        for suffix, content in dict(samples(work)).items():
            growth = Growth(count, allowed)
            for number in range(count):
                path = work / f"{number}{suffix}"
                path.write_bytes(content[: len(content) * (number % 10 + 1) // 10])
                assert list(read_path(path))
                path.unlink()
                growth.after(number)
            tally[f"{suffix} grown by MB"] = growth.end()
    return tally
