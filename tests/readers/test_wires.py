"""Wires, corpora, dumps and tables: each format as those who send it mean it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from searcher.article import Article
from searcher.readers import ReadOptions, read_path, sniff
from searcher.readers.mediawiki import plain
from searcher.report import Rejection, Skipped, Withdrawal
from tests.readers.test_documents import packed

TEXT = "Der Verkehr wird umgeleitet."
NEWSML1 = f"""<?xml version="1.0"?><NewsML Version="1.2"><NewsItem><Identification><NewsIdentifier><NewsItemId>n1</NewsItemId>
<RevisionId>2</RevisionId></NewsIdentifier></Identification><NewsManagement><Status FormalName="Usable"/>
<FirstCreated>20230503T100000+0200</FirstCreated><ThisRevisionCreated>20230503T113000+0200</ThisRevisionCreated></NewsManagement>
<NewsComponent><NewsLines><HeadLine>Ruhe</HeadLine><ByLine>Von Anna Beispiel</ByLine></NewsLines><AdministrativeMetadata>
<Provider><Party FormalName="Wendlauer Dienst"/></Provider></AdministrativeMetadata><ContentItem><DataContent><p>{TEXT}</p>
<p>Zweiter.</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"""
TEI = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Wendlauer Zeitung</title></titleStmt>
<sourceDesc><bibl><date when="1903-05-07">7. Mai</date></bibl></sourceDesc></fileDesc></teiHeader><text><body>
<div type="article" xml:id="a1"><head>Ruhe</head><byline>Von A. B.</byline><p>Der <hi>Ver</hi>kehr wird um-<lb/>geleitet.
<fw>Seite 2</fw></p></div><div type="article"><head>Sturm</head><p>Er<lb break="no"/>kommt.</p></div></body></text></TEI>"""
WIKI = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"><siteinfo/><page><title>Ruhe</title><ns>0</ns><id>1</id>
<revision><timestamp>2024-05-09T10:00:00Z</timestamp><text>'''Wendlau''', 03.05.2024 – Der [[Verkehr|Strom]] ruht.
== Kopf ==
* Punkt &lt;ref&gt;x&lt;/ref&gt;
[[Kategorie:Moor]]</text></revision></page><page><title>Diskussion</title><ns>1</ns><revision><text>x</text></revision></page>
<page><title>Alt</title><ns>0</ns><redirect title="x"/><revision><text>#WEITERLEITUNG</text></revision></page></mediawiki>"""
HOCR = """<!DOCTYPE html><html><head><meta name='ocr-system' content='tesseract'/></head><body><div class='ocr_page'>
<p class='ocr_par'><span class='ocr_line'><span class='ocrx_word' title='bbox 1; x_wconf 90'>Hand-</span></span>
<span class='ocr_line'><span class='ocrx_word' title='x_wconf 70'>werker</span> <span class='ocrx_word'>kommen.</span></span></p>
<p class='ocr_par'><span class='ocr_line'>Zweiter.</span></p></div></body></html>"""
VRT = """<corpus>
<doc id="d1" title="Ruhe &amp; Rast" date="2023-05-03" source="Bote">
<p>
<s>
Sie\tPPER\tsie
kommt\tVVFIN\tkommen
,\t$,\t,
(\t$(\t(
oder\tKON\toder
)\t$(\t)
.\t$.\t.
</s>
</p>
<p>
Ende\tNN\tEnde
</p>
</doc>
<doc id="d2" title="Sturm">
Nein\tPTK\tnein
<g/>
!\t$.\t!
</doc>
</corpus>
"""
CONLLU = """# newdoc id = d1
# title = Ruhe
# sent_id = 1
# text = Im Moor.
1-2\tIm\t_\t_\t_\t_\t_\t_\t_\t_
1\tIn\tin\tADP\t_\t_\t0\troot\t_\t_
2\tdem\tder\tDET\t_\t_\t1\tdet\t_\t_
3\tMoor\tMoor\tNOUN\t_\t_\t1\tx\t_\tSpaceAfter=No
4\t.\t.\tPUNCT\t_\t_\t1\tpunct\t_\t_
"""
WIRE = (
    "\x01bdt0245 3 pl 215  dpa 0512\x02\nRegierung/Verkehr/\n(Zusammenfassung 1430)\nBrücke in Wendlau\ngesperrt =\n\n"
    f"Wendlau (dpa) - {TEXT}\n\nZweiter Absatz.\ndpa ab yyzz n1 cd\n031430 Mai 23\n\x03"
)
SHARED = "<sst><si><t>Titel</t></si><si><t>Text</t></si><si><r><t>Ru</t></r><r><t>he</t></r></si></sst>"
SHEET = (
    '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="D1" t="inlineStr"><is><t>Datum'
    '</t></is></c></row><row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="inlineStr"><is><t>Text.</t></is></c><c r="D2"><v>45049'
    "</v></c></row></sheetData></worksheet>"
)
SPREAD = (
    '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><table:table table:name="Blatt"><table:table-row>'
    "<table:table-cell><text:p>Titel</text:p></table:table-cell><table:table-cell><text:p>Text</text:p></table:table-cell>"
    "<table:table-cell><text:p>Datum</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell>"
    '<text:p>Ruhe</text:p></table:table-cell><table:table-cell table:number-columns-repeated="1"><text:p>Text.</text:p>'
    '</table:table-cell><table:table-cell office:date-value="2023-05-03"/></table:table-row></table:table>'
    "</office:document-content>"
)
ODS = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": SPREAD}


