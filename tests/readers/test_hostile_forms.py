"""The hostile forms of every format, as a table: each file is articles or account lines, and the one beside it is read.

A row is a format: a sound sample of it, and what it looks like nested a thousand deep, or as a bomb. From the sample
come the forms that every format has: cut off, called by another name, packed with blanks to a bomb.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from searcher import Archive
from searcher.article import Article
from searcher.readers import ReadOptions, read_path
from searcher.readers.formats import installed
from tests import oracle
from tests.readers import test_archives as archives
from tests.readers import test_documents as documents
from tests.readers import test_hostile as hostile
from tests.readers import test_html as html
from tests.readers import test_json as json_tests
from tests.readers import test_mets as mets
from tests.readers import test_news as news
from tests.readers import test_pdf as pdfs
from tests.readers import test_tables as tables
from tests.readers import test_wires as wires

DEEP = 1000
GOOD = json.dumps({"id": "gut", "title": "Gut", "text": "Die gute Datei daneben."}).encode()
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>'


def nested(before: str, after: str, inside: str = "tief") -> str:
    return before * DEEP + inside + after * DEEP


def with_entities(markup: str, place: str) -> dict[str, bytes]:
    """The document with entities of its own, declared in three ways and used at `place`."""
    root = markup.partition("?>")[2] if markup.startswith("<?xml") else markup
    root = root.replace('<!DOCTYPE nitf SYSTEM "nitf.dtd">', "").replace(place, "&i;", 1)
    return {
        "laughs": (LAUGHS + root).encode(),
        "laughs in UTF-16": (LAUGHS + root).encode("utf-16"),
        "external entity": (OUTSIDE + root).encode(),
        "parameter entity": (PARAMETER + root.replace("&i;", "x")).encode(),
    }


def multipart() -> bytes:
    """A message of parts of parts."""
    head = b"From: a@x.example\nSubject: tief\nDate: Fri, 07 May 2021 18:30:00 +0200\nMIME-Version: 1.0\n"
    parts = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(DEEP)
    )
    return head + parts + b"Content-Type: text/plain\n\nTief unten.\n"


def forwarded() -> bytes:
    """A message in a message in a message."""
    head = b"From: a@x.example\nSubject: tief\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n"
    return head * DEEP + b"Subject: unten\n\nTief unten.\n"


def attached() -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"] = "Anhang", "a@x.example"
    message.set_content("Kurz.")
    message.add_attachment(archives.zipped({"a.txt": b"x" * 100_000}), "application", "zip", filename="a.zip")
    return bytes(message)


def parquet() -> bytes:
    arrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    written = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    out = arrow.BufferOutputStream()
    written.write_table(arrow.Table.from_pylist(json_tests.RECORDS), out)
    return bytes(out.getvalue())


def in_archives(pack: Callable[[dict[str, bytes]], bytes], name: str, depth: int) -> bytes:
    data = pack({"a.jsonl": GOOD})
    for _ in range(depth):
        data = pack({name: data})
    return data


def packed_deep() -> bytes:
    data = b"Tief"
    for _ in range(DEEP):
        data = gzip.compress(data, mtime=0)
    return data


def web_page(content: str) -> bytes:
    made = hostile.warc.Warc(packed=False)
    made.add("https://wendlau.example/tief", content.encode())
    made.pages(1)
    return made.out.getvalue()


def office(name: str, content: str, place: str, element: str) -> bytes:
    """A document with elements nested deep at this place."""
    first = "mimetype" if name == "content.xml" else "[Content_Types].xml"
    deep = content.replace(place, place + f"<{element}>" * DEEP, 1)
    end = place.replace("<", "</")
    deep = deep.replace(end, f"</{element}>" * DEEP + end, 1)
    return documents.packed({first: "application/vnd.oasis.opendocument.text", name: deep})


PAGE = html.page(html.ld())
DEEP_PAGES = {
    f"<{tag}>": html.page(body=nested(f"<{tag}>", f"</{tag}>", html.TEASER))
    for tag in ("div", "p", "blockquote", "table><tr><td", "ul><li", "span", "iframe", "svg")
}
DEEP_LD = html.page(f'<script type="application/ld+json">{nested("[", "]", "1")}</script>')
NEWSML, NITF = news.message(news.item()), news.NITF.format(status="usable", other="")
PAGE_OF_PAPER = mets.ALTO.format(mets.block("b1", "Das Moor"))
PAGE_XML = (
    "<PcGts><Page><TextRegion id='r'><TextLine><TextEquiv><Unicode>Das Moor</Unicode></TextEquiv></TextLine>"
    "</TextRegion></Page></PcGts>"
)
STORY = json.dumps({"news": [json_tests.STORY]})


def deep_story(value: str) -> bytes:
    return STORY.replace('"Das Dorf klagt."', value).encode()


FORMS: dict[str, tuple[str, Callable[[], bytes], dict[str, bytes | Callable[[], bytes]]]] = {
    "text": (".txt", lambda: hostile.SAMPLES["a.txt"], {"packed a thousand times": packed_deep}),
    "jsonl": (
        ".jsonl",
        lambda: hostile.LINES,
        {
            "lists": f'{{"title": "x", "text": {nested("[", "]", "1")}}}\n{{"title": "y"}}\n'.encode(),
            "objects": (nested('{"a":', "}", "1") + "\n").encode() * 2,
        },
    ),
    "json": (
        ".json",
        lambda: hostile.SAMPLES["a.json"],
        {
            "lists": nested("[", "]", '{"title": "x"}').encode(),
            "objects": nested('{"a":', "}", "1").encode(),
            "never closed": b"[" * 100_000,
            "in a field": f'[{{"title": "x", "text": {nested("[", "]", "1")}}}]'.encode(),
        },
    ),
    "tagesschau": (
        ".json",
        STORY.encode,
        {
            "lists": deep_story(nested("[", "]", "1")),
            "objects": deep_story(nested('{"text":', "}", "1")),
            "markup": deep_story(json.dumps(nested("<b>", "</b>"))),
        },
    ),
    "csv": (
        ".csv",
        lambda: hostile.SAMPLES["a.csv"],
        {
            "quotes": b"Titel;Text\n" + b'"' * 1001 + b";x\nT2;Zwei\n",
            "columns": b"Titel;Text\n" + b"x;" * 100_000 + b"\nT2;Zwei\n",
        },
    ),
    "html": (
        ".html",
        PAGE.encode,
        {
            **{name: content.encode() for name, content in DEEP_PAGES.items()},
            "json-ld": DEEP_LD.encode(),
            **with_entities(PAGE.replace("<!DOCTYPE html>", ""), "Wendlau"),
        },
    ),
    "warc": (
        ".warc",
        lambda: hostile.SAMPLES["a.warc"],
        {
            "deep page": lambda: web_page(DEEP_PAGES["<div>"]),
            "laughs": lambda: web_page(LAUGHS + PAGE.replace("Wendlau", "&i;")),
        },
    ),
    "feed": (
        ".rss",
        news.RSS.encode,
        {
            "elements": news.RSS.replace("Eins", nested("<a>", "</a>")).encode(),
            "markup": news.RSS.replace("Vorspann.", nested("&lt;div&gt;", "&lt;/div&gt;")).encode(),
            **with_entities(news.RSS, "Eins"),
        },
    ),
    "newsml": (
        ".xml",
        NEWSML.encode,
        {
            "paragraphs": NEWSML.replace("Hoffen", nested("<p>", "</p>")).encode(),
            "sections": NEWSML.replace("<h4>", nested("<section>", "</section>") + "<h4>").encode(),
            "messages": nested("<newsMessage>", "</newsMessage>").encode(),
            **with_entities(NEWSML, "Wendlau wehrt"),
        },
    ),
    "nitf": (
        ".xml",
        NITF.encode,
        {
            "blocks": NITF.replace("Erster", nested("<block>", "</block>")).encode(),
            **with_entities(NITF, "Wendlau"),
        },
    ),
    "mets": (
        ".xml",
        lambda: hostile.SAMPLES["mets.xml"],
        {
            "divisions": mets.mets(
                f'<mets:structMap TYPE="LOGICAL">{nested("<mets:div>", "</mets:div>", "")}</mets:structMap>'
            ).encode(),
            **with_entities(mets.mets(mets.ARTICLES), "Wendlauer"),
        },
    ),
    "alto": (
        ".xml",
        PAGE_OF_PAPER.encode,
        {
            "blocks": mets.ALTO.format(
                nested("<ComposedBlock>", "</ComposedBlock>", mets.block("b1", "Das Moor"))
            ).encode(),
            **with_entities(PAGE_OF_PAPER, "Moor"),
        },
    ),
    "page": (
        ".page",
        PAGE_XML.encode,
        {
            "regions": PAGE_XML.replace("<Page>", "<Page>" + "<TextRegion>" * DEEP).replace(
                "</Page>", "</TextRegion>" * DEEP + "</Page>"
            ).encode(),
            **with_entities(PAGE_XML, "Moor"),
        },
    ),
    "pdf": (
        ".pdf",
        lambda: pdfs.pdf([pdfs.PAGE]),
        {
            "dictionaries": lambda: pdfs.pdf([pdfs.PAGE]).replace(b"/MediaBox[0 0 600 800]", b"/A" + b"<<" * DEEP),
            "lists": lambda: pdfs.pdf([pdfs.PAGE]).replace(b"/MediaBox[0 0 600 800]", b"/A" + b"[" * DEEP),
            "a tree of pages that is a circle": lambda: pdfs.pdf([pdfs.PAGE]).replace(b"Kids[6 0 R]", b"Kids[2 0 R]"),
        },
    ),
    "sheet": (
        ".xlsx",
        lambda: wires.XLSX,
        {
            "far away": lambda: wires.xlsx(wires.SHEET.replace('r="B2"', 'r="ZZZ2"')),
            "no such text": lambda: wires.xlsx(wires.SHEET.replace("<v>2</v>", f"<v>{'9' * 400}</v>")),
            "view": lambda: wires.sqlite("CREATE VIEW v AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n) SELECT x AS text FROM n"),
            "repeated": lambda: documents.packed({**wires.ODS, "content.xml": wires.SPREAD.replace('repeated="1"', f'repeated="{10**7}"')}),
        },
    ),
    "newsml1": (
        ".xml",
        wires.NEWSML1.encode,
        {"components": wires.NEWSML1.replace("<NewsLines>", nested("<NewsComponent>", "</NewsComponent>", "") + "<NewsLines>").encode(),
         **with_entities(wires.NEWSML1, "Ruhe")},
    ),
    "tei": (
        ".tei",
        wires.TEI.encode,
        {"divisions": wires.TEI.replace("<body>", "<body>" + nested("<div>", "</div>", "<p>tief</p>")).encode(),
         **with_entities(wires.TEI, "Ruhe")},
    ),
    "mediawiki": (
        ".xml",
        wires.WIKI.encode,
        {name: wires.WIKI.replace("Wendlau", inside).encode() for name, inside in {
            "templates": nested("{{", "}}"), "links": nested("[[", "]]"), "tables": nested("{|", "|}"), "files": nested("[[Datei:", "]]"),
            "never closed": "{{" * 50_000, "notes": "&lt;ref&gt;" * 20_000, "comments": "&lt;!--" * 20_000}.items()},
    ),
    "hocr": (
        ".hocr",
        wires.HOCR.encode,
        {"spans": wires.HOCR.replace("Hand-", nested("<span>", "</span>")).encode()},
    ),
    "vertical": (".vrt", wires.VRT.encode, {"tags": (wires.VRT + "<s>\n" * 50_000).encode(), "comments": b"# newdoc id = x\n" * 1000 + b"1\ta\ta\t\n"}),
    "iptc7901": (".txt", wires.WIRE.encode, {"messages": wires.WIRE.encode() * 500, "no end": wires.WIRE.replace("\x03", "").encode() * 50}),
    "docx": (
        ".docx",
        lambda: documents.DOCX,
        {
            "paragraphs": lambda: office("word/document.xml", documents.WORD, "<w:body>", "w:sdt"),
            "laughs": lambda: documents.packed(
                {"[Content_Types].xml": "", "word/document.xml": LAUGHS + documents.WORD.replace("Zelle", "&i;")}
            ),
        },
    ),
    "odt": (
        ".odt",
        lambda: documents.ODT,
        {"sections": lambda: office("content.xml", documents.ODF, "<office:text>", "text:section")},
    ),
    "epub": (".epub", lambda: documents.EPUB, {}),
    "rtf": (
        ".rtf",
        lambda: documents.RTF,
        {"groups": b"{\\rtf1 " + b"{" * 50_000 + b"tief" + b"}" * 50_000 + b"}", "stars": b"{\\rtf1 " + b"{\\*" * DEEP},
    ),
    "parquet": (".parquet", parquet, {}),
    "markdown": (
        ".md",
        lambda: hostile.SAMPLES["a.md"],
        {
            "quotations": b"# Titel\n\n" + b"> " * DEEP + b"tief\n",
            "links": ("# Titel\n\n" + nested("[", "](x)")).encode(),
            "stars": ("# Titel\n\n" + nested("*_", "_*")).encode(),
            "list in the matter": f"---\ntitle: x\ntags: {nested('[', ']', '1')}\n---\nText\n".encode(),
            "lines in the matter": ("---\n" + "- " * DEEP + "x\n---\nText\n").encode(),
            "aliases": b"---\na: &a [x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\ntitle: *c\n---\nText\n",
        },
    ),
    "mail": (
        ".eml",
        lambda: bytes(tables.message()),
        {
            "parts": multipart,
            "forwarded": forwarded,
            "attachment": attached,
            "comments": b"From: " + b"(" * DEEP + b"\nSubject: x\nDate: " + b"(" * DEEP + b"\n\nText.\n",
            "markup": lambda: bytes(tables.message()).replace(b"<h2>", b"<div>" * DEEP),
        },
    ),
    "archive": (
        ".zip",
        lambda: archives.zipped(archives.FILES),
        {
            "zip in zip": lambda: in_archives(archives.zipped, "a.zip", DEEP),
            "tar in tar": lambda: in_archives(archives.tarred, "a.tar", 100),
            "zip of blanks": lambda: archives.zipped({"a.jsonl": b" " * (3 << 20) + GOOD}),
        },
    ),
}  # fmt: skip
"""Of every format: how its files end, a sound one, and its own hostile forms."""

REFUSED = {
    "laughs": "entity declarations",
    "laughs in UTF-16": "entity declarations",
    "external entity": "entity declarations",
    "parameter entity": "entity declarations",
    "zip in zip": "more than 3 deep",
    "tar in tar": "more than 3 deep",
    "parts": "nested too deep",
    "empty": "empty file",
    "packed empty": "empty file",
}
"""What must be said of a form, where more than one thing would be an answer."""
SPARED = {"html", "warc", "text"}
"""Formats whose parser knows no entities but those of HTML: what a page declares is passed over."""


def forms(form: str) -> Iterator[tuple[str, str, bytes]]:
    """The name, the suffix and the bytes of every hostile form."""
    suffix, sound, own = FORMS[form]
    data, chance = sound(), random.Random(form)
    for share in (0.02, 0.5, 0.97):
        yield f"cut off at {share}", suffix, data[: round(len(data) * share)]
        yield (
            f"packed, then cut off at {share}",
            suffix + ".gz",
            (lambda whole: whole[: round(len(whole) * share)])(gzip.compress(data, mtime=0)),
        )
    yield "empty", suffix, b""
    yield "packed empty", suffix + ".gz", gzip.compress(b"")
    yield "random", suffix, chance.randbytes(5000)
    yield "packed random", suffix + ".gz", gzip.compress(chance.randbytes(5000))
    yield "random behind a sound beginning", suffix, data[: len(data) // 2] + chance.randbytes(5000)
    for other in installed().values():
        for called in other.suffixes[:1]:
            yield f"called {called}", called, data
    for pack in (".gz", ".xz", ".bz2", ".zst"):
        yield f"bomb{pack}", suffix + pack, archives.PACKERS[pack](data + b" " * (4 << 20))
        yield f"not packed at all{pack}", suffix + pack, data
    for name, made in own.items():
        yield name, suffix, made if isinstance(made, bytes) else made()


@pytest.fixture(autouse=True)
def _small_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searcher.readers.base.compression.RATIO_COUNTS_FROM", 1 << 20)


def test_every_format_is_in_the_table() -> None:
    assert FORMS.keys() == installed().keys()


@pytest.mark.parametrize("form", FORMS)
def test_hostile_forms_are_articles_or_lines(tmp_path: Path, form: str) -> None:
    for number, (name, suffix, data) in enumerate(forms(form)):
        path = tmp_path / f"{number}{suffix}"
        path.write_bytes(data)
        found = list(read_path(path))
        assert found, name
        for each in found:
            if isinstance(each, Article):
                assert "root:" not in each.title + each.teaser + each.body
            else:
                assert "\n" not in str(each) and "reader failed" not in str(each), (name, str(each))
        if name in REFUSED and not (form in SPARED and "ent" in REFUSED[name]):
            assert any(REFUSED[name] in str(each) for each in found), (name, [str(each) for each in found])
        if name.startswith("bomb"):
            assert [str(each) for each in found if "times its size" in str(each)], name


@pytest.mark.parametrize("form", FORMS)
def test_the_file_beside_them_is_indexed(tmp_path: Path, form: str) -> None:
    (tmp_path / "in").mkdir()
    for number, (_, suffix, data) in enumerate(forms(form)):
        (tmp_path / "in" / f"{number:02}{suffix}").write_bytes(data)
    (tmp_path / "in" / "zuletzt.jsonl").write_bytes(GOOD)
    told: set[str] = set()
    with oracle.without_waiting_for_the_disk(), Archive.create(tmp_path / "index") as archive:
        report = archive.index([tmp_path / "in"], on_note=lambda note: told.add(note.path.partition("!/")[0]))
        assert archive.get("gut") and len(archive) == archive.count("*")
        assert archive.verify(deep=True) == []
    assert report.rejected and len(told) > 10


@pytest.mark.parametrize("form", FORMS)
def test_every_format_is_forced_on_every_other(tmp_path: Path, form: str) -> None:
    for other, (suffix, sound, _) in FORMS.items():
        path = tmp_path / f"{other}{suffix}"
        path.write_bytes(sound())
        found = list(read_path(path, ReadOptions(format=form)))
        assert found, other
        assert not [str(each) for each in found if "reader failed" in str(each)]
