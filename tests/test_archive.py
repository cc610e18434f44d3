"""Archive: opening and refusing, reading back, filters, and what explain and stats tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from whoosh.fields import ID, TEXT, Schema
from whoosh.index import create_in
from whoosh.query import Term

from searcher import german
from searcher.archive import Archive
from searcher.article import Article
from searcher.dates import Period
from searcher.errors import ArchiveNotFound, Cure, DateError, QuerySyntaxError, UsageError, VersionMismatch
from searcher.index.format.names import FORMAT_VERSION
from searcher.index.schema import article_schema
from tests import oracle

ARTICLES = [
    Article(id="1", title="Waffenruhe in Sicht", body="Der Rat tagt.", date=Period.day(2023, 3, 31), source="dpa", section="Politik", author="A. Müller"),
    Article(id="2", title="Der Kreml schweigt", body="Keine Waffenruhe.", date=Period.month(2023, 3), source="dpa Berlin", section="Politik"),
    Article(id="3", title="Hochwasser", body="Der Pegel steigt.", date=Period.year(2024), source="Elbkurier", section="Vermischtes"),
    Article(id="4", title="Ohne Datum", body="Waffenruhen sind selten.", source="Elbkurier", keywords=("Frieden", "Krieg")),
    Article(id="5", title="Heute", body="Der Rat tagt wieder.", date=Period.minute(2024, 5, 2, 23, 59), url="https://x.de/5"),
]  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with (
        oracle.without_waiting_for_the_disk(),
        Archive.create(tmp_path_factory.mktemp("archive") / "index", today=date(2024, 5, 2)) as archive,
    ):
        archive.add(ARTICLES)
        yield archive


def ids(archive: Archive, query: str, **filters: str | None) -> str:
    return "".join(sorted(hit.id for hit in archive.search(query, **filters)))  # type: ignore[arg-type]


# --- opening ---------------------------------------------------------------------------------------------------


def test_open_where_nothing_is(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nirgends"):
        with pytest.raises(ArchiveNotFound, match=r": there is no index$"):
            Archive.open(path)


def test_create_where_something_is(tmp_path: Path) -> None:
    Archive.create(tmp_path / "tief" / "unten").close()
    with pytest.raises(UsageError, match="there is an index already"):
        Archive.create(tmp_path / "tief" / "unten")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (Article(id="neu"), r"not an Article: write add\(\[article\]\)"),
        ("neu", "not a str"),
        (None, "not None"),
        ([Article(id="neu"), {"title": "neu"}], r"article 2 is no Article but a dict: Article\(\*\*values\)"),
        ([None], "article 1 is no Article but None"),
        ([Article(id="neu", title=3)], "article 1: title is no text but an int"),  # type: ignore[arg-type]
        ([Article(id="neu", date="2023")], "date is no Period but a str: Period.parse makes one"),  # type: ignore[arg-type]
        ([Article(id="neu", keywords=(1,))], "a keyword is no text but an int"),  # type: ignore[arg-type]
        ([Article(id="neu", extra={"a": 1})], "extra has names or values that are no text"),  # type: ignore[dict-item]
    ],
    ids=str,
)
def test_what_is_no_article_is_refused_and_nothing_added(tmp_path: Path, given: Any, reason: str) -> None:
    with Archive.create(tmp_path) as archive:
        with pytest.raises(UsageError, match=reason):
            archive.add(given)
        assert len(archive) == 0


def test_a_query_of_another_type_is_refused(archive: Archive) -> None:
    with pytest.raises(UsageError, match=r"a query is a text or a query tree, not NoneType"):
        archive.search(None)  # type: ignore[arg-type]


def test_open_or_create(tmp_path: Path) -> None:
    for expected in (0, 1):
        with Archive.open_or_create(tmp_path / "index") as archive:
            assert len(archive) == expected
            archive.add(ARTICLES[:1])


@pytest.mark.parametrize("schema", [Schema(content=TEXT, id=ID), article_schema()], ids=["foreign", "ours"])
def test_an_index_of_another_storage_is_refused_with_the_cure(tmp_path: Path, schema: Schema) -> None:
    """Whoosh's own codec held the articles once, with the same schema."""
    index = create_in(tmp_path, schema)
    writer = index.writer()
    writer.add_document(id="1")
    writer.commit()
    with pytest.raises(VersionMismatch) as caught:
        Archive.open(tmp_path)
    assert caught.value.cure is Cure.OTHER_INDEX
    with pytest.raises(UsageError, match="already"):
        Archive.create(tmp_path)