def xlsx(sheet: str) -> bytes:
    names = {
        "[Content_Types].xml": "<Types/>",
        "xl/sharedStrings.xml": SHARED,
        "xl/worksheets/sheet1.xml": sheet,
    }
    return packed(names)


XLSX = xlsx(SHEET)


def sqlite(*more: str) -> bytes:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE artikel (titel TEXT, text TEXT, datum TEXT)")
    base.execute("INSERT INTO artikel VALUES ('Ruhe', 'Text.', '2023-05-03')")
    base.execute("CREATE TABLE zahlen (eins INTEGER)")
    for each in more:
        base.execute(each)
    base.commit()
    data = base.serialize()
    base.close()
    return data


def found_in(tmp_path: Path, data: bytes | str, name: str = "x", **options: object) -> list[object]:
    (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read_path(tmp_path / name, ReadOptions(**options)))  # type: ignore[arg-type]


def test_newsml_1(tmp_path: Path) -> None:
    (article,) = found_in(tmp_path, NEWSML1)
    assert isinstance(article, Article) and sniff(tmp_path / "x") == "newsml1"
    assert (article.id, article.title, article.author, article.source) == (
        "n1",
        "Ruhe",
        "Anna Beispiel",
        "Wendlauer Dienst",
    )
    assert (str(article.date), str(article.published)) == ("2023-05-03 11:30", "2023-05-03 10:00")
    assert article.body == f"{TEXT}\n\nZweiter."
    (withdrawal,) = found_in(tmp_path, NEWSML1.replace("Usable", "Canceled"))
    assert isinstance(withdrawal, Withdrawal) and (withdrawal.id, withdrawal.version) == ("n1", 2)


def test_tei(tmp_path: Path) -> None:
    one, two = (each for each in found_in(tmp_path, TEI) if isinstance(each, Article))
    assert (one.title, one.author, one.body) == ("Ruhe", "A. B.", TEXT)
    assert (one.source, str(one.date), one.id[-2:]) == ("Wendlauer Zeitung", "1903-05-07", "a1")
    assert (two.title, two.body) == ("Sturm", "Erkommt.")
    (whole,) = found_in(tmp_path, TEI.replace('type="article"', ""))
    assert isinstance(whole, Article) and whole.title == "Wendlauer Zeitung" and "Sturm" in whole.body


def test_a_corpus_of_i5(tmp_path: Path) -> None:
    text = (
        "<idsText><idsHeader><titleStmt><t.title>x</t.title></titleStmt><h.title>Ruhe</h.title><pubDate>2023-05-03</pubDate>"
        f"</idsHeader><text><body><div><p><s>{TEXT}</s></p></div></body></text></idsText>"
    )
    one, two = found_in(tmp_path, f"<idsCorpus><idsDoc>{text * 2}</idsDoc></idsCorpus>")
    assert isinstance(one, Article) and isinstance(two, Article) and one.id != two.id
    assert (str(one.date), one.body) == ("2023-05-03", TEXT)


def test_mediawiki(tmp_path: Path) -> None:
    article, other, redirection = found_in(tmp_path, WIKI)
    assert isinstance(article, Article) and sniff(tmp_path / "x") == "mediawiki"
    assert article.body == "Wendlau, 03.05.2024 – Der Strom ruht.\n\nKopf\n\nPunkt"
    assert (article.title, str(article.date), article.keywords) == ("Ruhe", "2024-05-03", ("Moor",))
    assert isinstance(other, Skipped) and isinstance(redirection, Skipped)
    (rejection,) = found_in(tmp_path, WIKI.partition("</page>")[0])
    assert isinstance(rejection, Rejection) and "in the middle of a page" in rejection.reason


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("{{a|{{b|c}}}}x", "x"),
        ("{| class=x\n|-\n| a\n|}x", "x"),
        ("[[Datei:x.jpg|mini|Ein [[Moor]].]]x", "x"),
        ("[https://a.example Text] [[Moor]]", "Text Moor"),
        ("<ref name=x />a<!-- b -->", "a"),
        ("<small>a</small>&nbsp;b", "a\xa0b"),
    ],
)
def test_wiki_markup_is_removed(markup: str, text: str) -> None:
    assert plain(markup) == text


