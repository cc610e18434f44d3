"""An index that may only be read is searched; what may not be read or written is one line with the file and the cure."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from searcher import Archive
from tests.checkout import ROOT
from tests.torture.crash import batch

# Permissions do not bind root, unless it gives up its right to pass over them.
BOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def bound() -> list[str]:
    """What makes a command obey permissions; skips the test where nothing does."""
    if not hasattr(os, "geteuid"):
        pytest.skip("this system has other permissions")
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv") or subprocess.run([*BOUND, "true"], check=False).returncode:
        pytest.skip("permissions do not bind root, and there is no setpriv to give up that right")
    return BOUND


def searcher(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [*bound(), sys.executable, "-W", "ignore", "-m", "searcher", "--index", str(folder), *arguments],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "index"
    with Archive.create(folder) as archive:
        archive.add(batch(0, 10))
    (folder / "MAIN_WRITELOCK").unlink()
    yield folder
    folder.chmod(stat.S_IRWXU)


def test_an_index_that_may_only_be_read(folder: Path) -> None:
    for path in folder.iterdir():
        path.chmod(stat.S_IRUSR)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert searcher(folder, "search", "--count", "Kiew") == (0, "10\n")
    assert searcher(folder, "verify", "--deep")[0] == 0
    for command in (["delete", "a1"], ["optimize"], ["rebuild"], ["index", "seeds"]):
        code, said = searcher(folder, *command)
        assert (code, said.count("\n")) == (3, 1)
        assert "Permission denied; check the permissions" in said


@pytest.mark.parametrize("pattern", ["*.form_bytes.npy", "*.manifest.json", "_MAIN_*.toc"])
def test_files_that_may_not_be_read(folder: Path, pattern: str) -> None:
    (path,) = folder.glob(pattern)
    path.chmod(0)
    for command in (["search", "Wort*"], ["verify"], ["delete", "a1"]):
        code, said = searcher(folder, *command)
        assert (code, said.count("\n")) == (3, 1) and f"{path}: Permission denied; " in said, said
    path.chmod(stat.S_IRUSR)
    # Nothing was taken for damage, and nothing was lost.
    assert searcher(folder, "search", "--count", "Kiew") == (0, "10\n")