def test_a_closed_archive(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "index")
    archive.close()
    with pytest.raises(UsageError, match="closed"):
        archive.search("*")


def test_an_empty_archive(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "index") as archive:
        for query in (
            "Waffenruhe",
            "*",
            "NICHT Waffenruhe",
            '"der Rat"',
            "waff*",
            "rat~",
            "datum:2023",
            "a ADJ b",
            "id:1",
            "titel:*",
        ):
            assert archive.search(query).total == archive.count(query) == 0
        assert archive.search(Term("all", "rat")).total == 0
        assert list(archive) == []
        assert archive.get("1") is None
        assert archive.delete(["1"], query="*") == 0
        assert archive.stats().articles == archive.stats().terms == 0
        assert archive.stats().period is None
        assert archive.explain("Waffenruhe").leaves[0].articles == 0
        report = archive.add([])
        assert report.records == 0
        archive.optimize()


# --- reading ---------------------------------------------------------------------------------------------------


def test_get_and_iterate(archive: Archive) -> None:
    assert len(archive) == 5
    assert sorted(archive, key=lambda article: article.id) == ARTICLES
    for article in ARTICLES:
        assert archive.get(article.id) == article
    assert archive.get("") is archive.get("6") is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "12345"),
        ({"since": "2023-03-31"}, "1235"),
        ({"since": "2023-04"}, "35"),
        ({"until": "2023-03-30"}, "2"),
        ({"until": "2023"}, "12"),
        ({"since": "31.03.2023", "until": "31.03.2023"}, "12"),
        ({"since": "heute"}, "35"),
        ({"since": "2024-05-02", "until": "2024-05-02"}, "35"),
        ({"since": "9999"}, ""),
        ({"source": "dpa"}, "12"),
        ({"source": "DPA berlin"}, "2"),
        ({"source": "Elbkurier"}, "34"),
        ({"source": "elbkuriere"}, ""),
        ({"section": "politik"}, "12"),
        ({"section": "Politik", "source": "dpa", "since": "2023-03-31", "until": "2023-03-31"}, "12"),
        ({"source": None, "since": "", "until": None}, "12345"),
    ],
)
def test_filters(archive: Archive, filters: dict[str, Any], expected: str) -> None:
    assert ids(archive, "*", **filters) == expected
    assert archive.count("*", **filters) == len(expected)


@pytest.mark.parametrize("source", ["StudentInnen-Zeitung", "GenossInnen", "Bürger*innen-Blatt"])
def test_a_source_is_found_by_its_own_name(tmp_path: Path, source: str) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id="1", title="Nachricht", source=source)])
        assert archive.count("*", source=source) == 1
        assert archive.count("*", source=source.lower()[:-1]) == 0


