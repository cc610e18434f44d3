"""A program that runs for years: nothing stays open or mapped, and what is kept has a bound."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_readers_hostile_forms import FORMS

from searcher import Archive, Article, Period
from searcher.readers import read_path

OPEN = Path("/proc/self/fd")
QUERIES = (
    "Waffenruhe",
    '"in Kiew"',
    "Gespräche NEAR/5 Kiew",
    "Kiev~",
    "Gespr*",
    "titel:Waffenruhe",
    "datum:2023",
)


def batch(number: int) -> list[Article]:
    return [
        Article(id=f"{number}-{i}", title="Waffenruhe", body="Die Gespräche in Kiew.", date=Period.year(2023))
        for i in range(3)
    ]


def ask(archive: Archive) -> None:
    for query in QUERIES:
        assert [hit.snippet.text for hit in archive.search(query, limit=2)]
    archive.counts("Kiew")
    archive.explain("Waffenruhe")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """How many files are open, those mapped among them; nothing is closed by the collection of garbage."""
    if not OPEN.is_dir():
        pytest.skip("this system does not say which files are open")
    monkeypatch.setattr("searcher.index.segment.MAPPED_FROM", 1)
    gc.collect()
    gc.disable()
    yield lambda: len(os.listdir(OPEN))
    gc.enable()


def test_a_closed_archive_leaves_nothing_open(tmp_path: Path, opened: Callable[[], int]) -> None:
    before = opened()
    with Archive.create(tmp_path / "index") as archive:
        archive.add(batch(0))
        ask(archive)
    for _ in range(3):
        with Archive.open(tmp_path / "index") as archive:
            assert opened() > before
            ask(archive)
            archive.verify(deep=True)
        del archive
        assert opened() == before


def test_an_archive_kept_open_lets_go_of_what_is_merged(tmp_path: Path, opened: Callable[[], int]) -> None:
    with Archive.create(tmp_path / "index") as writer, Archive.open(tmp_path / "index") as reader:
        writer.add(batch(0))
        reader.refresh()
        of_one_segment = opened()
        for number in range(1, 6):
            writer.add(batch(number))
            ask(writer)
            assert reader.refresh()
            ask(reader)
        writer.delete([f"{number}-0" for number in range(6)])
        writer.optimize()
        reader.refresh()
        assert len(reader) == 12 and reader.stats().segments == 1
        assert opened() == of_one_segment


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_was_read_is_closed(tmp_path: Path, opened: Callable[[], int], form: str) -> None:
    suffix, sound, _ = FORMS[form]
    path = tmp_path / f"a{suffix}"
    data = sound()
    path.write_bytes(data)
    # Parsers may open files of their own for good when they are loaded.
    assert list(read_path(path))
    before = opened()
    for size in (len(data), len(data) // 2, 0):
        path.write_bytes(data[:size])
        assert list(read_path(path))
        # Somebody who wants the first article only.
        next(read_path(path))
    assert opened() == before
