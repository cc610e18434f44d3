"""Nobody let in: an index of unknown origin runs nothing, unpacks no bomb, and is read within its own folder."""

from __future__ import annotations

import base64
import io
import json
import pickle
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import whoosh.fields
import whoosh.index
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from searcher import Archive, ArchiveDamaged, ArchiveError, Cure, SearcherError, VersionMismatch
from searcher.index.format import stored_blocks, toc
from tests.checkout import ROOT
from tests.resealed import recommit, reseal
from tests.torture.crash import batch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(batch(0, 10))
        archive.delete(["a5"])
    return tmp_path / "index"


def toc_file(folder: Path) -> Path:
    (path,) = folder.glob("_MAIN_*.toc")
    return path


def rewritten(folder: Path, change: Callable[[dict[str, Any]], Any], front: bytes | None = None) -> None:
    """Another line in the table of contents, and another beginning, with the checksum that fits."""
    content = toc_file(folder).read_bytes()
    begin = content.rfind(b"\n", 0, -10) + 1
    values = json.loads(content[begin:-9])
    values = change(values) or values
    line = values if isinstance(values, bytes) else json.dumps(values).encode()
    whole = (content[: begin - 1] if front is None else front) + b"\n" + line + b"\n"
    toc_file(folder).write_bytes(whole + b"%08x\n" % zlib.crc32(whole))


class Trap:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.target), "w"))


def test_no_pickle_is_ever_read(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "sprung"
    memory = io.BytesIO()
    stream = StructFile(memory)
    stream.write_string(pickle.dumps(Trap(target), 2))
    rewritten(folder, lambda values: values, front=memory.getvalue() + pickle.dumps(Trap(target)))
    with Archive.open(folder) as archive:
        assert archive.count("Kiew") == 9
        archive.add(batch(20, 2))
    assert not target.exists()


def test_searching_does_not_even_import_pickle_loading(folder: Path) -> None:
    """What would unpickle is replaced by what fails."""
    code = (
        "import pickle, _pickle, sys\n"
        "from searcher import Archive\n"
        "def refuse(*a, **k): raise SystemExit('unpickled')\n"
        "pickle.load = pickle.loads = _pickle.load = _pickle.loads = refuse\n"
        "archive = Archive.open(sys.argv[1]); print(archive.count('Kiew'), archive.search('*')[0].article.id)"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout) == (0, "9 a0\n"), ran.stderr


def test_plain_whoosh_reads_the_same_segments(folder: Path) -> None:
    ours, theirs = toc.read(folder), whoosh.index.TOC.read(FileStorage(str(folder)), "MAIN")
    assert ours.generation == theirs.generation
    assert list(ours.segments) == [each.entry for each in theirs.segments]


def test_an_index_of_stock_whoosh_is_refused_in_words(tmp_path: Path) -> None:
    whoosh.index.create_in(str(tmp_path), whoosh.fields.Schema(text=whoosh.fields.TEXT))
    with pytest.raises(VersionMismatch, match="not an index of this program"):
        Archive.open(tmp_path)
    for use in (
        Archive.open_or_create,
        lambda path: Archive.at(path).verify(),
        lambda path: Archive.at(path).rebuild(),
    ):
        with pytest.raises(ArchiveError):
            use(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values["segments"][0].update(id="../../../etc/passwd"),
        lambda values: values["segments"][0].update(id="A"),
        lambda values: values["segments"][0].update(id=7),
        lambda values: values["segments"][0].update(docs=-1),
        lambda values: values["segments"][0].update(docs=True),
        lambda values: values["segments"][0].update(docs=1 << 40),
        lambda values: values["segments"][0].update(docs=11),
        lambda values: values["segments"][0].update(deleted="?"),
        lambda values: values["segments"][0].update(deleted=base64.b64encode(b"no zlib").decode()),
        lambda values: values["segments"][0].update(
            deleted=base64.b64encode(zlib.compress(bytes(1 << 24))).decode()
        ),
        lambda values: values["segments"].append(values["segments"][0]),
        lambda values: values.update(segments=7),
        lambda values: values.update(segments=[[]]),
        lambda values: values.update(generation=99),
        lambda values: b"[" * 100_000,
        lambda values: b'{"format": 1}',
        lambda values: b"null",
    ],
)
def test_a_table_of_nonsense_is_damage(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    rewritten(folder, change)
    with pytest.raises(ArchiveDamaged) as caught:
        Archive.open(folder)
    assert caught.value.cure in (Cure.REBUILD, Cure.VERIFY)


def test_a_later_format_is_refused_with_the_cure(folder: Path) -> None:
    rewritten(folder, lambda values: values.update(format=2))
    with pytest.raises(VersionMismatch, match="format version 2"):
        Archive.open(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"<u2"', b'"|O"'),
        (b'"|u1"', b'"V9"'),
        (b'"docs": 10', b'"docs": 1e9'),
        (b'"shape"', b'"shapes"'),
        (b'"all"', b'"any"'),
        (b"{", b"[" * 5000),
    ],
)
def test_a_manifest_of_nonsense_is_damage(folder: Path, old: bytes, new: bytes) -> None:
    (path,) = folder.glob("*.manifest.json")
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    current = toc.read(folder)
    current.segments[0].seal = zlib.crc32(path.read_bytes())
    recommit(folder, current, list(current.segments))
    with pytest.raises(ArchiveDamaged, match="the manifest cannot be read"):
        Archive.open(folder)


