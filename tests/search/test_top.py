"""Results: the order, the page asked for, and an exact total, against sorting all matches by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from searcher.archive import Archive
from searcher.article import Article
from searcher.dates import Period
from searcher.errors import UsageError
from tests import oracle

ARTICLES = oracle.some_articles(200)
QUERIES = ("*", "die", "Waffenruhe ODER EU", '"EU Kommission"', "datum:2023", "titel:nirgends", "NICHT die")


@pytest.fixture(scope="module", params=[1, 4])
def archive(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with (
        oracle.without_waiting_for_the_disk(),
        Archive.create(tmp_path_factory.mktemp("results") / "index") as archive,
    ):
        for part in range(request.param):
            archive.add(ARTICLES[part :: request.param])
        yield archive


def by_hand(matches: list[Any], sort: str) -> list[str]:
    """Ids in order; equal scores and equal dates by id, undated articles last."""
    if sort == "relevance":
        return [hit.id for hit in sorted(matches, key=lambda hit: (-hit.score, hit.id))]
    by_date: dict[datetime, list[str]] = {}
    undated = sorted(hit.id for hit in matches if not hit.article.date)
    for hit in matches:
        if hit.article.date:
            by_date.setdefault(hit.article.date.start, []).append(hit.id)
    dates = sorted(by_date, reverse=sort == "newest")
    return [article_id for date in dates for article_id in sorted(by_date[date])] + undated


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("query", QUERIES)
def test_every_page_of_every_order(archive: Archive, query: str, sort: Any) -> None:
    everything = archive.search(query, limit=1000, sort=sort)
    expected = by_hand(list(everything), sort)
    assert [hit.id for hit in everything] == expected
    assert everything.total == archive.count(query) == len(expected)
    for offset, limit in (
        (0, 1),
        (0, 10),
        (7, 10),
        (190, 100),
        (len(expected), 5),
        (5000, 5),
        (0, 0),
        (3, 0),
    ):
        page = archive.search(query, limit=limit, offset=offset, sort=sort)
        assert [hit.id for hit in page] == expected[offset : offset + limit]
        assert page.total == len(expected)
        assert [hit.rank for hit in page] == list(range(offset + 1, offset + 1 + len(page)))


def test_scores_fall(archive: Archive) -> None:
    scores = [hit.score for hit in archive.search("Waffenruhe Ukraine ODER die", limit=1000)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1] > 0


def test_what_scores_nothing_is_in_the_order_of_ids(archive: Archive) -> None:
    results = archive.search("datum:2023", limit=1000)
    assert {hit.score for hit in results} == {0.0}
    assert [hit.id for hit in results] == sorted(hit.id for hit in results)


def test_titles_count_most(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(
            Article(id=zone, **{"title": "x", "kicker": "x", "teaser": "x", "body": "x", zone: "Hochwasser"})
            for zone in ("body", "teaser", "title")
        )
        assert [hit.id for hit in archive.search("Hochwasser")] == ["title", "teaser", "body"]


def test_dates_sort_by_their_beginning(tmp_path: Path) -> None:
    dates = {
        "Jahr": Period.year(2023),
        "Monat": Period.month(2023, 3),
        "Tag": Period.day(2023, 3, 31),
        "Minute": Period.minute(2023, 3, 31, 13, 46),
        "früh": Period.year(1),
        "spät": Period.minute(9999, 12, 31, 23, 59),
        "ohne": None,
    }
    with Archive.create(tmp_path / "index") as archive:
        archive.add(Article(id=name, title="Titel", date=date) for name, date in dates.items())
        newest = [hit.id for hit in archive.search("Titel", sort="newest")]
        assert newest == ["spät", "Minute", "Tag", "Monat", "Jahr", "früh", "ohne"]
        assert [hit.id for hit in archive.search("Titel", sort="oldest")] == [*newest[-2::-1], "ohne"]


def test_a_hit(archive: Archive) -> None:
    results = archive.search("Waffenruhe")
    hit = results[0]
    assert hit.article in ARTICLES
    assert hit.id == hit.article.id
    assert repr(hit) == f"<Hit 1: {hit.id}>"
    assert next(iter(results)) is hit
    assert len(results) == len(results.hits) == 10
    assert results.query == "Waffenruhe"
    assert results.took > 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"limit": -1}, "limit and offset must not be negative"),
        ({"offset": -1}, "limit and offset must not be negative"),
        ({"sort": "best"}, "cannot sort by 'best': write one of relevance, newest, oldest"),
        ({"quelle": "dpa"}, "unknown filter 'quelle'"),
        ({"since": "2024", "until": "2023"}, "since 2024 is after until 2023: write the earlier date first"),
    ],
)
def test_wrong_use(archive: Archive, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        archive.search("*", **wrong)
