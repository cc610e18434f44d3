"""Writing: what a run reports, which version of an article stays, and that no way of building shows in the answers."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcher.archive import Archive
from searcher.article import Article
from searcher.index.format import stored_blocks
from searcher.index.write import merge
from searcher.index.write.writer import Writer
from searcher.ingest import pipeline, run
from searcher.ingest.commit import Commit
from searcher.ingest.pipeline import Intake
from searcher.report import Rejection, Repair, Withdrawal
from tests import oracle

QUERIES = (
    "Waffenruhe", "der OR die", "EU-Kommission", '"EU Kommission"', "*", "titel:Müller", "Waffenruhe ADJ/3 Ukraine", "str*", "fordern -EU",
    "quelle:dpa", "datum:2023", "Lukaschenka~2 ODER Ukraine^2",
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def unflushed() -> Iterator[None]:
    with oracle.without_waiting_for_the_disk():
        yield


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "index") as archive:
        yield archive


def counts(report: Any) -> tuple[int, int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.rejected, report.withdrawn


def answers(archive: Archive) -> Any:
    """What is found by all queries, in every order, and all articles."""
    found = [
        (query, sort, results.total, [(hit.id, hit.score) for hit in results])
        for query in QUERIES
        for sort in ("relevance", "newest", "oldest")
        for results in [archive.search(query, sort=sort, limit=50)]  # type: ignore[arg-type]
    ]
    return found, {article.id: article for article in archive}


def segments(archive: Archive) -> list[int]:
    """Living articles of each segment."""
    return [files.segment.live for files in oracle.snapshot_of(archive).segments]


def generation(archive: Archive) -> int:
    return oracle.snapshot_of(archive).table.generation


def run_units(archive: Archive, *units: list[Any]) -> Any:
    with Writer(Path(archive.place)) as open_writer:
        report = pipeline.run(Intake.of_articles(units), Commit.to(open_writer))
    archive.refresh()
    return report


# --- versions --------------------------------------------------------------------------------------------------


def test_unchanged_articles_commit_nothing(archive: Archive) -> None:
    articles = oracle.some_articles(20)
    assert counts(archive.add(articles)) == (20, 0, 0, 0, 0)
    before, files = generation(archive), sorted(path.name for path in Path(archive.place).iterdir())
    assert counts(archive.add(articles)) == (0, 0, 20, 0, 0)
    assert generation(archive) == before
    assert sorted(path.name for path in Path(archive.place).iterdir()) == files


def test_a_changed_article_replaces_the_old(archive: Archive) -> None:
    archive.add([Article(id="1", title="alt"), Article(id="2", title="bleibt")])
    assert counts(archive.add([Article(id="1", title="neu"), Article(id="2", title="bleibt")])) == (
        0,
        1,
        1,
        0,
        0,
    )
    assert archive.get("1") == Article(id="1", title="neu")
    assert (len(archive), archive.count("alt"), archive.count("neu"), archive.count("bleibt")) == (2, 0, 1, 1)


@pytest.mark.parametrize("field", ["title", "body", "source", "author", "url"])
def test_every_field_makes_a_change(archive: Archive, field: str) -> None:
    archive.add([Article(id="1", title="Titel")])
    assert counts(archive.add([Article(id="1", **{"title": "Titel", field: "anders"})])) == (0, 1, 0, 0, 0)
    assert counts(archive.add([Article(id="1", title="Titel", extra={"Seite": "3"})])) == (0, 1, 0, 0, 0)


def test_the_later_of_two_versions_stays(archive: Archive) -> None:
    versions = [Article(id="1", title=f"Fassung {number}") for number in range(5)]
    assert counts(archive.add(versions)) == (1, 4, 0, 0, 0)
    assert archive.get("1") == versions[-1]
    assert archive.count("fassung") == len(archive) == 1


def test_a_program_may_seed_random(archive: Archive) -> None:
    """Segments get names of their own all the same."""
    for number in range(4):
        random.seed(0)
        archive.add([Article(id="1", title=f"Fassung {number}")])
        assert archive.get("1") == Article(id="1", title=f"Fassung {number}")


def test_back_to_what_it_was_within_one_run(archive: Archive) -> None:
    old, new = Article(id="1", title="alt"), Article(id="1", title="neu")
    archive.add([old])
    before = generation(archive)
    assert counts(archive.add([new, old])) == (0, 0, 2, 0, 0)
    assert archive.get("1") == old
    gone = Withdrawal("f", 1, "1", "taken back")
    assert counts(run_units(archive, [gone, old, gone], [new, old])) == (0, 0, 3, 0, 0)
    assert archive.get("1") == old
    assert counts(run_units(archive, [new, gone])) == (0, 1, 0, 0, 1)
    assert generation(archive) > before
    archive.add([old])
    assert counts(archive.add([old, new, new])) == (0, 1, 2, 0, 0)
    assert archive.get("1") == new


def test_withdrawn_articles_go(archive: Archive) -> None:
    one, two = Article(id="1", title="eins"), Article(id="2", title="zwei")
    gone = Withdrawal("f", 1, "1", "taken back")
    assert counts(run_units(archive, [one, two])) == (2, 0, 0, 0, 0)
    assert counts(run_units(archive, [gone])) == (0, 0, 0, 0, 1)
    assert [article.id for article in archive] == ["2"]
    assert counts(run_units(archive, [gone])) == (0, 0, 0, 0, 0)
    # Within one run the order of the records decides.
    assert counts(run_units(archive, [one, gone])) == (1, 0, 0, 0, 1)
    assert archive.get("1") is None
    assert counts(run_units(archive, [one], [gone], [one])) == (2, 0, 0, 0, 1)
    assert archive.get("1") == one


records = st.one_of(
    st.builds(Article, id=st.sampled_from("abc"), title=st.sampled_from(["eins", "zwei"])),
    st.builds(Withdrawal, st.just("f"), st.just(1), st.sampled_from("abc"), st.just("taken back")),
    st.just(Rejection("f", 2, "no text")),
    st.just(Repair("f", 3, "wrong encoding")),
)


@settings(max_examples=40)
@given(
    runs=st.lists(st.lists(st.lists(records, max_size=4), max_size=3), min_size=1, max_size=4),
    records_in_round=st.sampled_from([1, 3, 1000]),
)
def test_reports_against_a_plain_account(
    runs: list[list[list[Any]]], records_in_round: int, tmp_path_factory: Any
) -> None:
    """new, changed, unchanged, rejected and withdrawn, and what is there in the end, as a dictionary tells it."""
    living: dict[str, Article] = {}
    with Archive.create(tmp_path_factory.mktemp("account") / "index") as archive:
        for units in runs:
            start = dict(living)
            expected: Counter[str] = Counter()
            by_id: dict[str, Counter[str]] = defaultdict(Counter)
            for record in (record for unit in units for record in unit):
                if isinstance(record, Article):
                    before = living.get(record.id)
                    what = "new" if before is None else "unchanged" if before == record else "changed"
                    by_id[record.id][what] += 1
                    living[record.id] = record
                elif isinstance(record, Withdrawal):
                    by_id[record.id]["withdrawn"] += living.pop(record.id, None) is not None
                else:
                    expected["rejected" if isinstance(record, Rejection) else "repaired"] += 1
            for identity, tally in by_id.items():
                if identity in start and living.get(identity) == start[identity]:
                    tally["withdrawn"] = 0
                    tally = Counter(unchanged=tally.total())
                expected += tally
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(pipeline, "ROUND", records_in_round)
                report = run_units(archive, *units)
            assert counts(report) == tuple(
                expected[name] for name in ("new", "changed", "unchanged", "rejected", "withdrawn")
            )
            assert sum(report.repaired.values()) == expected["repaired"]
            assert report.records == sum(
                not isinstance(record, (Withdrawal, Repair)) for unit in units for record in unit
            )
            assert {article.id: article for article in archive} == living


@pytest.mark.parametrize("processes", [1, 2])
def test_an_article_too_large_to_be_read_again_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    monkeypatch.setattr(stored_blocks, "LONGEST", 1 << 20)
    # A worker that is spawned, as one is beside other threads, would not know of the bound.
    monkeypatch.setattr("searcher.ingest.pool.threading.active_count", lambda: 1)
    large = Article(id="scan", title="Scan", body="Ein Scan.", extra={"pdf": "A" * (1 << 20)})
    small = Article(id="klein", title="Nachbar", body="Der Nachbar.")
    file = tmp_path / "scans.jsonl"
    file.write_text("".join(json.dumps(each.as_dict()) + "\n" for each in (small, large)))
    reason = "an article of more than 1 MB: shorten its text or its extra fields"
    with Archive.create(tmp_path / "index") as archive:
        report = archive.add([large, small])
        assert [str(each) for each in report.rejections] == [f"scan: {reason}"]
        assert (report.new, report.rejected, len(archive)) == (1, 1, 1)
        for trial in (True, False, False):
            report = archive.index([file], processes=processes, dry_run=trial)
            # Refused each time anew: a file is read again until all of it is in the index.
            assert [str(each) for each in report.rejections] == [f"{file}: scan: {reason}"]
            assert (report.unchanged, report.rejected) == (1, 1)
        assert [archive.get("klein")] == list(archive)


def test_the_first_thousand_rejections_are_kept(archive: Archive) -> None:
    units = (
        [Rejection("f", line, "no text") for line in range(1, 700)],
        [Rejection("g", line, "broken") for line in range(1, 700)],
    )
    report = run_units(archive, *units)
    assert report.rejected == 1398
    assert len(report.rejections) == run.KEPT_REJECTIONS
    assert str(report.rejections[0]) == "f:1: no text"


# --- however it was built --------------------------------------------------------------------------------------


def jsonl(path: Path, articles: list[Article]) -> None:
    """Articles as a file, with the number alone as the id: several files are versions of the same articles."""
    with open(path, "w", encoding="utf-8") as file:
        for article in articles:
            record = {
                "id": article.id.rsplit("-", 1)[1],
                "title": article.title or "ohne",
                "text": article.body,
            }
            print(json.dumps(record | {"source": article.source}), file=file)


def test_processes_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where one file changes what another has, and where a round ends between the two."""
    for number in range(5):
        articles = oracle.some_articles(25, seed=number)
        jsonl(tmp_path / f"{number}.jsonl", articles)
    paths = [tmp_path / f"{number}.jsonl" for number in range(5)]
    built = []
    for name, processes, records in (("one", 1, 1000), ("two", 2, 1000), ("three", 3, 30)):
        monkeypatch.setattr(pipeline, "ROUND", records)
        with Archive.create(tmp_path / name) as archive:
            report = archive.index(paths, processes=processes)
            assert report.records == 125
            assert report.new == len(archive) == 25
            built.append(answers(archive))
            assert counts(archive.index(paths[-1:], processes=processes)) == (0, 0, 25, 0, 0)
    assert built[0] == built[1] == built[2]
    assert built[0][1]["3"].title == (oracle.some_articles(25, seed=4)[3].title or "ohne")


