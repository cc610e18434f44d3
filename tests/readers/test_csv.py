"""CSV: whatever delimiter, quotes, header and line ends, every row is an article or a line that says why not."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.article import Article
from searcher.errors import Cure
from searcher.readers import ReadOptions, Unit, csvtable, dispatch, read_path
from searcher.readers.base.dialect import recognise
from searcher.report import Rejection, Repair


def records(tmp_path: Path, content: str | bytes, **options: object) -> list[object]:
    path = tmp_path / "x.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_path(path, ReadOptions(**options)))  # type: ignore[arg-type]


def told(found: list[object]) -> list[str]:
    return [each.title if isinstance(each, Article) else str(each).partition("x.csv:")[2] for each in found]


@pytest.mark.parametrize(
    ("head", "delimiter", "quote", "columns"),
    [
        ("Titel;Text\na;b, c, d\n", ";", '"', ("Titel", "Text")),
        ("titel,text\n'a, b','c'\n'd','e'\n", ",", "'", ("titel", "text")),
        ("title\ttext\na\tb; c\n", "\t", '"', ("title", "text")),
        ("title|text|date\na, b|c|2023\n", "|", '"', ("title", "text", "date")),
        ('sep=;\r\n"Titel";"Text"\r\na;b\r\n', ";", '"', ("Titel", "Text")),
        ("text\nnur eine Spalte, mit Komma\n", ";", '"', ("text",)),
        (
            'News;Timestamp;Ueberschrift\n"a, ""b""";2012-01-31;c\n',
            ";",
            '"',
            ("News", "Timestamp", "Ueberschrift"),
        ),
        (";titel;titel;\n1;a;b;c\n", ";", '"', ("column 1", "titel", "titel 3", "column 4")),
    ],
)
def test_dialects(head: str, delimiter: str, quote: str, columns: tuple[str, ...]) -> None:
    found = recognise(head)
    assert (found.delimiter, found.quote, found.columns) == (delimiter, quote, columns)


@pytest.mark.parametrize("note", ['sep="\r\n', "sep='\n", "sep=\r", "sep=;\n"])
def test_a_noted_delimiter_that_can_be_none_is_passed_over(tmp_path: Path, note: str) -> None:
    assert told(records(tmp_path, note + "Titel;Text\nA;B\nC\n")) == [
        "A",
        "4: 1 cells in a row where the header has 2",
    ]


def test_excel_with_newlines_in_cells_bom_and_mixed_line_ends(tmp_path: Path) -> None:
    content = '\ufeffTitel;Text;Datum\r\nEins;"Erster\r\nZweiter";31.03.2023\rZwei;"a ""b"" c";2023-04\n;;\n'
    first, second = records(tmp_path, content)
    assert isinstance(first, Article) and isinstance(second, Article)
    assert (first.title, first.body, str(first.date)) == ("Eins", "Erster\n\nZweiter", "2023-03-31")
    assert (second.body, str(second.date)) == ('a "b" c', "2023-04")


def test_what_columns_mean(tmp_path: Path) -> None:
    content = (
        "ID,Dachzeile,Überschrift,Vorspann,Artikel,Ressort,Quelle,Verfasser,Schlagwörter,Href,Seite\n"
        "7,Krieg,Ruhe,Kurz,Lang,Ausland,elbkurier,Ida Moor,a; b,https://e.example/7,3\n"
    )
    (article,) = records(tmp_path, content)
    assert isinstance(article, Article)
    assert article.as_dict() == {
        "id": "7",
        "kicker": "Krieg",
        "title": "Ruhe",
        "teaser": "Kurz",
        "body": "Lang",
        "section": "Ausland",
        "source": "elbkurier",
        "author": "Ida Moor",
        "keywords": ["a", "b"],
        "url": "https://e.example/7",
        "extra": {"Seite": "3"},
    }


