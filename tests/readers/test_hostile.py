"""Hostile forms of every format: each is an article or an account line, never an exception, and the rest is read.

The mutations are drawn from a fixed seed, so that every run sees the same files.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import random
from pathlib import Path

import pytest

pytest.importorskip("trafilatura", reason="needs the extra html", exc_type=ImportError)
pytest.importorskip("feedparser", reason="needs the extra feeds")
pytest.importorskip("yaml", reason="needs the extra markdown")
pytest.importorskip("warcio", reason="needs warcio, which writes the archives")

from searcher.article import Article
from searcher.readers import find, read_path
from searcher.readers.formats import installed
from searcher.report import Rejection
from tests.readers import test_archives as archives
from tests.readers import test_html as html
from tests.readers import test_json as json_tests
from tests.readers import test_mets as mets
from tests.readers import test_news as news
from tests.readers import test_tables as tables
from tests.readers import test_text as text
from tests.readers import test_warc as warc

LINES = b"\n".join(json.dumps(each).encode() for each in json_tests.RECORDS)
TOKENS = (
    *(b"\0", b"\xff", b"<", b">", b"&", b'"', b"{", b"}", b"[", b"]", b"\n", b"\r", b",", b";", b"9" * 400),
    *(b"<p>" * 300, b"[" * 2000, b'{"a":' * 2000, b"&#x110000;", b"&#0;", b"\\ud800", b"2023-13-45"),
    *(
        b"<!ENTITY x 'y'>",
        b"\xef\xbb\xbf",
        b"From ",
        b"Content-Length: 99999999999",
        b"1e999",
        b"charset=utf-16",
    ),
)


def web_archive(packed: bool) -> bytes:
    made = warc.Warc(packed)
    made.pages(2)
    return made.out.getvalue()


SAMPLES: dict[str, bytes] = {
    "a.txt": text.LAYOUT.encode(),
    "a.jsonl": LINES,
    "a.jsonl.bz2": bz2.compress(LINES),
    "a.jsonl.xz": lzma.compress(LINES),
    "a.json": json_tests.SHAPES["response"].encode(),
    "b.json": json.dumps({"news": [json_tests.STORY]}).encode(),
    "a.csv": b'Titel;Text;Datum\nT1;"Zeile\n""x"" 1";2023-03-01\nT2;Zwei;2023-03-02\n',
    "a.html": html.page(html.ld()).encode(),
    "newsml.xml": news.message(news.item()).encode(),
    "nitf.xml": news.NITF.format(status="usable", other="").encode(),
    "rss.xml": news.RSS.encode(),
    "atom.xml": news.ATOM.encode(),
    "alto.xml": mets.ALTO.format(mets.block("b1", "Das Moor") + mets.DIVIDED).encode(),
    "mets.xml": mets.mets(mets.ARTICLES).encode(),
    "a.eml": bytes(tables.message()),
    "a.mbox": (b"From a Fri May  7 18:30:00 2021\n" + bytes(tables.message()) + b"\n") * 2,
    "a.md": b"---\ntitle: x\ndate: 2023-01-01\ntags: [a, b]\n---\nText *x* [a](b)\n\n- p\n",
    "a.zip": archives.zipped(archives.FILES),
    "a.tar.gz": gzip.compress(archives.tarred(archives.FILES)),
    "a.warc": web_archive(packed=False),
    "a.warc.gz": web_archive(packed=True),
}


def mutated(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        one, other = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        data = rng.choice(
            (
                data[:one],
                data[:one] + data[other:],
                data[:one] + rng.choice(TOKENS) + data[one:],
                data[:one] + rng.randbytes(8) + data[one + 8 :],
                data[:one] + data[one : one + 200] * 3 + data[one:],
                data[:one] + rng.choice(list(SAMPLES.values()))[:300] + data[one:],
            )
        )
    return data


def read_all(folder: Path) -> list[object]:
    return [
        each
        for file in find([folder])
        for each in ([file] if isinstance(file, Rejection) else read_path(file))
    ]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sound_sample_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(SAMPLES[name])
    found = read_all(tmp_path)
    assert any(isinstance(each, Article) for each in found) or name == "mets.xml"


@pytest.mark.parametrize("name", SAMPLES)
def test_mutated_files_are_articles_or_lines(tmp_path: Path, name: str) -> None:
    rng = random.Random(name)
    for _ in range(12):
        path = tmp_path / (name if rng.random() < 0.8 else rng.choice(list(SAMPLES)))
        path.write_bytes(mutated(SAMPLES[name], rng))
        found = list(read_path(path))
        assert found or not path.read_bytes().strip()
        for each in found:
            if isinstance(each, Article):
                json.dumps(each.as_dict(), ensure_ascii=False).encode()
            else:
                assert "\n" not in str(each) and "reader failed" not in each.reason  # type: ignore[attr-defined]
        path.unlink()


@pytest.mark.parametrize("form", installed())
def test_random_bytes_and_nothing_in_every_format(tmp_path: Path, form: str) -> None:
    rng = random.Random(form)
    for suffix in installed()[form].suffixes:
        (tmp_path / f"leer{suffix}").write_bytes(b"")
        (tmp_path / f"zufall{suffix}").write_bytes(rng.randbytes(5000))
        (tmp_path / f"deutsch{suffix}").write_text("Nur ein Satz, in dem nichts steht.")
    (tmp_path / "gut.jsonl").write_bytes(LINES)
    found = read_all(tmp_path)
    assert len([each for each in found if isinstance(each, Article)]) >= len(json_tests.RECORDS)
    accounted = {str(each).partition(": ")[0] for each in found if isinstance(each, Rejection)}
    assert len(accounted) >= 2 * len(installed()[form].suffixes)
