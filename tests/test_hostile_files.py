"""Hostile files through `searcher index`: each is a line of the account, nothing of it is raw, and the rest goes in."""

from __future__ import annotations

import contextlib
import gzip
import io
import lzma
import os
import socket
import sys
import zipfile
from pathlib import Path

import pytest

from searcher import Archive
from searcher.cli import main

BOMB = b"Wort " * 200_000
HARMFUL = set("\x1b\x07\u202e\u2066\x9b\0\r\x08\udcff")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of every hostile kind, under bounds that a test can reach, and two sound ones."""
    for place in ("base.compression", "containers"):
        monkeypatch.setattr(f"searcher.readers.{place}.MAX_RATIO", 10)
        monkeypatch.setattr(f"searcher.readers.{place}.RATIO_COUNTS_FROM", 1 << 16)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "gut.txt").write_text("Bericht aus Kiew\n\nEs ist ruhig.")
    (folder / "auch.jsonl").write_text('{"title": "Kiew", "text": "Ruhe\\u0000 und\\ud800 Ordnung."}\n')
    (folder / "bombe.txt.gz").write_bytes(gzip.compress(BOMB))
    (folder / "bombe.jsonl.xz").write_bytes(lzma.compress(b'{"text": "' + BOMB + b'"}'))
    with zipfile.ZipFile(folder / "bombe.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("darin.txt", BOMB)
    (folder / "nur-null.txt").write_bytes(b"\0" * 5000)
    return folder


def indexed(index: Path, *paths: Path) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["--index", str(index), "index", "--processes", "1", *map(str, paths)])
    return code, out.getvalue() + err.getvalue()


def test_bombs_and_bytes(folder: Path, tmp_path: Path) -> None:
    code, said = indexed(tmp_path / "index", folder)
    assert code == 5 and "2 articles: 2 new" in said
    for name in ("bombe.txt.gz", "bombe.jsonl.xz", "bombe.zip"):
        assert any(name in line and "more than 400 times its size" in line for line in said.splitlines()), (
            said
        )
    assert "nur-null.txt" in said and "Traceback" not in said
    with Archive.open(tmp_path / "index") as archive:
        assert archive.count("Kiew") == archive.count("*") == 2
        assert archive.verify(deep=True) == []


def test_a_line_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searcher.readers.jsonlines.BLOCK", 1 << 14)
    monkeypatch.setattr("searcher.readers.jsonlines.LINE_LIMIT", 1 << 16)
    path = tmp_path / "zeilen.jsonl"
    sound = b'{"title": "Kiew %d", "text": "Ruhe."}'
    path.write_bytes(b"\n".join([sound % 1, b'{"title": "x", "text": "' + 2 * BOMB + b'"}', sound % 2]))
    code, said = indexed(tmp_path / "index", path)
    assert code == 5 and f"{path}:2: a line of more than" in said
    with Archive.open(tmp_path / "index") as archive:
        assert archive.count("Kiew") == archive.count("*") == 2


@pytest.mark.skipif(sys.platform == "win32", reason="has no such files")
def test_what_is_no_file_and_names_that_are_no_text(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    os.mkfifo(folder / "rohr")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "s"))
    (folder / "schleife").symlink_to(folder)
    (folder / "selbst").symlink_to("selbst")
    (folder / "geraet").symlink_to("/dev/zero")
    for name in (b"\x1b[2Jboese.bin", b"\xff\xfe.bin", "\u202etxt.bin".encode(), b"zwei\nzeilen.bin"):
        (Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_bytes(bytes(range(256)))
    (folder / "gut.txt").write_text("Bericht aus Kiew\n\nEs ist ruhig.")
    code, said = indexed(tmp_path / "index", folder)
    assert code == 5 and "1 article: 1 new" in said
    assert not HARMFUL & set(said)
    for reason in (
        "a named pipe",
        "a socket",
        "a link to a folder above itself",
        "symbolic links",
        "a device",
    ):
        assert reason in said
    assert len(said.splitlines()) == 10
