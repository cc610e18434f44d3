"""Answers and errors cross the borders of processes: a pool with a bad query goes on."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from searcher import (
    Archive,
    ArchiveNotFound,
    Article,
    DateError,
    QuerySyntaxError,
    Results,
    SearcherError,
    UsageError,
)


def ask(place: str, query: str, since: str) -> Results:
    """What a worker does."""
    with Archive.open(place) as archive:
        return archive.search(query, since=since)


def test_a_pool_with_bad_queries_goes_on(tmp_path: Path) -> None:
    place = str(tmp_path / "index")
    with Archive.create(place) as archive:
        archive.add([Article(id="1", title="Waffenruhe", body="Der Rat tagt.")])
        expected = archive.search("Rat")
    asked: list[tuple[str, str, str, type[SearcherError] | None]] = [
        (place, "Rat", "", None),
        (place, '"offen', "", QuerySyntaxError),
        (place, "Rat", "irgendwann", DateError),
        (str(tmp_path / "nirgends"), "Rat", "", ArchiveNotFound),
        ("opensearch+https://host/name", "Rat", "", UsageError),
        (place, "Rat", "", None),
    ]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [(pool.submit(ask, where, query, since), error) for where, query, since, error in asked]
        for job, error in jobs:
            if error is None:
                assert job.result(timeout=120) == expected
                assert job.result()[0].snippet.marked("[", "]") == "Der [Rat] tagt."
                continue
            with pytest.raises(error) as raised:
                job.result(timeout=120)
            assert type(raised.value) is error
    with pytest.raises(QuerySyntaxError) as here:
        ask(place, '"offen', "")
    other = jobs[1][0].exception()
    assert isinstance(other, QuerySyntaxError)
    assert (str(other), other.position, other.caret()) == (
        str(here.value),
        here.value.position,
        here.value.caret(),
    )
