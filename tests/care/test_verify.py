"""`verify` names what is damaged, down to the article; `rebuild` saves what can be saved."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from searcher import Archive, ArchiveDamaged, Article, Cure, VersionMismatch
from searcher.care import rebuild
from searcher.cli import main
from searcher.index.format import manifest
from tests.resealed import reseal
from tests.torture.crash import article, base, batch
from tests.torture.disk import DIE, Died, FailingDisk, disk_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten articles in one segment."""
    with Archive.create(tmp_path / "index") as archive:
        archive.add(batch(0, 10))
    return tmp_path / "index"


def one(folder: Path, column: str) -> Path:
    (path,) = folder.glob(f"MAIN_*.{column}.npy")
    return path


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_a_whole_index_is_whole(folder: Path) -> None:
    assert Archive.at(folder).verify() == Archive.at(folder).verify(deep=True) == []


def test_the_damage_is_named_with_file_column_and_article(folder: Path) -> None:
    flip(one(folder, "doc_starts"), 128 + 3 * 8)
    (damage,) = Archive.at(folder).verify()
    assert damage.file == str(one(folder, "doc_starts")) and damage.column == "doc_starts"
    assert damage.article == "a0"
    assert str(damage) == (
        f"{damage.file}: doc_starts is not as it was written, between bytes 128 and 208 (article a0)"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "bytes instead of"),
        (lambda path: flip(path, 7), "not the head of this column"),
    ],
)
def test_missing_cut_and_foreign_columns(folder: Path, change: object, said: str) -> None:
    change(one(folder, "posting_docs"))  # type: ignore[operator]
    (damage,) = Archive.at(folder).verify()
    assert said in str(damage)
    with pytest.raises(ArchiveDamaged) as caught:
        Archive.open(folder)
    assert caught.value.cure in (Cure.REBUILD, Cure.VERIFY)


@pytest.mark.parametrize("name", ["manifest.json", "checks.npy"])
def test_manifest_and_checksums_are_checked_too(folder: Path, name: str) -> None:
    (path,) = folder.glob(f"MAIN_*.{name}")
    flip(path, len(path.read_bytes()) - 2)
    assert [damage.file for damage in Archive.at(folder).verify()] == [str(path)]
    path.unlink()
    assert [damage.reason for damage in Archive.at(folder).verify()] == ["is missing"]


@pytest.mark.parametrize("at", [0, 40, 700, -200, -60, -5, -1])
def test_a_table_of_contents_with_one_bit_changed_is_refused(folder: Path, at: int) -> None:
    (path,) = folder.glob("_MAIN_*.toc")
    flip(path, at)
    with pytest.raises((ArchiveDamaged, VersionMismatch)):
        Archive.open(folder)


@pytest.mark.parametrize(
    ("column", "item", "said"),
    [
        ("doc_starts", 3, "(article a3)"),
        ("doc_lengths", (0, 4), "(article a4)"),
        ("doc_zones", (1, 5), "(article a5)"),
        ("doc_fingerprints", 6, "(article a6)"),
        ("occurrence_positions", -1, "of the field"),
        ("posting_frequencies", 0, "posting_"),
        ("form_suffixes", 0, "form_suffixes"),
    ],
)
def test_deep_finds_what_fits_its_checksum_but_not_the_article(
    folder: Path, column: str, item: object, said: str
) -> None:
    def change(values):  # type: ignore[no-untyped-def]
        values[item] += 1
        return values

    reseal(folder, **{column: change})
    damages = Archive.at(folder).verify(deep=True)
    assert damages and any(said in str(damage) for damage in damages), damages


@pytest.mark.parametrize(
    "column", ["term_postings", "term_occurrences", "posting_docs", "form_terms", "doc_sources"]
)
def test_columns_that_do_not_fit_each_other_are_damage(folder: Path, column: str) -> None:
    def change(values):  # type: ignore[no-untyped-def]
        pointers = column in ("form_terms", "posting_docs", "doc_sources")
        values[1:-1] = np.iinfo(values.dtype).max if pointers else values.max()
        return values

    reseal(folder, **{column: change})
    assert Archive.at(folder).verify()
    with Archive.open(folder) as archive:
        for query in ("Kiew", '"gehen weiter"', "titel:Bericht", "*e*", "Bericht~"):
            try:
                archive.search(query)[:]
            except ArchiveDamaged:
                continue


