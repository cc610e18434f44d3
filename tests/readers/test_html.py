"""HTML pages: what comes out of them, and what is said where there is no article."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

pytest.importorskip("trafilatura", reason="needs the extra html", exc_type=ImportError)

from searcher.article import Article
from searcher.readers import ReadOptions, read_path, sniff
from searcher.readers.jsonld import article_node
from searcher.report import Rejection, Repair

TEASER = "Die Bürger von Wendlau wollen ihr Moor behalten, das Land aber will es entwässern lassen."
PARAGRAPHS = [
    f"Absatz {number}: Die Gemeinde Wendlau hat am Montag beschlossen, gegen die Pläne des Landes zu klagen. "
    f"Bürgermeisterin Ida Moor sagte, das Moor gehöre seit {number + 3} Jahrhunderten zum Dorf und müsse bleiben."
    for number in range(1, 5)
]
LD = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "Organization", "name": "Verlag"},
        {
            "@type": ["NewsArticle"],
            "headline": "Wendlau wehrt sich",
            "datePublished": "2021-05-07T07:05:00Z",
            "dateModified": "2021-05-07T18:30:00+02:00",
            "author": [{"@type": "Person", "name": "Jan Tide"}, {"name": "Eva Watt"}],
            "publisher": {"name": "Elbkurier"},
            "articleSection": "Umwelt",
            "keywords": ["Moor", "Klage"],
            "description": TEASER,
        },
    ],
}


def page(head: str = "", body: str = "", title: str = "Wendlau wehrt sich | Elbkurier") -> str:
    paragraphs = "".join(f"<p>{text}</p>" for text in PARAGRAPHS[:2])
    return f"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>
    <nav><ul><li><a href="/politik">Politik</a></li><li><a href="/sport">Sport</a></li></ul></nav>
    <div class="cookie-banner">Wir verwenden Cookies, um Ihnen das beste Erlebnis zu bieten. Alle akzeptieren.</div>
    <main><article><header><span class="article__kicker">Streit um das Moor</span><h1>Wendlau wehrt sich</h1></header>
    <p class="lead">{TEASER}</p>{paragraphs}<h2>Hoffen auf Wasser</h2><p>{PARAGRAPHS[2]}</p><p>{PARAGRAPHS[3]}</p>
    {body}</article></main><footer><p>Impressum Datenschutz Kontakt</p></footer></body></html>"""


def ld(values: object = LD) -> str:
    return f'<script type="application/ld+json">{json.dumps(values)}</script>'


def read(tmp_path: Path, content: str | bytes, name: str = "seite.html") -> list[object]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_path(path))


def article(tmp_path: Path, content: str | bytes, name: str = "seite.html") -> Article:
    found = read(tmp_path, content, name)[-1]
    assert isinstance(found, Article), str(found)
    return found


def test_a_page_with_json_ld(tmp_path: Path) -> None:
    head = (
        ld()
        + '<link rel="canonical" href="https://www.elbkurier.example/moor"><meta property="og:title" content="Moor">'
    )
    found = article(tmp_path, page(head))
    assert (found.id, found.url) == ("https://www.elbkurier.example/moor",) * 2
    assert (found.title, found.kicker, found.teaser) == ("Moor", "Streit um das Moor", TEASER)
    assert (str(found.date), str(found.published)) == ("2021-05-07 18:30", "2021-05-07 09:05")
    assert (found.author, found.section, found.source) == ("Jan Tide, Eva Watt", "Umwelt", "Elbkurier")
    assert found.keywords == ("Moor", "Klage")
    assert found.body.split("\n\n") == [*PARAGRAPHS[:2], "Hoffen auf Wasser", *PARAGRAPHS[2:]]


def test_open_graph_and_meta_without_json_ld(tmp_path: Path) -> None:
    head = """<meta property="og:title" content="Wendlau wehrt sich - Elbkurier"><meta property="og:site_name" content="Elbkurier">
    <meta property="og:type" content="article"><meta property="article:published_time" content="2021-05-07T09:05:00+02:00">
    <meta property="article:tag" content="Moor"><meta property="article:tag" content="Klage"><meta name="author" content="Jan Tide">
    <meta property="article:section" content="Umwelt"><meta property="og:url" content="https://elbkurier.example/2">"""
    found = article(tmp_path, page(head))
    assert (found.title, str(found.date), found.published) == ("Wendlau wehrt sich", "2021-05-07 09:05", None)
    assert (found.author, found.section, found.keywords) == ("Jan Tide", "Umwelt", ("Moor", "Klage"))
    assert (found.source, found.url) == ("Elbkurier", "https://elbkurier.example/2")


