"""At the edges of the command line: ids and cells that hold anything, deleting much, folders and options misused."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher import Archive, Article
from searcher.cli import ids
from searcher.cli.program import main

STRANGE = ["a\tb", "a b", " a", '"a"', "-x", "a\nb", "a\x1b[2J", "a\u202eb", "ä", "a\u2028b", "a\r", "\\t"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEARCHER_INDEX", raising=False)
    return tmp_path


def holding(*articles: Article) -> None:
    with Archive.create("index") as archive:
        archive.add(articles)


def output(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert main(arguments) == code
    said = capsys.readouterr()
    return said.out, said.err


@given(st.text(min_size=1))
def test_an_id_is_one_line_and_reads_back(article_id: str) -> None:
    for unicode in (True, False):
        line = ids.written(article_id, unicode)
        assert ids.read(line) == article_id
        assert len(line.splitlines()) == 1 and "\t" not in line and line == line.strip()
        assert not line.startswith("-") and (unicode or line.isascii())


@pytest.mark.parametrize("form", ["ids", "{id}"])
def test_each_printed_id_deletes_its_article(
    form: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    holding(*(Article(id=each, title="Kreml") for each in STRANGE))
    out, _ = output(capsys, "search", "Kreml", "-n", "99", "--format", form)
    lines = out.splitlines()
    assert sorted(ids.read(line) for line in lines) == sorted(STRANGE)
    for line in lines:
        assert "Kreml" in output(capsys, "show", line)[0]
        assert output(capsys, "delete", line)[0] == "1 article deleted\n"
        with Archive.open("index") as archive:
            assert archive.get(ids.read(line)) is None
    with Archive.open("index") as archive:
        assert len(archive) == 0


def test_csv_has_one_record_a_hit(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = "a\nb\rc\r\nd\u2028e"
    articles = [
        Article(id=f"{n}\n", title="Kreml", source=broken, section='a"b,c', author="x\ry") for n in "123"
    ]
    holding(*articles)
    out, _ = output(capsys, "search", "Kreml", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    with Archive.open("index") as archive:
        kept = {article.id: article for article in archive}
    assert len(rows) == 3 == len(kept)
    for row in rows:
        article = kept[row["id"]]
        assert (row["source"], row["section"], row["author"]) == (
            article.source,
            article.section,
            article.author,
        )


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝"])
def test_csv_holds_no_live_formula(sign: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    title = f"{sign}HYPERLINK(1) Kreml"
    holding(Article(id="1", title=title, source=f"{sign}cmd"))
    out, _ = output(capsys, "search", "Kreml", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["title"], row["source"]) == ("'" + title, f"'{sign}cmd")
    out, _ = output(capsys, "search", "Kreml", "--format", "csv", "--formulas")
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["title"] == title


def test_a_folder_of_other_files_becomes_no_index(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "q").mkdir()
    (place / "q" / "a.txt").write_text("Titel\n\nText", "utf-8")
    for command in ("index", "watch"):
        _, err = output(capsys, "--index", "q", command, "q", code=2)
        assert err == (
            "searcher: q: a new index needs an empty folder, this one holds files: a.txt; choose another --index\n"
        )
    assert [path.name for path in (place / "q").iterdir()] == ["a.txt"]
    assert "1 article: 1 new" in output(capsys, "index", "q")[0]


def test_notes_and_rests_may_lie_where_an_index_is_made(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "index").mkdir()
    for name in ("README.md", ".gitignore", "MAIN_WRITELOCK"):
        (place / "index" / name).write_text("", "utf-8")
    (place / "a.txt").write_text("Titel\n\nText", "utf-8")
    assert "1 new" in output(capsys, "index", "a.txt")[0]


def test_deleting_much_needs_yes(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    holding(*(Article(id=str(number), title="Kreml" if number < 6 else "Rat") for number in range(10)))
    _, err = output(capsys, "delete", "--query", "*", code=2)
    assert (
        err
        == "searcher: this query would delete 10 articles of 10: add --yes, or look first with --dry-run\n"
    )
    assert output(capsys, "delete", "--query", "Kreml", code=2)[1]
    assert output(capsys, "delete", "--query", "*", "--dry-run")[0] == "10 articles would be deleted\n"
    assert output(capsys, "delete", "1", "1", "99", "--dry-run")[0] == "1 article would be deleted\n"
    assert (
        output(capsys, "delete", "--query", "Wal", "--dry-run", code=1)[0] == "0 articles would be deleted\n"
    )
    assert output(capsys, "delete", "--query", "Rat")[0] == "4 articles deleted\n"
    assert output(capsys, "delete", "--query", "*", "--yes")[0] == "6 articles deleted\n"


@pytest.mark.parametrize(("answer", "code", "left"), [(False, 1, 2), (True, 0, 1)])
def test_a_terminal_is_asked(
    answer: bool,
    code: int,
    left: int,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    holding(Article(id="1", title="Kreml"), Article(id="2", title="Rat"))
    asked = []
    monkeypatch.setattr("searcher.cli.delete._is_watched", lambda: True)
    monkeypatch.setattr("click.confirm", lambda text, err: asked.append(text) or answer)
    output(capsys, "delete", "--query", "Kreml", code=code)
    assert asked == ["Delete 1 article of 2?"]
    with Archive.open("index") as archive:
        assert len(archive) == left


@pytest.mark.parametrize(
    "arguments",
    [
        ["--index", "a", "--index", "b", "search", "x"],
        ["search", "x", "--index", "a", "--index", "b"],
        ["--index", "a", "search", "x", "--index", "b"],
    ],
)
def test_two_indexes_are_refused(
    arguments: list[str], place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, err = output(capsys, *arguments, code=2)
    assert "--index is given twice" in err


def test_running_out_of_memory_is_one_line_with_the_cure(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> Archive:
        raise MemoryError

    monkeypatch.setattr("searcher.Archive.open", full)
    _, err = output(capsys, "stats", code=3)
    assert (
        err == "searcher: out of memory; run the same command again with --processes 1, or with more memory\n"
    )
