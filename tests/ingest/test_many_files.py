"""Very many small files: they take no memory that grows with their number, and are told apart as few are."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from searcher import Archive, readers
from searcher.ingest import ledger, pipeline, pool, watch
from searcher.ingest.input_files import InputFiles, path_digest
from searcher.ingest.ledger import Ledger, Seen, Stamps
from searcher.readers import Found
from searcher.report import Rejection
from tests import oracle


@pytest.fixture(autouse=True, scope="module")
def unflushed() -> Iterator[None]:
    with oracle.without_waiting_for_the_disk():
        yield


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    (tmp_path / "in").mkdir()
    with Archive.create(tmp_path / "index") as archive:
        yield archive


def write(folder: Path, count: int) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:03}.txt" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(f"Meldung\n\nNummer {number} in {folder.name}.")
    return paths


def stamped(archive: Archive) -> dict[str, bool]:
    """The files the ledger knows by name, and whether they need not be read again."""
    entered = Ledger(Path(archive.place))
    return {Path(path).name: bool(entered.stamps.get(file)) for file, path in entered.paths()}


@pytest.mark.parametrize("sound", [True, False])
def test_memory_does_not_grow_with_the_number_of_files(monkeypatch: pytest.MonkeyPatch, sound: bool) -> None:
    def many(given: list[str]) -> Iterator[Found | Rejection]:
        for number in range(int(given[0])):
            name = f"blatt/2023-03-{number:06}.txt"
            yield Found(Path(name), name, "blatt", 100, 1) if sound else Rejection(name, None, "empty file")

    def taken(count: int) -> int:
        intake = InputFiles([str(count)], processes=1)
        work = pipeline.Rounds(intake.units(), intake.rejected, lambda: 0.0)  # type: ignore[arg-type]
        units = 0
        while work.more:
            units += len(list(work.next()))
            intake.seen()
        return units

    monkeypatch.setattr(readers, "find", many)
    monkeypatch.setattr(pipeline, "ROUND", 100)
    taken(100)
    peaks = []
    for _ in range(3):
        # The least of three: other threads, as those of a parallel test run, are measured too.
        tracemalloc.start()
        try:
            assert taken(6_000) == (6_000 if sound else 0)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    # All of them kept would be 700 to 1,400 thousand.
    assert min(peaks) < 200_000


def test_files_are_entered_round_by_round(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "ROUND", 3)
    monkeypatch.setattr("searcher.readers.dispatch.SMALL", 400)
    monkeypatch.setattr("searcher.readers.jsonlines.BLOCK", 200)
    write(tmp_path / "in", 8)
    lines = [json.dumps({"id": f"j{number}", "title": "Kiew", "text": "Ruhe."}) for number in range(40)]
    # Far longer than a round, and broken in the middle of it.
    (tmp_path / "in" / "004-lang.jsonl").write_text("\n".join([*lines[:20], "{", *lines[20:]]))
    (tmp_path / "in" / "005-leer.txt").write_text("")
    report = archive.index([tmp_path / "in"])
    assert (report.new, report.rejected) == (48, 2)
    whole = {f"{number:03}.txt": True for number in range(8)}
    assert stamped(archive) == {**whole, "004-lang.jsonl": False}
    (tmp_path / "in" / "004-lang.jsonl").write_text("\n".join(lines))
    again = archive.index([tmp_path / "in"])
    assert (again.new, again.unchanged, again.rejected) == (0, 48, 1)
    assert stamped(archive) == {**whole, "004-lang.jsonl": True}
    (tmp_path / "in" / "002.txt").unlink()
    (tmp_path / "in" / "004-lang.jsonl").unlink()
    assert archive.index([tmp_path / "in"], prune=True).pruned == 41
    assert set(stamped(archive)) == set(whole) - {"002.txt"}
    assert len(archive) == 7


def test_a_folder_whose_name_looks_like_an_archive(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "in" / "Extrablatt!").mkdir()
    (tmp_path / "in" / "Extrablatt!" / "a.jsonl").write_text('{"title": "Kiew", "text": "Ruhe."}\n{\n')
    assert archive.index([tmp_path / "in"]).rejected == 1
    assert stamped(archive) == {"a.jsonl": False}


def test_worker_processes_take_small_files_together(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = write(tmp_path / "in" / "a", 150) + write(tmp_path / "in" / "b", 150)
    paths[20].write_bytes(b"\0" * 100)
    for path in paths[40:44]:
        path.write_text("Meldung\n\n" + "Immer wieder derselbe Wortlaut, den alle Blätter drucken. " * 3)
    report = archive.index([tmp_path / "in"], processes=2)
    assert (report.new, report.rejected, report.duplicates) == (299, 1, 3)
    first = archive.search('"alle Blätter drucken"', sort="oldest")
    assert {hit.article.extra.get("duplicate_of") for hit in first} == {None, "a/040.txt"}
    assert archive.verify(deep=True) == []
    assert archive.index([tmp_path / "in"], processes=2).unchanged == 299


def test_a_parcel_holds_little() -> None:
    def parcels(*sizes: int) -> list[int]:
        units = [(number, readers.Unit("a", "a", size=size)) for number, size in enumerate(sizes)]
        return [len(parcel) for parcel in pool._parcels(units)]

    assert parcels(*[1000] * 250) == [100, 100, 50]
    assert parcels(200_000, 200_000, 10, 10) == [2, 2]
    # The blocks of a large file go one by one, and so does what comes from standard input.
    assert parcels(5_000_000, 5_000_000, 10) == [1, 1, 1]
    blocks = [(number, readers.Unit("-", "-", data=b"x" * (1 << 20))) for number in range(3)]
    assert [len(parcel) for parcel in pool._parcels(blocks)] == [1, 1, 1]


def test_watching_takes_a_part_of_very_much(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "AT_ONCE", 3)
    write(tmp_path / "in", 7)
    reports = archive.watch([tmp_path / "in"], interval=0)
    assert [next(reports).new for _ in range(3)] == [3, 3, 1]


def test_the_latest_stamp_counts(tmp_path: Path) -> None:
    numbers = np.array([5, 3, 5, 9], np.uint64)
    stamps = Stamps(numbers, np.array([1, 2, 3, 4], np.uint64))
    assert [stamps.get(file) for file in (3, 4, 5, 9, 2**64 - 1)] == [2, None, 3, 4, None]
    entered = Ledger(tmp_path)
    for stamp in (1, 1, 0, 7):
        # 0: something of it was rejected.
        entered.add(seen=Seen(numbers[:1], np.array([stamp], np.uint64), [b"/blatt/a.txt"]))
    assert list(entered.paths()) == [(5, "/blatt/a.txt")] * 3
    assert ledger.stamps(tmp_path).get(5) == 7
    entered.forget(numbers[:1])
    assert not list(entered.paths()) and path_digest("/a") == path_digest("/b/../a")
