"""Nothing lost: a small share of `python -m tests.torture`, which does the same at length."""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from searcher import Archive, ArchiveDamaged, Article, StorageError
from searcher.care import verify
from searcher.index.format import disk
from searcher.ingest import ledger
from tests.torture import crash, crowd, damage, fuzz, kill, space


@pytest.mark.parametrize("kind", crash.RUNS)
def test_every_kind_of_run_survives_crashes(kind: str) -> None:
    assert small(kind) >= 2


def small(kind: str) -> int:
    return crash.matrix((kind,), step=97, losses=3, near=(0, 1), every_way=False)


def _unflushed(*suffixes: str) -> Callable[[Path, disk.Content], None]:
    """`files.write`, which forgets to flush files of these kinds."""

    def write(path: Path, content: disk.Content) -> None:
        file = disk.NewFile(path)
        file.append(content)
        file.close()
        if path.suffix not in suffixes:
            disk.disk.sync(path)

    return write


def _renamed(temporary: Path, path: Path) -> None:
    disk.disk.rename(temporary, path)


def _renamed_and_flushed(temporary: Path, path: Path) -> None:
    disk.disk.rename(temporary, path)
    disk.disk.sync(path.parent)


FORGOTTEN: dict[str, list[tuple[object, str, object]]] = {
    "columns": [(disk, "settle", lambda *_: None)],
    "manifest": [(disk, "write", _unflushed(".json"))],
    "folder before the table": [
        (disk.Disk, "sync_folder", lambda *_: None),
        (disk, "replace", _renamed_and_flushed),
    ],
    "table": [(disk, "write", _unflushed(".new"))],
    "folder after the table": [(disk, "replace", _renamed)],
}
"""What a commit flushes, in its order, and how it would be forgotten."""


@pytest.mark.parametrize("flush", FORGOTTEN)
def test_a_commit_that_forgets_a_flush_does_not_survive(flush: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, name, forgetful in FORGOTTEN[flush]:
        monkeypatch.setattr(place, name, forgetful)
    with pytest.raises((AssertionError, ArchiveDamaged)):
        small("merge")


class _Fault(disk.Disk):
    """Columns in one folder cannot be flushed; before that is known, `meanwhile` is done."""

    def __init__(self, folder: Path, meanwhile: Callable[[], object]) -> None:
        self.folder, self.meanwhile = folder, meanwhile

    def sync(self, path: Path) -> None:
        if path.parent == self.folder and path.suffix == ".npy" and "checks" not in path.name:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        super().sync(path)
        if path.parent == self.folder and path.suffix == ".json":
            self.meanwhile()


def test_a_fault_of_the_disk_is_told_to_the_archive_it_concerns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(tmp_path / "one") as one, Archive.create(tmp_path / "other") as other:
        faulty = _Fault(Path(one.place), lambda: other.add([Article(title="Kiew")]))
        monkeypatch.setattr(disk, "disk", faulty)
        with pytest.raises(StorageError, match=r"one.MAIN_.*\.npy"):
            one.add([Article(title="Kiew")])
        assert (len(one), len(other)) == (0, 1)
        assert not list(Path(one.place).glob("*.npy"))


class _Recording(disk.Disk):
    def __init__(self) -> None:
        self.done: list[tuple[str, Path]] = []

    def make_folder(self, folder: Path) -> None:
        super().make_folder(folder)
        self.done.append(("make", folder))

    def sync(self, path: Path) -> None:
        super().sync(path)
        self.done.append(("sync", path))


def test_the_way_to_a_new_index_is_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "disk", recording := _Recording())
    outer, inner = tmp_path / "archive", tmp_path / "archive" / "index"
    Archive.create(inner).close()
    assert recording.done[:4] == [("make", outer), ("sync", tmp_path), ("make", inner), ("sync", outer)]
    assert recording.done[-1] == ("sync", inner)
    recording.done.clear()
    # What was there already is not ours to flush.
    (there := tmp_path / "there").mkdir()
    Archive.create(there).close()
    assert all(path == there or path.parent == there for _, path in recording.done)


def test_a_new_index_in_a_folder_that_may_not_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Closed(disk.Disk):
        def sync(self, path: Path) -> None:
            if path == tmp_path:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            super().sync(path)

    monkeypatch.setattr(disk, "disk", Closed())
    Archive.create(tmp_path / "index").close()


def test_a_folder_that_is_taken_away_in_the_middle_costs_no_more_than_the_run() -> None:
    assert crash.matrix(("update",), hows=("denied",), step=97, near=(0, 1)) >= 2


def test_killed_processes_lose_nothing_that_was_acknowledged() -> None:
    tally = kill.torture(2)
    assert tally["killed"] == 2 and tally["acknowledged articles"] and tally["reads"]


def test_no_damage_goes_unnoticed() -> None:
    tally = damage.torture(10, mend=5)
    assert tally["found by verify"] >= tally["changed an answer"] > 2


def test_writers_and_readers_together() -> None:
    tally = crowd.torture(10, readers=4)
    assert (tally["added"], tally["deleted"]) == (2 * 10 * crowd.PER_COMMIT, 12) and tally["reads"] >= 4


def test_stats_beside_a_writer_that_removes_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(crash.batch(0, 3))
        size, listed = archive.stats().bytes, os.listdir
        monkeypatch.setattr(os, "listdir", lambda path: [*listed(path), "LEDGER_7_7"])
        assert archive.stats().bytes == size


def test_a_ledger_of_which_a_part_is_replaced_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(crash.batch(0, 3))
        read = ledger._read

        def late(path: Path) -> object:
            monkeypatch.undo()
            archive.add(crash.batch(3, 20))
            return read(path)

        monkeypatch.setattr(ledger, "_read", late)
        assert len(ledger.unlocked(Path(archive.place)).rows.keys) == 23


def test_verify_of_a_segment_that_is_merged_away_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(crash.batch(0, 3))
        archive.add(crash.batch(3, 3))
        columns = verify._columns

        def merged(*segment: Any) -> list[Any]:
            found = list(columns(*segment))
            monkeypatch.undo()
            archive.optimize()
            return found

        monkeypatch.setattr(verify, "_columns", merged)
        assert archive.verify() == []
        assert archive.stats().segments == 1


def test_a_full_disk_and_one_that_can_only_be_read() -> None:
    try:
        assert space.torture(points=3) == {"full disks": 3, "read-only": 1}
    except space.NoMount:
        pytest.skip("no right to mount a file system here")


def test_random_queries_end_in_an_answer_or_an_error_of_ours() -> None:
    tally = fuzz.queries(800, soon=math.inf, allowed=math.inf)
    assert tally["answered"] > 100 and tally["refused"] > 100


def test_mutated_files_end_in_articles_or_rejections() -> None:
    tally = fuzz.inputs(40, at_once=20, soon=math.inf, allowed=math.inf)
    assert tally["articles"] and tally["rejected"]
