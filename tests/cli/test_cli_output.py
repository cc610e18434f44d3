"""What the commands print, from hand-made results: forms of output, templates, harmless text, errors, exit codes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searcher
from searcher import (
    ArchiveDamaged,
    ArchiveLocked,
    ArchiveNotFound,
    Article,
    Hit,
    Period,
    QuerySyntaxError,
    ReadError,
    Results,
    Snippet,
    StorageError,
    UsageError,
    VersionMismatch,
    serialise,
)
from searcher.cli import main
from searcher.cli.output import FIELDS, NAMES, Format, dumps
from searcher.cli.program import program
from searcher.cli.terminal import Screen, block, inline

PIPE = Screen()
PAINTED = Screen(terminal=True, colour=True)

ARTICLE = Article(
    id="ab-1",
    title="Kreml lehnt Waffenruhe ab",
    kicker="Krieg",
    teaser="Vorspann",
    body="Erster Absatz.\n\nZweiter Absatz.",
    date=Period.parse("31.03.2023 13:46"),
    source="Abendbote",
    section="Ausland",
    url="https://zeitung.example/1",
    keywords=("Ukraine", "Kreml"),
    extra={"Seite": "3"},
)
UNDATED = Article(id="ab-2", title="", body="Nur Text.")


HITS = (
    Hit(
        rank=1,
        score=7.123456,
        article=ARTICLE,
        snippet=Snippet("die Waffenruhe ohne Vorbedingungen", ((4, 14),)),
    ),
    Hit(rank=2, score=1.0, article=UNDATED, snippet=Snippet("Nur Text.", ())),
)
RESULTS = Results(total=2, hits=HITS, query="Waffenruhe", took=0.0012)


def lines(form: str, screen: Screen = PIPE, results: Results = RESULTS) -> list[str]:
    return list(Format.parse(form).lines(results, screen))


def with_article(**values: Any) -> Results:
    hit = Hit(rank=1, score=1.0, article=Article(**values), snippet=Snippet(values.get("body", ""), ()))
    return Results(total=1, hits=(hit,), query="x", took=0.0)


class FakeArchive:
    """Stands for the archive where only the printing matters; `answer` is returned or raised by every verb."""

    answer: Any = RESULTS

    @classmethod
    def open(cls, path: Any, **_: Any) -> FakeArchive:
        return cls()

    open_or_create = at = open

    def __enter__(self) -> FakeArchive:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def _answer(self, *_: Any, **__: Any) -> Any:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    search = count = explain = get = stats = delete = index = verify = rebuild = optimize = _answer


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeArchive]]:
    monkeypatch.setattr(searcher, "Archive", FakeArchive, raising=False)
    monkeypatch.setattr(FakeArchive, "answer", RESULTS)
    yield FakeArchive


# forms of output


def test_text_shows_rank_date_title_origin_and_snippet() -> None:
    assert lines("text") == [
        "1. 2023-03-31 13:46  Krieg: Kreml lehnt Waffenruhe ab",
        "   Abendbote | Ausland | id ab-1",
        "   die Waffenruhe ohne Vorbedingungen",
        "",
        "2. undated  (no title)",
        "   id ab-2",
        "   Nur Text.",
        "",
        "2 hits",
    ]


def test_marks_are_painted_on_a_terminal_only() -> None:
    assert "   die \x1b[1mWaffenruhe\x1b[0m ohne Vorbedingungen" in lines("text", PAINTED)
    assert not any("\x1b" in line for line in lines("text"))


@pytest.mark.parametrize(
    ("total", "ranks", "closing"),
    [
        (0, [], "no hits: --explain shows how the query was read and what each word became"),
        (1, [1], "1 hit"),
        (54_995, [1, 2], "54,995 hits, shown 1 to 2; --offset 2 shows more"),
        (12, [11, 12], "12 hits, shown 11 to 12"),
        (12, [], "12 hits, none from there on: use a smaller --offset"),
    ],
)
def test_the_last_line_says_how_many_there_are(total: int, ranks: list[int], closing: str) -> None:
    hits = tuple(Hit(rank=rank, score=1.0, article=ARTICLE, snippet=Snippet("", ())) for rank in ranks)
    assert lines("text", results=Results(total=total, hits=hits, query="x", took=0.0))[-1] == closing


def test_json_is_one_value_with_schema() -> None:
    (line,) = lines("json")
    value = json.loads(line)
    assert value == json.loads(json.dumps(serialise.results(RESULTS)))
    assert value["schema"] == 1
    assert (value["query"], value["total"]) == ("Waffenruhe", 2)
    first = value["hits"][0]
    assert first["article"]["date"] == "2023-03-31 13:46"
    start, end = first["snippet"]["marks"][0]
    assert first["snippet"]["text"][start:end] == "Waffenruhe"
    assert Article.from_dict(first["article"]) == ARTICLE


def test_jsonl_is_one_hit_a_line_each_with_schema() -> None:
    values = [json.loads(line) for line in lines("jsonl")]
    assert [value["rank"] for value in values] == [1, 2]
    assert all(value["schema"] == 1 for value in values)


def test_csv_is_read_back_by_a_csv_reader() -> None:
    results = with_article(id="1", title='Ein "Titel", mit; allem\nund Umbruch', body="x")
    (row,) = csv.DictReader(io.StringIO("\n".join(lines("csv", results=results))))
    assert row["title"] == 'Ein "Titel", mit; allem\nund Umbruch'
    assert row["id"] == "1"


def test_ids() -> None:
    assert lines("ids") == ["ab-1", "ab-2"]


def test_an_id_with_a_line_break_stays_one_line() -> None:
    assert lines("ids", results=with_article(id="a\nb", body="x")) == ['"a\\nb"']


# templates


def test_template() -> None:
    assert (
        lines("{date} {title} <{url}>")[0]
        == "2023-03-31 13:46 Kreml lehnt Waffenruhe ab <https://zeitung.example/1>"
    )


def test_template_with_braces_and_escapes() -> None:
    assert lines("{{{rank}}}\\t{keywords}\\n")[0] == "{1}\tUkraine, Kreml\n"


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_can_be_named(field: str) -> None:
    assert len(lines("{" + field + "}")) == 2


@pytest.mark.parametrize(
    "template",
    [
        "{titel}",
        "{article.__class__}",
        "{title.__class__}",
        "{title[0]}",
        "{}",
        "{0}",
        "{title!r}",
        "{score:.2f}",
    ],
)
def test_a_template_reaches_nothing_but_its_fields(template: str) -> None:
    with pytest.raises(UsageError, match="known are rank, score, id, date"):
        Format.parse(template)


@pytest.mark.parametrize("template", ["{title", "{title}}", "{", "{{}"])
def test_unpaired_brace(template: str) -> None:
    with pytest.raises(UsageError, match="unpaired brace"):
        Format.parse(template)


def test_unknown_format_lists_the_known() -> None:
    with pytest.raises(UsageError, match="text, json, jsonl, csv, ids, or a template"):
        Format.parse("xml")


@given(st.text())
def test_any_format_text_is_taken_or_refused_in_words(text: str) -> None:
    try:
        form = Format.parse(text)
    except UsageError:
        return
    assert form.name in (*NAMES, "template")


# harmless text

HOSTILE = "a\x1b[31mb\x07c\x9bd\u202ee\u2066f\ud800g\x00h"


def test_nothing_harmful_reaches_a_terminal() -> None:
    results = with_article(
        id=HOSTILE, title=HOSTILE, kicker=HOSTILE, source=HOSTILE, section=HOSTILE, url=HOSTILE, body=HOSTILE
    )
    screen = Screen(terminal=True, colour=False)
    for form in ["text", "json", "jsonl", "csv", "ids", *("{" + field + "}" for field in FIELDS)]:
        printed = "\n".join(lines(form, screen, results))
        assert not set(printed) & set("\x1b\x07\x9b\u202e\u2066\ud800\x00"), form


def test_json_loses_nothing_of_the_harmful() -> None:
    (line,) = lines("json", results=with_article(id="1", title=HOSTILE, body="x"))
    assert json.loads(line)["hits"][0]["article"]["title"] == HOSTILE


def test_json_for_a_stream_that_is_not_utf8_is_ascii() -> None:
    assert dumps("Müller", Screen(unicode=False)) == '"M\\u00fcller"'
    assert dumps("Müller", Screen(unicode=True)) == '"Müller"'


@given(st.text(st.characters()))
def test_cleaning_keeps_every_position(text: str) -> None:
    assert len(inline(text)) == len(block(text)) == len(text)
    assert "\n" not in inline(text)
    assert all(
        character == "\ufffd" or character.isprintable() or character == " "
        for character in ascii_part(inline(text))
    )


def ascii_part(text: str) -> str:
    return "".join(
        character
        for character in text
        if ord(character) < 256 and character != "\xad" and character != "\xa0"
    )


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 20), st.integers(0, 20))
def test_marking_changes_no_text(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    painted = Screen(terminal=True, colour=True).marked(text, [(start, end)])
    stripped = painted.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert stripped.split() == inline(text).split()


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters=" "), max_size=12)), st.integers(1, 120)
)
def test_wrapping_loses_nothing_and_keeps_the_width(words: list[str], width: int) -> None:
    text = inline(" ".join(words))
    lines = list(Screen(terminal=True, width=width).wrapped(text, margin=3))
    assert " ".join(lines).split() == text.split()
    assert all(len(line) <= max(width, 23) for line in lines)
    assert list(Screen(width=width).wrapped(text)) == [text]


def test_paint_takes_no_room() -> None:
    painted = Screen(terminal=True, colour=True, width=20)
    assert list(painted.wrapped(painted.bold("aaaaaaaaa") + " bbbbbbbbbb")) == [
        "\x1b[1maaaaaaaaa\x1b[0m bbbbbbbbbb"
    ]
    assert len(list(painted.wrapped(painted.bold("aaaaaaaaaa") + " bbbbbbbbbb"))) == 2


# errors and exit codes


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x: do y"), 2),
        (ArchiveNotFound("x: do y"), 3),
        (ArchiveDamaged("x: do y"), 3),
        (VersionMismatch("x: do y"), 3),
        (StorageError("x: do y"), 3),
        (ArchiveLocked("x: do y"), 4),
        (ReadError("x: do y"), 5),
    ],
)
def test_every_error_is_one_line_and_its_exit_code(
    fake: type[FakeArchive], capsys: pytest.CaptureFixture[str], error: Exception, code: int
) -> None:
    fake.answer = error
    assert run(capsys, "search", "x") == (code, "", "searcher: x: do y\n")


def test_a_query_error_shows_query_and_caret(
    fake: type[FakeArchive], capsys: pytest.CaptureFixture[str]
) -> None:
    fake.answer = QuerySyntaxError("unknown field 'titl'", "Kreml titl:x", 6, "did you mean 'titel'?")
    code, out, err = run(capsys, "search", "Kreml titl:x")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "searcher: unknown field 'titl' at position 7: did you mean 'titel'?",
        "  Kreml titl:x",
        "        ^",
    ]


def test_interruption_is_one_line(fake: type[FakeArchive], capsys: pytest.CaptureFixture[str]) -> None:
    fake.answer = KeyboardInterrupt()
    code, out, err = run(capsys, "delete", "x")
    assert (code, out) == (130, "")
    assert err == "searcher: interrupted; the index is consistent: run the same command again\n"


def test_a_defect_is_one_line_too(
    fake: type[FakeArchive], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.answer = ZeroDivisionError("oh")
    code, _, err = run(capsys, "stats")
    assert code == 70
    assert (
        err == "searcher: this is a defect of searcher: ZeroDivisionError: oh; SEARCHER_DEBUG=1 shows where\n"
    )
    monkeypatch.setenv("SEARCHER_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["stats"])


def test_hostile_text_in_an_error_is_harmless(
    fake: type[FakeArchive], capsys: pytest.CaptureFixture[str]
) -> None:
    fake.answer = UsageError(HOSTILE + "x" * 5000)
    _, _, err = run(capsys, "search", "x")
    assert len(err) < 700
    assert not set(err) & set("\x1b\x07\x9b\u202e\x00")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["search"], "Missing argument 'QUERY...'"),
        (["search", "x", "-n", "0"], "0 is not in the range"),
        (["search", "x", "-n", "zehn"], "'zehn' is not a valid integer"),
        (["search", "x", "--offset", "-1"], "-1 is not in the range"),
        (["search", "x", "--sort", "best"], "'best' is not one of"),
        (["search", "x", "--format", "xml"], "unknown format 'xml'"),
        (["search", "x", "--format", "{titel}"], "unknown field '{titel}'"),
        (["search", "x", "--count", "--format", "csv"], "--count prints text or json"),
        (["search", "-Kreml"], "needs '--' before it"),
        (["search", "x", "--frm", "2023"], "--from"),
        (["saerch", "x"], "search"),
        (["index"], "Missing argument 'PATH...'"),
        (["index", "no/such/folder"], "there is no file or folder 'no/such/folder'"),
        (["index", ".", "--map", "title"], "lacks its column"),
        (["show"], "Missing argument 'ID'"),
        (["delete"], "one of the two"),
        (["delete", "x", "--query", "y"], "one of the two"),
        (["stats", "x"], "unexpected extra argument"),
    ],
    ids=str,
)
def test_wrong_use_is_one_line_with_a_cure(
    fake: type[FakeArchive], capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("searcher: ")
    assert says in err


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys)
    assert (code, out) == (2, "")
    assert "Examples:" in err


@pytest.mark.parametrize("command", [[], *([name] for name in program.commands)], ids=str)
def test_every_help_has_examples(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, *command, "--help")
    assert (code, err) == (0, "")
    assert "Examples:\n" in out
    assert f"  searcher {' '.join(command)}".rstrip() in out.split("Examples:")[1]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"searcher {searcher.__version__}\n", "")


def test_no_hits_is_exit_code_1(fake: type[FakeArchive], capsys: pytest.CaptureFixture[str]) -> None:
    fake.answer = Results(total=0, hits=(), query="x", took=0.0)
    assert run(capsys, "search", "x")[0] == 1
    assert run(capsys, "search", "x", "--format", "ids") == (1, "", "")
    fake.answer = 0
    assert run(capsys, "search", "x", "--count") == (1, "0\n", "")
    assert run(capsys, "delete", "x") == (1, "", "searcher: nothing deleted: no article has these ids\n")
    fake.answer = None
    code, out, err = run(capsys, "show", "x")
    assert (code, out) == (1, "")
    assert "no article has the id 'x'" in err


def test_show_prints_the_whole_article(fake: type[FakeArchive], capsys: pytest.CaptureFixture[str]) -> None:
    fake.answer = ARTICLE
    code, out, _ = run(capsys, "show", "ab-1")
    assert code == 0
    assert out.splitlines()[:4] == [
        "Krieg",
        "Kreml lehnt Waffenruhe ab",
        "date: 2023-03-31 13:46",
        "source: Abendbote",
    ]
    assert "Seite: 3" in out
    assert out.endswith("\nVorspann\n\nErster Absatz.\n\nZweiter Absatz.\n")
    _, out, _ = run(capsys, "show", "ab-1", "--format", "json")
    assert Article.from_dict(json.loads(out)["article"]) == ARTICLE


def test_the_index_may_be_named_before_and_after_the_command(
    fake: type[FakeArchive], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        FakeArchive, "open", classmethod(lambda cls, path, **_: opened.append(str(path)) or cls())
    )
    monkeypatch.delenv("SEARCHER_INDEX", raising=False)
    run(capsys, "search", "x")
    run(capsys, "--index", "one", "search", "x")
    run(capsys, "search", "x", "--index", "two")
    monkeypatch.setenv("SEARCHER_INDEX", "three")
    run(capsys, "search", "x")
    run(capsys, "--index", "one", "search", "x")
    assert opened == ["index", "one", "two", "three", "one"]