def test_filters_do_not_score(archive: Archive) -> None:
    plain = {hit.id: hit.score for hit in archive.search("Waffenruhe")}
    within = {hit.id: hit.score for hit in archive.search("Waffenruhe", since="2023", until="2023")}
    assert within == {article_id: plain[article_id] for article_id in "12"}


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"since": "morgens"}, DateError),
        ({"until": "2023-13"}, DateError),
        ({"source": "–"}, UsageError),
        ({"seit": "2023"}, UsageError),
    ],
)
def test_wrong_filters(archive: Archive, filters: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        archive.count("*", **filters)


@pytest.mark.parametrize("query", ["", "   ", '"unbalanced', "((a", "foo:bar", "datum:2023-13-45"])
def test_queries_that_cannot_be_read(archive: Archive, query: str) -> None:
    for ask in (archive.search, archive.count, archive.counts, archive.explain):
        with pytest.raises(QuerySyntaxError):
            ask(query)


def test_a_tree_is_a_query_too(archive: Archive) -> None:
    stem = german.stem("waffenruhe")
    results = archive.search(Term("all", stem))
    assert sorted(hit.id for hit in results) == ["1", "2", "4"]
    assert results.query == str(Term("all", stem))


# --- telling ---------------------------------------------------------------------------------------------------


def test_explain(archive: Archive) -> None:
    explained = archive.explain('Waffenruhe der "Rat tagt" -Kreml titel:hoch* datum:2023 (Rat ADJ/2 tagt)')
    assert explained.ignored == ("der",)
    described = {leaf.text: (leaf.field, list(leaf.became), leaf.articles) for leaf in explained.leaves}
    assert described["Waffenruhe"] == ("all", [german.stem("waffenruhe")], 3)
    assert described['"Rat tagt"'] == ("all_printed", ["rat tagt"], 2)
    assert described["Kreml"] == ("all", [german.stem("kreml")], 1)
    assert described["titel:hoch*"] == ("title_printed", ["hochwasser"], 1)
    assert described["datum:2023"] == ("date", ["datum:2023"], 2)
    assert described["(Rat ADJ/2 tagt)"] == ("all", [], 2)
    assert described["tagt"] == ("all", [german.stem("tagt")], 2)
    assert archive.count(explained.tree) == archive.count(explained.query)


def test_explain_shows_twenty_forms_at_most(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add([Article(id="1", body=" ".join(f"wort{number:02}" for number in range(30)))])
        became = archive.explain("wort*").leaves[0].became
        assert became == (*(f"wort{number:02}" for number in range(20)), "…")


def test_stats(archive: Archive) -> None:
    stats = archive.stats()
    stems = {
        token.stem
        for article in ARTICLES
        for text in (article.title, article.body)
        for token in german.analyze(text)
    }
    assert (stats.articles, stats.terms, stats.segments) == (5, len(stems), 1)
    assert stats.facets["source"] == dict(Counter(article.source for article in ARTICLES))
    assert stats.facets["section"] == dict(Counter(article.section for article in ARTICLES))
    assert stats.period == (Period.day(2023, 3, 1), Period.day(2024, 12, 31))
    assert stats.bytes == sum(
        path.stat().st_size for path in Path(archive.place).iterdir() if "LOCK" not in path.name
    )
    assert stats.format_version == FORMAT_VERSION
    assert (stats.analysis_version, stats.stemmer_version) == (
        german.ANALYSIS_VERSION,
        german.STEMMER_VERSION,
    )


def test_stats_count_a_term_of_two_segments_once(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add([Article(id="1", body="Haus Garten")])
        archive.add([Article(id="2", body="Garten Wald Wiese")])
        stats = archive.stats()
        assert (stats.terms, stats.segments) == (4, 2)


def test_stats_count_the_living(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(ARTICLES)
        archive.delete(["3", "5"])
        stats = archive.stats()
        assert stats.articles == 3
        assert stats.facets["source"] == {"dpa": 1, "dpa Berlin": 1, "Elbkurier": 1}
        assert stats.period == (Period.day(2023, 3, 1), Period.day(2023, 3, 31))


def test_threads_share_an_archive(archive: Archive) -> None:
    expected = [ids(archive, query) for query in ("Waffenruhe", '"der Rat"', "r*", "datum:2023")]
    found: list[list[str]] = []

    def ask() -> None:
        for _ in range(10):
            found.append([ids(archive, query) for query in ("Waffenruhe", '"der Rat"', "r*", "datum:2023")])

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 40
