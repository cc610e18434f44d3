"""News agencies' XML and feeds: what comes out, what is withdrawn, and that hostile XML is only an account line."""

from __future__ import annotations

from pathlib import Path

import pytest

from searcher.article import Article
from searcher.readers import read_path, sniff
from searcher.readers.base.markup import blocks
from searcher.report import Rejection, Repair, Skipped, Withdrawal

ITEM = """<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:agentur:1" version="{version}">
 <itemMeta><itemClass qcode="ninat:{kind}"/><provider qcode="nprov:wna"><name>Wendlauer Nachrichtenagentur</name></provider>
  <versionCreated>2021-05-07T18:30:00+02:00</versionCreated><firstCreated>2021-05-07T07:05:00Z</firstCreated>
  <pubStatus qcode="stat:{status}"/>
  <edNote role="x:contacts">Redaktion: Eva Watt, +49 30 1234567</edNote></itemMeta>
 <contentMeta><urgency>3</urgency><located><name>Wendlau</name></located>
  <subject qcode="dpacat:pl" type="dpatype:category"><name xml:lang="de">Politik</name></subject>
  <subject qcode="medtop:1" type="dpatype:dpasubject"><name xml:lang="en">Peat</name><name xml:lang="de">Moor</name></subject>
  <keyword>Klage</keyword><slugline separator="/">Umwelt/Moor</slugline>
  <headline rank="1">Wendlau wehrt sich (Fassung {version})</headline><by>Von Jan Tide, wna</by>
  <description role="drol:teaser">Das Dorf klagt.</description></contentMeta>
 <contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>
  <body><header><h1>Wendlau wehrt sich</h1><p class="byline">Von Jan Tide</p></header>
  <section class="main"><p class="teaser">Das Dorf klagt.</p><p><span class="dateline">Wendlau <span>(wna)</span> - </span>Erster &amp; Absatz.</p>
  <h4>Hoffen auf Wasser</h4><p>Zweiter<br/>Dritter.</p></section>
  <section class="np-nonpublic"><p>Kontakt: +49 30 1234567</p></section></body></html></inlineXML></contentSet></newsItem>"""
NITF = """<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf.dtd"><nitf><head><title>t</title>
 <docdata management-status="{status}" {other}><doc-id id-string="wna.1"/><urgency ed-urg="4"/>
 <date.issue norm="20210507T183000+0200"/><key-list><keyword key="Moor"/></key-list></docdata>
 <pubdata position.section="Umwelt" name="Elbkurier"/></head>
 <body><body.head><hedline><hl1>Wendlau wehrt sich</hl1><hl2>Das Land pr&uuml;ft</hl2></hedline>
 <note><body.content><p>Nur f&uuml;r die Redaktion</p></body.content></note>
 <byline>Von <person>Jan Tide</person></byline><abstract><p>Das Dorf klagt.</p></abstract></body.head>
 <body.content><p>Erster Absatz.</p><hl2>Hoffen auf Wasser</hl2><block><p>Zweiter.</p><media><media-caption>Bild</media-caption></media></block>
 </body.content></body></nitf>"""
