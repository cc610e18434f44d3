"""Trees as Whoosh sees them, and as highlighting does."""

from __future__ import annotations

import copy
import doctest
import importlib

import pytest
import whoosh.query
from hypothesis import given
from whoosh.query import Query, Term

from searcher.query import (
    And,
    Consecutive,
    During,
    Every,
    Exact,
    Forms,
    Leaf,
    Near,
    Not,
    Or,
    Raw,
    Word,
    parse,
)
from tests.plain_analysis import analyze
from tests.plain_matcher import plain, stretches
from tests.query_strategies import WORDS, text_leaves, trees


def tree(text: str) -> Query:
    return parse(text, analyze=analyze).tree


def test_a_word_of_one_form_is_a_term() -> None:
    word = tree("Kriege")
    assert word == Word("all", "Kriege", Term("all", "krieg"))
    assert word.forms == (Term("all", "krieg"),)


def test_a_compound_is_joined_or_a_phrase() -> None:
    word = tree("titel:EU-Kommission")
    assert word.query == Forms([Term("title", "eukommissio"), Consecutive("title", ["eu", "kommissio"])])


def test_a_gender_form_is_found_under_both_stems() -> None:
    assert tree("Bürger*innen").query == Forms([Term("all", "burger"), Term("all", "burg")])
    assert tree("EU-Bürger*innen").forms[1:] == (
        Consecutive("all", ["eu", "burger"]),
        Consecutive("all", ["eu", "burg"]),
    )


def test_exact_wording_is_looked_up_in_printed_forms() -> None:
    assert tree('"Kriege"').query == Term("all_printed", "kriege")
    assert tree('titel:"der EU-Kommission"').query == Consecutive(
        "title_printed", ["der", "eu", "kommission"]
    )


def test_trees_are_equal_when_they_ask_the_same() -> None:
    assert tree('"EU Kommission"') == tree('"EU-Kommission"') == tree("„eu kommission“")
    assert tree("Krieg") == tree("Kriege") != tree('"Krieg"')
    assert tree("a ADJ b") != tree("a NEAR/0 b") != tree("a ADJ/1 b")
    assert tree("Krieg^2") != tree("Krieg")
    assert tree("Krieg~") != tree("Krieg~2")
    assert tree("datum:2023-01..2023-12") == tree("datum:2023")
    assert len({tree("a b"), tree("a UND b"), tree("(a) AND b")}) == 1
    assert Raw("id", "x") != Raw("url", "x")
    assert Word("all", "x", Term("all", "x")) != "x"


def test_our_classes_are_whooshs() -> None:
    for made, kind in [
        (tree("a b"), whoosh.query.And),
        (tree("a ODER b"), whoosh.query.Or),
        (tree("-a"), whoosh.query.Not),
        (tree("*"), whoosh.query.Every),
        (tree("a*"), whoosh.query.MultiTerm),
        (tree("EU-Rat").query, whoosh.query.DisjunctionMax),
        (tree('"a b"').query, whoosh.query.Phrase),
    ]:
        assert isinstance(made, kind)


def test_whoosh_can_ask_for_the_terms() -> None:
    asked = tree('Kriege EU-Rat "die Ratten" (x ADJ y) ODER kr* ODER id:1 ODER datum:2023')
    assert asked.all_terms() == {
        ("all", "krieg"),
        ("all", "eurat"),
        ("all", "eu"),
        ("all", "rat"),
        ("all_printed", "die"),
        ("all_printed", "ratten"),
        ("all", "x"),
        ("all", "y"),
        ("id", "1"),
    }


@given(trees())
def test_a_tree_can_be_copied_walked_and_shown(made: Query) -> None:
    assert copy.deepcopy(made) == made
    assert made.accept(lambda part: part) == made
    assert made.normalize() == made
    assert made.needs_spans() in (True, False)
    assert repr(made)
    assert all(isinstance(leaf, Query) for leaf in made.leaves())


def test_a_copy_with_another_boost_leaves_the_first_alone() -> None:
    word = tree("Krieg")
    assert str(word.with_boost(2.0)) == "Krieg^2"
    assert str(word) == "Krieg"


def test_hand_made_trees_print_as_they_read() -> None:
    made = And(
        [
            Or([Word("all", "UND", Term("all", "und")), Exact("title", ["der", "krieg"])]),
            Not(
                Near(
                    Word("all", "a", Term("all", "a")), Exact("all", ["b", "c"]), 3, ordered=False, boost=2.0
                )
            ),
            Raw("url", 'a "b"'),
            During(0, 1440),
            Every("kicker"),
        ]
    )
    assert (
        str(made)
        == '((alles:UND OR titel:"der krieg") AND NOT (a NEAR/3 "b c")^2 AND url:»a "b"« AND datum:0001-01-01 AND dachzeile:*)'
    )
    assert tree(str(made)) == made


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("Krieg", "Kriege, und der »Krieg«", ["Kriege", "Krieg"]),
        ("Kommission", "die EU-Kommission", ["Kommission"]),
        ("EU-Kommission", "EU-Kommission, EU Kommission, Kommission", ["EU-Kommission", "EU Kommission"]),
        (
            '"EU Kommission"',
            "EU-Kommission, EU Kommission, EU, Kommission",
            ["EU-Kommission", "EU Kommission", "EU, Kommission"],
        ),
        ('"der Krieg"', "Der Krieg der Kriege", ["Der Krieg"]),
        ('"a b a"', "a b a b a", ["a b a", "a b a"]),
        ("Krie*", "Kriege und EU-Krieg", ["Kriege", "Krieg"]),
        ("*krieg", "EU-Krieg", ["EU-Krieg", "Krieg"]),
        ("Kreig~", "Krieg, Kriege", ["Krieg"]),
        ("Krieg ADJ/1 Frieden", "Krieg und Frieden, Frieden, Krieg", ["Krieg", "Frieden"]),
        ("Krieg NEAR/0 Frieden", "Frieden Krieg und Frieden", ["Frieden", "Krieg"]),
        ('"a b" ADJ c ADJ/1 d', "a b c x d c", ["a b", "c", "d"]),
        ("a NEAR/9 a", "a a a", ["a", "a", "a"]),
        ("Krieg", "Frieden", []),
        ("datum:2023", "Krieg 2023", []),
        ("id:1", "1", []),
    ],
)
def test_what_is_highlighted(typed: str, text: str, marked: list[str]) -> None:
    spans = tree(typed).spans(analyze(text))
    assert [text[start:end] for start, end in spans] == marked
    assert spans == sorted(spans)


@given(text_leaves)
def test_highlights_stand_where_the_plain_matcher_finds_the_leaf(leaf: Leaf) -> None:
    article = plain(analyze, body=" ".join([*WORDS, *WORDS[::-1], *WORDS[::2], "kriegen", "mueller"]))
    article.texts = dict.fromkeys(article.texts, article.texts["body"])
    tokens = article.texts["body"]
    assert set(leaf.places(tokens)) == stretches(leaf, article)
    assert bool(leaf.spans(tokens)) == bool(stretches(leaf, article))


@pytest.mark.parametrize("name", ["fields", "scan", "parse", "patterns", "date_range", "matchers", "tree"])
def test_the_examples_of_the_modules(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(f"searcher.query.{name}"))
    assert outcome.attempted and not outcome.failed