def test_description_is_the_text_where_nothing_else_is(tmp_path: Path) -> None:
    (article,) = records(tmp_path, "title,description\na,b\n")
    assert isinstance(article, Article) and (article.body, article.teaser) == ("b", "")
    (article,) = records(tmp_path, "title,description,text\na,b,c\n")
    assert isinstance(article, Article) and (article.body, article.teaser) == ("c", "b")


def test_no_header_names_the_cure(tmp_path: Path) -> None:
    (rejection,) = records(tmp_path, "Waffenruhe;Sie kommt.\nKrieg;Er geht.\n")
    assert str(rejection).endswith(
        ":1: the first row names no title or text column (it reads: Waffenruhe;Sie kommt.): put the names of the "
        "columns into a first row"
    )
    assert isinstance(rejection, Rejection) and rejection.cure is Cure.MAP_COLUMNS


def test_map_names_a_column(tmp_path: Path) -> None:
    (article,) = records(
        tmp_path, "Kopf;Rumpf\nRuhe;Sie kommt.\n", mapping={"title": "Kopf", "body": "Rumpf"}
    )
    assert isinstance(article, Article) and (article.title, article.body) == ("Ruhe", "Sie kommt.")
    (rejection,) = records(tmp_path, "Titel;Rumpf\nRuhe;Sie kommt.\n", mapping={"body": "Text"})
    assert str(rejection).endswith("no column 'Text': the columns are Titel, Rumpf")


def test_faulty_rows_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    content = (
        'titel;text;datum\na;b;2023\nzu;kurz\nb;c;2023-13-45\nviel;zu;viel;da\n;;2023\nc;"x\ny";2023;;\n'
    )
    found = told(records(tmp_path, content))
    assert found[:2] == ["a", "3: 2 cells in a row where the header has 3"]
    assert found[2:4] == ["4: a date that cannot be read: 2023-13-45", "b"]
    assert found[4:] == [
        "5: 4 cells in a row where the header has 3",
        "6: no text: neither a title nor a body",
        "c",
    ]


