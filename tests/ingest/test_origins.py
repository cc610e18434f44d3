"""Where articles came from: pruning, duplicates, versions, and the ledger that remembers."""

from __future__ import annotations

import json
import os
import random
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from searcher import Archive, ArchiveDamaged, Article, UsageError
from searcher.index.write.writer import Writer
from searcher.ingest import pipeline
from searcher.ingest.commit import Commit
from searcher.ingest.duplicates import SHORTEST, text_digest
from searcher.ingest.ledger import Ledger, Rows
from searcher.ingest.pipeline import Intake
from searcher.ingest.watch import Watched
from searcher.report import Withdrawal
from tests import oracle

LONG = (
    "Der Stadtrat hat den Haushalt beschlossen, die Bürgermeisterin sprach von einem guten Tag für alle. {}"
)
assert len(LONG) > SHORTEST


@pytest.fixture(autouse=True, scope="module")
def unflushed() -> Iterator[None]:
    with oracle.without_waiting_for_the_disk():
        yield


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "index") as archive:
        yield archive


def jsonl(path: Path, *records: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def record(identity: str, text: str = "Text.") -> dict[str, Any]:
    return {"id": identity, "titel": f"Titel {identity}", "text": text, "quelle": "Testblatt"}


def ids(archive: Archive) -> list[str]:
    return sorted(article.id for article in archive)


def run(archive: Archive, *units: list[Any]) -> Any:
    with Writer(Path(archive.place)) as open_writer:
        report = pipeline.run(Intake.of_articles(units), Commit.to(open_writer))
    archive.refresh()
    return report


# --- pruning ---------------------------------------------------------------------------------------------------


def test_articles_of_a_file_that_is_gone_go(archive: Archive, tmp_path: Path) -> None:
    stays = jsonl(tmp_path / "in" / "a.jsonl", record("1"))
    goes = jsonl(tmp_path / "in" / "sub" / "b.jsonl", record("2"), record("3"))
    archive.index([tmp_path / "in"])
    assert archive.index([tmp_path / "in"], prune=True).pruned == 0
    goes.unlink()
    assert archive.index([tmp_path / "in"]).pruned == 0
    assert ids(archive) == ["1", "2", "3"]
    told: list[Any] = []
    report = archive.index([tmp_path / "in"], prune=True, on_note=told.append)
    assert (report.pruned, report.unchanged, ids(archive)) == (2, 1, ["1"])
    assert {(each.kind, each.id, each.path) for each in told} == {
        ("pruned", "2", str(goes)),
        ("pruned", "3", str(goes)),
    }
    assert archive.index([stays], prune=True).pruned == 0


def test_pruned_files_are_named_as_the_paths_were_given(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for given, shown in (
        ("in", "in/sub/b.jsonl"),
        (".", "in/sub/b.jsonl"),
        ("./in/../in", "in/../in/sub/b.jsonl"),
    ):
        jsonl(tmp_path / "in" / "a.jsonl", record("1"))
        goes = jsonl(tmp_path / "in" / "sub" / "b.jsonl", record("2"))
        archive.index([given])
        goes.unlink()
        told: list[Any] = []
        archive.index([given], prune=True, on_note=told.append)
        assert [each.path for each in told if each.kind == "pruned"] == [shown]


def test_an_article_of_two_files_stays_as_long_as_one_of_them(archive: Archive, tmp_path: Path) -> None:
    one, two = (jsonl(tmp_path / name / "x.jsonl", record("1"), record(name)) for name in ("in", "out"))
    jsonl(tmp_path / "in" / "y.jsonl", record("y"))
    archive.index([tmp_path / "in"])
    archive.index([tmp_path / "out"])
    one.unlink()
    # The other file lies elsewhere, and this run does not read it.
    assert archive.index([tmp_path / "in"], prune=True).pruned == 1
    assert ids(archive) == ["1", "out", "y"]
    two.unlink()
    jsonl(tmp_path / "out" / "z.jsonl", record("z"))
    assert archive.index([tmp_path / "out"], prune=True).pruned == 2
    assert ids(archive) == ["y", "z"]


def test_a_file_that_has_moved_keeps_its_articles(archive: Archive, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "in" / "alt" / "x.jsonl", record("1"))
    archive.index([tmp_path / "in"])
    (tmp_path / "in" / "neu").mkdir()
    file.rename(tmp_path / "in" / "neu" / "x.jsonl")
    report = archive.index([tmp_path / "in"], prune=True)
    assert (report.pruned, report.unchanged, ids(archive)) == (0, 1, ["1"])


def test_only_below_the_given_paths(archive: Archive, tmp_path: Path) -> None:
    jsonl(tmp_path / "in" / "a.jsonl", record("1"))
    jsonl(tmp_path / "innen" / "b.jsonl", record("2"))
    archive.index([tmp_path / "in", tmp_path / "innen"])
    archive.add([Article(id="programm", title="Von einem Programm")])
    (tmp_path / "innen" / "b.jsonl").unlink()
    assert archive.index([tmp_path / "in"], prune=True).pruned == 0
    assert ids(archive) == ["1", "2", "programm"]


def test_what_a_program_added_too_is_kept(archive: Archive, tmp_path: Path) -> None:
    jsonl(tmp_path / "in" / "a.jsonl", record("1"))
    file = jsonl(tmp_path / "in" / "b.jsonl", record("2"))
    archive.index([tmp_path / "in"])
    archive.add([article for article in archive if article.id == "2"])
    file.unlink()
    assert archive.index([tmp_path / "in"], prune=True).pruned == 0


@pytest.mark.parametrize("left", ["nothing", "an empty folder"])
def test_a_place_that_is_missing_as_a_whole_is_refused(archive: Archive, tmp_path: Path, left: str) -> None:
    """It may be a disk that is not mounted."""
    jsonl(tmp_path / "in" / "a.jsonl", record("1"))
    jsonl(tmp_path / "other" / "b.jsonl", record("2"))
    archive.index([tmp_path / "in", tmp_path / "other"])
    shutil.rmtree(tmp_path / "in")
    if left != "nothing":
        (tmp_path / "in").mkdir()
    with pytest.raises(UsageError, match="mounted"):
        archive.index([tmp_path / "other", tmp_path / "in"], prune=True)
    assert ids(archive) == ["1", "2"]


def test_what_cannot_be_looked_at_is_not_gone(archive: Archive, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    jsonl(disk / "b.jsonl", record("2"))
    jsonl(tmp_path / "in" / "a.jsonl", record("1"))
    (tmp_path / "in" / "link").symlink_to(disk, target_is_directory=True)
    jsonl(tmp_path / "in" / "zu" / "c.jsonl", record("3"))
    archive.index([tmp_path / "in"])
    assert ids(archive) == ["1", "2", "3"]
    disk.rename(tmp_path / "unmounted")
    (tmp_path / "in" / "zu").chmod(0)
    try:
        assert archive.index([tmp_path / "in"], prune=True).pruned == 0
    finally:
        (tmp_path / "in" / "zu").chmod(0o755)
    assert ids(archive) == ["1", "2", "3"]


def test_an_interrupted_run_prunes_nothing(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jsonl(tmp_path / "in" / "a.jsonl", record("1"))
    file = jsonl(tmp_path / "in" / "b.jsonl", record("2"))
    archive.index([tmp_path / "in"])
    file.unlink()

    def interrupted(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.index([tmp_path / "in"], prune=True, progress=interrupted)
    assert ids(archive) == ["1", "2"]
    assert archive.index([tmp_path / "in"], prune=True).pruned == 1


def test_members_of_archives_and_odd_names(archive: Archive, tmp_path: Path) -> None:
    from tests.readers import test_archives as archives

    (tmp_path / "in").mkdir()
    packed = tmp_path / "in" / "x.zip"
    packed.write_bytes(archives.zipped(archives.FILES))
    odd = jsonl(Path(os.fsdecode(os.fsencode(tmp_path) + b"/in/\xff\n.jsonl")), record("odd"))
    jsonl(tmp_path / "in" / "a.jsonl", record("1"))
    archive.index([tmp_path / "in"])
    assert len(archive) == 6
    packed.unlink()
    odd.unlink()
    assert archive.index([tmp_path / "in"], prune=True).pruned == 5
    assert ids(archive) == ["1"]


# --- files of one name ---------------------------------------------------------------------------------------


def test_files_of_one_name_in_different_places_do_not_replace_each_other(
    archive: Archive, tmp_path: Path
) -> None:
    files = [tmp_path / place / "2023" / "001.txt" for place in ("za", "zb")]
    for number, file in enumerate(files):
        file.parent.mkdir(parents=True)
        file.write_text(f"Titel {number}\n\nText {number}.", "utf-8")
    assert archive.index([tmp_path / "za"]).new == 1
    for _ in range(2):
        report = archive.index([tmp_path / "zb"])
        assert (report.records, report.rejected) == (1, 1)
        assert str(report.rejections[0]) == (
            f"{files[1]}: has the same name as {files[0]} ('2023/001.txt'), which is in the index: "
            "index the folder above both instead, into a new index"
        )
        assert [article.title for article in archive] == ["Titel 0"]
    # The file itself may change, by whatever way it is reached.
    os.symlink(tmp_path / "za", tmp_path / "zc")
    files[0].write_text("Titel 0, neu\n\nText.", "utf-8")
    assert archive.index([tmp_path / "zc"]).changed == 1
    # Where the other file is gone, the archive has moved, and this is a new version.
    files[0].unlink()
    assert archive.index([tmp_path / "zb"]).changed == 1
    assert [article.title for article in archive] == ["Titel 1"]


def test_ids_that_the_source_gives_may_come_from_any_file(archive: Archive, tmp_path: Path) -> None:
    one = jsonl(tmp_path / "a" / "x.jsonl", record("1"), record("2"))
    other = jsonl(tmp_path / "b" / "x.jsonl", record("1", "Neuer Text."), record("2"))
    assert archive.index([one]).new == 2
    assert (report := archive.index([other])).changed == 1 and report.unchanged == 1


# --- duplicates ------------------------------------------------------------------------------------------------


def links(archive: Archive) -> dict[str, str]:
    return {each.id: each.extra["duplicate_of"] for each in archive if "duplicate_of" in each.extra}


def test_the_same_text_under_another_id_is_linked_to_the_first(archive: Archive) -> None:
    articles = [Article(id=name, title=name, body=LONG) for name in "bac"]
    told: list[Any] = []
    report = archive.add(articles)
    assert (report.new, report.duplicates) == (3, 2)
    assert links(archive) == {"a": "b", "c": "b"}
    # Across runs, and cut into other paragraphs.
    other = Article(id="d", title="d", body=LONG.replace(", ", ",\n\n", 1))
    assert archive.add([other]).duplicates == 1
    assert links(archive) == {"a": "b", "c": "b", "d": "b"}
    report = archive.add([*articles, other])
    assert (report.unchanged, report.duplicates, told) == (4, 0, [])
    assert archive.verify(deep=True) == []
    archive.rebuild(processes=1)
    assert archive.add([*articles, other]).unchanged == 4
    assert links(archive) == {"a": "b", "c": "b", "d": "b"}


@pytest.mark.parametrize("body", ["", "Lesen Sie mehr in der Ausgabe."])
def test_short_texts_are_no_duplicates(archive: Archive, body: str) -> None:
    assert archive.add([Article(id=name, title="Titel", body=body) for name in "abc"]).duplicates == 0
    assert text_digest(body) == 0


def test_who_has_the_text_when_a_duplicate_comes_is_the_first(archive: Archive) -> None:
    one, other = LONG.format("eins"), LONG.format("zwei")
    archive.add([Article(id="a", body=one), Article(id="a", body=other), Article(id="b", body=one)])
    assert links(archive) == {}
    archive.add([Article(id="c", body=one), Article(id="b", body=other)])
    assert links(archive) == {"c": "b", "b": "a"}
    archive.delete(["a"])
    archive.add([Article(id="d", body=other), Article(id="c", body="Ganz kurz.")])
    assert links(archive) == {"b": "a", "d": "b"}


def test_a_withdrawn_article_is_nobodys_first(archive: Archive) -> None:
    report = run(
        archive,
        [Article(id="a", body=LONG), Withdrawal("f", 1, "a", "taken back"), Article(id="b", body=LONG)],
    )
    assert (report.duplicates, links(archive), ids(archive)) == (0, {}, ["b"])


def test_duplicates_do_not_depend_on_processes_or_rounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(4)
    for number in range(6):
        records = [record(f"{draw.randrange(30)}", LONG.format(draw.randrange(8))) for _ in range(20)]
        jsonl(tmp_path / "in" / f"{number}.jsonl", *records)
    built = []
    for name, processes, records_in_round in (("one", 1, 1000), ("two", 2, 1000), ("three", 3, 30)):
        monkeypatch.setattr(pipeline, "ROUND", records_in_round)
        with Archive.create(tmp_path / name) as archive:
            archive.index([tmp_path / "in"], processes=processes)
            assert archive.verify(deep=True) == []
            built.append({article.id: article for article in archive})
    assert built[0] == built[1] == built[2]
    assert sum("duplicate_of" in article.extra for article in built[0].values()) > 5


# --- versions --------------------------------------------------------------------------------------------------


def version(number: int, title: str = "", identity: str = "urn:1") -> Article:
    return Article(id=identity, title=title or f"Fassung {number}", extra={"version": str(number)})


def test_a_lower_version_never_replaces_a_higher(archive: Archive) -> None:
    archive.add([version(3)])
    told: list[Any] = []
    with Writer(Path(archive.place)) as open_writer:
        report = pipeline.run(
            Intake.of_articles([[version(2), version(1)]]), Commit.to(open_writer), on_note=told.append
        )
    assert (report.outdated, report.changed, report.records) == (2, 0, 2)
    assert {(each.kind, each.id) for each in told} == {("outdated", "urn:1")}
    archive.refresh()
    assert archive.get("urn:1") == version(3)
    assert archive.add([version(3, "Berichtigt")]).changed == 1
    assert archive.add([version(5), version(4), version(5), version(3)]).outdated == 2
    assert archive.get("urn:1") == version(5)
    assert archive.verify(deep=True) == []


def test_a_withdrawal_has_a_version_too(archive: Archive) -> None:
    archive.add([version(3)])
    assert run(archive, [Withdrawal("f", 1, "urn:1", "taken back", 2)]).outdated == 1
    assert len(archive) == 1
    report = run(archive, [Withdrawal("f", 1, "urn:1", "taken back", 4)], [version(3)])
    assert (report.withdrawn, report.outdated, len(archive)) == (1, 1, 0)
    assert run(archive, [Withdrawal("f", 1, "urn:9", "taken back", 4)]).absent == 1


def test_what_was_withdrawn_stays_away_in_later_runs(archive: Archive, tmp_path: Path) -> None:
    """Whoever reads an old file again, or files in another order, brings nothing back."""
    gone = Withdrawal("f", 1, "urn:1", "taken back", 4)
    archive.add([version(3), version(1, identity="urn:2")])
    assert run(archive, [gone]).withdrawn == 1
    told: list[Any] = []
    with Writer(Path(archive.place)) as open_writer:
        report = pipeline.run(
            Intake.of_articles([[version(3)], [version(4)]]), Commit.to(open_writer), on_note=told.append
        )
    assert (report.outdated, report.new, [each.kind for each in told]) == (2, 0, ["outdated"] * 2)
    assert all("withdrawn" in each.reason for each in told)
    # Neither a lower notice, nor the loss of files, nor a rebuild makes it forgotten.
    file = jsonl(tmp_path / "in" / "a.jsonl", record("a"))
    jsonl(tmp_path / "in" / "b.jsonl", record("b"))
    archive.index([tmp_path / "in"])
    file.unlink()
    archive.index([tmp_path / "in"], prune=True)
    archive.rebuild(processes=1)
    assert run(archive, [Withdrawal("f", 1, "urn:1", "taken back", 2)]).absent == 1
    assert run(archive, [version(4)]).outdated == 1
    assert run(archive, [version(4), gone]).absent == 1
    assert ids(archive) == ["b", "urn:2"]
    report = run(archive, [version(5)], [version(4)])
    assert (report.new, report.outdated, archive.get("urn:1")) == (1, 1, version(5))
    assert run(archive, [gone]).outdated == 1
    assert archive.verify(deep=True) == []


def test_a_withdrawal_without_a_version_is_of_its_run_only(archive: Archive) -> None:
    """Nobody can tell then whether the article was printed again."""
    archive.add([Article(id="urn:1", title="Meldung")])
    assert run(archive, [Withdrawal("f", 1, "urn:1", "taken back")]).withdrawn == 1
    assert archive.add([Article(id="urn:1", title="Meldung")]).new == 1


def test_a_ledger_from_before_withdrawals_is_read(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add(rows(1, 2))
    (part,) = tmp_path.glob("LEDGER_*")
    content = part.read_bytes()[:-9].replace(b', "withdrawn": 0, "versions": 0', b"")
    part.write_bytes(content + b"%08x\n" % zlib.crc32(content))
    assert (Ledger(tmp_path).rows.keys.tolist(), Ledger(tmp_path).withdrawn) == ([1, 2], {})


def test_without_a_version_the_later_stays(archive: Archive) -> None:
    archive.add([version(3)])
    assert archive.add([Article(id="urn:1", title="Ohne")]).changed == 1
    assert archive.add([version(1)]).changed == 1
    assert archive.get("urn:1") == version(1)


def test_versions_in_files(archive: Archive, tmp_path: Path) -> None:
    """The order of the files is not that of the versions."""
    item = (
        '<newsItem guid="urn:1" version="{0}"><itemMeta><pubStatus qcode="stat:usable"/></itemMeta><contentMeta>'
        "<headline>Fassung {0}</headline></contentMeta></newsItem>"
    )
    for name, number in (("a", 2), ("b", 10), ("c", 9)):
        (tmp_path / f"{name}.xml").write_text(item.format(number))
    paths = [tmp_path / f"{name}.xml" for name in "abc"]
    report = archive.index(paths)
    assert (report.new, report.changed, report.outdated) == (1, 1, 1)
    found = archive.get("urn:1")
    assert found and found.title == "Fassung 10"
    assert archive.index(paths).outdated == 2


# --- the ledger ------------------------------------------------------------------------------------------------


def rows(*keys: int) -> Rows:
    import numpy as np

    column = np.array(keys, np.uint64)
    return Rows(column, column + np.uint64(1), column + np.uint64(2), column + np.uint64(3))


def test_the_ledger_grows_by_what_is_new_and_stays_in_few_parts(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for number in range(50):
        ledger.add(rows(number, number + 1), withdrawn={7: number + 1})
        ledger.add(rows(number), withdrawn={7: number})
    assert ledger.rows.keys.tolist() == list(range(51))
    assert Ledger(tmp_path).rows.keys.tolist() == list(range(51))
    assert Ledger(tmp_path).withdrawn == ledger.withdrawn == {7: 50}
    assert len(list(tmp_path.iterdir())) < 8


def test_a_damaged_ledger_is_named_and_rebuild_is_the_cure(archive: Archive, tmp_path: Path) -> None:
    jsonl(tmp_path / "in" / "a.jsonl", record("1", LONG))
    archive.index([tmp_path / "in"])
    (part,) = Path(archive.place).glob("LEDGER_*")
    sound = part.read_bytes()
    for damaged in (sound[:-20], b"", bytes([sound[0] ^ 1]) + sound[1:], sound[:200] + b"\0" + sound[201:]):
        part.write_bytes(damaged)
        assert [damage.file for damage in archive.verify()] == [str(part)]
        with pytest.raises(ArchiveDamaged, match="ledger"):
            archive.index([tmp_path / "in"])
    report = archive.rebuild(processes=1)
    assert "prune" in str(report.rejections[0])
    assert archive.verify() == []
    assert archive.index([tmp_path / "in"]).unchanged == 1
    assert len(Ledger(Path(archive.place)).rows.keys) == 1


@pytest.fixture
def strangers(tmp_path: Path) -> tuple[Path, Path]:
    """Two indexes, and a folder of one text that only the second has read."""
    (tmp_path / "texte").mkdir()
    (tmp_path / "texte" / "a.txt").write_text("date 2023-03 Ein Dachs\n\nDer Dachs gräbt.", "utf-8")
    for name in ("one", "other"):
        Archive.create(tmp_path / name)
    Archive.open(tmp_path / "other").index([tmp_path / "texte"])
    return tmp_path / "one", tmp_path / "other"


def first_look(folder: Path) -> int:
    """How many files of the neighbouring folder `watch` would index at first."""
    watched = Watched([folder.parent / "texte"], None, folder)
    watched.look()
    return len(watched.look())


def test_the_ledger_of_another_index_is_refused_and_skips_no_file(strangers: tuple[Path, Path]) -> None:
    one, other = strangers
    assert (first_look(one), first_look(other)) == (1, 0)
    (part,) = other.glob("LEDGER_*")
    shutil.copy(part, one)
    assert first_look(one) == 1
    archive = Archive.open(one)
    assert [(damage.file, damage.reason) for damage in archive.verify()] == [
        (str(one / part.name), "is the ledger of another index")
    ]
    with pytest.raises(ArchiveDamaged, match="is the ledger of another index"):
        archive.index([one.parent / "texte"])
    archive.rebuild(processes=1)
    assert archive.index([one.parent / "texte"]).new == 1
    assert archive.verify(deep=True) == []


def test_a_ledger_from_the_future_of_its_index_is_refused(strangers: tuple[Path, Path]) -> None:
    """The folder was put back to an older state, but for the ledger."""
    _, index = strangers
    empty = Path(shutil.copytree(index, index.parent / "copy"))
    later = index.parent / "texte" / "b.txt"
    later.write_text("date 2023-03 Ein Luchs\n\nDer Luchs ruht.", "utf-8")
    Archive.open(index).index([later.parent])
    for part in empty.glob("LEDGER_*"):
        part.unlink()
    for part in index.glob("LEDGER_*"):
        shutil.copy(part, empty)
    assert first_look(index) == 0
    assert first_look(empty) == 2
    (damage,) = Archive.open(empty).verify()
    assert damage.reason == "is the ledger of generation 2, the index is of 1"


def test_a_rebuild_without_a_table_of_contents_keeps_the_ledger(strangers: tuple[Path, Path]) -> None:
    _, index = strangers
    for table in index.glob("*.toc"):
        table.unlink()
    archive = Archive.at(index)
    archive.rebuild(processes=1)
    assert archive.verify(deep=True) == []
    assert len(Ledger(index).rows.keys) == 1
    assert first_look(index) == 1


def test_an_index_without_a_ledger_is_whole(archive: Archive, tmp_path: Path) -> None:
    jsonl(tmp_path / "in" / "a.jsonl", record("1", LONG))
    file = jsonl(tmp_path / "in" / "b.jsonl", record("2", LONG))
    archive.index([tmp_path / "in"])
    for part in Path(archive.place).glob("LEDGER_*"):
        part.unlink()
    file.unlink()
    assert archive.verify(deep=True) == []
    assert archive.index([tmp_path / "in"], prune=True).pruned == 0
    assert ids(archive) == ["1", "2"]