def test_hocr(tmp_path: Path) -> None:
    *_, article = found_in(tmp_path, HOCR)
    assert isinstance(article, Article) and sniff(tmp_path / "x") == "hocr"
    assert article.body == "Handwerker kommen.\n\nZweiter." and article.extra["ocr_confidence"] == "0.800"


def test_verticals(tmp_path: Path) -> None:
    one, two = found_in(tmp_path, VRT)
    assert isinstance(one, Article) and isinstance(two, Article) and sniff(tmp_path / "x") == "vertical"
    assert (one.id, one.title, str(one.date), one.source) == ("d1", "Ruhe & Rast", "2023-05-03", "Bote")
    assert (one.body, two.body) == ("Sie kommt, (oder).\n\nEnde", "Nein!")
    (article,) = found_in(tmp_path, CONLLU)
    assert isinstance(article, Article) and (article.id, article.title, article.body) == (
        "d1",
        "Ruhe",
        "Im Moor.",
    )


def test_messages_of_a_wire(tmp_path: Path) -> None:
    one, two = found_in(tmp_path, WIRE + WIRE.replace("bdt0245", "bdt0246"))
    assert isinstance(one, Article) and isinstance(two, Article) and sniff(tmp_path / "x") == "iptc7901"
    assert (one.title, one.kicker, one.section) == (
        "Brücke in Wendlau gesperrt",
        "Regierung, Verkehr",
        "Politik",
    )
    assert (str(one.date), one.source, one.body) == (
        "2023-05-03 14:30",
        "dpa",
        f"Wendlau (dpa) - {TEXT}\n\nZweiter Absatz.",
    )
    assert one.id != two.id


@pytest.mark.parametrize("data", [XLSX, packed(ODS), sqlite()], ids=["xlsx", "ods", "sqlite"])
def test_tables(tmp_path: Path, data: bytes) -> None:
    article, *others = found_in(tmp_path, data)
    assert isinstance(article, Article) and sniff(tmp_path / "x") == "sheet"
    assert (article.title, article.body, str(article.date)) == ("Ruhe", "Text.", "2023-05-03")
    assert [str(each).partition(": ")[2] for each in others] in (
        [],
        ["table 'zahlen': no column for a title or a text: eins"],
    )


def test_tables_are_mapped(tmp_path: Path) -> None:
    data = xlsx(SHEET.replace("Datum", "Rumpf"))
    (article,) = found_in(tmp_path, data, mapping={"body": "Rumpf"})
    assert isinstance(article, Article) and article.body == "45049"


def test_a_cancelled_item_of_ninjs_and_a_picture(tmp_path: Path) -> None:
    item = {"uri": "urn:1", "versioncreated": "2024-05-01T10:00:00Z", "type": "text", "headline": "Ruhe",
            "body_text": TEXT, "byline": "Anna Beispiel", "subject": [{"name": "Moor", "code": "1"}]}  # fmt: skip
    items = [item, item | {"type": "picture"}, item | {"pubstatus": "canceled", "version": "3"}]
    article, picture, withdrawal = found_in(tmp_path, json.dumps(items))
    assert isinstance(article, Article) and (article.id, article.body) == ("urn:1", TEXT)
    assert (article.keywords, str(article.date)) == (("Moor",), "2024-05-01 12:00")
    assert isinstance(picture, Skipped) and isinstance(withdrawal, Withdrawal) and withdrawal.version == 3


def test_an_export_of_wordpress(tmp_path: Path) -> None:
    pytest.importorskip("feedparser", reason="needs the extra feeds")
    head = '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
    item = "<item><title>{}</title><guid>{}</guid><content:encoded><![CDATA[<p>{}</p>]]></content:encoded>{}</item>"
    post = "<wp:post_type>post</wp:post_type><wp:status>{}</wp:status>"
    items = item.format("Ruhe", 1, TEXT, post.format("publish")) + item.format(
        "Bild", 2, "", "<wp:post_type>attachment</wp:post_type>"
    )
    items += item.format("Entwurf", 3, TEXT, post.format("draft"))
    article, picture, draft = found_in(tmp_path, f"{head}<channel><title>Bote</title>{items}</channel></rss>")
    assert isinstance(article, Article) and (article.title, article.teaser + article.body) == ("Ruhe", TEXT)
    assert isinstance(picture, Skipped) and isinstance(draft, Skipped) and "not published" in draft.reason


def test_bylines_of_nitf(tmp_path: Path) -> None:
    nitf = "<nitf><body><body.head><hedline><hl1>Ruhe</hl1></hedline><byline>{}</byline></body.head><body.content><p>Text.</p></body.content></body></nitf>"
    for byline in (
        "Von Anna Beispiel<byttl>dpa-Korrespondentin</byttl>",
        "Von <person>Anna Beispiel</person><byttl>dpa</byttl>",
        "<person>Anna Beispiel</person>",
    ):
        (article,) = found_in(tmp_path, nitf.format(byline))
        assert isinstance(article, Article) and article.author == "Anna Beispiel"