def test_a_page_that_says_nothing_about_itself(tmp_path: Path) -> None:
    found = article(tmp_path, page(body='<time datetime="2021-05-07T09:05">7. Mai</time>'))
    assert (found.title, str(found.date)) == ("Wendlau wehrt sich", "2021-05-07 09:05")
    assert found.id == f"{tmp_path.name}/seite.html" or found.id == "seite.html"
    assert "Cookies" not in found.body and "Impressum" not in found.body and "Sport" not in found.body
    undated = article(tmp_path, page())
    assert undated.date is None


def test_a_date_that_only_a_script_tells(tmp_path: Path) -> None:
    head = '<script>var layer = {"publication_datetime": "2021-05-07T09:05:59+02:00"};</script>'
    assert str(article(tmp_path, page(head)).date) == "2021-05-07 09:05"


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type": "NewsArticle", ',
        '{"@type": "NewsArticle", "headline": {"a": []}, "author": 3}',
        "[" * 5000,
        "null",
        '"x"',
    ],
)
def test_broken_json_ld_does_no_harm(tmp_path: Path, broken: str) -> None:
    found = article(tmp_path, page(f'<script type="application/ld+json">{broken}</script>'))
    assert found.title == "Wendlau wehrt sich"


def test_the_fullest_of_several_json_ld_articles_counts() -> None:
    node = article_node(
        ['[{"@type": "Article"}, {"@type": "BlogPosting", "headline": "x"}]', '{"@type": "Person"}']
    )
    assert node["headline"] == "x"


def test_charsets(tmp_path: Path) -> None:
    markup = page().replace('charset="utf-8"', 'charset="iso-8859-1"')
    records = read(tmp_path, markup.encode("cp1252"))
    assert not any(isinstance(each, Repair) for each in records)
    assert "Bürger" in records[-1].teaser + records[-1].body  # type: ignore[attr-defined]
    records = read(tmp_path, page().encode("cp1252"))
    assert [each.reason for each in records if isinstance(each, Repair)] == ["read as cp1252"]


def test_packed_and_sniffed(tmp_path: Path) -> None:
    assert article(tmp_path, gzip.compress(page().encode()), "seite.html.gz").title == "Wendlau wehrt sich"
    path = tmp_path / "ohne-endung"
    path.write_text(page())
    assert sniff(path) == "html"


@pytest.mark.parametrize(
    "markup",
    [
        "<html><body></body></html>",
        "<html><body><h1>Start</h1>"
        + "".join(f'<a href="/{n}"><p>{PARAGRAPHS[n]}</p></a>' for n in range(4))
        + "</body></html>",
        "<!doctype html>" + "<div>" * 5000 + "tief",
        "<!doctype html><<<>>>&&&",
    ],
)
def test_pages_without_an_article_are_told(tmp_path: Path, markup: str) -> None:
    found = read(tmp_path, markup)[-1]
    assert isinstance(found, Rejection)
    assert found.reason == "no article on this page: no running text"


CANONICAL = '<link rel="canonical" href="https://www.elbkurier.example/moor">'


@pytest.mark.parametrize(
    ("head", "source"),
    [
        ('<meta property="og:site_name" content="Elbkurier">' + CANONICAL, "Elbkurier"),
        (ld() + CANONICAL, "Elbkurier"),
        # Where the publisher is only a reference, the host says more than the reference.
        (
            ld({"@type": "NewsArticle", "publisher": {"@id": "https://x.example/#org"}}) + CANONICAL,
            "elbkurier.example",
        ),
        (CANONICAL, "elbkurier.example"),
        ("<!-- saved from url=(0034)https://www.elbkurier.example/moor -->", "elbkurier.example"),
        ('<link rel="canonical" href="https://[x/moor">', ""),
        ("", ""),
    ],
)
def test_the_source_is_a_name_else_the_host(tmp_path: Path, head: str, source: str) -> None:
    assert article(tmp_path, page(head)).source == source


