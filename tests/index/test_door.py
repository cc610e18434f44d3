"""One door to the folder of an index: what is no regular file is refused and named, and nothing is written through a link."""

from __future__ import annotations

import ast
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from searcher import Archive, ArchiveDamaged, SearcherError
from searcher.index.format import door, toc
from searcher.index.format.names import LOCK
from tests.checkout import ROOT
from tests.torture.crash import batch

pytestmark = pytest.mark.skipif(os.name == "nt", reason="made of links and pipes that Windows does not have")

PACKAGE = ROOT / "searcher"
DOORS = {"index/format/door.py", "index/format/disk.py"}
ROOMS = ("index", "care", "ingest", "search")
SOURCES = {
    "ingest/origins.py": {"os.stat"},  # the files that articles came from
    "ingest/input_files.py": {"os.stat"},
}
FORBIDDEN = {
    *("open", "io.open", "os.open", "os.listdir", "os.scandir", "os.stat", "os.replace", "os.rename"),
    *("os.remove", "os.unlink", "os.truncate", "os.link", "os.symlink", "shutil.rmtree", "mmap.mmap"),
    *("np.load", "np.save", "np.fromfile", "np.memmap"),
}
METHODS = {
    *("read_bytes", "read_text", "write_bytes", "write_text", "unlink", "iterdir", "glob", "rglob"),
    *("touch", "hardlink_to", "symlink_to", "tofile"),
}


def uses(path: Path) -> Iterator[str]:
    """Every call in a source file that opens, lists or changes files, but for those of the allowed."""
    name = path.relative_to(PACKAGE).as_posix()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in FORBIDDEN - SOURCES.get(name, set()) or called.rpartition(".")[2] in METHODS:
                yield f"{name}:{node.lineno} {called}"


def test_files_of_an_index_are_opened_by_the_door_alone() -> None:
    found = [
        each
        for room in ROOMS
        for path in sorted((PACKAGE / room).rglob("*.py"))
        if path.relative_to(PACKAGE).as_posix() not in DOORS
        for each in uses(path)
    ]
    assert found == []


def test_the_look_for_calls_sees_what_it_should(tmp_path: Path) -> None:
    assert [each.split()[1] for each in uses(PACKAGE / "index/format/door.py")]


def test_the_arrays_are_reachable_through_the_checked_reader_alone() -> None:
    for path in PACKAGE.rglob("*.py"):
        private = {"_array", "_unchecked"} if path.name != "checked_columns.py" else set()
        tree = ast.parse(path.read_text("utf-8"))
        named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not named & private, path
        if path.name not in ("door.py", "checked_columns.py"):
            assert "door.column" not in path.read_text("utf-8"), path


# --- what stands in the place of a file ------------------------------------------------------------------------


def link(path: Path, outside: Path) -> None:
    path.symlink_to(outside)