@pytest.mark.parametrize("size", [0, 128, 130, 132])
def test_checksums_of_another_number_are_damage(folder: Path, size: int) -> None:
    current = toc.read(folder)
    (segment,) = current.segments
    checks, manifest = (folder / segment.file(name) for name in ("checks.npy", "manifest.json"))
    cut = checks.read_bytes()[:size]
    values = json.loads(manifest.read_bytes())
    values["checks"] = zlib.crc32(cut)
    content = json.dumps(values).encode()
    for path, new in ((checks, cut), (manifest, content)):
        path.unlink()
        path.write_bytes(new)
    segment.seal = zlib.crc32(content)
    recommit(folder, current, [segment])
    with Archive.open(folder) as archive:
        assert [damage.file for damage in archive.verify()] == [str(checks)]
        with pytest.raises(ArchiveDamaged, match="checksums"):
            archive.search("Artikel").articles()


def test_an_array_of_objects_is_never_loaded(folder: Path, tmp_path: Path) -> None:
    (path,) = folder.glob("*.doc_ids.npy")
    size = path.stat().st_size
    np.save(path, np.array([Trap(tmp_path / "sprung")], object), allow_pickle=True)
    path.write_bytes(path.read_bytes()[:size].ljust(size, b"\0"))
    with pytest.raises(ArchiveDamaged, match="not the head of this column"):
        Archive.open(folder)
    assert not (tmp_path / "sprung").exists()


def test_a_bomb_among_the_stored_articles_does_not_go_off(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_blocks, "LARGEST", 1 << 16)
    bomb = np.frombuffer(stored_blocks.pack(bytes(1 << 20)), np.uint8)
    reseal(
        folder, block_bytes=lambda values: bomb, block_ends=lambda values: np.array([0, len(bomb)], np.uint16)
    )
    with Archive.open(folder) as archive:
        with pytest.raises(ArchiveDamaged, match="block_bytes"):
            archive.get("a1")
        with pytest.raises(ArchiveDamaged, match="none of the articles can be read"):
            archive.rebuild(processes=1)


@pytest.mark.parametrize(
    "column", ["term_postings", "term_occurrences", "form_ends", "term_ends", "block_ends"]
)
def test_offsets_out_of_bounds_end_as_damage(folder: Path, column: str) -> None:
    """Whatever is asked: an answer or ArchiveDamaged, never another exception."""

    def change(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        wild = values.astype(np.uint64)
        wild[1:-1] = 1 << 40
        return wild

    reseal(folder, **{column: change})
    with Archive.open(folder) as archive:
        for query in (
            "Kiew",
            '"gehen weiter"',
            "titel:Bericht",
            "Ber*",
            "*t",
            "Bericht~",
            "Krieg NEAR Frieden",
        ):
            for ask in (archive.search, archive.count, archive.explain):
                try:
                    ask(query)
                except SearcherError as error:
                    assert isinstance(error, ArchiveDamaged)
        for ask_all in (archive.stats, lambda: list(archive), lambda: archive.get("a3"), archive.optimize):
            try:
                ask_all()
            except SearcherError as error:
                assert isinstance(error, ArchiveDamaged)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bounds the memory of forked processes")
def test_no_forgery_breaks_anything() -> None:
    """A share of `python -m tests.torture forge`, which alters everything in every way."""
    from tests.torture import forge

    assert forge.torture(0.006)["ended raw"] == 0