LONG = "Die Gemeinde Wendlau hat am Montag beschlossen, gegen die Pläne des Landes zu klagen. " * 6
RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
 <title>Elbkurier &amp; Söhne</title>
 <item><title>Eins</title><link>https://x.example/1</link><guid>g1</guid><pubDate>Fri, 07 May 2021 18:30:00 +0200</pubDate>
  <category>Umwelt</category><description>&lt;p&gt;Vorspann.&lt;/p&gt;</description>
  <content:encoded><![CDATA[<p>Vorspann.</p><h3>Kopf</h3><p>{LONG}</p><script>x()</script>]]></content:encoded></item>
 <item><title>Zwei</title><link>https://x.example/2</link><pubDate>2021-05-07</pubDate><description>{LONG}</description></item>
 <item><title>Drei</title><pubDate>32.13.2021 Uhr</pubDate></item>
 <item><link>https://x.example/4</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Elbkurier</title><entry><id>tag:1</id><title>Eins</title>
 <link href="https://x.example/1"/><published>2021-05-07T07:05:00Z</published><updated>2021-05-07T18:30:00+02:00</updated>
 <author><name>Jan Tide</name></author><summary>Kurz.</summary><content type="html">&lt;p&gt;Lang.&lt;/p&gt;</content></entry></feed>"""


def read(tmp_path: Path, content: str | bytes, name: str = "x.xml") -> list[object]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_path(path))


def message(*items: str) -> str:
    return f'<?xml version="1.0"?><newsMessage><itemSet>{"".join(items)}</itemSet></newsMessage>'


def item(version: int = 1, status: str = "usable", kind: str = "text") -> str:
    return ITEM.format(version=version, status=status, kind=kind)


def test_newsml(tmp_path: Path) -> None:
    (article,) = read(tmp_path, message(item()))
    assert isinstance(article, Article)
    assert article.as_dict() == {
        "id": "urn:newsml:agentur:1",
        "title": "Wendlau wehrt sich (Fassung 1)",
        "kicker": "Umwelt/Moor",
        "teaser": "Das Dorf klagt.",
        "body": "Wendlau (wna) - Erster & Absatz.\n\nHoffen auf Wasser\n\nZweiter\n\nDritter.",
        "date": "2021-05-07 18:30",
        "published": "2021-05-07 09:05",
        "source": "Wendlauer Nachrichtenagentur",
        "section": "Politik",
        "author": "Jan Tide, wna",
        "keywords": ["Moor", "Klage"],
        "extra": {"urgency": "3", "version": "1", "located": "Wendlau"},
    }


def test_the_last_version_counts_and_a_withdrawn_item_is_withdrawn(tmp_path: Path) -> None:
    (article,) = read(tmp_path, message(item(2), item(10), item(9)))
    assert isinstance(article, Article) and article.title.endswith("(Fassung 10)")
    (withdrawal,) = read(tmp_path, message(item(2), item(3, "canceled")))
    assert isinstance(withdrawal, Withdrawal)
    assert (withdrawal.id, withdrawal.reason) == (
        "urn:newsml:agentur:1",
        "withdrawn by its publisher (canceled)",
    )


def test_what_is_no_text_is_passed_over(tmp_path: Path) -> None:
    (picture,) = read(tmp_path, item(kind="picture"))
    assert isinstance(picture, Skipped) and picture.reason == "no text: picture"
    package, nothing = read(tmp_path, message("<packageItem/>"))
    assert isinstance(package, Skipped)
    assert str(nothing).endswith("no news item in this file")
    repair, article = read(tmp_path, item().replace("2021-05-07T18:30:00+02:00", "2021-13-45"))
    assert str(repair).endswith(": a date that cannot be read: 2021-13-45") and isinstance(article, Article)


def test_nitf(tmp_path: Path) -> None:
    (article,) = read(tmp_path, NITF.format(status="usable", other=""))
    assert isinstance(article, Article)
    assert (article.id, article.title, article.teaser) == ("wna.1", "Wendlau wehrt sich", "Das Dorf klagt.")
    assert article.body == "Das Land prüft\n\nErster Absatz.\n\nHoffen auf Wasser\n\nZweiter."
    assert (str(article.date), article.author, article.section) == ("2021-05-07 18:30", "Jan Tide", "Umwelt")
    assert (article.source, article.keywords, article.extra) == ("Elbkurier", ("Moor",), {"urgency": "4"})


def test_nitf_withdrawn(tmp_path: Path) -> None:
    (withdrawal,) = read(tmp_path, NITF.format(status="canceled", other=""))
    assert isinstance(withdrawal, Withdrawal) and withdrawal.id == "wna.1"
    other = 'management-doc-idref="wna.0" management-idref-status="canceled"'
    withdrawal, article = read(tmp_path, NITF.format(status="usable", other=other))
    assert isinstance(withdrawal, Withdrawal) and withdrawal.id == "wna.0"
    assert isinstance(article, Article)


def test_rss(tmp_path: Path) -> None:
    pytest.importorskip("feedparser", reason="needs the extra feeds")
    one, two, told, three, four = read(tmp_path, RSS, "x.rss")
    assert isinstance(one, Article) and isinstance(two, Article)
    assert (one.id, one.url, one.source) == ("g1", "https://x.example/1", "Elbkurier & Söhne")
    assert (str(one.date), one.keywords, one.teaser) == ("2021-05-07 18:30", ("Umwelt",), "Vorspann.")
    assert one.body == f"Kopf\n\n{LONG.strip()}"
    assert (two.id, str(two.date), two.teaser, two.body) == (
        "https://x.example/2",
        "2021-05-07",
        "",
        LONG.strip(),
    )
    assert isinstance(told, Repair) and (told.line, told.reason) == (3, "a date that cannot be read")
    assert isinstance(three, Article) and three.date is None
    assert isinstance(four, Rejection) and (four.line, four.reason[:7]) == (4, "no text")


def test_atom_keeps_both_dates(tmp_path: Path) -> None:
    pytest.importorskip("feedparser", reason="needs the extra feeds")
    (article,) = read(tmp_path, ATOM)
    assert isinstance(article, Article)
    assert (str(article.date), str(article.published)) == ("2021-05-07 18:30", "2021-05-07 09:05")
    assert (article.teaser, article.body, article.author) == ("Kurz.", "Lang.", "Jan Tide")


def test_a_feed_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    pytest.importorskip("feedparser", reason="needs the extra feeds")
    repair, article, *_ = read(tmp_path, RSS[: RSS.index("<item><title>Drei")])
    assert isinstance(repair, Repair) and repair.reason.startswith("feed not well-formed")
    assert isinstance(article, Article)
    (rejection,) = read(tmp_path, "<rss><channel><title>leer</title></channel></rss>")
    assert str(rejection).endswith("no entries in this feed")


BOMB = (
    '<!DOCTYPE a [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    "content", [message(item()), NITF.format(status="usable", other="").partition("?>")[2], RSS, ATOM]
)
def test_entity_bombs_are_refused(tmp_path: Path, content: str) -> None:
    content = content.removeprefix('<?xml version="1.0"?>').replace('<!DOCTYPE nitf SYSTEM "nitf.dtd">', "")
    (rejection,) = read(tmp_path, BOMB + content.replace("Wendlau", "&b;&c;"))
    assert str(rejection).endswith("XML with entity declarations is not read")


@pytest.mark.parametrize("content", [message(item()), NITF.format(status="usable", other="")])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_truncated_xml(tmp_path: Path, content: str, share: float) -> None:
    (rejection,) = read(tmp_path, content[: int(len(content) * share)])
    assert isinstance(rejection, Rejection) and "broken XML" in rejection.reason


def test_nested_very_deep(tmp_path: Path) -> None:
    deep = "<p>" * 20_000 + "tief" + "</p>" * 20_000
    for content in (NITF.format(status="usable", other=""), message(item())):
        for record in read(tmp_path, content.replace("Erster", deep)):
            assert isinstance(record, Rejection | Article)


@pytest.mark.parametrize(
    ("encoding", "declared", "how"),
    [
        ("cp1252", "iso-8859-1", []),
        ("utf-16", "utf-16", []),
        ("utf-8", "utf-8", []),
        ("cp1252", "utf-8", ["read as cp1252"]),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, declared: str, how: list[str]) -> None:
    content = f'<?xml version="1.0" encoding="{declared}"?>' + item().replace("Wendlau wehrt", "Größe wehrt")
    found = read(tmp_path, content.encode(encoding))
    assert [each.reason for each in found if isinstance(each, Repair)] == how
    assert isinstance(found[-1], Article) and found[-1].title.startswith("Größe")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (message(item()), "newsml"),
        ('<?xml version="1.0"?>\n<!-- <rss> -->\n' + item(), "newsml"),
        (NITF, "nitf"),
        (RSS, "feed"),
        (ATOM, "feed"),
        ('<rdf:RDF xmlns="http://purl.org/rss/1.0/">', "feed"),
        ("<!DOCTYPE html><html><body><rss>", "html"),
        ('<?xml version="1.0"?><html xmlns="x"><head>', "html"),
    ],
)
def test_sniffed_by_content(tmp_path: Path, content: str, name: str) -> None:
    path = tmp_path / "x.bin"
    path.write_text(content)
    assert sniff(path) == name


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("Nur Text &amp; mehr", ["Nur Text & mehr"]),
        ("<p>a<p>b<br>c<div>d <i>e</i></div>", ["a", "b", "c", "d e"]),
        ("<style>x{}</style><p>a</p><script>if (a<b) {}</script>b", ["a", "b"]),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", ["1 2", "3"]),
        ("a < b und c > d", ["a < b und c > d"]),
        ("", []),
    ],
)
def test_markup(markup: str, expected: list[str]) -> None:
    assert blocks(markup) == expected
