"""One writer at a time; who waits in vain learns for whom; no lock outlives its holder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from searcher import Archive, ArchiveLocked
from searcher.cli import main
from searcher.index.format.lock import WriteLock
from searcher.index.format.names import LOCK
from tests.checkout import ROOT
from tests.torture.crash import article, batch

HOLD = """
import sys, os
from pathlib import Path
from searcher.index.format.lock import WriteLock
lock = WriteLock(Path(sys.argv[1]))
lock.acquire(0)
if len(sys.argv) > 2 and os.fork() == 0:
    sys.stdin.read()
    os._exit(0)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(batch(0, 2))
    return tmp_path / "index"


@contextmanager
def held(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", HOLD, str(folder), *arguments],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout and process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_holder_is_named_and_the_exit_code_is_4(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with held(folder) as process:
        assert main(["--index", str(folder), "delete", "a0", "--wait", "0"]) == 4
        said = capsys.readouterr().err
        assert re.search(
            rf"written by process {process.pid} on \S+ since \d{{4}}-\d\d-\d\dT\S+; try again", said
        )
        with pytest.raises(ArchiveLocked):
            Archive.open(folder, wait=0.1).add([article(9)])


def test_readers_do_not_mind(folder: Path) -> None:
    with held(folder), Archive.open(folder) as archive:
        assert archive.count("Kiew") == 2 and not archive.refresh()


def test_a_killed_holder_blocks_nobody(folder: Path) -> None:
    with held(folder) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    Archive.open(folder, wait=0).add([article(9)])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
def test_a_forked_child_does_not_keep_the_lock(folder: Path) -> None:
    with held(folder, "and fork") as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        # The child may not have come to run yet; it lives on as long as this block.
        Archive.open(folder, wait=60).add([article(9)])


def test_a_lock_file_left_behind_is_no_lock(folder: Path) -> None:
    (folder / LOCK).write_text(' {"pid": 1, "host": "elsewhere", "started": "2020-01-01T00:00:00+01:00"}')
    assert Archive.open(folder, wait=0).delete(["a0"]) == 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "x",
        " {}",
        ' {"pid": "x", "host": 1, "started": 2}',
        ' {"pid": Infinity, "host": "x", "started": "y"}',
        " " + "[" * 5000,
    ],
)
def test_any_signature_is_survived(folder: Path, content: str) -> None:
    (folder / LOCK).write_text(content)
    assert WriteLock(folder).holder() == "another process"


def test_a_second_writer_waits_for_the_first(folder: Path) -> None:
    lock = WriteLock(folder)
    lock.acquire(0)
    reports = []
    thread = threading.Thread(target=lambda: reports.append(Archive.open(folder, wait=60).add([article(9)])))
    thread.start()
    thread.join(0.2)
    assert thread.is_alive() and not reports
    lock.release()
    thread.join()
    assert reports[0].new == 1


def test_the_lock_is_free_after_an_error(folder: Path) -> None:
    archive = Archive.open(folder, wait=0)

    def broken() -> Iterator[object]:
        yield article(9)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        archive.add(broken())  # type: ignore[arg-type]
    assert archive.add([article(9)]).new == 1
    assert len(list(folder.glob("*.manifest.json"))) == 2
