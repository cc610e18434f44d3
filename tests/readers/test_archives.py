"""Archives of files: members are read as files in a folder are; bombs, tricks and damage are lines of the account."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from searcher.article import Article
from searcher.readers import Unit, find, read, read_path, sniff, units
from searcher.report import Rejection, Skipped

FILES = {
    "elbkurier/2019-moor.txt": b" date 2019-06 Moor Stand: 14.06.2019 09:00 Uhr\n\nVorspann.\n\nText.",
    "elbkurier/mehr.jsonl": b'{"id": "j1", "title": "Eins"}\n{"id": "j2", "title": "Zwei"}\n',
    "liste.csv.gz": gzip.compress(b"id;titel;text\nc1;Drei;Text\n"),
    "README.md": b"# Nichts",
    ".hidden": b"x",
    "bild.jpg": b"\xff\xd8",
    "leer.txt": b"",
}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def zstd(data: bytes) -> bytes:
    module = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    compressed: bytes = pytest.importorskip(module, reason="needs zstd").compress(data)
    return compressed


PACKERS = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress, ".bz2": bz2.compress, ".zst": zstd}


def found_in(tmp_path: Path, data: bytes, name: str = "x.zip") -> list[object]:
    path = tmp_path / name
    path.write_bytes(data)
    return list(read_path(path))


def told(found: list[object]) -> list[str]:
    return [each.title if isinstance(each, Article) else str(each).partition("x.zip")[2] for each in found]


@pytest.mark.parametrize("kind", ["zip", *(f"tar{suffix}" for suffix in PACKERS)])
def test_members_are_read_as_files(tmp_path: Path, kind: str) -> None:
    data = zipped(FILES) if kind == "zip" else PACKERS[kind[3:]](tarred(FILES))
    found = found_in(tmp_path, data, f"x.{kind}")
    articles = {each.id: each for each in found if isinstance(each, Article)}
    top = f"{tmp_path.name}/x.{kind}"
    assert set(articles) == {f"{top}/elbkurier/2019-moor.txt", "j1", "j2", "c1"}
    moor = articles[f"{top}/elbkurier/2019-moor.txt"]
    assert (moor.source, str(moor.date), moor.teaser) == ("elbkurier", "2019-06-14 09:00", "Vorspann.")
    told = sorted((each.kind, str(each).rpartition("!/")[2]) for each in found if isinstance(each, Rejection))
    assert told == [
        ("rejected", "bild.jpg: not an archive of articles: .jpg"),
        ("rejected", "leer.txt: empty file"),
        ("skipped", ".hidden: hidden: the name begins with a dot"),
        ("skipped", "README.md: a README, licence or changelog by its name"),
    ]
    assert sniff(tmp_path / f"x.{kind}") == "archive"


def test_units_of_a_large_archive_travel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searcher.readers.dispatch.SMALL", 10)
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(FILES))
    (file,) = find([path])
    made = [each for each in units(file) if isinstance(each, Unit)]  # type: ignore[arg-type]
    assert [each.format for each in made] == ["text", "jsonl", "csv"]
    assert len([each for unit in made for each in read(unit) if isinstance(each, Article)]) == 4


def test_archives_in_archives_and_no_deeper_than_three(tmp_path: Path) -> None:
    inner = {"a.jsonl": b'{"title": "innen"}\n{"title": "zwei"}\n'}
    nested = zipped({"c.zip": zipped({"b.tar.gz": gzip.compress(tarred(inner))})})
    assert told(found_in(tmp_path, nested)) == ["innen", "zwei"]
    for _ in range(2):
        nested = zipped({"d.zip": nested})
    (rejection,) = found_in(tmp_path, nested)
    assert str(rejection).endswith("archives inside archives, more than 3 deep")


@pytest.mark.parametrize("name", ["../../etc/x.txt", "/etc/x.txt", "a/../../x.txt", "..\\x.txt"])
def test_names_that_lead_out(tmp_path: Path, name: str) -> None:
    found = found_in(tmp_path, zipped({name: b"Titel\n\nText.", "gut.txt": b"Gut\n\nText."}))
    assert [each.title for each in found if isinstance(each, Article)] == ["Gut"]
    assert [each.reason for each in found if isinstance(each, Rejection)] == [
        "its name leads out of the archive"
    ]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_begin_with_the_archive_itself(
    tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    """As `tar cf x.tar .` writes them: a dot alone hides nothing."""
    data = pack({"./a.txt": b"Eins\n\nText.", "./b/./c.txt": b"Zwei\n\nText.", "d//e.txt": b"Drei\n\nText."})
    found = found_in(tmp_path, data)
    top = f"{tmp_path.name}/x.zip"
    assert [(each.id, each.source) for each in found if isinstance(each, Article)] == [
        (f"{top}/a.txt", ""),
        (f"{top}/b/c.txt", "b"),
        (f"{top}/d/e.txt", "d"),
    ]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_hidden_members_are_counted_even_where_there_is_nothing_else(
    tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    found = found_in(tmp_path, pack({"./.git/a.txt": b"Eins", "b/.c.txt": b"Zwei"}))
    assert all(isinstance(each, Skipped) for each in found)
    assert told(found) == [
        "!/.git/a.txt: hidden: the name begins with a dot",
        "!/b/.c.txt: hidden: the name begins with a dot",
    ]


def test_links_and_devices_in_a_tar(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo(f"m{kind.decode()}")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    found = found_in(tmp_path, out.getvalue(), "x.tar")
    assert len(found) == 3 and all(isinstance(each, Skipped) for each in found)


def test_a_damaged_member_costs_itself(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(4000).hex().encode()
    data = bytearray(zipped({"a.txt": b"A\n\nText.", "b.txt": b"B\n\n" + noise, "c.txt": b"C\n\nText."}))
    place = data.index(b"b.txt") + 600
    data[place : place + 50] = bytes(50)
    found = found_in(tmp_path, bytes(data))
    assert told(found)[0] == "A" and told(found)[-1] == "C"
    assert "damaged" in told(found)[1]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_truncated(tmp_path: Path, kind: str, share: float) -> None:
    files = {
        f"{n}.txt": f"Titel {n}\n\n".encode() + random.Random(n).randbytes(600).hex().encode()
        for n in range(5)
    }
    data = zipped(files) if kind == "zip" else PACKERS[kind[3:]](tarred(files))
    found = found_in(tmp_path, data[: int(len(data) * share)], f"x.{kind}")
    whole = [each for each in found if isinstance(each, Article)]
    assert len(whole) < 6
    assert isinstance(found[-1], Rejection) or (kind == "tar" and share == 0.95)


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (rejection,) = found_in(tmp_path, zipped({"a.txt": b" " * (17 << 20)}))
    assert str(rejection).endswith("a.txt: larger than 16 MB: too large to be one article")
    monkeypatch.setattr("searcher.readers.containers.RATIO_COUNTS_FROM", 1 << 20)
    monkeypatch.setattr("searcher.readers.containers.MAX_RATIO", 10)
    found = found_in(tmp_path, zipped({f"{number:02}.txt": b"Wort " * 40_000 for number in range(20)}))
    assert str(found[-1]).endswith("unpacks to more than 400 times its size: not read further")
    assert len(found) < 10


def test_encrypted_and_unknown_members(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"Titel\n\nText."}))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        flags = data.index(mark) + (6 if mark.endswith(b"\x04") else 8)
        data[flags] |= 1
    (rejection,) = found_in(tmp_path, bytes(data))
    assert str(rejection).endswith("x.zip!/a.txt: encrypted: unpack it with its password first")
    found = found_in(tmp_path, zipped({"a.bin": bytes(range(256)), "b": b"Wort"}))
    assert all(isinstance(each, Rejection) for each in found) and len(found) == 2


LONG = "archiv/politik/2023/" + "vermittler-werben-fuer-eine-waffenruhe-" * 4


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_long_names_tell_members_apart_and_keep_their_suffix(
    tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    members = {f"{LONG}{number}.txt": b"Titel\n\nText." for number in range(3)}
    found = found_in(tmp_path, pack(members))
    assert [each.id for each in found if isinstance(each, Article)] == [
        f"{tmp_path.name}/x.zip/{name}" for name in members
    ]
    (said,) = found_in(tmp_path, pack({f"{LONG}.bin": bytes(9)}))
    assert str(said).partition("!/")[2].startswith(f"{LONG}.bin: ")


def test_names_of_old_archives_and_names_without_end(tmp_path: Path) -> None:
    names = [each.decode("utf-8", "surrogateescape") for each in (b"M\xe4ller.txt", b"M\xfcller.txt")]
    members = dict.fromkeys(names, b"Titel\n\nText.") | {"a\nb.txt": b""}
    *articles, empty = found_in(tmp_path, tarred(members), "x.tar")
    top = f"{tmp_path.name}/x.tar"
    assert [each.id for each in articles if isinstance(each, Article)] == [
        f"{top}/M\\udce4ller.txt",
        f"{top}/M\\udcfcller.txt",
    ]
    assert str(empty).endswith("x.tar!/a b.txt: empty file")
    (said,) = found_in(tmp_path, zipped({"n" * 5000 + ".txt": b"Titel\n\nText."}))
    assert str(said).endswith("n…: a name of more than 4,096 characters")


def test_a_damaged_lzma_member_costs_itself(tmp_path: Path) -> None:
    files = {"a.txt": b"Titel\n\n" + b"Der Text. " * 200, "b.txt": b"Ruhe\n\nText."}
    data = bytearray(zipped(files, zipfile.ZIP_LZMA))
    place = data.index(b"a.txt") + 20
    data[place : place + 20] = bytes(byte ^ 0x5A for byte in data[place : place + 20])
    said, *others = told(found_in(tmp_path, bytes(data)))
    assert said.startswith("!/a.txt: damaged in its archive: ") and others == ["Ruhe"]


@pytest.mark.parametrize("small", [1 << 20, 1])
def test_no_fault_of_a_format_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    class Unknown(Exception):
        pass

    def failing(*given: object) -> None:
        raise Unknown("neu")

    monkeypatch.setattr("searcher.readers.dispatch.SMALL", small)
    monkeypatch.setattr("searcher.readers.containers.cut", failing)
    (said,) = found_in(tmp_path, zipped({"a.txt": b"Titel\n\nText."}))
    assert str(said).endswith("x.zip: the file reader failed (Unknown: neu)")