def test_a_quote_never_closed_costs_its_row_only(tmp_path: Path) -> None:
    content = 'titel;text\na;b\nb;"offen\nc;d\ne;"f\ng"\nh;i\n'
    closed_wrongly = ["a", "3: a quote is opened here and never closed", "c", "e", "h"]
    assert told(records(tmp_path, content)) == closed_wrongly
    content = 'titel;text\na;b\nb;"offen\nc;d\ne;f\n'
    assert told(records(tmp_path, content)) == ["a", "3: a quote is opened here and never closed", "c", "e"]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test can reach."""
    for name, value in (("ROW_LIMIT", 4000), ("BLOCK", 500)):
        monkeypatch.setattr(csvtable, name, value)


ROWS = 'id{0};Titel {0};"Der Text, Nummer {0}"\n'
BEFORE, BEHIND = ("".join(map(ROWS.format, numbers)) for numbers in (range(10), range(10, 60)))
PROSE = "Er sagte, dass es gut sei; dann ging er.\n\nEin Absatz.\n"


@pytest.mark.parametrize(
    ("damage", "lines"),
    [
        ('x;Riese;"' + "wort " * 5000 + '"\n', 1),
        ('x;Riese;"' + "wort " * 5000 + "\n", 1),
        ('x;Riese;"' + "wort " * 5000 + "\r\n", 1),
        ('x;Riese;"' + PROSE * 500 + '"\n', 1501),
        ('x;Riese;"' + PROSE * 500 + "wort " * 5000 + PROSE + '"\n', 1504),
        ("x;" * 10_000 + "\n", 1),
    ],
)
@pytest.mark.usefixtures("small")
def test_a_giant_cell_is_one_line_of_the_account(tmp_path: Path, damage: str, lines: int) -> None:
    header = "id;titel;text\n"
    found = told(records(tmp_path, header + BEFORE + damage + BEHIND))
    (said,) = [each for each in found if not each.startswith("Titel")]
    assert said.startswith("12: a cell of more than 8 MB") and "close it" in said
    assert said.endswith(f"; left out up to line {11 + lines}") == (lines > 1)
    assert [each for each in found if each != said] == [f"Titel {number}" for number in range(60)]
    # What comes behind has its own line numbers.
    found = told(records(tmp_path, header + damage + BEHIND + "zu;kurz\n"))
    assert found[-1] == f"{52 + lines}: 2 cells in a row where the header has 3"


@pytest.mark.usefixtures("small")
def test_a_quote_never_closed_before_very_many_rows_costs_its_row_only(tmp_path: Path) -> None:
    plain = "".join(f"id{number};Titel {number};Text\n" for number in range(1000))
    found = told(records(tmp_path, "id;titel;text\n" + 'x;y;"offen\n' + plain))
    assert found[0].startswith("2: a cell of more than 8 MB") and "left out" not in found[0]
    assert found[1:] == [f"Titel {number}" for number in range(1000)]


@pytest.mark.usefixtures("small")
def test_quotes_that_make_each_line_cost_all_that_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csvtable, "AGAIN", 50_000)
    content = "id;titel;text\n" + ("1;a;b\n" * 3 + 'a;b";"c\n') * 3000
    looked = 0
    taps = csvtable._tapped

    def counted(lines: Any, taken: list[bytes]) -> Any:
        nonlocal looked
        for line in taps(lines, taken):
            looked += len(line)
            yield line

    monkeypatch.setattr(csvtable, "_tapped", counted)
    found = told(records(tmp_path, content))
    assert looked < len(content) + 60_000
    assert found[:3] == ["a"] * 3 and found[3].startswith("5: a cell of more")
    assert any("left out up to line" in each for each in found)


def test_very_many_quotes_that_are_closed_wrongly(tmp_path: Path) -> None:
    count = 5000
    found = told(records(tmp_path, "titel;text\n" + 'b;"x\nc;d"y\n' * count))
    assert len(found) == 2 * count and found[1::2] == ["c"] * count


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    found = records(tmp_path, "Titel;Text\nGrüße;„Zitat“\nPlain;ok\n".encode(encoding))
    articles = [each for each in found if isinstance(each, Article)]
    assert [each.title for each in articles] == ["Grüße", "Plain"]
    assert articles[0].body == "„Zitat“"
    repairs = [(each.line, each.reason) for each in found if isinstance(each, Repair)]
    assert repairs == ([(2, "read as cp1252")] if encoding == "cp1252" else [])


cells = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cc", "Cs"]), max_size=12
)


@given(
    st.lists(st.tuples(cells, st.text("ab;,'\"\n\r|\t", max_size=12)), min_size=1, max_size=30),
    st.sampled_from(";,\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_rows_written_by_csv_come_back_whole(rows: list[tuple[str, str]], delimiter: str, end: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "title", "zusatz", "text"])
    for number, (plain, wild) in enumerate(rows):
        writer.writerow([str(number), f"Titel {number}", f"{plain}{wild}", "x"])
    file = Unit("x.csv", "x.csv", format="csv")
    stream = io.BytesIO(out.getvalue().encode())
    found = [each for unit in csvtable.cut(stream, file) for each in dispatch.read(unit)]  # type: ignore[arg-type]
    articles = [each for each in found if isinstance(each, Article)]
    assert [each.id for each in articles] == [str(number) for number in range(len(rows))]


def test_blocks_are_cut_between_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvtable, "BLOCK", 500)
    rows = [f'{number};"Zeile\n{"x" * (number % 50)}";2023-03-31' for number in range(300)]
    rows[200] = "200;nur zwei"
    stream = io.BytesIO("\n".join(["id;text;datum", *rows]).encode())
    pieces = list(csvtable.cut(stream, Unit("x.csv", "x.csv", format="csv")))
    assert len(pieces) > 10
    found = [each for unit in pieces if isinstance(unit, Unit) for each in dispatch.read(unit)]
    assert [each.id for each in found if isinstance(each, Article)] == [
        str(n) for n in range(300) if n != 200
    ]
    assert [each.line for each in found if isinstance(each, Rejection)] == [2 + 2 * 200]
