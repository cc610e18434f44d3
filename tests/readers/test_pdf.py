"""PDF: texts at places become columns, lines and paragraphs; the files are written here, byte by byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from searcher.article import Article
from searcher.readers import read_path, sniff
from searcher.report import Rejection, Skipped
from tests.readers import test_pressexport as exports

pytest.importorskip("pypdf", reason="needs the extra pdf")

Text = tuple[int, int, int, str]


def pdf(pages: list[list[Text]], **about: str) -> bytes:
    """A PDF with these texts (size, x, y, text) on its pages."""
    objects = [b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"]
    kids = []
    for texts in pages:
        drawn = b"".join(
            b"BT /F1 %d Tf 1 0 0 1 %d %d Tm (%s) Tj ET\n" % (size, x, y, escaped(text))
            for size, x, y, text in texts
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn))
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 1 0 R>>>>/Contents %d 0 R>>"
        objects.append(page % (len(objects) + 2))
        kids.append(b"%d 0 R" % (len(objects) + 2))
    objects.insert(1, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids)))
    objects.insert(2, b"<</Type/Catalog/Pages 2 0 R>>")
    objects.append(
        b"<<" + b"".join(b"/%s(%s)" % (name.encode(), escaped(text)) for name, text in about.items()) + b">>"
    )
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size %d/Root 3 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        len(objects),
        len(out),
    )
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer


def escaped(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def column(x: int, top: int, *lines: str) -> list[Text]:
    return [(10, x, top - 12 * number, line) for number, line in enumerate(lines)]


LEFT = (
    "Die Stadt sperrt die Brü-",
    "cke bis zum Herbst, weil",
    "der Beton bröckelt und",
    "saniert werden muss.",
)
RIGHT = (
    "Der Verkehr wird über die",
    "Bundesstraße geführt. Das",
    "kostet alle Zeit (und Ner-",
    "ven), sagte sie.",
)
PAGE = [(24, 50, 750, "Brücke gesperrt"), *column(50, 700, *LEFT), *column(320, 700, *RIGHT)]
BODY = (
    "Die Stadt sperrt die Brücke bis zum Herbst, weil der Beton bröckelt und saniert werden muss. Der Verkehr wird über "
    "die Bundesstraße geführt. Das kostet alle Zeit (und Nerven), sagte sie."
)


def found_in(tmp_path: Path, data: bytes) -> list[object]:
    (tmp_path / "a.pdf").write_bytes(data)
    return list(read_path(tmp_path / "a.pdf"))


@pytest.mark.parametrize("order", ["story", "rows"])
def test_columns_are_read_one_after_the_other(tmp_path: Path, order: str) -> None:
    page = PAGE if order == "story" else sorted(PAGE, key=lambda each: (-each[2], each[1]))
    (article,) = found_in(
        tmp_path, pdf([page], Title="Microsoft Word - x.doc", CreationDate="D:20230503101500")
    )
    assert isinstance(article, Article) and sniff(tmp_path / "a.pdf") == "pdf"
    assert (article.title, article.body, str(article.date)) == ("Brücke gesperrt", BODY, "2023-05-03")
    assert article.extra == {"pages": "1"}


def test_paragraphs_begin_with_an_indent_or_a_gap(tmp_path: Path) -> None:
    lines = [*column(50, 700, "Erster Absatz geht hier weiter", "und endet."), (10, 62, 676, "Zweiter mit einem Einzug"),
             *column(50, 664, "geht auch weiter."), *column(50, 630, "Dritter nach einer Lücke", "endet hier.")]  # fmt: skip
    (article,) = found_in(tmp_path, pdf([lines], Title="Absätze"))
    assert isinstance(article, Article) and article.title == "Absätze"
    assert article.body.split("\n\n") == [
        "Erster Absatz geht hier weiter und endet.",
        "Zweiter mit einem Einzug geht auch weiter.",
        "Dritter nach einer Lücke endet hier.",
    ]


def test_what_stands_on_every_page_is_left_out(tmp_path: Path) -> None:
    pages = [[(8, 50, 780, "Wendlauer Bote"), (8, 500, 780, f"Seite {number}"), *column(50, 700, f"Das {['Moor', 'Haus', 'Feld', 'Dorf'][number - 1]} ist nass.", "Ende.")]
             for number in range(1, 5)]  # fmt: skip
    (article,) = found_in(tmp_path, pdf(pages, Title="Blätter"))
    assert isinstance(article, Article) and "Bote" not in article.body and "Seite" not in article.body
    assert article.extra == {"pages": "4"} and "Das Dorf ist nass." in article.body


def test_pages_without_a_text_layer_are_named(tmp_path: Path) -> None:
    skipped, article = found_in(tmp_path, pdf([PAGE, []]))
    assert isinstance(skipped, Skipped) and skipped.line == 2 and isinstance(article, Article)
    *_, rejection = found_in(tmp_path, pdf([[], []]))
    assert isinstance(rejection, Rejection) and "no text layer" in rejection.reason


@pytest.mark.parametrize("database", ["nexis-uni", "factiva"])
def test_an_export_has_one_article_each(tmp_path: Path, database: str) -> None:
    lines = [line for line in exports.EXPORTS[database].split("\n") if line]
    pages = [[(10, 50, 750 - 30 * number, line) for number, line in enumerate(lines[begin : begin + 20])]
             for begin in range(0, len(lines), 20)]  # fmt: skip
    one, two = (each for each in found_in(tmp_path, pdf(pages)) if isinstance(each, Article))
    assert (one.title, one.source, str(one.date)) == ("Brücke gesperrt", "Wendlauer Bote", "2023-05-03")
    assert (two.title, two.source, str(two.date)) == ("Moor bleibt nass", "Elbkurier", "2023-05-04")