def test_another_analysis_is_refused_and_rebuild_is_the_cure(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(manifest.VERSIONS, "analysis", 99)
    with pytest.raises(VersionMismatch, match=r"analysis version \d+, this is version 99") as caught:
        Archive.open(folder)
    assert caught.value.cure is Cure.REBUILD
    with pytest.raises(VersionMismatch):
        Archive.at(folder).add([article(50)])
    assert Archive.at(folder).verify() == []
    with Archive.at(folder) as archive:
        assert archive.rebuild(processes=1).new == 10
        assert {each.id for each in archive} == {f"a{number}" for number in range(10)}
        assert archive.verify(deep=True) == []


def test_rebuild_needs_the_stored_blocks_only(folder: Path) -> None:
    for path in folder.iterdir():
        if not path.name.endswith("block_bytes.npy"):
            path.unlink()
    with pytest.raises(ArchiveDamaged, match="rebuild"):
        Archive.open(folder)
    with Archive.at(folder) as archive:
        report = archive.rebuild(processes=1)
        assert report.new == 10 and report.rejected == 1
        assert archive.get("a3") == article(3)
        assert archive.verify(deep=True) == []


def test_a_lost_block_is_named_and_costs_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with Archive.create(folder) as archive:
        archive.add(batch(0, 3))
        (first,) = folder.glob("MAIN_*.block_bytes.npy")
        archive.add(batch(3, 3))
    flip(first, 200)
    assert [bool(damage.article) for damage in Archive.at(folder).verify()] == [True]
    with Archive.at(folder) as archive:
        report = archive.rebuild(processes=1)
        (block, _), (place, said) = [(each.path, each.reason) for each in report.rejections]
        assert "block_bytes" in block and place == str(folder)
        assert said == "3 articles (a0, a1, a2) lost, from no file that is known: add again"
        assert len(archive) == 3 and archive.verify(deep=True) == []


def archive_of_files(tmp_path: Path) -> tuple[Path, list[Path]]:
    """Two files of two articles each, in two segments; and the files."""
    paths = [tmp_path / f"{name}.jsonl" for name in "xy"]
    with Archive.create(tmp_path / "index") as archive:
        for path in paths:
            records = [
                {"id": f"{path.stem}{number}", "titel": "Titel", "text": f"Text {number}."} for number in "12"
            ]
            path.write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")
            archive.index([path])
        archive.delete(["x2"])
    return tmp_path / "index", paths


def test_the_files_of_lost_articles_are_named(tmp_path: Path) -> None:
    folder, paths = archive_of_files(tmp_path)
    damaged = min(folder.glob("MAIN_*.block_bytes.npy"), key=lambda path: path.stat().st_mtime_ns)
    flip(damaged, 140)
    with Archive.at(folder) as archive:
        report = archive.rebuild(processes=1)
        assert [str(each) for each in report.rejections[1:]] == [
            f"{paths[0]}: 1 article (x1) lost: index the file again"
        ]
        assert sorted(each.id for each in archive) == ["y1", "y2"]
        assert archive.index(paths[:1]).new == 2


def test_an_index_of_which_nothing_can_be_saved_stays(tmp_path: Path) -> None:
    folder, paths = archive_of_files(tmp_path)
    for path in folder.glob("MAIN_*.block_bytes.npy"):
        flip(path, 140)
    before = {path: path.read_bytes() for path in folder.glob("*.npy")}
    with (
        Archive.at(folder) as archive,
        pytest.raises(ArchiveDamaged, match="the index stays as it is") as told,
    ):
        archive.rebuild(processes=1)
    assert f"their sources ({paths[0]}, {paths[1]})" in told.value.reason
    assert told.value.cure is Cure.REINDEX
    assert {path: path.read_bytes() for path in folder.glob("*.npy")} == before


def test_a_rebuild_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searcher.ingest.pipeline.ROUND", 4)
    monkeypatch.setattr("searcher.care.rebuild.BLOCKS", 1)
    folder = base(tmp_path / "index")
    disk = FailingDisk(folder, at=10**9, how=DIE)
    disk.rename = _dies_at_the_second_rename(disk)  # type: ignore[method-assign]
    with disk_of(disk), pytest.raises(Died):
        Archive.at(folder).rebuild(processes=1)
    assert list(folder.glob("_REBUILT_*.toc"))
    with Archive.open(folder) as archive:
        before = {each.id for each in archive}
        archive.delete(["a1"])
        archive.add([article(77)])
        report = archive.rebuild(processes=1)
        assert report.unchanged and report.new
        assert {each.id for each in archive} == before - {"a1"} | {"a77"}
        assert archive.verify(deep=True) == []
    assert not list(folder.glob("_REBUILT_*"))


def test_a_version_deleted_since_the_rebuild_stopped_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(number: int) -> Article:
        return Article(id="x", title=f"Fassung {number}", body="Ruhe", extra={"version": str(number)})

    folder = tmp_path / "index"
    with Archive.create(folder) as archive:
        archive.add([version(5), article(1)])
        with monkeypatch.context() as patch:
            patch.setattr(rebuild.Rebuild, "finish", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                archive.rebuild(processes=1)
    with Archive.open(folder) as archive:
        assert archive.delete(["x"]) == 1
        assert archive.add([version(3)]).new == 1
        assert archive.rebuild(processes=1).outdated == 0
        assert archive.get("x") == version(3)
        assert archive.count("Fassung") == 2
        assert archive.verify(deep=True) == []


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _dies_at_the_second_rename(disk: FailingDisk):  # type: ignore[no-untyped-def]
    whole, renames = disk.rename, []

    def rename(old: Path, new: Path) -> None:
        renames.append(new)
        if len(renames) == 2:
            disk.at = 1
        whole(old, new)

    return rename


def test_an_index_without_its_table_is_not_taken_for_none(folder: Path) -> None:
    (path,) = folder.glob("_MAIN_*.toc")
    path.unlink()
    with pytest.raises(ArchiveDamaged, match="the table of contents is missing"):
        Archive.open_or_create(folder)
    assert one(folder, "block_bytes").exists()


@pytest.mark.parametrize("content", [b"x\n", b"", bytes(5000)])
def test_an_overwritten_table_is_damage_and_rebuild_is_the_cure(folder: Path, content: bytes) -> None:
    (path,) = folder.glob("_MAIN_*.toc")
    path.write_bytes(content)
    with pytest.raises(ArchiveDamaged) as caught:
        Archive.open(folder)
    assert caught.value.cure is Cure.REBUILD
    with Archive.at(folder) as archive:
        report = archive.rebuild(processes=1)
        assert report.new == 10 and "table of contents is lost" in str(report.rejections[0])
        assert archive.verify(deep=True) == []


@pytest.mark.parametrize("place", ["missing", "empty"])
@pytest.mark.parametrize("command", ["rebuild", "optimize", "verify", "stats"])
def test_where_no_index_is_every_command_says_so(
    place: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["--index", str(tmp_path / place), command]) == 3
    assert ": there is no index; make one with `searcher --index " in capsys.readouterr().err
    assert list(tmp_path.rglob("*")) == [tmp_path / "empty"]


def test_a_file_in_the_place_of_the_index_is_said_with_the_cure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("Titel\n\nText.", "utf-8")
    place = tmp_path / "a.txt" / "index"
    assert main(["--index", str(place), "index", str(tmp_path / "a.txt")]) == 3
    assert capsys.readouterr().err.endswith("choose another --index\n")


def test_what_is_not_ours_is_never_removed(folder: Path) -> None:
    names = [
        "README.md",
        "MAIN_notes.txt",
        "_MAIN_x.toc",
        "MAIN_ab.cd.ef.npy",
        "OTHER_1.doc_ids.npy",
        "_OTHER_1.toc",
    ]
    for name in names:
        (folder / name).write_text("mine")
    (folder / "MAIN_deadbeef.doc_ids.npy").write_text("of a dead writer")
    with Archive.open(folder) as archive:
        archive.add(batch(20, 1))
        archive.optimize()
        archive.rebuild(processes=1)
    assert all((folder / name).read_text() == "mine" for name in names)
    assert not (folder / "MAIN_deadbeef.doc_ids.npy").exists()


def test_the_commands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--index", str(folder), "verify", "--deep"]) == 0
    flip(one(folder, "posting_docs"), 130)
    assert main(["--index", str(folder), "search", "Kiew"]) == 3
    assert main(["--index", str(folder), "verify"]) == 3
    said = capsys.readouterr().err
    assert "posting_docs is not as it was written" in said and "rebuild` saves" in said
    assert main(["--index", str(folder), "rebuild", "--processes", "1"]) == 0
    assert main(["--index", str(folder), "verify", "--deep"]) == 0
    assert main(["--index", str(folder), "optimize"]) == 0


def test_articles_that_no_column_tells_of_are_said_to_be_lost(folder: Path) -> None:
    """Nothing is left but bytes: what stood there must not be missed in silence."""
    one(folder, "block_bytes").write_bytes(one(folder, "block_ends").read_bytes())
    one(folder, "block_ends").unlink()
    with Archive.at(folder) as archive, pytest.raises(ArchiveDamaged, match="none of the articles"):
        archive.rebuild(processes=1)
    assert one(folder, "block_bytes").exists()
