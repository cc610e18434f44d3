"""Counts by day, month, year, source and section against counting the matches one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from searcher.archive import Archive
from searcher.article import Article
from searcher.dates import Period
from searcher.errors import UsageError
from searcher.request import By
from tests import oracle

ARTICLES = [
    *oracle.some_articles(60),
    *(
        Article(id=f"Tag {number}", title="Rand", date=date)
        for number, date in enumerate(
            [
                Period.day(2024, 2, 28),
                Period.day(2024, 12, 31),
                Period.month(2023, 2),
                Period.month(2023, 1),
                Period.minute(9999, 12, 31, 23, 59),
            ]
        )
    ),
]
LETTERS = {"year": 4, "month": 7, "day": 10}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with (
        oracle.without_waiting_for_the_disk(),
        Archive.create(tmp_path_factory.mktemp("counts") / "index") as archive,
    ):
        archive.add(ARTICLES[:20])
        archive.add(ARTICLES[20:])
        yield archive


def label(article: Article, by: str) -> str:
    if by in LETTERS:
        # A date prints as much as is known of it.
        return str(article.date or "")[: LETTERS[by]]
    return str(getattr(article, by))


@pytest.mark.parametrize("by", ["year", "month", "day", "source", "section"])
@pytest.mark.parametrize(
    "query", ["*", "Waffenruhe", "Waffenruhe ODER Rand", "datum:2023", "titel:Müller -die", "nirgends"]
)
def test_counts(archive: Archive, query: str, by: By) -> None:
    results = archive.search(query, limit=1000)
    expected = Counter(label(hit.article, by) for hit in results)
    found = archive.counts(query, by)
    assert found == dict(expected)
    assert list(found) == sorted(found)
    assert sum(found.values()) == results.total


def test_counts_take_filters(archive: Archive) -> None:
    found = archive.counts("*", "source", since="2023", until="2023")
    expected = Counter(
        article.source
        for article in ARTICLES
        if article.date and article.date.overlaps(Period.year(2023).start, Period.year(2023).end)
    )
    assert found == dict(expected)
    assert len(found) > 2


def test_counts_after_deletions(archive: Archive) -> None:
    with oracle.without_waiting_for_the_disk():
        gone = {article.id for article in ARTICLES[15:25]}
        assert archive.delete(gone) == 10
        expected = Counter(article.source for article in ARTICLES if article.id not in gone)
        assert archive.counts("*", "source") == dict(expected)
        archive.add(ARTICLES)


def test_counting_by_something_else(archive: Archive) -> None:
    with pytest.raises(
        UsageError, match="cannot count by 'week': write one of day, month, year, source, section"
    ):
        archive.counts("*", "week")  # type: ignore[arg-type]


def test_an_empty_archive_counts_nothing(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "index") as archive:
        assert archive.counts("*", "year") == archive.counts("*", "source") == {}
