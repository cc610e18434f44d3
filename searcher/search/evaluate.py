"""Evaluation: a query tree and one segment in, matching documents and their scores out, by whole arrays.

`match` answers a node alone; `at` answers it for given documents only, which is how conjunctions narrow: the rarest
branch is matched, the others are asked about what is left. Scores are float32, summed in the order of the branches, so
they do not depend on the segment an article lies in.

Every class of node has an `Operator`, registered with `answers`. The operators of the query language are in
`searcher.search.operators`, which hands on the Evaluator that knows them all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar

from searcher.errors import UsageError
from searcher.query import Query
from searcher.search import phrases
from searcher.search.doc_sets import Matches
from searcher.search.kernels import Array
from searcher.search.snapshot import Snapshot
from searcher.search.term_scoring import At, Terms


class Limit(Enum):
    """What `searcher.search.limits` counts of a node before it is evaluated."""

    NOTHING = "nothing"
    """It takes no longer for any words."""
    BRANCHES = "branches"
    """What the nodes below it take."""
    COMPARISONS = "comparisons"
    """The words of the index that it is compared with."""
    PLACES = "places"
    """The occurrences of the words below it, which are sought among each other: in order."""
    NEAR_PLACES = "near places"
    """The same, at the price of neighbours."""


class Operator(ABC):
    """How one class of node is answered. Nothing is left open; `Whole` has defaults for what is matched at once."""

    limit: ClassVar[Limit]
    cheap: ClassVar[bool] = False
    """Whether it is as quickly matched everywhere as in a few documents."""

    @abstractmethod
    def match(self, evaluator: Evaluator, node: Any) -> Matches:
        """All documents of the segment that match; deleted ones may be among them."""

    @abstractmethod
    def at(self, evaluator: Evaluator, node: Any, docs: Array) -> At:
        """Which of the sorted documents `docs` match, and how they score."""

    def has(self, evaluator: Evaluator, node: Any, docs: Array) -> Array:
        """Which of the sorted documents `docs` match, where the score is not wanted."""
        return self.at(evaluator, node, docs)[0]

    @abstractmethod
    def cost(self, evaluator: Evaluator, node: Any) -> int:
        """An upper estimate of the matches: branches of a conjunction are taken in this order."""

    @abstractmethod
    def became(self, snapshot: Snapshot, node: Any) -> list[str]:
        """What the node looks for, as the index has it; for `explain`."""


class Whole(Operator):
    """An operator that matches all documents at once, whoever asks, and may match any number of them."""

    def at(self, evaluator: Evaluator, node: Any, docs: Array) -> At:
        return evaluator.match(node).at(docs, evaluator.size)

    def cost(self, evaluator: Evaluator, node: Any) -> int:
        return evaluator.size

    def became(self, snapshot: Snapshot, node: Any) -> list[str]:
        return []


class _Operators(dict[type[Query], Operator]):
    """Operators by class of node; UsageError for a class that is not registered."""

    def __missing__(self, kind: type) -> Operator:
        raise UsageError(
            f"a query tree cannot be made of {kind.__name__}", "use the classes of searcher.query"
        )


OPERATORS = _Operators()
"""Class of node -> how it is answered."""


def answers(*nodes: type[Query]) -> Callable[[type[Operator]], type[Operator]]:
    """Register an operator for these classes of nodes; TypeError where it does not say everything."""

    def register(operator: type[Operator]) -> type[Operator]:
        if not isinstance(getattr(operator, "limit", None), Limit):
            raise TypeError(f"{operator.__name__} has no limit")
        OPERATORS.update(dict.fromkeys(nodes, operator()))
        return operator

    return register


class Evaluator(Terms):
    """Evaluates trees over one segment of a snapshot. Deleted documents are among the matches."""

    @cached_property
    def neighbours(self) -> phrases.Neighbours:
        """The Nears of this query, each sought once."""
        return phrases.Neighbours(self.snapshot, self.files)

    def match(self, node: Query) -> Matches:
        """All documents of the segment that match."""
        return OPERATORS[type(node)].match(self, node)

    def at(self, node: Query, docs: Array) -> At:
        """Which of the sorted documents `docs` match, and how they score."""
        return OPERATORS[type(node)].at(self, node, docs)

    def has(self, node: Query, docs: Array) -> Array:
        """Which of the sorted documents `docs` match; no score is made."""
        return OPERATORS[type(node)].has(self, node, docs)

    def cost(self, node: Query) -> int:
        """An upper estimate of the matches: branches of a conjunction are taken in this order."""
        return OPERATORS[type(node)].cost(self, node)


def added(scores: Sequence[Array | None]) -> Array | None:
    """The sum of scores, in their order; None, which is zeros, where all are None."""
    total: Array | None = None
    for each in scores:
        if each is not None:
            total = each if total is None else total + each
    return total