def test_the_source_given_counts_before_the_host(tmp_path: Path) -> None:
    for head, source in ((CANONICAL, "Bote"), (ld() + CANONICAL, "Elbkurier")):
        path = tmp_path / "seite.html"
        path.write_text(page(head), "utf-8")
        (found,) = read_path(path, ReadOptions(source="Bote"))
        assert isinstance(found, Article) and found.source == source


AUTHORS = [
    (
        '{"name": "bote.example", "@type": "Organization"}',
        '<span class="byline">Von Anna Beispiel</span>',
        "Anna Beispiel",
    ),
    ('"Anna Beispiel und Jan Tide"', "", "Anna Beispiel, Jan Tide"),
    ('"Anna Beispiel (abe)"', "", "Anna Beispiel"),
    ('"Redaktion"', '<p class="article-author">Text: Anna Beispiel</p>', "Anna Beispiel"),
    ('""', '<a rel="author" href="/x">Anna Beispiel</a>', "Anna Beispiel"),
    ('""', '<ul><li><a href="/autoren/anna-beispiel">Dr. Anna Beispiel</a></li></ul>', "Dr. Anna Beispiel"),
    ('""', '<nav><span class="author">Jan Tide</span></nav>', ""),
    ('""', '<span class="byline">Mehr zum Thema lesen Sie hier</span>', ""),
]


@pytest.mark.parametrize(("told", "printed", "author"), AUTHORS)
def test_authors_are_people(tmp_path: Path, told: str, printed: str, author: str) -> None:
    script = (
        '<script type="application/ld+json">//<![CDATA[\n{"@type": "NewsArticle", "headline": "Brücke gesperrt", "author": '
        f'{told}, "publisher": {{"name": "bote.example"}}}}\n//]]></script>'
    )
    text = "".join(
        f"<p>Die Stadt sperrt die Brücke {number} bis zum Herbst, weil der Beton bröckelt.</p>"
        for number in range(6)
    )
    page = f"<html><head>{script}</head><body><article><h1>Brücke gesperrt</h1>{printed}{text}</article></body></html>"
    (tmp_path / "a.html").write_text(page)
    (article,) = read_path(tmp_path / "a.html")
    assert isinstance(article, Article) and (article.author, article.title) == (author, "Brücke gesperrt")


def test_the_day_in_an_address_counts_where_the_page_tells_none(tmp_path: Path) -> None:
    text = "".join(
        f"<p>Die Stadt sperrt die Brücke {number} bis zum Herbst, weil der Beton bröckelt.</p>"
        for number in range(6)
    )
    head = '<meta property="og:type" content="article"><link rel="canonical" href="https://bote.example/2023/05/03/bruecke">'
    (tmp_path / "a.html").write_text(
        f"<html><head>{head}</head><body><h1>Brücke gesperrt</h1>{text}</body></html>"
    )
    (article,) = read_path(tmp_path / "a.html")
    assert isinstance(article, Article) and str(article.date) == "2023-05-03"


def test_lists_of_links_and_the_papers_own_advertisement_are_no_text(tmp_path: Path) -> None:
    text = "".join(
        f"<p>Die Stadt sperrt die Brücke {number} bis zum Herbst, weil der Beton bröckelt.</p>"
        for number in range(6)
    )
    links = '<p><a href="/1">Moor bleibt auch weiterhin nass</a></p><p><a href="/2">Dorf klagt gegen das Land</a></p>'
    own = "<p>Den Tag kompakt? Dann sind Sie beim täglichen Newsletter richtig.</p>"
    page = f'<html><head><meta property="og:type" content="article"></head><body><article><h1>Brücke</h1>{text}{links}{own}</article></body></html>'
    (tmp_path / "a.html").write_text(page)
    (article,) = read_path(tmp_path / "a.html")
    assert isinstance(article, Article) and article.body.endswith("bröckelt.")
    assert "Moor" not in article.body and "Newsletter" not in article.body
