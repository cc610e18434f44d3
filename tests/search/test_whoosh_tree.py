"""Our trees as Whoosh sees them, and Whoosh's as ours."""

from __future__ import annotations

import copy
import doctest
import importlib
import pickle

import pytest
import whoosh.query
from hypothesis import given

from searcher.errors import UsageError
from searcher.query import And, Every, Foreign, Not, Query, Term, parse
from searcher.search.whoosh_tree import from_whoosh, to_whoosh
from tests import oracle
from tests.plain_analysis import analyze
from tests.query_strategies import trees


def tree(text: str) -> Query:
    return parse(text, analyze=analyze).tree


def test_our_classes_become_whooshs() -> None:
    for made, kind in [
        (tree("a b"), whoosh.query.And),
        (tree("a ODER b"), whoosh.query.Or),
        (tree("-a"), whoosh.query.Not),
        (tree("*"), whoosh.query.Every),
        (tree("a*"), whoosh.query.MultiTerm),
        (tree("EU-Rat").query, whoosh.query.DisjunctionMax),
        (tree('"a b"').query, whoosh.query.Phrase),
    ]:
        assert isinstance(to_whoosh(made), kind)


def test_whoosh_can_ask_for_the_terms() -> None:
    asked = to_whoosh(tree('Kriege EU-Rat "die Ratten" (x ADJ y) ODER kr* ODER id:1 ODER datum:2023'))
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
def test_a_whoosh_tree_can_be_copied_walked_and_shown(made: Query) -> None:
    query = to_whoosh(made)
    assert copy.deepcopy(query) == query
    assert query.accept(lambda part: part) == query
    assert query.normalize() == query
    assert query.needs_spans() in (True, False)
    assert repr(query)
    assert all(isinstance(leaf, whoosh.query.Query) for leaf in query.leaves())


@given(oracle.trees)
def test_there_and_back(drawn: object) -> None:
    made = oracle.ours(drawn)
    assert from_whoosh(to_whoosh(made)) == made
    assert pickle.loads(pickle.dumps(made)) == made


def test_classes_with_an_equal_become_it_and_others_stay() -> None:
    krieg, frieden = whoosh.query.Term("all", b"krieg"), whoosh.query.Prefix("all", "fried")
    assert from_whoosh(krieg) == Term("all", "krieg")
    assert from_whoosh(frieden) == Foreign(frieden)
    assert from_whoosh(whoosh.query.And([krieg, frieden], boost=2.0)) == And(
        [Term("all", "krieg"), Foreign(frieden)], 2.0
    )
    assert from_whoosh(whoosh.query.AndNot(krieg, frieden)) == And(
        [Term("all", "krieg"), Not(Foreign(frieden))]
    )
    assert from_whoosh(whoosh.query.Every()) == Every()
    assert from_whoosh(whoosh.query.Every("start")) == Foreign(whoosh.query.Every("start"))

    class Mine(whoosh.query.And):
        """A class of the caller's, with a matcher of its own perhaps."""

    assert from_whoosh(Mine([krieg])) == Foreign(Mine([krieg]))


@pytest.mark.parametrize("given", [None, 1, [], b"krieg"])
def test_what_is_no_query_is_refused(given: object) -> None:
    with pytest.raises(UsageError, match="a query is a text or a query tree, not"):
        from_whoosh(given)


@pytest.mark.parametrize("name", ["whoosh_matchers", "whoosh_tree"])
def test_the_examples_of_the_modules(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(f"searcher.search.{name}"))
    assert outcome.attempted and not outcome.failed