def test_a_round_that_ends_with_the_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next round finds nothing to do, and nobody to wait for."""
    monkeypatch.setattr(pipeline, "ROUND", 4)
    for name in "ab":
        jsonl(tmp_path / f"{name}.jsonl", [Article(id=f"x-{name}{n}", title="Titel") for n in range(2)])
    with Archive.create(tmp_path / "index") as archive:
        assert archive.index([tmp_path / "a.jsonl", tmp_path / "b.jsonl"], processes=2).new == 4


def test_segments_do_not_show(tmp_path: Path) -> None:
    articles = oracle.some_articles(40)
    built = []
    for parts in (1, 2, 5):
        with Archive.create(tmp_path / str(parts)) as archive:
            for part in range(parts):
                archive.add(articles[part::parts])
            assert len(segments(archive)) == parts
            built.append(answers(archive))
            archive.optimize()
            assert segments(archive) == [40]
            built.append(answers(archive))
    assert all(each == built[0] for each in built)


def test_deletions_and_updates_do_not_show(tmp_path: Path) -> None:
    """An archive that went a long way answers like one that was made today."""
    articles = oracle.some_articles(40)
    with Archive.create(tmp_path / "long way") as archive, Archive.create(tmp_path / "today") as fresh:
        archive.add(oracle.some_articles(40, seed=2))
        archive.add(articles[:30])
        archive.delete(query="*")
        archive.add(articles[20:])
        archive.add(Article(id=article.id, title="anders") for article in articles[:25])
        archive.add(articles[:25])
        fresh.add(articles)
        assert answers(archive) == answers(fresh)
        archive.optimize()
        assert answers(archive) == answers(fresh)


# --- segments --------------------------------------------------------------------------------------------------


def test_segments_stay_few(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer than FACTOR segments of a size: their number grows with the logarithm of the articles'."""
    monkeypatch.setattr(merge, "FACTOR", 3)
    for number in range(30):
        archive.add([Article(id=str(number), title=f"Titel {number}")])
        sizes = segments(archive)
        assert sum(sizes) == number + 1
        tiers = Counter(next(tier for tier in range(9) if size < 3 ** (tier + 1)) for size in sizes)
        assert all(count < 3 for count in tiers.values()), sizes
    assert archive.count("titel") == 30


