"""JSON lines: records become articles, faults become lines that point at them."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.article import Article
from searcher.errors import UsageError
from searcher.readers import ReadOptions, Unit, jsonlines, read, read_path, units
from searcher.readers.base.compression import unpacked
from searcher.report import Rejection, Repair

GOOD = {"id": "a1", "date": "2023-03-31T13:46:00+02:00", "title": "Waffenruhe", "text": "Erster.\nZweiter."}


def from_lines(*lines: str | bytes, **options: object) -> list[object]:
    data = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    return list(read(Unit("x.jsonl", "x.jsonl", ReadOptions(**options), "jsonl", data)))  # type: ignore[arg-type]


def one(record: dict[str, object], **options: object) -> object:
    return from_lines(json.dumps(record), **options)[-1]


def test_usual_columns() -> None:
    article = one(
        GOOD | {"category": "inland", "tags": ["Krieg", "Krieg", "Frieden"], "place": "Kiew", "note": None}
    )
    assert isinstance(article, Article)
    assert (article.id, article.title, str(article.date)) == ("a1", "Waffenruhe", "2023-03-31 13:46")
    assert article.body == "Erster.\n\nZweiter."
    assert (article.section, article.keywords, article.extra) == (
        "inland",
        ("Krieg", "Frieden"),
        {"place": "Kiew"},
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"title": "x", "text"', "broken JSON: Expecting ':' delimiter at character 22"),
        ('{"id": "7"}', "no text: neither a title nor a body"),
        ('{"title": " ", "text": "\\n"}', "no text: neither a title nor a body"),
        ('{"title": ["x", true]}', "wrong type: title is true or false, not text"),
        ('{"title": [{"lang": "de"}]}', "wrong type: title is an object, not text"),
        ('{"title": true}', "wrong type: title is true or false, not text"),
        ('{"title": "x", "tags": 3}', "wrong type: keywords is a int, not a list"),
        ('["x"]', "wrong type: a list where an object was expected"),
        ("[" * 5000, "broken JSON: nested too deep, or a number too long"),
        ('{"title": "x", "n": ' + "9" * 5000 + "}", "broken JSON: nested too deep, or a number too long"),
    ],
)
def test_rejected_with_line_and_reason(line: str, reason: str) -> None:
    before, rejection, after = from_lines(json.dumps(GOOD), line, json.dumps(GOOD))
    assert isinstance(before, Article) and isinstance(after, Article)
    assert isinstance(rejection, Rejection)
    assert (rejection.path, rejection.line) == ("x.jsonl", 2)
    assert rejection.reason.startswith(reason)


@pytest.mark.parametrize("date", ["2023-13-45", "heute", "gestern, 13:46 Uhr", ["2023"], True])
def test_a_date_that_cannot_be_read_is_told_and_costs_no_text(date: object) -> None:
    repair, article = from_lines(json.dumps({"title": "x", "date": date}))
    assert isinstance(article, Article) and article.date is None
    told = str(date)
    assert isinstance(repair, Repair) and str(repair) == f"x.jsonl:1: a date that cannot be read: {told}"


@pytest.mark.parametrize("empty", ["", None, " "])
def test_an_empty_date_is_allowed(empty: str | None) -> None:
    article = one({"title": "x", "date": empty})
    assert isinstance(article, Article) and article.date is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1680263160, "2023-03-31 13:46"),
        (1680263160000, "2023-03-31 13:46"),
        ("1680263160", "2023-03-31 13:46"),
        (2023, "2023"),
        (20230331, "2023-03-31"),
        ("2023-3-1", "2023-03-01"),
        ("20230331T134600+0200", "2023-03-31 13:46"),
        ("Fri, 31 Mar 2023 11:46:00 GMT", "2023-03-31 13:46"),
        ("Fri Mar 31 13:46:36 CEST 2023", "2023-03-31 13:46"),
        ("Stand: 31.03.2023 13:46 Uhr", "2023-03-31 13:46"),
        ("2023-03-31 13:46:59.876", "2023-03-31 13:46"),
        ("2023-03-31", "2023-03-31"),
    ],
)
def test_dates_as_machines_write_them(value: object, shown: str) -> None:
    article = one({"title": "x", "date": value})
    assert isinstance(article, Article) and str(article.date) == shown


def test_published_and_updated_are_kept_apart() -> None:
    article = one({"title": "x", "published": "2023-03-30", "updated": "2023-03-31"})
    assert isinstance(article, Article)
    assert (str(article.date), str(article.published)) == ("2023-03-31", "2023-03-30")
    article = one({"title": "x", "published": "2023-03-30"})
    assert isinstance(article, Article)
    assert (str(article.date), article.published) == ("2023-03-30", None)


def test_objects_inside_the_record_are_opened() -> None:
    record = {
        "id": "7",
        "teaser": {"topline": "Krieg", "headline": "Ruhe"},
        "article": {"tags": "Kiew,Moskau"},
    }
    article = one(record | {"source": {"id": None, "name": "elbkurier"}})
    assert isinstance(article, Article)
    assert (article.kicker, article.title, article.keywords) == ("Krieg", "Ruhe", ("Kiew", "Moskau"))
    assert article.source == "elbkurier"


def test_mapping_overrides_and_must_be_possible(tmp_path: Path) -> None:
    article = one({"title": "falsch", "oben": "richtig"}, mapping={"title": "oben"})
    assert isinstance(article, Article)
    assert (article.title, article.extra) == ("richtig", {"title": "falsch"})
    path = tmp_path / "a.jsonl"
    path.write_text('{"titel": "x", "seite": 1}\n{"titel": "y"}\n')
    (rejection,) = read_path(path, ReadOptions({"title": "kopf"}))
    assert str(rejection) == f"{path}: no column 'kopf': the columns are titel, seite"
    with pytest.raises(
        UsageError, match="unknown field 'titl' in the mapping of columns: choose from id, title"
    ):
        list(units(path, ReadOptions({"titl": "titel"})))


def test_repairs_are_told() -> None:
    records = from_lines(
        '{"title": "MÃ¼ller &amp; Söhne"}',
        '{"title": "Grün"}'.encode("cp1252"),
        '{"title": "a\\u0000\\ud800b"}',
    )
    assert [str(each) for each in records if isinstance(each, Repair)] == [
        "x.jsonl:1: mojibake",
        "x.jsonl:1: HTML entities",
        "x.jsonl:2: read as cp1252",
        "x.jsonl:3: control characters",
    ]
    titles = [each.title for each in records if isinstance(each, Article)]
    assert titles == ["Müller & Söhne", "Grün", "a\N{REPLACEMENT CHARACTER}b"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress])
def test_cut_into_blocks_of_whole_lines(
    tmp_path: Path, pack: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonlines, "BLOCK", 3000)
    monkeypatch.setattr("searcher.readers.dispatch.SMALL", 10)
    monkeypatch.setattr("searcher.readers.dispatch.SMALL_PACKED", 10)
    lines = [json.dumps({"id": str(number), "title": "ä" * (number % 90)}) for number in range(1, 501)]
    lines[250] = "{"
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(pack("\r\n".join(lines).encode()))  # type: ignore[operator]
    pieces = list(units(path))
    assert len(pieces) > 5
    records = [record for unit in pieces if isinstance(unit, Unit) for record in read(unit)]
    rejected = [each.line for each in records if isinstance(each, Rejection)]
    assert rejected == [number for number in range(1, 501) if number % 90 == 0 or number == 251]
    assert [each.id for each in records if isinstance(each, Article)] == [
        str(number) for number in range(1, 501) if number not in rejected
    ]


def test_an_endless_line_is_refused_in_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonlines, "LINE_LIMIT", 5 << 20)
    path = tmp_path / "x.jsonl.xz"
    with lzma.open(path, "wb", preset=0) as out:
        out.write(b'{"title": "vorher"}\n{"title": "')
        for _ in range(25):
            out.write(b"lang " * 200_000)
        out.write(b'"}\n{"title": "nachher"}\n')
    held = 0
    records = []
    with path.open("rb") as packed:
        for piece in jsonlines.cut(unpacked(packed), Unit("x", "x", format="jsonl")):
            held = max(held, len(piece.data or b"") if isinstance(piece, Unit) else 0)
            records += list(read(piece)) if isinstance(piece, Unit) else [piece]
    assert held < 8 << 20
    assert [each.title if isinstance(each, Article) else str(each) for each in records] == [
        "vorher",
        "x:2: a line of more than 5 MB",
        "nachher",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"titel": "„Grüße“"}\n{"titel": "zwei"}\n', encoding)
    assert [each.title for each in read_path(path) if isinstance(each, Article)] == ["„Grüße“", "zwei"]


@given(st.lists(st.text(max_size=30), max_size=5), st.integers(1, 1000))
def test_whatever_the_lines_are_each_is_accounted_for(lines: list[str], first: int) -> None:
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    unit = Unit("x", "x", format="jsonl", data=data, line=first)
    filled = [number for number, line in enumerate(data.split(b"\n"), first) if line.strip()]
    records = [each for each in read(unit) if not isinstance(each, Repair)]
    assert [each.line for each in records if isinstance(each, Rejection)] == filled
