"""What real files lost: each test stands for a kind of fault that was found in an archive or reported by its users."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from searcher.article import Article
from searcher.readers import ReadOptions, find, read_path, sniff
from searcher.readers.base import attributes, headings
from searcher.readers.base.date_values import period
from searcher.readers.base.dialect import recognise
from searcher.readers.base.hyphens import joined_lines, words_of
from searcher.readers.base.mail_headers import decoded
from searcher.readers.base.paragraphs import rejoined
from searcher.report import Rejection, Repair, Skipped
from tests.readers import test_html as html
from tests.readers import test_warc as warc

TEXT = "Der Verkehr wird umgeleitet."


def all_of(tmp_path: Path, data: bytes | str, name: str, **options: Any) -> list[Any]:
    (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read_path(tmp_path / name, ReadOptions(**options)))


def one_of(tmp_path: Path, data: bytes | str, name: str) -> Article:
    (article,) = [each for each in all_of(tmp_path, data, name) if isinstance(each, Article)]
    return article


# --- Columns


JSON_RECORDS: dict[str, dict[str, Any]] = {
    "news-please": {"title": "T", "maintext": TEXT, "date_publish": "2023-05-03 10:00:00", "date_download": "2024-01-01",
                    "authors": ["A. Beispiel"], "source_domain": "b.example", "url": "https://b.example/1"},
    "fundus": {"title": "T", "body": {"summary": ["Kurz."], "sections": [{"headline": ["Kopf"], "paragraphs": [TEXT]}]},
               "publishing_date": "2023-05-03T10:00:00+02:00", "authors": ["A. Beispiel"], "publisher": "b.example",
               "html": {"requested_url": "https://b.example/1", "crawl_date": "2024-01-01"}},
    "newspaper": {"title": "T", "text": TEXT, "publish_date": "2023-05-03", "authors": ["A. Beispiel"],
                  "source_url": "https://b.example/1", "source": "b.example"},
    "trafilatura": {"title": "T", "text": TEXT, "date": "2023-05-03", "author": "A. Beispiel", "sitename": "b.example",
                    "url": "https://b.example/1"},
    "Factiva": {"HD": "T", "LP": "Kurz.", "TD": TEXT, "PD": "3 May 2023", "SN": "b.example", "BY": "A. Beispiel",
                "url": "https://b.example/1"},
    "Guardian": {"webTitle": "T", "webPublicationDate": "2023-05-03T08:00:00Z", "webUrl": "https://b.example/1",
                 "fields": {"bodyText": TEXT, "byline": "A. Beispiel"}, "publication": "b.example"},
    "WordPress": {"title": {"rendered": "T"}, "content": {"rendered": f"<p>{TEXT}</p>"}, "date": "2023-05-03T10:00:00",
                  "link": "https://b.example/1", "author_name": "A. Beispiel", "site_name": "b.example"},
    "Dublin Core": {"dc:title": "T", "dc:date": "2023-05-03", "dc:creator": "A. Beispiel", "content:encoded": TEXT,
                    "dc:publisher": "b.example", "url": "https://b.example/1"},
    "New York Times": {"headline": {"main": "T"}, "pub_date": "2023-05-03", "snippet": "Kurz.", "text": TEXT,
                       "byline": {"original": "A. Beispiel"}, "source": "b.example", "web_url": "https://b.example/1"},
    "Event Registry": {"title": "T", "body": TEXT, "dateTimePub": "2023-05-03T08:00:00Z", "url": "https://b.example/1",
                       "source": {"title": "b.example"}, "authors": [{"name": "A. Beispiel"}]},
    "German tables": {"Titel": "T", "Volltext": TEXT, "Erscheinungstag": "3. Mai 2023", "Autoren": "A. Beispiel",
                      "Medium": "b.example", "URL": "https://b.example/1"},
    "German tables 2": {"Überschrift": "T", "Fließtext": TEXT, "Ausgabedatum": "03.05.2023", "Verfasser": "A. Beispiel",
                        "Zeitung": "b.example", "Adresse": "https://b.example/1"},
}  # fmt: skip


@pytest.mark.parametrize("crawler", JSON_RECORDS)
def test_the_columns_of_crawlers_databases_and_wires(tmp_path: Path, crawler: str) -> None:
    article = one_of(tmp_path, json.dumps(JSON_RECORDS[crawler]) + "\n", "x.jsonl")
    assert (article.title, article.author, article.source) == ("T", "A. Beispiel", "b.example")
    assert str(article.date)[:10] == "2023-05-03" and article.url == "https://b.example/1"
    assert TEXT in article.body and "<p>" not in article.body


def test_the_day_of_a_crawl_is_no_date_of_an_article() -> None:
    columns = ("crawl_date", "date_download", "html.crawl_date", "date_crawled", "fetched_at", "scraped_at")
    assert not {"date", "updated", "published"} & headings.plan_for(columns).fields.keys()


@pytest.mark.parametrize(
    "authors",
    [
        [{"name": "A. Beispiel"}],
        ["A. Beispiel"],
        {"name": "A. Beispiel"},
        "A. Beispiel",
        [{"value": "A. Beispiel"}],
    ],
)
def test_authors_in_any_shape(tmp_path: Path, authors: object) -> None:
    record = {"title": "Brücke gesperrt", "authors": authors, "text": TEXT}
    assert one_of(tmp_path, json.dumps(record), "a.json").author == "A. Beispiel"


def test_a_long_text_that_no_field_took_is_told_with_the_option(tmp_path: Path) -> None:
    record = {"title": "Nur Titel", "date_publish": "2023-05-03", "maintext_clean": "Der unsichtbare Dachs."}
    told, article = all_of(tmp_path, json.dumps(record) + "\n", "a.jsonl")
    assert isinstance(told, Repair) and "column 'maintext_clean' belongs to no field" in told.reason
    assert isinstance(article, Article) and str(article.date) == "2023-05-03"
    (article,) = all_of(tmp_path, json.dumps(record) + "\n", "a.jsonl", mapping={"body": "maintext_clean"})
    assert article.body == "Der unsichtbare Dachs."


def test_white_space_of_any_kind_is_one_blank_in_source_section_and_author(tmp_path: Path) -> None:
    record = {
        "title": "T",
        "text": TEXT,
        "quelle": "Der\xa0\n Bote",
        "ressort": " Inland\t",
        "autor": "A.\xa0B.",
    }
    article = one_of(tmp_path, json.dumps(record), "a.json")
    assert (article.source, article.section, article.author) == ("Der Bote", "Inland", "A. B.")


# --- Dates


DATES = {
    "May 3, 2023 Wednesday": "2023-05-03",
    "12. März 2022, Samstag": "2022-03-12",
    "Samstag/Sonntag, 29./30. April 2023": "2023-04-29",
    "29./30.4.2023": "2023-04-29",
    "vom 3. Mai 2023": "2023-05-03",
    "Letzte Aktualisierung: 3. Mai 2023, 18:15 Uhr": "2023-05-03 18:15",
    "12.Mrz.2022": "2022-03-12",
    "3. V. 1923": "1923-05-03",
    "31. XII. 1923": "1923-12-31",
    "KW 18/2023": "2023-05",
}


@pytest.mark.parametrize("printed", DATES)
def test_dates_as_papers_and_databases_print_them(printed: str) -> None:
    assert str(period(printed)) == DATES[printed]


@pytest.mark.parametrize("printed", ["KW 54/2023", "3. XIII. 1923", "31./32.13.2023", "irgendwann"])
def test_a_record_whose_date_cannot_be_read_goes_in_undated_and_named(tmp_path: Path, printed: str) -> None:
    for name, data in {
        "a.jsonl": json.dumps({"title": "T", "text": TEXT, "date": printed}) + "\n",
        "a.csv": f"Titel;Text;Datum\nT;{TEXT};{printed}\n",
        "a.eml": f"From: a@x.example\nSubject: T\nDate: {printed}\nMIME-Version: 1.0\n\n{TEXT}\n",
    }.items():
        told, article = all_of(tmp_path, data, name)
        assert isinstance(article, Article) and article.date is None and article.body == TEXT
        assert (told.reason, told.detail, told.id) == ("a date that cannot be read", printed, article.id)


# --- Text


HEAD = f"Titel: Brücke gesperrt\nDatum: 12.03.2023\nQuelle: Der Bote\nAutor: A. Beispiel\n\n{TEXT}\n"


def test_a_text_with_a_head_of_its_own(tmp_path: Path) -> None:
    article = one_of(tmp_path, HEAD, "a.txt")
    assert (article.title, str(article.date), article.source) == ("Brücke gesperrt", "2023-03-12", "Der Bote")
    assert (article.author, article.body) == ("A. Beispiel", TEXT)


@pytest.mark.parametrize(
    ("text", "author"),
    [
        (f"12.03.2023\nBrücke gesperrt\n\n{TEXT}", ""),
        (f"Brücke gesperrt\n12.03.2023\n\n{TEXT}", ""),
        (f"Brücke gesperrt\n\n12. März 2023, von A. M.\n\n{TEXT}", "A. M."),
    ],
)
def test_a_date_on_the_first_lines_is_no_title(tmp_path: Path, text: str, author: str) -> None:
    article = one_of(tmp_path, text, "a.txt")
    assert (article.title, str(article.date), article.author) == ("Brücke gesperrt", "2023-03-12", author)
    assert article.body == TEXT


def test_a_list_of_names_with_colons_is_no_head(tmp_path: Path) -> None:
    article = one_of(tmp_path, "Merkel: Wir schaffen das\nSpahn: Nein\n\nText.", "a.txt")
    assert (article.title, article.author) == ("Merkel: Wir schaffen das", "")


def test_a_nul_costs_nothing_wherever_it_is(tmp_path: Path) -> None:
    rows = [f"T{number};Text {number}" for number in range(100)]
    for place in (3, 90):
        table = "\n".join(["Titel;Text", *rows[:place], f"T\0x;Text {place}", *rows[place + 1 :]])
        found = all_of(tmp_path, table + "\n" + "x;y\n" * 2000, "a.csv")
        assert len([each for each in found if isinstance(each, Article)]) == 2100
        (told,) = [each for each in found if not isinstance(each, Article)]
        assert (told.kind, told.line) == ("repaired", place + 2)


def test_c1_characters_are_what_cp1252_meant(tmp_path: Path) -> None:
    (told, article) = all_of(tmp_path, json.dumps({"title": "T", "text": "\x84Ja\x93 \x96 \x80 5"}), "a.json")
    assert told.reason == "C1 characters read as cp1252" and article.body == "„Ja“ – € 5"


# --- Words at line ends


DIVIDED = [
    (["Hand-", "werker"], "Handwerker", 1),
    (["Hand\xad", "werker"], "Handwerker", 1),
    (["Hand⸗", "werker"], "Handwerker", 1),
    (["Hand‐", "werker"], "Handwerker", 1),
    (["Hand¬", "werker"], "Handwerker", 1),
    (["Ein-", "und Ausreise"], "Ein- und Ausreise", 0),
    (["Vor-", "oder Nachteil"], "Vor- oder Nachteil", 0),
    (["die CDU-", "Fraktion"], "die CDU-Fraktion", 1),
    (["der US-", "amerikanische"], "der US-amerikanische", 1),
    (["eine 18-", "jährige"], "eine 18-jährige", 1),
    (["von 2020 -", "es war"], "von 2020 - es war", 0),
    (["Er kam –", "und ging"], "Er kam – und ging", 0),
    (["ver-", "ant-", "wortlich"], "verantwortlich", 2),
    (["Seite 3-", "(weiter)"], "Seite 3- (weiter)", 0),
]


@pytest.mark.parametrize(("lines", "whole", "joins"), DIVIDED)
def test_words_divided_at_line_ends(lines: list[str], whole: str, joins: int) -> None:
    assert joined_lines(lines, frozenset()) == (whole, joins)


def test_the_other_words_of_an_article_say_whether_a_hyphen_belongs() -> None:
    words = words_of("Die Corona-bedingten Absagen. Das WAFFENRUHE-Plakat: Waffenruhe!")
    assert joined_lines(["die corona-", "bedingten"], words)[0] == "die corona-bedingten"
    assert joined_lines(["WAFFEN-", "RUHE"], words)[0] == "WAFFENRUHE"


COLUMN = """Die Feuerwehr ist am Sams-
tag zu einem Brand in der
Altstadt gerufen worden. Die
Besitzer der Häuser holten
Eimer aus den Kellern.
Am Sonntag war der Brand
dann endlich gelöscht und
die Helfer konnten gehen."""


def test_narrow_columns_are_paragraphs_in_every_format(tmp_path: Path) -> None:
    body = (
        "Die Feuerwehr ist am Samstag zu einem Brand in der Altstadt gerufen worden. Die Besitzer der Häuser holten "
        "Eimer aus den Kellern.\n\nAm Sonntag war der Brand dann endlich gelöscht und die Helfer konnten gehen."
    )
    assert rejoined(COLUMN) == (body, 1)
    for name, data in {
        "a.txt": f"Brand\n\n{COLUMN}",
        "a.json": json.dumps({"title": "Brand", "text": COLUMN}),
        "a.csv": f'Titel;Text\nBrand;"{COLUMN}"\n',
    }.items():
        found = all_of(tmp_path, data, name)
        assert found[-1].body == body, name
        assert [each.reason for each in found[:-1]] == ["words divided at line ends"]


def test_lines_that_are_short_for_their_own_reasons_stay_lines() -> None:
    poem = "Über allen Gipfeln\nIst Ruh,\nIn allen Wipfeln\nSpürest du\nKaum einen Hauch;"
    assert rejoined(poem)[0].count("\n\n") == 4
    assert rejoined("Merkel\nSpahn\nScholz")[0] == "Merkel\n\nSpahn\n\nScholz"


@pytest.mark.parametrize("end", ["-", "\xad", "⸗", "‐"])
def test_alto_and_page_lines_are_joined(tmp_path: Path, end: str) -> None:
    line = '<TextLine><String CONTENT="{}"/></TextLine>'
    blocks = line.format("Hand" + end) + line.format("werker")
    alto = f"<alto><Layout><TextBlock>{blocks}</TextBlock></Layout></alto>"
    page = "".join(
        f"<TextLine><TextEquiv><Unicode>{each}</Unicode></TextEquiv></TextLine>"
        for each in ("Hand" + end, "werker")
    )
    found = all_of(tmp_path, alto, "a.xml")
    assert found[-1].body == "Handwerker" and found[0].reason == "words divided at line ends"
    found = all_of(tmp_path, f"<PcGts><Page><TextRegion>{page}</TextRegion></Page></PcGts>", "a.xml")
    assert found[-1].body == "Handwerker" and sniff(tmp_path / "a.xml") == "page"


# --- Digitised newspapers


METS = (
    '<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink"><mets:fileSec>'
    '<mets:fileGrp USE="FULLTEXT"><mets:file ID="p1"><mets:FLocat xlink:href="p1.xml"/></mets:file>'
    '<mets:file ID="p2"><mets:FLocat xlink:href="p2.xml"/></mets:file></mets:fileGrp></mets:fileSec></mets:mets>'
)
REGION = "<TextRegion id='{0}'><TextLine><TextEquiv conf='0.5'><Unicode>{1}</Unicode></TextEquiv></TextLine></TextRegion>"
PAGE = "<PcGts><Page>{}</Page></PcGts>"


def test_mets_with_page_xml_and_a_line_for_a_page_without_text(tmp_path: Path) -> None:
    order = "<ReadingOrder><OrderedGroup><RegionRefIndexed regionRef='b'/><RegionRefIndexed regionRef='a'/></OrderedGroup></ReadingOrder>"
    regions = REGION.format("a", "zweitens") + REGION.format("b", "Erstens")
    (tmp_path / "p1.xml").write_text(PAGE.format(order + regions))
    (tmp_path / "p2.xml").write_text(PAGE.format(""))
    article, skipped = all_of(tmp_path, METS, "bote_mets.xml")
    assert article.body == "Erstens\n\nzweitens" and article.extra["ocr_confidence"] == "0.500"
    assert isinstance(skipped, Skipped) and str(skipped).endswith("page p2.xml: no text")


# --- Mail


GMAIL = (
    " "
    * 60
    + "\nDelivered-To: a@b.example\nReceived: by c with SMTP id 1;\n        Wed, 1 May 2024 10:00:00 +0200\n"
    "From: Bote <n@b.example>\nSubject: =?utf-8?Q?Br=C3=BCcke?= gesperrt\nContent-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: quoted-printable\n\nDer Verkehr wird =C3=BCber die B 5 umgeleitet.\n"
)


@pytest.mark.parametrize("name", ["a.eml", "a.txt"])
def test_a_mail_is_a_mail_however_it_is_called(tmp_path: Path, name: str) -> None:
    article = one_of(tmp_path, GMAIL, name)
    assert (article.title, article.author) == ("Brücke gesperrt", "Bote")
    assert article.body == "Der Verkehr wird über die B 5 umgeleitet."


def test_a_mailbox_with_a_web_page_is_a_mailbox(tmp_path: Path) -> None:
    box = f"From x@a.example Mon Jun 01 04:28:28 2009\nComments: kurz\nContent-Type: text/html\n\n<html><body><p>{TEXT}</p></body></html>\n"
    assert one_of(tmp_path, box, "a.mbox").body == TEXT
    assert sniff(tmp_path / "a.mbox") == "mail"


def test_headers_in_no_known_encoding_keep_their_letters(tmp_path: Path) -> None:
    mail = b"From: a@x.example\nSubject: Gr\xf6\xdfe\nMIME-Version: 1.0\n\nText.\n"
    told, article = all_of(tmp_path, mail, "a.eml")
    assert article.title == "Größe" and told.kind == "repaired"
    assert decoded(b"=?unknown-8bit?Q?Gr=F6=DFe?=") == ("Größe", "a header in an unknown encoding")
    assert decoded(b"=?utf-8?B?w7w=?= =?utf-8?B?w7w=?= x") == ("üü x", "")
    assert decoded(b"=?utf-8?Q?=C3?=\n =?utf-8?Q?=BC?=") == ("ü", "")
    assert decoded(b"vor =?utf-8?Q?=C3=BC?= nach") == ("vor ü nach", "")


# --- Bounds, by what is made rather than by the clock


def test_elements_with_many_attributes_are_cut_and_told(tmp_path: Path) -> None:
    many = " ".join(f"a{number}=1" for number in range(100_000))
    told, article = all_of(tmp_path, html.page(html.ld()).replace("<h1", f"<h1 {many}", 1), "a.html")
    assert told.reason == "an element with more than 200 attributes" and isinstance(article, Article)
    feed = f"<rss><channel><title>B</title><item {many.replace('=1', chr(61) + chr(34) + '1' + chr(34))}><title>T</title></item></channel></rss>"
    told, article = all_of(tmp_path, feed, "a.rss")
    assert told.reason == "an element with more than 200 attributes" and article.title == "T"


@pytest.mark.parametrize(
    "markup",
    [
        '<p class="a">' + "x=1 " * 400 + "</p>",
        "<script>if (a<b) {" + "x=1; " * 400 + "}</script><p>Text</p>",
        "<!-- <p " + "a=1 " * 400 + "--><p>Text</p>",
        '<p title="' + "a=1 > " * 400 + '">Text</p>',
        "<style>p{" + "a:b; " * 400 + "}</style>",
    ],
)
def test_what_has_few_attributes_is_left_alone(markup: str) -> None:
    assert attributes.bounded(markup) == (markup, [])


@pytest.mark.parametrize("quote", ['"', "'", ""])
def test_attributes_that_hide_an_end_are_counted(quote: str) -> None:
    many = (
        "<p "
        + " ".join(f"a{number}={quote}>{quote}" if quote else f"a{number}=1" for number in range(1000))
        + ">"
    )
    assert len(attributes.bounded(many + "Text")[0]) < len(many) / 3


def test_a_mail_header_is_bounded_and_linear(tmp_path: Path) -> None:
    words = "\n ".join(["=?utf-8?q?W=C3=B6rt?="] * 20_000)
    mail = f"From: a@x.example\nMIME-Version: 1.0\nSubject: {words}\nContent-Type: text/plain; {'x=1; ' * 100_000}\n\nText.\n"
    told, article = all_of(tmp_path, mail, "a.eml")
    assert told.reason == "a header of more than 16 kB" and article.title.startswith("WörtWört")
    assert len(article.title) < 5000 and article.body == "Text."


def test_a_table_may_have_many_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["titel", "text", *["x"] * 20_000, *[f"c{number}" for number in range(20_000)]]
    columns = recognise(";".join(names) + "\n").columns
    assert len(set(columns)) == len(columns) == 40_002
    assert headings.plan_for(columns).fields == {"title": "titel", "body": "text"}


def test_brotli_is_bounded_while_it_unpacks(tmp_path: Path) -> None:
    brotli = pytest.importorskip("brotli", reason="needs the extra warc")
    made = warc.Warc(packed=False)
    bomb = brotli.compress(b"<html>" + b" " * (500 << 20), quality=1)
    for number, content in enumerate(
        (bomb, warc.page(1).encode(), b"\x01\x02 no brotli", brotli.compress(warc.page(2).encode()))
    ):
        made.add(f"https://wendlau.example/{number}", content, Content_Encoding="br")
    found = all_of(tmp_path, made.out.getvalue(), "a.warc")
    assert [type(each) for each in found] == [Rejection, Article, Rejection, Article]
    assert "more than 16 MB" in found[0].reason and "no Brotli" in found[2].reason


# --- Web archives and Parquet


def test_an_arc_address_with_blanks(tmp_path: Path) -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + warc.page(1).encode()
    head = b"filedesc://x.arc 0.0.0.0 20200101000000 text/plain 2\n1\n\n"
    line = b"https://wendlau.example/a b c 127.0.0.1 20200101000000 text/html %d\n" % len(body)
    found = all_of(tmp_path, head + line + body + b"\n", "a.arc")
    assert [type(each) for each in found] == [Article]


def test_parquet_values_that_python_cannot_hold(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    far = arrow.array([10**15, 0, 1_600_000_000], arrow.timestamp("s"))
    nano = arrow.array([1_600_000_000_000_000_001] * 3, arrow.timestamp("ns"))
    table = arrow.table(
        {"title": ["a", "b", "c"], "date": far, "seen": nano, "price": arrow.array([1, 2, 3])}
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    found = list(read_path(tmp_path / "a.parquet"))
    articles = [each for each in found if isinstance(each, Article)]
    assert [each.title for each in articles] == ["a", "b", "c"] and articles[0].date is None
    assert str(articles[2].date) == "2020-09-13 12:26" and "2020-09-13" in articles[0].extra["seen"]
    (told,) = [each for each in found if isinstance(each, Repair)]
    assert (told.line, told.detail) == (1, "date")


# --- The account


def test_every_file_of_a_mixed_folder_is_accounted_for(tmp_path: Path) -> None:
    from tests.readers.test_hostile_forms import FORMS, forms

    for form in FORMS:
        suffix, sound, _ = FORMS[form]
        (tmp_path / f"{form}-gut{suffix}").write_bytes(sound())
        for number, (_, called, data) in enumerate(list(forms(form))[:12]):
            (tmp_path / f"{form}-{number}{called}").write_bytes(data)
    for file in find([tmp_path]):
        found = [file] if isinstance(file, Rejection) else list(read_path(file))
        assert found, f"nothing is said of {file}"


def test_gzip_of_a_record_stays_what_it_is(tmp_path: Path) -> None:
    data = gzip.compress(json.dumps({"title": "T", "text": TEXT}).encode())
    assert one_of(tmp_path, data, "a.json.gz").body == TEXT
