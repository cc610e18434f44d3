"""Trees as plain data, and as highlighting sees them."""

from __future__ import annotations

import copy
import doctest
import importlib
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given

from searcher.errors import UsageError
from searcher.query import (
    And,
    Consecutive,
    During,
    Every,
    Exact,
    Forms,
    Near,
    Not,
    Or,
    Query,
    Raw,
    Term,
    TreeLeaf,
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


def test_a_query_is_read_without_whoosh_and_numpy() -> None:
    code = "import searcher.query.parse, sys; print([name for name in ('whoosh', 'numpy') if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@given(trees())
def test_a_tree_is_plain_data(made: Query) -> None:
    for twin in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert (twin, hash(twin), str(twin), repr(twin)) == (made, hash(made), str(made), repr(made))


def test_a_tree_cannot_be_changed() -> None:
    word = tree("Krieg")
    with pytest.raises(FrozenInstanceError):
        word.boost = 2.0  # type: ignore[misc]
    assert str(replace(word, boost=2.0)) == "Krieg^2"
    branches = [word]
    both = And(branches)
    branches.append(word)
    assert both.branches == (word,)


@pytest.mark.parametrize(
    "make", [lambda: And(["krieg"]), lambda: Not(None), lambda: Word("all", "krieg", "krieg")]
)
def test_a_tree_is_made_of_nodes(make) -> None:
    with pytest.raises(UsageError, match=r"made of the classes of searcher\.query, not of"):
        make()


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
def test_highlights_stand_where_the_plain_matcher_finds_the_leaf(leaf: TreeLeaf) -> None:
    article = plain(analyze, body=" ".join([*WORDS, *WORDS[::-1], *WORDS[::2], "kriegen", "mueller"]))
    article.texts = dict.fromkeys(article.texts, article.texts["body"])
    tokens = article.texts["body"]
    assert set(leaf.places(tokens)) == stretches(leaf, article)
    assert bool(leaf.spans(tokens)) == bool(stretches(leaf, article))


@pytest.mark.parametrize("name", ["fields", "scan", "parse", "patterns", "date_range", "tree"])
def test_the_examples_of_the_modules(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(f"searcher.query.{name}"))
    assert outcome.attempted and not outcome.failed
