"""Parquet, Markdown with front matter, and mail: three ways people keep articles, each with its faults."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import pytest

from searcher.article import Article
from searcher.readers import ReadOptions, Unit, find, mail, read, read_path, sniff, units
from searcher.report import Rejection, Repair

TEXT = "Die Gemeinde Wendlau hat am Montag beschlossen, gegen die Pläne des Landes zu klagen und das Moor zu behalten."


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def one(found: list[object]) -> Article:
    (article,) = found
    assert isinstance(article, Article), str(article)
    return article


# --- Parquet


def table(path: Path, rows: list[dict[str, object]], **options: object) -> Path:
    arrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    parquet.write_table(arrow.Table.from_pylist(rows), path, **options)
    return path


def test_parquet_columns_and_types(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {
            "id": 7,
            "Überschrift": "Ruhe",
            "text": "Erster.\nZweiter.",
            "datum": datetime(2023, 3, 31, 11, 46, tzinfo=UTC),
            "tags": ["a", "b"],
            "source": {"name": "Elbkurier"},
            "seite": 3,
            "roh": b"x",
        },
        {
            "id": 8,
            "Überschrift": None,
            "text": None,
            "datum": None,
            "tags": None,
            "source": None,
            "seite": None,
        },
    ]
    article, rejection = read_path(table(tmp_path / "x.parquet", rows))
    assert isinstance(article, Article)
    assert (article.id, article.title, article.body) == ("7", "Ruhe", "Erster.\n\nZweiter.")
    assert (str(article.date), article.keywords, article.source) == (
        "2023-03-31 13:46",
        ("a", "b"),
        "Elbkurier",
    )
    assert article.extra == {"seite": "3", "roh": "x"}
    assert isinstance(rejection, Rejection) and rejection.line == 2
    day = one(list(read_path(table(tmp_path / "y.parquet", [{"titel": "x", "datum": date(2023, 3, 31)}]))))
    assert str(day.date) == "2023-03-31"


def test_parquet_row_groups_and_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searcher.readers.dispatch.SMALL", 10)
    for shard in range(2):
        rows: list[dict[str, object]] = [
            {"id": f"{shard}-{n}", "title": f"T{n}" * (n != 25)} for n in range(30)
        ]
        table(tmp_path / f"part-{shard}.parquet", rows, row_group_size=10)
    pieces = [each for file in find([tmp_path]) for each in units(file)]  # type: ignore[arg-type]
    assert len(pieces) == 6 and all(isinstance(each, Unit) and each.data is None for each in pieces)
    found = [each for unit in pieces for each in read(unit)]  # type: ignore[arg-type]
    assert len([each for each in found if isinstance(each, Article)]) == 58
    assert [each.line for each in found if isinstance(each, Rejection)] == [26, 26]


def equal_values(path: Path, rows: int, text: str, **more: object) -> Path:
    """A column of equal texts, which takes a few bytes however many rows there are."""
    arrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    indices = arrow.array([0] * rows, arrow.int32())
    column = arrow.DictionaryArray.from_arrays(indices, arrow.array([text]))
    columns = {"titel": ["Titel"] * rows, "text": column, **more}
    parquet.write_table(arrow.table(columns), path, store_schema=False, compression="zstd")
    assert path.stat().st_size < 20_000
    return path


def test_parquet_bombs(tmp_path: Path) -> None:
    """Nothing of them is held: the first two would come to 1 GB, the third is a row of four million words."""
    arrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    *first, last = read_path(equal_values(tmp_path / "dictionary.parquet", 1000, "Krieg " * 170_000))
    assert 30 < len(first) < 40 and all(isinstance(each, Article) for each in first)
    assert isinstance(last, Rejection) and "400 times" in last.reason
    many = [read_path(equal_values(tmp_path / "rows.parquet", 700_000, "Krieg"))]
    words = arrow.DictionaryArray.from_arrays(arrow.array([0] * 4_000_000, arrow.int32()), arrow.array(["x"]))
    lists = arrow.ListArray.from_arrays(arrow.array([0, 4_000_000], arrow.int32()), words)
    many += [read_path(equal_values(tmp_path / "list.parquet", 1, "Krieg", keywords=lists))]
    for found in many:
        (rejection,) = found
        assert isinstance(rejection, Rejection) and "400 times" in rejection.reason


def test_parquet_rows_too_large_are_passed_over(tmp_path: Path) -> None:
    draw = random.Random(3)
    texts = ["Kurz.", draw.randbytes(9 << 20).hex(), "Auch kurz."]
    path = table(tmp_path / "x.parquet", [{"titel": f"{text[:4]}", "text": text} for text in texts])
    one, two, three = read_path(path)
    assert isinstance(one, Article) and isinstance(three, Article)
    assert str(two) == f"{path}:2: a row of more than 16 MB"


def test_parquet_texts_and_lists_of_every_kind(tmp_path: Path) -> None:
    """Whatever is read as numbers of a dictionary comes out as it went in."""
    arrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    columns = {
        "titel": arrow.array(["Ruhe", "Sturm"]),
        "text": arrow.array(["Text"] * 2, arrow.large_string()),
        "autor": arrow.array([None, "Ada"]),
        "keywords": arrow.array([["Krieg", None], []]),
        "bytes": arrow.array(["ä".encode(), None]),
        "karte": arrow.array([[("a", "b")], None], arrow.map_(arrow.string(), arrow.string())),
        "paar": arrow.array([{"x": "y", "n": 1}, None]),
        "tief": arrow.array([[[["z"]]], None]),
        "leer": arrow.array([None, None]),
        "preis": arrow.array([Decimal("1.50"), None]),
    }
    arrow.parquet.write_table(arrow.table(columns), tmp_path / "x.parquet")
    one, two = (each for each in read_path(tmp_path / "x.parquet"))
    assert isinstance(one, Article) and isinstance(two, Article)
    assert (one.title, one.body, one.author, one.keywords) == ("Ruhe", "Text", "", ("Krieg",))
    assert (two.author, two.keywords, two.extra) == ("Ada", (), {})
    assert one.extra == {
        "bytes": "ä",
        "karte": '[["a", "b"]]',
        "paar.x": "y",
        "paar.n": "1",
        "tief": '[[["z"]]]',
        "preis": "1.50",
    }


def test_parquet_mapped_and_damaged(tmp_path: Path) -> None:
    path = table(tmp_path / "x.parquet", [{"kopf": f"Ruhe {number}"} for number in range(1000)])
    found = list(read_path(path, ReadOptions({"title": "kopf"})))
    assert len(found) == 1000 and isinstance(found[0], Article)
    (rejection,) = read_path(path, ReadOptions({"title": "oben"}))
    assert str(rejection).endswith("no column 'oben': the columns are kopf")
    data = path.read_bytes()
    for damaged in (
        data[:-50],
        data[:40],
        b"PAR1" + random.Random(1).randbytes(500),
        data[:100] + bytes(200) + data[300:],
    ):
        last = list(read_path(written(tmp_path / "y.parquet", damaged)))[-1]
        assert isinstance(last, Rejection) and "damaged Parquet" in last.reason


# --- Markdown


def test_markdown_with_yaml_front_matter(tmp_path: Path) -> None:
    pytest.importorskip("yaml", reason="needs the extra markdown")
    text = """---
