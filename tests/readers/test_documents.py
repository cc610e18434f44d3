"""Documents of word processors, and books: paragraphs in the order of print, headings, what the file says of itself."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from searcher.article import Article
from searcher.readers import Unit, docx, odt, read_path, rtf, sniff
from searcher.readers.documents import Document, Paragraph, articles
from searcher.report import Skipped

TEXT = "Der Verkehr wird umgeleitet."
LONG = "Die Stadt sperrt die Brücke bis zum Herbst, weil der Beton bröckelt und saniert werden muss."


def packed(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="mc"><w:body>'
    '<w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t>Brücke </w:t></w:r><w:r><w:t>gesperrt</w:t></w:r></w:p>'
    '<w:p><w:r><w:t xml:space="preserve">Der Verkehr </w:t><w:noBreakHyphen/><w:tab/><w:t>wird</w:t></w:r>'
    "<w:del><w:r><w:delText>nicht</w:delText></w:r></w:del><w:ins><w:r><w:t> umge</w:t><w:softHyphen/><w:t>leitet.</w:t></w:r></w:ins></w:p>"
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Zelle</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>Kasten</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
    "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>Kasten</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    "</w:body></w:document>"
)
CORE = (
    '<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t"><dc:title>Microsoft Word - x.doc</dc:title>'
    "<dc:creator>Anna Beispiel</dc:creator><dcterms:created>2023-05-03T08:00:00Z</dcterms:created>"
    "<cp:keywords>Brücke; Verkehr</cp:keywords></cp:coreProperties>"
)
DOCX = packed({"[Content_Types].xml": "<Types/>", "word/document.xml": WORD, "docProps/core.xml": CORE})
ODF = (
    '<office:document-content xmlns:office="o" xmlns:text="t"><office:body><office:text>'
    "<text:tracked-changes><text:p>alt</text:p></text:tracked-changes>"
    '<text:h text:outline-level="1">Brücke gesperrt</text:h><text:p>Der<text:s text:c="2"/>Verkehr <text:span>wird'
    "</text:span><text:note><text:p>Fußnote</text:p></text:note> umgeleitet.</text:p></office:text></office:body>"
    "</office:document-content>"
)
META = (
    '<office:document-meta xmlns:office="o" xmlns:meta="m" xmlns:dc="d"><office:meta><meta:initial-creator>Anna Beispiel'
    "</meta:initial-creator><meta:creation-date>2023-05-03T10:00:00</meta:creation-date></office:meta></office:document-meta>"
)
ODT = packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ODF, "meta.xml": META})
OPF = (
    '<package><metadata xmlns:dc="d"><dc:title>Wendlauer Bote</dc:title><dc:date>2023-05-03</dc:date></metadata><manifest>'
    '<item id="n" href="nav.xhtml" properties="nav"/><item id="t" href="titel.xhtml"/><item id="a" href="a%201.xhtml"/>'
    '<item id="b" href="b.xhtml"/></manifest><spine><itemref idref="n"/><itemref idref="t"/><itemref idref="b"/>'
    '<itemref idref="a"/></spine></package>'
)
PAGE = "<html><head><title>x</title></head><body><h2>{}</h2><p>{}</p></body></html>"
EPUB = packed(
    {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OEBPS/c.opf"/></rootfiles></container>',
        "OEBPS/c.opf": OPF,
        "OEBPS/nav.xhtml": "<html/>",
        "OEBPS/titel.xhtml": PAGE.format("Titel", ""),
        "OEBPS/a 1.xhtml": PAGE.format("Moor bleibt <i>nass</i>", LONG),
        "OEBPS/b.xhtml": PAGE.format("Brücke gesperrt", LONG),
    }
)
RTF = (
    rb"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Arial;}}{\*\generator x;}{\info{\title Br\'fccke gesperrt}{\author Anna Beispiel}"
    rb"{\creatim\yr2023\mo5\dy3}}{\pict 0102}\pard Br\'fccke gesperrt\par Der Verkehr {\b wird} umgeleitet.{\footnote x}\par}"
)


def written(tmp_path: Path, name: str, data: bytes) -> list[object]:
    (tmp_path / name).write_bytes(data)
    return list(read_path(tmp_path / name))


@pytest.mark.parametrize(
    ("form", "data", "body"),
    [
        ("docx", DOCX, "Der Verkehr - wird umge\xadleitet.\n\nZelle\n\nKasten"),
        ("odt", ODT, "Der Verkehr wird umgeleitet."),
        ("rtf", RTF, TEXT),
    ],
)
def test_a_document_is_an_article(tmp_path: Path, form: str, data: bytes, body: str) -> None:
    (article,) = written(tmp_path, "ohne-namen", data)
    assert isinstance(article, Article) and sniff(tmp_path / "ohne-namen") == form
    assert (article.title, article.author) == ("Brücke gesperrt", "Anna Beispiel")
    assert str(article.date)[:10] == "2023-05-03" and article.body == body


def test_a_book_has_an_article_a_document(tmp_path: Path) -> None:
    found = written(tmp_path, "a.epub", EPUB)
    one, two = (each for each in found if isinstance(each, Article))
    assert (one.title, two.title) == ("Brücke gesperrt", "Moor bleibt nass")
    assert (two.body, two.source, str(two.date)) == (LONG, "Wendlauer Bote", "2023-05-03")
    assert [type(each) for each in found[:2]] == [Skipped, Skipped] and sniff(tmp_path / "a.epub") == "epub"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (rb"\u8222?Ja\u8220?", "„Ja“"),
        (rb"\u8222\'84Ja", "„Ja"),
        (rb"\uc0\u228 x", "äx"),
        (rb"{\uc2\u228 ??x}", "äx"),
        (rb"\u55357?\u56832?", "\N{GRINNING FACE}"),
        (rb"a\~b\_c\-d", "a\xa0b-c\xadd"),
        (rb"{\*\bkmkstart x}a\line b", "a\nb"),
        (rb"}}}a", "a"),
    ],
)
def test_rtf_characters(code: bytes, text: str) -> None:
    (paragraph,) = rtf.parsed(rb"{\rtf1\ansi " + code + b"}").paragraphs
    assert paragraph.text == text


def test_titles_that_programs_give_are_none() -> None:
    unit = Unit("a.docx", "a.docx")
    document = Document(
        [Paragraph("Brücke gesperrt"), Paragraph(TEXT)], {"title": "Microsoft Word - Dokument1"}
    )
    (article,) = articles(document, unit)
    assert isinstance(article, Article) and article.title == "Brücke gesperrt"
    document = Document([Paragraph(LONG), Paragraph(TEXT)], {"title": "Brücke gesperrt"})
    (article,) = articles(document, unit)
    assert isinstance(article, Article) and (article.title, article.body) == (
        "Brücke gesperrt",
        f"{LONG}\n\n{TEXT}",
    )


def test_deep_documents_are_read_without_recursion() -> None:
    from searcher.readers.base import safexml

    deep = "<w:document>" + "<w:sdt>" * 5000 + "<w:p><w:t>x</w:t></w:p>" + "</w:sdt>" * 5000 + "</w:document>"
    root, _ = safexml.parse(deep.replace("w:", "").encode())
    assert [each.text for each in docx.paragraphs(root)] == ["x"]
    assert next(odt.paragraphs(root)).text == "x"
