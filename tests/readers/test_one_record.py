"""One broken record costs that record only: a fault is put into record k of every format, for every k."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from searcher.article import Article
from searcher.errors import ReadError
from searcher.readers import read_path
from searcher.readers.base import row_to_article
from searcher.report import Rejection
from tests.readers import test_archives as archives
from tests.readers import test_documents as documents
from tests.readers import test_json as json_tests
from tests.readers import test_mets as mets
from tests.readers import test_news as news
from tests.readers import test_pressexport as exports
from tests.readers import test_tables as tables
from tests.readers import test_wires as wires
from tests.readers.test_hostile import LINES, web_archive
from tests.readers.test_hostile_forms import parquet

FEED = "<rss><channel><title>Bote</title>{}</channel></rss>".format(
    "".join(f"<item><title>Titel {number}</title><guid>{number}</guid></item>" for number in range(4))
)
MESSAGES = b"".join(
    b"From a Fri May  7 18:30:00 2021\n" + bytes(tables.message(f"Brief {number}")) + b"\n"
    for number in range(3)
)
STORIES = [json_tests.STORY | {"sophoraId": f"s{number}"} for number in range(3)]
SEVERAL: dict[str, tuple[str, Callable[[], bytes]]] = {
    "jsonl": (".jsonl", lambda: LINES),
    "json": (".json", lambda: json_tests.SHAPES["response"].encode()),
    "tagesschau": (".json", lambda: json_tests.json.dumps({"news": STORIES}).encode()),
    "csv": (".csv", lambda: b"Titel;Text\nEins;a\nZwei;b\nDrei;c\n"),
    "feed": (".rss", FEED.encode),
    "newsml": (".xml", lambda: news.message(*(news.item().replace("agentur:1", f"agentur:{n}") for n in "123")).encode()),
    "mail": (".mbox", lambda: MESSAGES),
    "warc": (".warc", lambda: web_archive(packed=False)),
    "warc.gz": (".warc.gz", lambda: web_archive(packed=True)),
    "parquet": (".parquet", parquet),
    "epub": (".epub", lambda: documents.EPUB),
    "press export": (".txt", lambda: exports.NEXIS.encode()),
    "press export in DOCX": (".docx", lambda: exports.as_docx(exports.FACTIVA)),
    "sheet": (".sqlite", lambda: wires.sqlite("INSERT INTO artikel VALUES ('Sturm', 'Zwei.', '2023-05-04')")),
    "vertical": (".vrt", wires.VRT.encode),
    "iptc7901": (".txt", lambda: (wires.WIRE + wires.WIRE.replace("bdt0245", "bdt0246")).encode()),
    "newsml1": (".xml", lambda: wires.NEWSML1.replace("</NewsML>", wires.NEWSML1.partition("1.2\">")[2]).encode()),
    "mediawiki": (".xml", lambda: wires.WIKI.replace("<ns>1</ns>", "<ns>0</ns>").encode()),
    "tei": (".xml", wires.TEI.encode),
    "archive": (".zip", lambda: archives.zipped(archives.FILES)),
}  # fmt: skip


class Injected:
    """Stands for Article where the last step of reading makes it, and raises at the k-th time."""

    def __init__(self, place: int, error: Exception) -> None:
        self.left, self.error = place, error

    def __call__(self, **values: Any) -> Article:
        self.left -= 1
        if self.left == -1:
            raise self.error
        return Article(**values)


def articles(path: Path) -> list[str]:
    return [each.title for each in read_path(path) if isinstance(each, Article)]


@pytest.fixture(params=SEVERAL)
def several(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    suffix, made = SEVERAL[request.param]
    path = tmp_path / f"x{suffix}"
    path.write_bytes(made())
    yield path


ERRORS = (
    KeyError("x"),
    ValueError("y"),
    OverflowError("z"),
    RecursionError(),
    ReadError("damaged"),
    OSError(5, "I/O"),
)


def test_a_fault_in_record_k_costs_record_k(several: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = articles(several)
    assert len(sound) >= 2
    for place in range(len(sound)):
        error = ERRORS[place % len(ERRORS)]
        monkeypatch.setattr(row_to_article, "Article", Injected(place, error))
        found = list(read_path(several))
        monkeypatch.undo()
        left = [each.title for each in found if isinstance(each, Article)]
        assert left == sound[:place] + sound[place + 1 :]
        told = [each for each in found if type(each) is Rejection]
        whole = [each for each in read_path(several) if type(each) is Rejection]
        assert len(told) == len(whole) + 1, [str(each) for each in told]


def test_a_fault_in_an_article_of_an_issue_costs_that_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = mets.issue(tmp_path) / "bote_mets.xml"
    sound = articles(path)
    assert len(sound) >= 2
    for place in range(len(sound)):
        monkeypatch.setattr(row_to_article, "Article", Injected(place, KeyError("x")))
        found = list(read_path(path))
        monkeypatch.undo()
        left = [each.title for each in found if isinstance(each, Article)]
        assert left == sound[:place] + sound[place + 1 :]
        assert [each for each in found if isinstance(each, Rejection) and "KeyError" in each.reason]
