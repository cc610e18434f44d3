"""Watching a folder: what arrives is indexed once it stands still, whatever happens to the files meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from searcher import Archive, ArchiveLocked, Article
from searcher.index.format.lock import WriteLock
from searcher.index.write import writer
from searcher.ingest import ledger
from searcher.ingest.watch import Watched
from searcher.report import Rejection
from tests.cli.test_cli import ARTICLES, environment, ids, searcher, write_lines


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    (tmp_path / "in").mkdir()
    with Archive.create(tmp_path / "index") as archive:
        yield archive


def watched(archive: Archive) -> Watched:
    return Watched([Path(archive.place).parent / "in"], None, Path(archive.place))


def names(looked: Watched) -> list[str]:
    """The files that are ripe, after they have been indexed."""
    ripe = looked.look()
    looked.done(ripe)
    return [Path(str(each.path)).name for each in ripe]


def test_a_file_is_taken_when_it_has_stood_still(archive: Archive, tmp_path: Path) -> None:
    looked = watched(archive)
    path = tmp_path / "in" / "a.txt"
    path.write_text("Ein halber")
    assert names(looked) == []
    path.write_text("Ein halber Text, der wächst")
    assert names(looked) == []
    assert names(looked) == ["a.txt"]
    assert names(looked) == []
    os.utime(path, (1, 1))
    assert names(looked) == []
    assert names(looked) == ["a.txt"]


def test_what_is_skipped_waits_for_something_to_be_told_with(archive: Archive, tmp_path: Path) -> None:
    looked = watched(archive)
    (tmp_path / "in" / ".b.txt").write_text("Titel\n\nText.")
    assert looked.look() == looked.look() == []
    (tmp_path / "in" / "a.txt").write_text("Titel\n\nText.")
    assert looked.look() == []
    assert names(looked) == [".b.txt", "a.txt"]
    assert names(looked) == []


def test_renamed_and_deleted_files(archive: Archive, tmp_path: Path) -> None:
    looked = watched(archive)
    path = tmp_path / "in" / ".a.txt.part"
    path.write_text("Titel\n\nText.")
    assert names(looked) == names(looked) == []
    path = path.rename(tmp_path / "in" / "a.txt")
    (tmp_path / "in" / "b.txt").write_text("Titel\n\nText.")
    assert names(looked) == []
    path.unlink()
    assert names(looked) == ["b.txt"]
    path.write_text("Titel\n\nText.")
    assert names(looked) == []
    assert names(looked) == ["a.txt"]


def test_what_cannot_be_read_is_told_once(archive: Archive, tmp_path: Path) -> None:
    looked = watched(archive)
    (tmp_path / "in" / "bild.jpg").write_bytes(b"\xff")
    assert names(looked) == ["bild.jpg"]
    assert names(looked) == []
    (tmp_path / "in").rename(tmp_path / "weg")
    (found,) = looked.look()
    assert isinstance(found, Rejection)
    assert found.reason == "no such file or folder"
    # Nobody could be told: another writer had the index.
    assert looked.look() == [found]


def test_what_was_indexed_before_is_not_read_again(archive: Archive, tmp_path: Path) -> None:
    write_lines(tmp_path / "in" / "sound.jsonl", ARTICLES)
    (tmp_path / "in" / "broken.jsonl").write_text(json.dumps(ARTICLES[0]) + "\n{\n")
    archive.index([tmp_path / "in"])
    looked = watched(archive)
    assert names(looked) == []
    assert names(looked) == ["broken.jsonl"]
    # Read otherwise, it is another reading.
    from searcher import ReadOptions

    other = Watched([tmp_path / "in"], ReadOptions(source="Anzeiger"), Path(archive.place))
    assert names(other) == []
    assert names(other) == ["broken.jsonl", "sound.jsonl"]


def test_a_file_that_is_again_as_it_was_before_it_was_read_in_part(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.jsonl"
    for changed, text in enumerate(("alt", "neu", "alt")):
        line = json.dumps({"id": "1", "titel": "Titel", "text": text}) + "\n"
        path.write_text(line + "{x\n" * (text == "neu"))
        os.utime(path, (changed % 2, changed % 2))
        if changed < 2:
            assert archive.index([tmp_path / "in"]).rejected == changed
    looked = watched(archive)
    looked.look()
    assert names(looked) == ["a.jsonl"]


def test_articles_lost_in_a_rebuild_are_read_again(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "in" / "a.txt").write_text("Titel\n\nText.")
    archive.index([tmp_path / "in"])
    (first,) = Path(archive.place).glob("*.block_bytes.npy")
    # Another one, for a rebuild that can save nothing changes nothing.
    archive.add([Article(id="bleibt", body="Text")])
    content = bytearray(first.read_bytes())
    content[-10] ^= 255
    first.write_bytes(content)
    assert Archive.at(archive.place).rebuild(processes=1).rejected
    looked = watched(archive)
    looked.look()
    assert names(looked) == ["a.txt"]


def test_an_interrupted_run_has_not_read_its_files(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_lines(tmp_path / "in" / "a.jsonl", ARTICLES)

    def full(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(writer.Writer, "commit", full)
        archive.index([tmp_path / "in"])
    assert len(ledger.stamps(Path(archive.place))) == 0
    looked = watched(archive)
    assert [names(looked), names(looked)] == [[], ["a.jsonl"]]


def test_another_writer_is_waited_for(archive: Archive, tmp_path: Path) -> None:
    write_lines(tmp_path / "in" / "a.jsonl", ARTICLES)
    archive = Archive.open(archive.place, wait=0)
    lock = WriteLock(Path(archive.place))
    lock.acquire()
    with pytest.raises(ArchiveLocked):
        archive.index([tmp_path / "in"])
    reports = archive.watch([tmp_path / "in"], interval=0)
    looks = 0
    look = Watched.look

    def counted(self: Watched) -> Any:
        nonlocal looks
        looks += 1
        if looks == 5:
            lock.release()
        return look(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Watched, "look", counted)
        assert next(reports).new == 3
    assert looks >= 5


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_process_watches_until_it_is_told(told: int, processes: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_lines(tmp_path / "in" / "a.jsonl", ARTICLES[:1])
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "searcher", "watch", "in", "--report", "bericht.jsonl"),
            *("--interval", "0.1", "--processes", processes),
        ],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout
    assert process.stdout.readline().startswith("1 article: 1 new")
    for number in ("1", "2"):
        (tmp_path / "in" / f"{number}.txt").touch()
        assert process.stdout.readline().startswith("0 articles: 0 new, 0 changed, 0 unchanged; 1 rejected (")
    report = [json.loads(line) for line in (tmp_path / "bericht.jsonl").read_text().splitlines()]
    assert [(each["kind"], each["path"]) for each in report] == [
        ("rejected", "in/1.txt"),
        ("rejected", "in/2.txt"),
    ]
    write_lines(tmp_path / "in" / "b.jsonl", ARTICLES[1:])
    assert process.stdout.readline().startswith("2 articles: 2 new")
    assert len(ids("datum:2020..", place=tmp_path)) == 3
    assert searcher("delete", "kreml", cwd=tmp_path).returncode == 0
    process.send_signal(told)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert err.splitlines() == [
        "searcher: watching in; Ctrl-C ends it",
        "searcher: in/1.txt: empty file",
        "searcher: in/2.txt: empty file",
    ]
    assert searcher("optimize", "--wait", "0", cwd=tmp_path).returncode == 0


def test_wrong_use(tmp_path: Path) -> None:
    for arguments in (["nirgends"], ["-"], [".", "--map", "x=y"], [".", "--report", "x"]):
        ran = searcher("watch", *arguments, cwd=tmp_path)
        assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert list(tmp_path.iterdir()) == []