def pipe(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def folder_of_that_name(path: Path, outside: Path) -> None:
    path.mkdir()


def device(path: Path, outside: Path) -> None:
    try:
        os.mknod(path, 0o20666, os.makedev(1, 5))  # /dev/zero: read without end
    except OSError:
        pytest.skip("making a device is for the superuser")


def plug(path: Path, outside: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the name of a socket may have 100 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


KINDS = {
    link: "a symbolic link",
    pipe: "a named pipe",
    folder_of_that_name: "a folder",
    device: "a device",
    plug: "a socket",
}
FILES = (
    "_MAIN_*.toc",
    "MAIN_*.manifest.json",
    "MAIN_*.checks.npy",
    "MAIN_*.block_bytes.npy",
    "LEDGER_*",
    LOCK,
)


@contextmanager
def in_time(seconds: int = 20) -> Iterator[None]:
    """Ends what hangs."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "texte"
    source.mkdir()
    (source / "a.txt").write_text("date 2023-03 Ein Dachs\n\nDer Dachs gräbt.", "utf-8")
    with Archive.create(tmp_path / "index") as archive:
        archive.add(batch(0, 4))
        archive.index([source])
    return tmp_path / "index"


def works(folder: Path) -> dict[str, Callable[[], object]]:
    archive = Archive.at(folder)
    return {
        "search": lambda: [hit.article for hit in archive.search("Kiew")],
        "stats": archive.stats,
        "verify": lambda: archive.verify(deep=True),
        "dry run": lambda: archive.index([folder.parent / "texte"], dry_run=True),
        "add": lambda: archive.add(batch(50, 1)),
        "index": lambda: archive.index([folder.parent / "texte"]),
        "delete": lambda: archive.delete(["a1"]),
        "optimize": archive.optimize,
        "rebuild": lambda: archive.rebuild(processes=1),
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("pattern", FILES)
def test_what_is_no_file_is_refused_and_named(
    folder: Path, tmp_path: Path, pattern: str, kind: Callable[[Path, Path], None]
) -> None:
    path = sorted(folder.glob(pattern))[0]
    outside = tmp_path / "outside"
    outside.write_bytes(path.read_bytes())
    before = outside.read_bytes()
    path.unlink()
    kind(path, outside)
    errors = []
    with in_time():
        for work in works(folder).values():
            try:
                work()
            except SearcherError as error:
                errors.append(str(error))
        if pattern != LOCK:
            # The rebuild has mended it: what is there now is sound.
            assert Archive.at(folder).verify(deep=True) == []
    assert any(KINDS[kind] in error and path.name in error for error in errors), errors
    assert outside.read_bytes() == before


@pytest.mark.parametrize("hard", [False, True], ids=["symbolic", "hard"])
@pytest.mark.parametrize("work", ["add", "index", "delete", "optimize", "rebuild"])
def test_nothing_is_written_through_a_link(folder: Path, tmp_path: Path, work: str, hard: bool) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"precious")
    planted = [f"_MAIN_{number}.toc.new" for number in range(9)]
    planted += [f"_REBUILT_{number}.toc.new" for number in range(9)]
    planted += [f"LEDGER_{first}_{last}.new" for first in range(4) for last in range(first, 4)]
    for name in planted:
        (folder / name).unlink(missing_ok=True)
        (folder / name).hardlink_to(outside) if hard else (folder / name).symlink_to(outside)
    works(folder)[work]()
    assert outside.read_bytes() == b"precious"
    assert Archive.at(folder).verify() == []


def test_a_lock_that_is_a_hard_link_is_refused(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"precious")
    (folder / LOCK).unlink()
    (folder / LOCK).hardlink_to(outside)
    with pytest.raises(ArchiveDamaged, match=f"{LOCK}: is a hard link"):
        Archive.at(folder).delete(["a1"])
    assert outside.read_bytes() == b"precious"


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with open(path, "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ArchiveDamaged, match="more than the 1,000 allowed"):
        door.read(path, 1000)


def test_a_table_of_contents_of_a_terabyte_is_refused(folder: Path) -> None:
    (path,) = folder.glob("_MAIN_*.toc")
    with open(path, "ab") as file:
        file.truncate(1 << 40)
    with in_time(), pytest.raises(ArchiveDamaged, match="more than the"):
        Archive.open(folder)
    with in_time():
        Archive.at(folder).rebuild(processes=1)
    assert Archive.at(folder).verify(deep=True) == []


@pytest.mark.parametrize("number", ["999999999999999999", "2147483648", "9" * 40])
def test_a_table_of_contents_of_a_number_that_cannot_be_is_set_aside(folder: Path, number: str) -> None:
    (path,) = folder.glob("_MAIN_*.toc")
    planted = path.with_name(f"_MAIN_{number}.toc")
    planted.write_bytes(path.read_bytes())
    with pytest.raises(ArchiveDamaged, match=f"_MAIN_{number}.toc: no table of contents has this number"):
        Archive.open(folder)
    archive = Archive.at(folder)
    report = archive.rebuild(processes=1)
    assert (report.new, report.rejected) == (5, 1)
    assert planted.with_name(planted.name + ".aside").read_bytes()
    archive.add(batch(60, 1))
    assert (len(archive), archive.verify(deep=True)) == (6, [])


def test_the_last_generation_is_followed_by_none(folder: Path) -> None:
    current = toc.read(folder)
    toc.write(folder, replace(current, generation=toc.HIGHEST))
    archive = Archive.open(folder)
    with pytest.raises(ArchiveDamaged, match="no generation follows"):
        archive.delete(["a1"])
    assert archive.count("Kiew") == 4