title: "Wendlau: Streit um das Moor"
date: 2021-05-07T18:30:00+02:00
author: [Jan Tide, Eva Watt]
tags: [Moor, Klage]
category: Umwelt
seite: 3
---
Erster *Absatz* mit [Verweis](https://x.example/a_(b)) und
umbrochener Zeile, `code`, snake_case_wort und 5 * 3 * 2.

![Bild](bild.jpg)

## Hoffen auf Wasser

- Punkt **eins**
- Punkt zwei

> Ein Zitat
> in zwei Zeilen.

<p>HTML &amp; mehr</p>
"""
    article = one(list(read_path(written(tmp_path / "moor.md", text))))
    assert (article.title, str(article.date)) == ("Wendlau: Streit um das Moor", "2021-05-07 18:30")
    assert (article.author, article.keywords, article.section) == (
        "Jan Tide, Eva Watt",
        ("Moor", "Klage"),
        "Umwelt",
    )
    assert article.extra == {"seite": "3"}
    assert article.id.endswith("/moor.md")
    assert article.body.split("\n\n") == [
        "Erster Absatz mit Verweis und umbrochener Zeile, code, snake_case_wort und 5 * 3 * 2.",
        "Hoffen auf Wasser",
        "Punkt eins",
        "Punkt zwei",
        "Ein Zitat in zwei Zeilen.",
        "HTML & mehr",
    ]


def test_markdown_without_front_matter(tmp_path: Path) -> None:
    article = one(list(read_path(written(tmp_path / "2021-05-07-moor.md", "# Das *Moor*\n\nText.\n"))))
    assert (article.title, str(article.date), article.body) == ("Das Moor", "2021-05-07", "Text.")


@pytest.mark.parametrize(
    ("matter", "reason"),
    [
        ("a: [", "broken front matter"),
        ("- a\n- b", "broken front matter: no names with values"),
        ("a: &a [x, x]\nb: &b [*a, *a]\ntitle: *b", "broken front matter: YAML aliases are not read"),
        ("title: !!python/object/apply:os.system [ls]", "broken front matter"),
        ("title: ''", "no text"),
    ],
)
def test_markdown_hostile_matter(tmp_path: Path, matter: str, reason: str) -> None:
    pytest.importorskip("yaml", reason="needs the extra markdown")
    (rejection,) = read_path(written(tmp_path / "x.md", f"---\n{matter}\n---\n"))
    assert isinstance(rejection, Rejection) and rejection.reason.startswith(reason)


# --- Mail


def message(subject: str = "Größe des Moors", html: bool = True, **headers: str) -> EmailMessage:
    mail_ = EmailMessage()
    mail_["From"] = "Elbkurier Rundbrief <post@elbkurier.example>"
    mail_["Subject"] = subject
    mail_["Date"] = headers.pop("Date", "Fri, 07 May 2021 18:30:00 +0200 (CEST)")
    mail_["Message-ID"] = f"<{subject.replace(' ', '.')}@x.example>".replace("ö", "o").replace("ß", "s")
    for name, value in headers.items():
        mail_[name.replace("_", "-")] = value
    mail_.set_content(f"{TEXT}\n\nZweiter Absatz.\n-- \nImpressum\n", charset="utf-8")
    if html:
        mail_.add_alternative(
            f"<html><body><h2>Kopf</h2><p>{TEXT}</p><p>Zweiter &amp; Absatz.</p></body></html>",
            subtype="html",
        )
    return mail_


def test_eml_plain_and_html(tmp_path: Path) -> None:
    article = one(list(read_path(written(tmp_path / "a.eml", bytes(message(html=False))))))
    assert (article.title, str(article.date)) == ("Größe des Moors", "2021-05-07 18:30")
    assert (article.author, article.source) == ("Elbkurier Rundbrief", "elbkurier.example")
    assert article.body == f"{TEXT}\n\nZweiter Absatz."
    assert article.id == "Grose.des.Moors@x.example"
    listed = message(List_Id="Der Rundbrief <rundbrief.x.example>")
    article = one(list(read_path(written(tmp_path / "b.eml", bytes(listed)))))
    assert TEXT in article.body and "Zweiter & Absatz." in article.body
    assert article.source == "Der Rundbrief"


def test_mbox_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "BLOCK", 1500)
    monkeypatch.setattr("searcher.readers.dispatch.SMALL", 10)
    box = b""
    for number in range(8):
        body = bytes(message(f"Brief {number}", html=number % 2 == 1)).replace(
            b"Zweiter", b">From da an\nZweiter"
        )
        box += b"From post@x.example Fri May  7 18:30:00 2021\n" + body + b"\n"
    box += b"From x Fri May  7 18:30:00 2021\nSubject: kaputt\nDate: 99.99.2021\n\nText\n"
    pieces = list(units(written(tmp_path / "x.mbox", box)))
    assert len(pieces) >= 3 and all(isinstance(each, Unit) for each in pieces)
    found = [each for unit in pieces for each in read(unit)]  # type: ignore[arg-type]
    assert [each.title for each in found if isinstance(each, Article)] == [
        *(f"Brief {number}" for number in range(8)),
        "kaputt",
    ]
    assert "From da an" in next(each for each in found if isinstance(each, Article)).body
    (repair,) = (each for each in found if isinstance(each, Repair))
    assert repair.line == box[: box.index(b"From x")].count(b"\n") + 1
    assert (repair.reason, repair.detail) == ("a date that cannot be read", "99.99.2021")


@pytest.mark.parametrize(
    "data",
    [
        b"From: x\nSubject: =?utf-8?b?////?=\nContent-Type: text/plain; charset=klingonisch\n\nGr\xf6\xdfe",
        b"From: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n",
        b"From: <<<>>>\nSubject: x\nContent-Transfer-Encoding: base64\n\n####",
        b"From: a\nMIME-Version: 1.0\n",
        b"From: \xff\xfe\nMessage-ID: <\nTo: \x80\n\n\x00\x01",
    ],
)
def test_hostile_mail_is_an_article_or_a_line(tmp_path: Path, data: bytes) -> None:
    for record in read_path(written(tmp_path / "a.eml", data)):
        assert isinstance(record, Article | Rejection | Repair)


def test_sniffed_by_content(tmp_path: Path) -> None:
    assert sniff(written(tmp_path / "a", bytes(message()))) == "mail"
    assert (
        sniff(written(tmp_path / "b", b"From x@y Fri May  7 18:30:00 2021\nSubject: x\nFrom: y\n\nText"))
        == "mail"
    )
    assert sniff(written(tmp_path / "c", "---\ntitle: x\n---\nText")) == "markdown"
    assert sniff(written(tmp_path / "d.txt", "Titel\n\n---\nText: x")) == "text"
    assert sniff(written(tmp_path / "e.txt", "Wetter: Es regnet.\nWind: stark\n\nFrom: fern")) == "text"
