"""What every backend does when it is written: reports, replacement, deletion, states, and what may go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from searcher import (
    Archive,
    ArchiveLocked,
    ArchiveNotFound,
    Article,
    IndexReport,
    Rejection,
    UsageError,
)
from tests.checkout import ROOT
from tests.conformance.conftest import Opener

SOME = [
    Article(id="1", title="Waffenruhe in Sicht", body="Der Rat tagt."),
    Article(id="2", title="Der Kreml schweigt", body="Keine Waffenruhe."),
    Article(id="3", title="Hochwasser", body="Der Pegel steigt."),
]


def ids(archive: Archive, query: str = "*") -> str:
    return "".join(sorted(hit.id for hit in archive.search(query, limit=100)))


def test_adding_says_what_became_of_each_article(archive: Archive) -> None:
    assert archive.add(SOME) == IndexReport(new=3)
    assert archive.add(SOME) == IndexReport(unchanged=3)
    changed = Article(id="1", title="Waffenruhe vorbei")
    assert archive.add([changed, *SOME[1:], Article(id="4")]) == IndexReport(new=1, changed=1, unchanged=2)
    assert archive.get("1") == changed
    assert (ids(archive), ids(archive, "Rat"), ids(archive, "vorbei"), len(archive)) == ("1234", "", "1", 4)
    assert archive.add([]) == IndexReport()


def test_the_last_of_one_id_stays(archive: Archive) -> None:
    first, second = Article(id="1", title="Eins"), Article(id="1", title="Zwei")
    report = archive.add([first, second])
    assert (report.records, report.rejected) == (2, 0)
    assert (archive.get("1"), len(archive)) == (second, 1)
    assert archive.add([first, second]) == IndexReport(unchanged=2)


def test_deleting_by_id_and_by_query(archive: Archive) -> None:
    archive.add(SOME)
    assert archive.delete(["1", "nirgends", "1"]) == 1
    assert archive.delete(["1"]) == 0
    assert (ids(archive), archive.get("1"), archive.count("Waffenruhe")) == ("23", None, 1)
    assert archive.delete(["3"], query="Waffenruhe") == 2
    assert (len(archive), list(archive), ids(archive)) == (0, [], "")
    assert archive.add(SOME) == IndexReport(new=3)
    assert archive.delete(query="*") == 3
    with pytest.raises(UsageError, match="a list of ids"):
        archive.delete("1")
    with pytest.raises(UsageError, match="unknown field"):
        archive.delete(query="foo:bar")


def test_optimize_and_rebuild_change_no_answer(archive: Archive) -> None:
    for each in SOME:
        archive.add([each])
    archive.delete(["3"])
    before = archive.search("Waffenruhe ODER Kreml")
    archive.optimize()
    assert archive.search("Waffenruhe ODER Kreml") == before
    report = archive.rebuild(processes=1)
    assert (report.new + report.changed + report.unchanged, report.rejected) == (2, 0)
    assert archive.search("Waffenruhe ODER Kreml") == before
    assert archive.verify(deep=True) == []


def test_an_archive_answers_from_its_state_until_it_is_refreshed(archive: Archive, at: Opener) -> None:
    archive.add(SOME)
    with at() as reader:
        reader.refresh()
        hits, everything = reader.search("Waffenruhe"), iter(reader)
        assert not reader.refresh()
        archive.add([Article(id="1", title="Anderes"), Article(id="4", title="Waffenruhe")])
        archive.delete(["2"])
        archive.optimize()
        assert (ids(reader), reader.get("1"), reader.count("Waffenruhe")) == ("123", SOME[0], 2)
        assert reader.refresh()
        assert not reader.refresh()
        assert (ids(reader), reader.count("Waffenruhe")) == ("134", 1)
        # Hits that were given before are what they were.
        assert {hit.article for hit in hits} == set(SOME[:2])
        assert set(everything) == set(SOME)


def test_opening(at: Opener) -> None:
    for ask in (
        Archive.refresh,
        Archive.stats,
        len,
        lambda each: each.search("a"),
        lambda each: each.add(SOME),
    ):
        with at() as nowhere, pytest.raises(ArchiveNotFound, match="there is no index"):
            ask(nowhere)
    with at() as made:
        made._backend.create()
        with pytest.raises(UsageError, match="there is an index already"):
            made._backend.create()
        assert len(made) == 0
        for query in (
            "Waffenruhe",
            "*",
            "NICHT a",
            '"der Rat"',
            "waff*",
            "rat~",
            "datum:2023",
            "a ADJ b",
            "id:1",
        ):
            assert made.count(query) == 0
        assert made.counts("*") == {}
        assert (made.stats().period, made.stats().facets["source"]) == (None, {})


def test_a_closed_archive_says_so(archive: Archive) -> None:
    archive.add(SOME)
    hit = archive.search("Waffenruhe")[0]
    archive.close()
    archive.close()
    for ask in (Archive.refresh, Archive.stats, lambda each: each.search("*"), lambda each: each.get("1")):
        with pytest.raises(UsageError, match="the archive is closed: open it again"):
            ask(archive)
    assert hit.article in SOME


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (Article(id="neu"), "not an Article"),
        ("neu", "not a str"),
        (None, "not None"),
        ([Article(id="neu"), {"title": "neu"}], "article 2 is no Article but a dict"),
        ([Article(id="neu", title=3)], "title is no text"),  # type: ignore[arg-type]
    ],
    ids=str,
)
def test_what_is_no_article_is_refused_and_nothing_added(archive: Archive, given: Any, reason: str) -> None:
    archive.add(SOME)
    with pytest.raises(UsageError, match=reason):
        archive.add(given)
    assert ids(archive) == "123"


def test_errors_of_the_caller_stay_his(archive: Archive) -> None:
    def broken() -> Iterator[Article]:
        yield Article(id="4")
        raise ZeroDivisionError("the caller's own")

    def refuse(_: object) -> None:
        raise KeyError("the caller's own")

    with pytest.raises(ZeroDivisionError):
        archive.add(broken())
    with pytest.raises(KeyError):
        archive.add(SOME, progress=refuse)
    assert len(archive) == 0
    assert archive.add(SOME).new == 3


def test_a_second_writer_waits_and_gives_up(archive: Archive, at: Opener) -> None:
    def meanwhile() -> Iterator[Article]:
        yield SOME[0]
        with at(wait=0) as other:
            for write in (lambda: other.add(SOME), lambda: other.delete(["1"]), other.optimize):
                with pytest.raises(ArchiveLocked):
                    write()
            assert len(other) == 0

    assert archive.add(meanwhile()) == IndexReport(new=1)
    with at(wait=0) as other:
        assert other.add(SOME) == IndexReport(new=2, unchanged=1)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_text(
        '{"id": "1", "title": "Waffenruhe"}\n{"id": "2", "title": "Kreml"}\nkein JSON\n', encoding="utf-8"
    )
    (folder / "b.txt").write_text("Hochwasser\n\nDer Pegel steigt.\n", encoding="utf-8")
    return folder


def test_indexing_files(archive: Archive, at: Opener, files: Path) -> None:
    notes: list[Any] = []
    report = archive.index([files], on_note=notes.append)
    assert (report.new, report.changed, report.unchanged, report.rejected) == (3, 0, 0, 1)
    [rejection] = report.rejections
    assert isinstance(rejection, Rejection)
    assert rejection in notes
    assert (rejection.path, rejection.line) == (str(files / "a.jsonl"), 3)
    assert ids(archive) == "12in/b.txt"
    again = archive.index([files])
    assert (again.new, again.changed, again.unchanged, again.rejected) == (0, 0, 3, 1)


def test_a_dry_run_says_what_the_run_does_and_writes_nothing(at: Opener, files: Path) -> None:
    with at() as archive:
        assert archive.index([files], dry_run=True).new == 3
        with pytest.raises(ArchiveNotFound):
            archive.refresh()
        archive._backend.create()
        archive.add([Article(id="1", title="Anderes"), Article(id="2", title="Kreml")])
        foretold = archive.index([files], dry_run=True)
        assert archive.get("1") == Article(id="1", title="Anderes")
        done = archive.index([files])
        for name in ("new", "changed", "unchanged", "rejected", "withdrawn", "absent", "outdated"):
            assert getattr(foretold, name) == getattr(done, name), name


def test_the_seeds_again(seeds: Archive) -> None:
    report = seeds.index([ROOT / "seeds"])
    assert (report.new, report.changed, report.unchanged, report.rejected) == (0, 0, len(seeds), 0)
