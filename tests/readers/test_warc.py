"""Web archives: article pages come out, the rest is counted by its reason, and damage costs only what it hit."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

pytest.importorskip("warcio", reason="needs warcio, which writes the archives")
pytest.importorskip("trafilatura", reason="needs the extra html", exc_type=ImportError)

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from searcher.article import Article
from searcher.readers import Unit, find, read, read_path, units, warc, webarchive
from searcher.readers.base.compression import unpacked
from searcher.report import Repair, Skipped

TEXT = "Die Gemeinde Wendlau hat am Montag beschlossen, gegen die Pläne des Landes zu klagen und das Moor zu behalten. "


def page(number: int, charset: str = "utf-8") -> str:
    return (
        f'<!doctype html><html><head><meta charset="{charset}"><title>Seite {number}</title>'
        f'<meta property="og:type" content="article"><meta property="article:published_time" content="2021-05-{number:02}">'
        f"</head><body><article><h1>Seite {number}</h1><p>{TEXT * 2}</p><p>Fortsetzung {number}: {TEXT * 2}</p></article></body></html>"
    )


class Writer(WARCWriter):
    """Without the temporary files that warcio leaves open."""

    def _create_temp_file(self) -> io.BytesIO:
        return io.BytesIO()


class Warc:
    """An archive in the making."""

    def __init__(self, packed: bool = True) -> None:
        self.out = io.BytesIO()
        self.writer = Writer(self.out, gzip=packed)
        self.starts: list[int] = []

    def add(
        self,
        url: str,
        content: bytes,
        status: str = "200 OK",
        kind: str = "text/html; charset=utf-8",
        record_type: str = "response",
        **more: str,
    ) -> None:
        self.starts.append(self.out.tell())
        named = [("Content-Type", kind), *((name.replace("_", "-"), value) for name, value in more.items())]
        head = (
            StatusAndHeaders(status, named, protocol="HTTP/1.1")
            if record_type in ("response", "revisit")
            else None
        )
        record = self.writer.create_warc_record(
            url,
            record_type,
            payload=io.BytesIO(content),
            http_headers=head,
            warc_content_type="" if head else kind,
            warc_headers_dict={"WARC-Date": "2021-06-01T10:00:00Z"},
        )
        self.writer.write_record(record)

    def pages(self, count: int) -> None:
        for number in range(1, count + 1):
            self.add(f"https://wendlau.example/{number}", page(number).encode())

    def records(self, tmp_path: Path, name: str = "x.warc.gz") -> list[object]:
        path = tmp_path / name
        path.write_bytes(self.out.getvalue())
        return list(read_path(path))


def titles(found: list[object]) -> list[str]:
    return [each.title for each in found if isinstance(each, Article)]


def reasons(found: list[object]) -> list[str]:
    return [str(each).rpartition("warc.gz:")[2] for each in found if not isinstance(each, Article)]


@pytest.mark.parametrize("packed", [True, False])
def test_articles_and_everything_else_counted(tmp_path: Path, packed: bool) -> None:
    archive = Warc(packed)
    archive.pages(2)
    archive.add("https://x.example/a", b"", "301 Moved Permanently", Location="https://x.example/b")
    archive.add("https://x.example/c", b"weg", "404 Not Found")
    archive.add("https://x.example/d.png", b"\x89PNG", kind="image/png")
    archive.add("https://x.example/start", b"<html><body><a href='/'>Start</a></body></html>")
    archive.add("https://x.example/e", page(3).encode(), record_type="resource", kind="text/html")
    archive.add("https://x.example/robots", b"WARC/1.0 Text", record_type="metadata", kind="text/plain")
    found = archive.records(tmp_path)
    assert titles(found) == ["Seite 1", "Seite 2", "Seite 3"]
    assert reasons(found) == [
        "3: redirect (301)",
        "4: HTTP status 404",
        "5: not HTML: image/png",
        "6: no article on this page: no running text",
    ]
    assert all(isinstance(each, Skipped) for each in found if not isinstance(each, Article))
    first = next(each for each in found if isinstance(each, Article))
    assert (first.id, first.url, str(first.date)) == ("https://wendlau.example/1",) * 2 + ("2021-05-01",)
    assert first.extra == {"captured": "2021-06-01T10:00:00Z"}
    assert first.source == "wendlau.example"


def test_charset_from_header_meta_and_bytes(tmp_path: Path) -> None:
    archive = Warc()
    archive.add(
        "https://x.example/1", page(1, "utf-8").encode("cp1252"), kind="text/html; charset=iso-8859-1"
    )
    archive.add("https://x.example/2", page(2, "windows-1252").encode("cp1252"), kind="text/html")
    archive.add("https://x.example/3", page(3, "utf-8").encode("cp1252"), kind="text/html")
    found = archive.records(tmp_path)
    articles = [each for each in found if isinstance(each, Article)]
    assert all("Pläne" in each.body for each in articles) and len(articles) == 3
    assert [(each.line, each.reason) for each in found if isinstance(each, Repair)] == [(3, "read as cp1252")]


def test_content_and_transfer_encodings(tmp_path: Path) -> None:
    body = page(1).encode()
    parts = b"".join(
        b"%x\r\n%s\r\n" % (len(body[at : at + 300]), body[at : at + 300]) for at in range(0, len(body), 300)
    )
    archive = Warc()
    archive.add("https://x.example/1", gzip.compress(body), Content_Encoding="gzip")
    archive.add("https://x.example/2", parts + b"0\r\n\r\n", Transfer_Encoding="chunked")
    archive.add("https://x.example/3", body, Content_Encoding="gzip", Transfer_Encoding="chunked")
    archive.add("https://x.example/4", gzip.compress(bytes(20 << 20)), Content_Encoding="gzip")
    archive.add("https://x.example/5", body, Content_Encoding="pack200")
    found = archive.records(tmp_path)
    assert titles(found) == ["Seite 1"] * 3
    assert reasons(found) == ["4: a page of more than 16 MB", "5: unknown content encoding 'pack200'"]


def test_broken_records_in_the_middle_cost_only_themselves(tmp_path: Path) -> None:
    archive = Warc()
    archive.pages(9)
    data = bytearray(archive.out.getvalue())
    middle = (archive.starts[4] + archive.starts[5]) // 2
    data[middle : middle + 40] = bytes(40)
    archive.out = io.BytesIO(bytes(data))
    found = archive.records(tmp_path)
    assert titles(found) == [f"Seite {number}" for number in (1, 2, 3, 4, 6, 7, 8, 9)]
    assert 1 <= len(reasons(found)) <= 2 and "damaged" in reasons(found)[0]


def test_wrong_lengths_and_garbage_in_a_plain_archive(tmp_path: Path) -> None:
    archive = Warc(packed=False)
    archive.pages(5)
    data = archive.out.getvalue()
    one, two, three = archive.starts[1:4]
    long = data[one:two].replace(b"Content-Length: ", b"Content-Length: 1", 1)
    archive.out = io.BytesIO(
        data[:one] + long + b"Muell\r\n\r\n" + data[two:three][:-900] + b"\r\n\r\n" + data[three:]
    )
    found = archive.records(tmp_path, "x.warc")
    assert titles(found)[0] == "Seite 1" and titles(found)[-2:] == ["Seite 4", "Seite 5"]
    assert any("shorter than it says" in str(each) for each in found)


@pytest.mark.parametrize("whole", range(5))
def test_truncated(tmp_path: Path, whole: int) -> None:
    archive = Warc()
    archive.pages(5)
    archive.out = io.BytesIO(archive.out.getvalue()[: archive.starts[whole] + 200])
    found = archive.records(tmp_path)
    assert titles(found) == [f"Seite {number}" for number in range(1, whole + 1)]
    assert "damaged" in reasons(found)[-1]


def test_arc(tmp_path: Path) -> None:
    version = b"1 0 Wendlau\nURL IP-address Archive-date Content-type Archive-length\n"
    out = b"filedesc://x.arc 0.0.0.0 20210601100000 text/plain %d\n%s\n" % (len(version), version)
    for number in (1, 2):
        content = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page(number).encode()
        out += b"https://x.example/%d 10.0.0.1 20210601100000 text/html %d\n%s\n" % (
            number,
            len(content),
            content,
        )
    path = tmp_path / "x.arc.gz"
    path.write_bytes(gzip.compress(out))
    found = list(read_path(path))
    assert titles(found) == ["Seite 1", "Seite 2"]


def test_units_are_bounded_and_travel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "BATCH", 1500)
    monkeypatch.setattr("searcher.readers.dispatch.SMALL_PACKED", 10)
    archive = Warc()
    archive.pages(20)
    path = tmp_path / "x.warc.gz"
    path.write_bytes(archive.out.getvalue())
    (file,) = find([path])
    pieces = [each for each in units(file) if isinstance(each, Unit)]  # type: ignore[arg-type]
    assert len(pieces) > 5 and max(len(each.details) for each in pieces) < 5
    assert titles([each for unit in pieces for each in read(unit)]) == [f"Seite {n}" for n in range(1, 21)]


def test_a_huge_record_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webarchive, "RECORD_LIMIT", 10_000)
    archive = Warc()
    archive.add("https://x.example/gross", b"x" * 3_000_000)
    archive.pages(1)
    found = list(webarchive.records(unpacked(io.BytesIO(archive.out.getvalue()))))
    assert [each.fault for each in found] == ["larger than 0 MB", ""]
    assert len(found[0].content) == 10_000