def test_a_mostly_deleted_segment_is_written_anew(archive: Archive) -> None:
    archive.add(Article(id=str(number), title="Titel") for number in range(10))
    archive.delete([str(number) for number in range(6)])
    archive.add([Article(id="neu", title="Titel")])
    assert sorted(
        (files.docs, files.segment.deleted_count()) for files in oracle.snapshot_of(archive).segments
    ) == [(1, 0), (4, 0)]


def test_optimize(archive: Archive) -> None:
    archive.optimize()
    assert segments(archive) == []
    articles = oracle.some_articles(12)
    for first in range(0, 12, 4):
        archive.add(articles[first : first + 4])
    archive.delete([articles[1].id])
    archive.optimize()
    assert segments(archive) == [11]
    before = generation(archive)
    archive.optimize()
    assert generation(archive) == before
    archive.delete(query="*")
    assert segments(archive) == []
    assert len(archive) == archive.count("*") == 0


# --- readers beside the writer ---------------------------------------------------------------------------------


def test_readers_keep_their_snapshot(archive: Archive) -> None:
    archive.add([Article(id="1", title="alt", body="Der Text."), Article(id="2", title="alt")])
    with Archive.open(archive.place) as reader:
        hits = reader.search("alt")
        assert not reader.refresh()
        archive.add([Article(id="1", title="neu"), Article(id="3", title="neu")])
        archive.delete(["2"])
        archive.optimize()
        assert len(reader) == reader.count("alt") == 2
        assert reader.count("neu") == 0
        # What was found before can still be read, though its files are gone.
        assert hits[0].article.title == "alt"
        assert reader.get("2") == Article(id="2", title="alt")
        assert reader.refresh()
        assert not reader.refresh()
        assert len(reader) == reader.count("neu") == 2
        assert reader.get("2") is None
        assert hits[1].article.title == "alt"


def test_delete(archive: Archive) -> None:
    archive.add(oracle.some_articles(20))
    ids = [article.id for article in archive]
    assert archive.delete([ids[0], ids[1], ids[1], "nirgends"]) == 2
    assert archive.delete([ids[0]]) == 0
    found = archive.count("Waffenruhe")
    assert found > 0
    assert archive.delete(query="Waffenruhe") == found
    assert archive.count("Waffenruhe") == 0
    assert len(archive) == 18 - found
    assert archive.get(ids[0]) is None
