"""The evaluator: from a query tree and one segment to matching documents and their scores, in whole arrays.

`match` finds all documents of a node; `at` tests given documents only. A conjunction matches its rarest branch and
tests the remaining documents against the others. Scores are float32, added in the order of the branches, so they do not
depend on the segment of an article.

Every class of node has an `Operator`, registered with `answers`. The operators of the query language are in
`searcher.search.operators`; import the Evaluator from there, so that all of them are registered.
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
    """What `searcher.search.limits` counts for a node before evaluation."""

    NOTHING = "nothing"
    """Nothing: the work does not depend on the words."""
    BRANCHES = "branches"
    """The limits of the nodes below it."""
    COMPARISONS = "comparisons"
    """The words of the index that it is compared with."""
    PLACES = "places"
    """The occurrences of the words below it, for a phrase."""
    NEAR_PLACES = "near places"
    """The occurrences of the words below it, at the higher cost of ADJ and NEAR."""


class Operator(ABC):
    """How one class of node is answered. Every method is required; `Whole` has defaults for most of them."""

    limit: ClassVar[Limit]
    cheap: ClassVar[bool] = False
    """Whether matching all documents is as fast as testing a few."""

    @abstractmethod
    def match(self, evaluator: Evaluator, node: Any) -> Matches:
        """All documents of the segment that match; deleted ones may be among them."""

    @abstractmethod
    def at(self, evaluator: Evaluator, node: Any, docs: Array) -> At:
        """Which of the sorted documents `docs` match, and how they score."""

    def has(self, evaluator: Evaluator, node: Any, docs: Array) -> Array:
        """Which of the sorted documents `docs` match, without scores."""
        return self.at(evaluator, node, docs)[0]

    @abstractmethod
    def cost(self, evaluator: Evaluator, node: Any) -> int:
        """An upper bound of the number of matches; a conjunction takes its branches in this order."""

    @abstractmethod
    def became(self, snapshot: Snapshot, node: Any) -> list[str]:
        """The terms that the node looks up, as the index has them; for `explain`."""


class Whole(Operator):
    """An operator that always matches all documents at once, and may match any number of them."""

    def at(self, evaluator: Evaluator, node: Any, docs: Array) -> At:
        """Match all documents, then look `docs` up among them."""
        return evaluator.match(node).at(docs, evaluator.size)

    def cost(self, evaluator: Evaluator, node: Any) -> int:
        """The number of documents in the segment."""
        return evaluator.size

    def became(self, snapshot: Snapshot, node: Any) -> list[str]:
        """Nothing: no words to show."""
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
    """Register an operator for these classes of nodes; TypeError if it has no limit."""

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
        """The Nears of this query; each is evaluated once."""
        return phrases.Neighbours(self.snapshot, self.files)

    def match(self, node: Query) -> Matches:
        """All documents of the segment that match."""
        return OPERATORS[type(node)].match(self, node)

    def at(self, node: Query, docs: Array) -> At:
        """Which of the sorted documents `docs` match, and how they score."""
        return OPERATORS[type(node)].at(self, node, docs)

    def has(self, node: Query, docs: Array) -> Array:
        """Which of the sorted documents `docs` match, without scores."""
        return OPERATORS[type(node)].has(self, node, docs)

    def cost(self, node: Query) -> int:
        """An upper bound of the number of matches; a conjunction takes its branches in this order."""
        return OPERATORS[type(node)].cost(self, node)


def added(scores: Sequence[Array | None]) -> Array | None:
    """The sum of the scores, in order; None, which means zeros, if all are None."""
    total: Array | None = None
    for each in scores:
        if each is not None:
            total = each if total is None else total + each
    return total
