"""The operators that combine sets of documents, which are And, Or, Not and Forms.

A conjunction narrows from its rarest branch; if all branches are frequent, it combines whole tables instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searcher.query import And, Forms, Not, Or, Query, Term, Word
from searcher.search.doc_sets import Listed, Matches, Tabled
from searcher.search.evaluate import OPERATORS, Evaluator, Limit, Whole, added, answers
from searcher.search.kernels import Array, accumulate
from searcher.search.term_scoring import MANY, At

Scores = dict[int, "Array | None"]
"""Index of the branch -> scores of the remaining documents."""


@answers(And)
class AndOperator(Whole):
    """Every branch: the rarest is matched, and its documents are tested against the others."""

    limit = Limit.BRANCHES

    def match(self, evaluator: Evaluator, node: And) -> Matches:
        """Match the rarest branch, then narrow its documents by each of the others; scores are added."""
        unwanted = [each for each in node.branches if type(each) is Not]
        wanted = [each for each in node.branches if type(each) is not Not]
        # The cache keeps the matches of single words, so they cost nothing whole.
        singles = {i: evaluator.match(each) for i, each in enumerate(wanted) if _is_single(each)}
        costs = [len(singles[i]) if i in singles else evaluator.cost(each) for i, each in enumerate(wanted)]
        frequent = min(costs, default=evaluator.size) * MANY > evaluator.size
        if not wanted or (frequent and all(OPERATORS[type(each)].cheap for each in wanted)):
            return _tables(evaluator, wanted, unwanted).boosted(node.boost)
        order = sorted(range(len(wanted)), key=costs.__getitem__)
        first = evaluator.match(wanted[order[0]]).listed()
        docs = first.docs
        scores: Scores = {order[0]: first.scores}
        for i in order[1:]:
            if not len(docs):
                return evaluator.nothing
            if i in singles:
                mask, scores[i] = singles[i].at(docs, evaluator.size)
            else:
                mask, scores[i] = evaluator.at(wanted[i], docs)
            docs, scores = _narrowed(docs, scores, mask)
        for each in unwanted:
            if len(docs):
                docs, scores = _narrowed(docs, scores, ~evaluator.has(each.query, docs))
        return Listed(docs, added([scores[i] for i in sorted(scores)])).boosted(node.boost)

    def cost(self, evaluator: Evaluator, node: And) -> int:
        """The cost of the rarest branch."""
        return min((evaluator.cost(each) for each in node.branches), default=evaluator.size)


def _is_single(node: Query) -> bool:
    return type(node) is Term or (type(node) is Word and type(node.query) is Term)


def _narrowed(docs: Array, scores: Scores, mask: Array) -> tuple[Array, Scores]:
    rows = mask.nonzero()[0]
    if len(rows) == len(docs):
        return docs, scores
    return docs[rows], {i: None if each is None else each[rows] for i, each in scores.items()}


def _tables(evaluator: Evaluator, wanted: Sequence[Query], unwanted: Sequence[Not]) -> Tabled:
    tables = [evaluator.match(each).tabled(evaluator.size) for each in wanted]
    mask = np.ones(evaluator.size, bool)
    for table in tables:
        mask &= table.mask
    for each in unwanted:
        found = evaluator.match(each.query)
        if isinstance(found, Tabled):
            mask &= ~found.mask
        else:
            mask[found.docs] = False
    total = added([table.table() for table in tables])
    return Tabled(mask, None if total is None else mask * total)


@answers(Or)
class OrOperator(Whole):
    """At least one branch: the branches are added to one table, one after the other."""

    limit = Limit.BRANCHES
    cheap = True

    def match(self, evaluator: Evaluator, node: Or) -> Matches:
        """The documents of any branch, as a table; scores are added."""
        # One by one: the tables of all branches together might not fit into memory.
        found = map(evaluator.match, node.branches)
        if len(node.branches) < 2:
            return next(found, evaluator.nothing).boosted(node.boost)
        first = next(found).tabled(evaluator.size)
        mask = first.mask.copy()
        scores = first.table()
        total = np.zeros(evaluator.size, np.float32) if scores is None else scores.copy()
        for each in found:
            if isinstance(each, Tabled):
                mask |= each.mask
                scores = each.table()
                if scores is not None:
                    total += scores
                continue
            mask[each.docs] = True
            if each.scores is not None:
                accumulate(total, each.docs, each.scores)
        return Tabled(mask, total).boosted(node.boost)

    def cost(self, evaluator: Evaluator, node: Or) -> int:
        """The sum of the costs of the branches."""
        return sum(evaluator.cost(each) for each in node.branches)


@answers(Forms)
class FormsOperator(Whole):
    """At least one branch; the best score counts."""

    limit = Limit.BRANCHES

    def match(self, evaluator: Evaluator, node: Forms) -> Matches:
        """The documents of any branch, as a table; each takes the best score of its branches."""
        total = np.zeros(evaluator.size, np.float32)
        mask = np.zeros(evaluator.size, bool)
        for each in node.branches:
            found = evaluator.match(each).listed()
            scores = np.zeros(len(found), np.float32) if found.scores is None else found.scores
            fresh = ~mask[found.docs]
            total[found.docs] = np.where(fresh, scores, np.maximum(total[found.docs], scores))
            mask[found.docs] = True
        return Tabled(mask, total).boosted(node.boost)

    def cost(self, evaluator: Evaluator, node: Forms) -> int:
        """The sum of the costs of the branches."""
        return sum(evaluator.cost(each) for each in node.branches)


@answers(Not)
class NotOperator(Whole):
    """All documents except those of the inner node."""

    limit = Limit.BRANCHES
    cheap = True

    def match(self, evaluator: Evaluator, node: Not) -> Matches:
        """All documents that the inner node does not match; scores are 0."""
        return Tabled(~evaluator.match(node.query).tabled(evaluator.size).mask, None)

    def at(self, evaluator: Evaluator, node: Not, docs: Array) -> At:
        """Which of `docs` the inner node does not match; scores are None, that is 0."""
        return ~evaluator.has(node.query, docs), None
