"""The query language: what each query means, how it is refused, and that nothing else ever happens."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import example, given, settings

from searcher.errors import QuerySyntaxError
from searcher.query import ParsedQuery, Query, leaves, parse
from searcher.query.fields import FIELDS, nearest
from tests.checkout import SUITES
from tests.plain_analysis import STOP_WORDS, analyze
from tests.query_strategies import texts, trees

TODAY = date(2023, 4, 7)
CASES = tomllib.loads((SUITES / "query.toml").read_text(encoding="utf-8"))["case"]


def read(text: str) -> ParsedQuery:
    return parse(text, analyze=analyze, today=TODAY, stop_words=STOP_WORDS)


def refused(text: str) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as caught:
        read(text)
    return caught.value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["query"])
def test_suite(case: dict) -> None:
    if "tree" in case:
        parsed = read(case["query"])
        assert str(parsed.tree) == case["tree"]
        assert list(parsed.ignored) == case.get("ignored", [])
        assert parsed.text == case["query"]
    else:
        error = refused(case["query"])
        assert error.position == case["position"]
        assert error.query == case["query"]
        assert error.reason == case.get("reason", error.reason)
        assert error.suggestion == case.get("suggestion", error.suggestion)


def test_the_suite_has_both_kinds() -> None:
    assert sum("tree" in case for case in CASES) > 100
    assert sum("position" in case for case in CASES) > 80


@settings(max_examples=1000)
@given(texts)
@example("\ud800")
@example("a\x00b")
@example("titel:" * 200)
@example("AAA*INNENﬀ")
@example("–" * 2_000)
@example("x\u202ey~~")
@example("datum:2023\u200e..2021")
@example("foo\u202e:" + "a" * 2_000)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parsed = read(text)
    except QuerySyntaxError as error:
        assert error.query == text
        assert 0 <= error.position <= len(text)
        # One short line, fit for any terminal.
        assert error.reason and str(error).isprintable() and len(str(error)) < 300
        assert len(error.caret().split("\n")) == 2
        return
    again = read(str(parsed.tree))
    assert again.tree == parsed.tree
    assert hash(again.tree) == hash(parsed.tree)
    assert str(again.tree) == str(parsed.tree)
    # What a tree keeps, its printed form keeps.
    assert again.ignored == ()


@settings(max_examples=300)
@given(trees())
def test_a_tree_prints_as_it_reads(tree: Query) -> None:
    assert read(str(tree)).tree == tree


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("(" * 5_000, "brackets nested deeper than 100 levels", 100),
        ("(" * 101 + "a" + ")" * 101, "brackets nested deeper than 100 levels", 100),
        ("NICHT " * 1_000 + "a", "brackets, NICHT or ADJ nested deeper than 100 levels", 6_000),
        ("a ADJ " * 150 + "a", "brackets, NICHT or ADJ nested deeper than 100 levels", 600),
        (
            "(a ODER NICHT " * 60 + "a" + ")" * 60,
            "brackets, NICHT or ADJ nested deeper than 100 levels",
            None,
        ),
        ("a" * 100_000, "query longer than 10,000 characters", 10_000),
        ("a " * 1_025, "more than 1,024 words", 2_048),
        ('"' + "a " * 1_025 + '"', "more than 1,024 words", 0),
        ("a-" * 1_024 + "a", "more than 1,024 words", 0),
        ("-".join(["wort*in"] * 7), "a word with too many ways to write it", 0),
        ("a\x00b", "control character U+0000", 1),
        ("a \x1b[31m", "control character U+001B", 2),
        ("a \udc80", "the byte 80 is not of the terminal's encoding", 2),
        ("a \ud880", "control character U+D880", 2),
        ("\x85a \x9d", "control character U+009D", 3),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_bounds(text: str, reason: str, position: int | None) -> None:
    error = refused(text)
    assert error.reason == reason
    assert position is None or error.position == position


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100 + "a" + ")" * 100,
        "NICHT " * 99 + "a",
        "a ADJ " * 99 + "a",
        "a " * 1_024,
        " ODER ".join(["a"] * 1_024),
        "a" * 10_000,
    ],
    ids=lambda text: text[:10],
)
def test_just_within_the_bounds(text: str) -> None:
    tree = read(text).tree
    assert read(str(tree)).tree == tree or len(str(tree)) > 10_000


def test_the_message_of_an_unknown_field() -> None:
    error = refused("Krieg titl:Kreml")
    assert str(error) == "unknown field 'titl' at position 7: did you mean 'titel'?"
    assert error.caret() == "Krieg titl:Kreml\n      ^"


def test_a_date_error_says_why_and_what_to_write() -> None:
    error = refused("datum:2023-13-45")
    assert "2023-13-45" in error.reason
    assert "2023-03-31" in error.suggestion
    assert error.position == 6


def test_today_decides_what_heute_is() -> None:
    assert str(parse("datum:heute", analyze=analyze, today=date(2024, 2, 29)).tree) == "datum:2024-02-29"


def test_stop_words_are_none_unless_given() -> None:
    parsed = parse("der Krieg", analyze=analyze)
    assert (str(parsed.tree), parsed.ignored) == ("(der AND Krieg)", ())


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("titl", "titel"), ("resort", "ressort"), ("datun", "datum"), ("qelle", "quelle"), ("xyz", None)],
)
def test_slips_of_field_names(slip: str, meant: str | None) -> None:
    assert nearest(slip) == meant


def test_every_name_of_every_field_is_known() -> None:
    for field in FIELDS:
        for name in (field.name, *field.aliases, field.name.upper()):
            value = "2023" if field.kind == "date" else "x"
            [(leaf, positive)] = leaves(read(f"{name}:{value}").tree)
            assert (leaf.fieldname, positive) == (field.schema, True)


def test_leaves_come_in_order_with_their_sign() -> None:
    tree = read('Krieg -(Frieden "der Kreml") NICHT NICHT Rat ODER x ADJ y -datum:2023 * id:1').tree
    assert [(str(leaf), positive) for leaf, positive in leaves(tree)] == [
        ("Krieg", True),
        ("Frieden", False),
        ('"der Kreml"', False),
        ("Rat", True),
        ("(x ADJ y)", True),
        ("datum:2023", False),
        ("id:1", True),
    ]
