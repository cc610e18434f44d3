"""Every class of the query tree is known everywhere: a new one that is forgotten somewhere is named here.

To add an operator: the class in `searcher.query`, its `Operator` in `searcher.search.operators`, one line in
`searcher.search.whoosh_tree`, one in the plain matcher of the tests, one example here and one in the oracle.
"""

from __future__ import annotations

import dataclasses
import inspect
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import whoosh.query
from hypothesis import Phase, given, settings

from searcher import Archive, Article, Period, query
from searcher.errors import UsageError
from searcher.query import (
    And,
    Consecutive,
    During,
    Every,
    Exact,
    Foreign,
    Forms,
    Fuzzy,
    Near,
    Not,
    Or,
    Pattern,
    Query,
    Raw,
    Term,
    TreeLeaf,
    Word,
    parse,
)
from searcher.search.evaluate import OPERATORS, Limit, Operator, Whole, answers
from searcher.search.operators import Evaluator
from searcher.search.whoosh_tree import TO_WHOOSH, from_whoosh, to_whoosh
from tests import oracle, plain_matcher
from tests.plain_analysis import analyze

KRIEG = Word("all", "Krieg", Term("all", "krieg"))
EXAMPLES: dict[type[Query], Query] = {
    type(each): each
    for each in (
        And([KRIEG, KRIEG]),
        Or([KRIEG, Not(KRIEG)]),
        Not(KRIEG),
        Every(),
        Foreign(whoosh.query.Prefix("all", "krie")),
        Forms([Term("all", "krieg"), Consecutive("all", ["der-", "krieg"])]),
        Term("all", "krieg"),
        Consecutive("all", ["der-", "krieg"]),
        KRIEG,
        Exact("all", ["krieg"]),
        Raw("id", "a"),
        Near(KRIEG, KRIEG, 3, ordered=False),
        Pattern("all", "krie*"),
        Fuzzy("all", "kreig", 1),
        During(None, None),
    )
}
NOT_WRITTEN = {Forms, Term, Consecutive, Foreign}
"""Classes that `parse` makes below a Word or an Exact only, or not at all."""


def nodes(base: type[Query] = Query) -> Iterator[type[Query]]:
    """All classes that a tree can be made of."""
    for kind in base.__subclasses__():
        if not inspect.isabstract(kind) and dataclasses.is_dataclass(kind):
            yield kind
        yield from nodes(kind)


NODES = [kind for kind in nodes() if kind.__module__.startswith("searcher.")]


def _read_again(kind: type[Query]) -> bool:
    example = EXAMPLES[kind]
    return kind in NOT_WRITTEN or parse(str(example), analyze=analyze).tree == example


@cache
def _drawn() -> frozenset[type[Query]]:
    """The classes that the oracle asks for, seen in 400 trees."""
    seen: set[type[Query]] = set()

    @settings(max_examples=400, phases=[Phase.generate], derandomize=True, database=None)
    @given(oracle.trees)
    def draw(tree: Any) -> None:
        seen.update(type(each) for each in _walk(oracle.ours(tree)))

    draw()
    return frozenset(seen)


def _walk(tree: Query) -> Iterator[Query]:
    yield tree
    for child in tree.children():
        yield from _walk(child)


TABLES: dict[str, Callable[[type[Query]], bool]] = {
    "the public names of searcher.query": lambda kind: getattr(query, kind.__name__, None) is kind,
    "the evaluator": lambda kind: kind in OPERATORS,
    "the limits": lambda kind: isinstance(OPERATORS[kind].limit, Limit),
    "the explanation": lambda kind: callable(OPERATORS[kind].became),
    "the snippets": lambda kind: not issubclass(kind, TreeLeaf) or kind.places is not TreeLeaf.places,
    "whoosh_tree": lambda kind: from_whoosh(TO_WHOOSH[kind](EXAMPLES[kind])) == EXAMPLES[kind],
    "the written form": _read_again,
    "the pickled form": lambda kind: pickle.loads(pickle.dumps(EXAMPLES[kind])) == EXAMPLES[kind],
    "the plain matcher": lambda kind: (
        kind is Foreign or kind in plain_matcher.MATCHES or kind in plain_matcher.STRETCHES
    ),
    "the oracle": lambda kind: kind in _drawn(),
}


def unknown(kinds: list[type[Query]]) -> set[str]:
    """'Class: table' for every table that does not know a class."""
    missing = set()
    for kind in kinds:
        for name, knows in TABLES.items():
            try:
                known = knows(kind)
            except Exception:
                known = False
            if not known:
                missing.add(f"{kind.__name__}: {name}")
    return missing


def test_every_class_is_known_everywhere() -> None:
    assert len(NODES) >= 15
    assert unknown(NODES) == set()


def test_a_class_that_is_forgotten_is_named() -> None:
    @dataclass(frozen=True)
    class Forgotten(TreeLeaf):
        text: str
        fieldname: str = "all"
        places = TreeLeaf.places

        def _written(self) -> str:
            return self.text

    # Its places are abstract, so it is no node yet; a table asked for it says so all the same.
    assert unknown([Forgotten]) == {f"Forgotten: {name}" for name in TABLES}


def test_an_operator_that_leaves_something_open_cannot_be_registered() -> None:
    with pytest.raises(TypeError, match="no limit"):

        @answers()
        class Unlimited(Whole):
            def match(self, evaluator: Evaluator, node: Any) -> Any: ...

    with pytest.raises(TypeError, match="abstract"):

        @answers()
        class Open(Operator):
            limit = Limit.NOTHING

            def match(self, evaluator: Evaluator, node: Any) -> Any: ...


@dataclass(frozen=True)
class Planted(Query):
    """A class that no engine knows."""

    def __str__(self) -> str:
        return "planted"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.create(tmp_path_factory.mktemp("operators")) as archive:
        archive.add(
            [Article(id="a", title="Krieg", body="Der Krieg und der Krieg.", date=Period.month(2023, 3))]
        )
        archive.add([Article(id="b", title="Frieden", body="Der Frieden.")])
        yield archive


@pytest.mark.parametrize("tree", [Planted(), And([KRIEG, Planted()]), Not(Planted()), Or([Planted(), KRIEG])])
def test_an_unknown_class_is_refused_in_words(archive: Archive, tree: Query) -> None:
    with pytest.raises(UsageError, match="cannot be made of Planted"):
        archive.count(tree)


@pytest.mark.parametrize("kind", NODES, ids=lambda kind: kind.__name__)
def test_every_class_is_answered_alone_and_among_others(archive: Archive, kind: type[Query]) -> None:
    example = EXAMPLES[kind]
    expected = {"b"} if kind is Not else {"a", "b"} if kind in (Every, Or) else {"a"}
    assert {hit.id for hit in archive.search(example)} == expected
    assert {hit.id for hit in archive.search(to_whoosh(example))} == expected
    assert {hit.id for hit in archive.search(And([Every(), example]))} == expected
    assert {hit.id for hit in archive.search(Not(example))} == {"a", "b"} - expected


def test_a_tree_of_our_own_loads_no_whoosh_matchers(tmp_path: Path) -> None:
    from tests.test_floors import WHOOSH_S_OWN_SEARCH, loaded

    with Archive.create(tmp_path) as archive:
        archive.add([Article(id="a", title="Krieg")])
    code = (
        f"from searcher import Archive; from searcher.query import *; archive = Archive.open({str(tmp_path)!r});"
        "archive.search(And([Term('all', 'krieg'), Not(Every('url'))]))"
    )
    assert loaded(code, WHOOSH_S_OWN_SEARCH) == []
