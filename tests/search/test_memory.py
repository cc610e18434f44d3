"""A program that runs for years: nothing stays open or mapped, and what is kept has a bound.

A small share of `python -m tests.torture endure`, which looks at the memory too.
"""

from __future__ import annotations

import contextlib
import gc
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from searcher.readers import read_path
from searcher.search import cache
from tests.readers.test_hostile_forms import FORMS
from tests.torture import memory
from tests.torture.endure import cycles, opened
from tests.torture.memory import OPEN, open_files


@pytest.fixture
def without_collection() -> Iterator[None]:
    """What is closed is closed by who opened it, not by the collection of garbage."""
    if not OPEN.is_dir():
        pytest.skip("this system does not say which files are open")
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collection")
def test_a_closed_archive_leaves_nothing_open() -> None:
    assert opened(4, allowed=math.inf)["opened"] == 4


@pytest.mark.usefixtures("without_collection")
def test_an_archive_kept_open_lets_go_of_what_is_merged() -> None:
    assert cycles(6, allowed=math.inf)["cycles"] == 6


@pytest.mark.usefixtures("without_collection")
@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_was_read_is_closed(tmp_path: Path, form: str) -> None:
    suffix, sound, _ = FORMS[form]
    path = tmp_path / f"a{suffix}"
    data = sound()
    path.write_bytes(data)
    # Parsers may open files of their own for good when they are loaded.
    assert list(read_path(path))
    before = open_files()
    for size in (len(data), len(data) // 2, 0):
        path.write_bytes(data[:size])
        assert list(read_path(path))
        # Somebody who wants the first article only.
        next(read_path(path))
    assert open_files() == before


def test_what_is_kept_for_the_next_query_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LIMIT", 20_000)
    kept = cache.Cache()
    nothing = np.zeros(0, bool)
    for number in range(1000):
        assert kept.get(("segment", number), lambda: nothing) is nothing
    # Without a byte of their own, entries take memory all the same; so do long keys.
    assert 10 < len(kept._kept) < 40
    assert kept.get(("segment", "x" * 30_000), lambda: nothing) is nothing
    assert len(kept._kept) == 1


@pytest.mark.parametrize(
    ("held", "files", "fails"), [(1, 0, True), (0, 1, True), (0, 0, False), (-1, -1, False)]
)
def test_growth_is_found(monkeypatch: pytest.MonkeyPatch, held: int, files: int, fails: bool) -> None:
    number = 0
    monkeypatch.setattr(memory, "held", lambda: 50_000 + held * 1000 * number)
    monkeypatch.setattr(memory, "open_files", lambda: 50 + files * number)
    growth = memory.Growth(10, allowed=3000)
    for number in range(10):
        growth.after(number)
    with pytest.raises(AssertionError) if fails else contextlib.nullcontext():
        growth.end()
