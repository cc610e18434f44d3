"""Evaluation: a whoosh.query tree and one segment in, matching documents and their scores out, by whole arrays.

`match` answers a node alone; `at` answers it for given documents only, which is how conjunctions narrow: the rarest
branch is matched, the others are asked about what is left. Where all branches are frequent, whole tables are combined
instead. Scores are float32, summed in the order of the branches, so they do not depend on the segment an article lies
in. A class that is not in the tables at the end is asked through its own Whoosh matcher.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from whoosh import query as whoosh
from whoosh.query import Query

from searcher.index.read.postings import locate, view
from searcher.query import tree
from searcher.query.date_range import During
from searcher.query.fields import is_raw
from searcher.query.patterns import Fuzzy, Pattern
from searcher.search import phrases
from searcher.search.doc_sets import Listed, Matches, Tabled
from searcher.search.kernels import Array, accumulate
from searcher.search.term_expansion import matching_docs, raw_docs
from searcher.search.term_scoring import MANY, At, Terms, encoded


class Evaluator(Terms):
    """Evaluates trees over one segment of a snapshot. Deleted documents are among the matches."""

    @cached_property
    def _neighbours(self) -> phrases.Neighbours:
        return phrases.Neighbours(self.snapshot, self.files)

    def match(self, node: Query) -> Matches:
        """All documents of the segment that match."""
        known = _MATCH.get(type(node))
        return known(self, node) if known else self._whoosh(node)

    def at(self, node: Query, docs: Array) -> At:
        """Which of the sorted documents `docs` match, and how they score."""
        known = _AT.get(type(node))
        return known(self, node, docs) if known else self.match(node).at(docs, self.size)

    def has(self, node: Query, docs: Array) -> Array:
        """Which of the sorted documents `docs` match, where nobody asks for the score."""
        if type(node) is tree.Word:
            return self.has(node.query, docs)
        return self.term(node).has(docs, self.size) if type(node) is whoosh.Term else self.at(node, docs)[0]

    def cost(self, node: Query) -> int:
        """An upper estimate of the matches: branches of a conjunction are taken in this order."""
        known = _COST.get(type(node))
        return known(self, node) if known else self.size

    # --- words in order ----------------------------------------------------------------------------------------

    def _phrase(self, node: Any) -> Matches:
        return self._phrase_within(node, None)

    def _phrase_at(self, node: Any, docs: Array) -> At:
        return self._phrase_within(node, docs).at(docs, self.size)

    def _phrase_within(self, node: Any, docs: Array | None) -> Listed:
        found = phrases.phrase(
            self.snapshot, self.files, node.fieldname, [encoded(word) for word in node.words], docs
        )
        if not len(found):
            return self.nothing
        docs = found.distinct_docs()
        scores = [self.term_at(whoosh.Term(node.fieldname, word), docs)[1] for word in node.words]
        return Listed(docs, _sum(scores)).boosted(node.boost)

    def _exact(self, node: tree.Exact) -> Matches:
        return self._exact_within(node, None)

    def _exact_at(self, node: tree.Exact, docs: Array) -> At:
        return self._exact_within(node, docs).at(docs, self.size)

    def _exact_within(self, node: tree.Exact, docs: Array | None) -> Listed:
        printed = [encoded(word) for word in node.words]
        docs = phrases.phrase(self.snapshot, self.files, node.field(), printed, docs).distinct_docs()
        return Listed(docs, _sum([self.term_at(term, docs)[1] for term in node.scored])).boosted(node.boost)

    def _phrase_cost(self, node: Any) -> int:
        return min(self.term_cost(whoosh.Term(node.fieldname, word)) for word in node.words)

    def _near(self, node: Any) -> Matches:
        left, right = self.match(node.left).listed(), self.match(node.right)
        both = left.docs[right.at(left.docs, self.size)[0]]
        docs = self._neighbours.docs(node, both)
        if not len(docs):
            return self.nothing
        total = _sum([left.at(docs, self.size)[1], right.at(docs, self.size)[1]])
        return Listed(docs, total).boosted(node.boost)

    # --- sets --------------------------------------------------------------------------------------------------

    def _and(self, node: Any) -> Matches:
        unwanted = [each for each in node.subqueries if type(each) in (tree.Not, whoosh.Not)]
        wanted = [each for each in node.subqueries if type(each) not in (tree.Not, whoosh.Not)]
        bonus = sum(_not_score(each) for each in unwanted)
        # The matches of single words are kept, so they can be had whole.
        singles = {i: self.match(each) for i, each in enumerate(wanted) if _is_word(each)}
        costs = [len(singles[i]) if i in singles else self.cost(each) for i, each in enumerate(wanted)]
        if min(costs, default=self.size) * MANY > self.size and all(type(each) in _CHEAP for each in wanted):
            return self._and_tables(wanted, unwanted, bonus).boosted(node.boost)
        order = sorted(range(len(wanted)), key=costs.__getitem__)
        first = self.match(wanted[order[0]]).listed()
        docs = first.docs
        scores: dict[int, Array | None] = {order[0]: first.scores}
        for i in order[1:]:
            if not len(docs):
                return self.nothing
            mask, scores[i] = singles[i].at(docs, self.size) if i in singles else self.at(wanted[i], docs)
            docs, scores = _narrowed(docs, scores, mask)
        for each in unwanted:
            if len(docs):
                docs, scores = _narrowed(docs, scores, ~self.has(each.query, docs))
        if bonus:
            scores[len(wanted)] = np.full(len(docs), bonus, np.float32)
        return Listed(docs, _sum([scores[i] for i in sorted(scores)])).boosted(node.boost)

    def _and_tables(self, wanted: Sequence[Query], unwanted: Sequence[Any], bonus: float) -> Tabled:
        tables = [self.match(each).tabled(self.size) for each in wanted]
        mask = np.ones(self.size, bool)
        for table in tables:
            mask &= table.mask
        for each in unwanted:
            found = self.match(each.query)
            if isinstance(found, Tabled):
                mask &= ~found.mask
            else:
                mask[found.docs] = False
        total = _sum([table.table() for table in tables])
        if bonus:
            total = (np.zeros(self.size, np.float32) if total is None else total) + np.float32(bonus)
        return Tabled(mask, None if total is None else mask * total)

    def _or(self, node: Any) -> Matches:
        # One by one: the tables of all words together might not fit into memory.
        found = map(self.match, node.subqueries)
        if len(node.subqueries) < 2:
            return next(found, self.nothing).boosted(node.boost)
        first = next(found).tabled(self.size)
        mask = first.mask.copy()
        scores = first.table()
        total = np.zeros(self.size, np.float32) if scores is None else scores.copy()
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

    def _forms(self, node: Any) -> Matches:
        total = np.zeros(self.size, np.float32)
        mask = np.zeros(self.size, bool)
        for each in node.subqueries:
            found = self.match(each).listed()
            scores = np.zeros(len(found), np.float32) if found.scores is None else found.scores
            fresh = ~mask[found.docs]
            total[found.docs] = np.where(fresh, scores, np.maximum(total[found.docs], scores))
            mask[found.docs] = True
        return Tabled(mask, total).boosted(node.boost)

    def _not(self, node: Any) -> Matches:
        return self._constant(~self.match(node.query).tabled(self.size).mask, _not_score(node))

    def _not_at(self, node: Any, docs: Array) -> At:
        mask = ~self.has(node.query, docs)
        score = _not_score(node)
        return mask, np.full(len(docs), score, np.float32) if score else None

    def _and_not(self, node: Any) -> Matches:
        found = self.match(node.a).listed()
        mask = ~self.has(node.b, found.docs)
        return Listed(found.docs[mask], None if found.scores is None else found.scores[mask])

    def _and_maybe(self, node: Any) -> Matches:
        found = self.match(node.a).listed()
        mask, scores = self.at(node.b, found.docs)
        return Listed(found.docs, _sum([found.scores, None if scores is None else mask * scores]))

    def _require(self, node: Any) -> Matches:
        found = self.match(node.a).listed()
        mask = self.has(node.b, found.docs)
        return Listed(found.docs[mask], None if found.scores is None else found.scores[mask])

    def _constant(self, mask: Array, score: float) -> Tabled:
        return Tabled(mask, None, score)

    # --- columns and lexica ------------------------------------------------------------------------------------

    def _during(self, node: During) -> Matches:
        return Tabled(_overlaps(node, self.files.columns.doc_starts, self.files.columns.doc_ends), None)

    def _during_at(self, node: During, docs: Array) -> At:
        columns = self.files.columns
        return _overlaps(node, columns.doc_starts[docs], columns.doc_ends[docs]), None

    def _every(self, node: Any) -> Matches:
        if node.fieldname is None:
            return self._constant(np.ones(self.size, bool), node.boost)
        if is_raw(node.fieldname):
            return self._constant(raw_docs(self.files, node.fieldname), node.boost)
        row = view(node.fieldname).length_row
        if row is None:
            return self._whoosh(node)
        return self._constant(self.files.columns.doc_lengths[row] > 0, node.boost)

    def _lexical(self, node: Any) -> Matches:
        key = (self.segment, type(node), node.fieldname, node.text, getattr(node, "distance", 0))
        mask = self.snapshot.kept.get(key, matching_docs, self.files, node)
        return self._constant(mask, node.boost)

    def _expanded(self, node: Any) -> Matches:
        return self.match(node.query).boosted(node.boost)

    def _expanded_at(self, node: Any, docs: Array) -> At:
        mask, scores = self.at(node.query, docs)
        return mask, scores if scores is None or node.boost == 1.0 else scores * np.float32(node.boost)

    def _raw(self, node: Any) -> Matches:
        located = locate(self.files, node.fieldname, encoded(node.text))
        return (
            self.nothing if located is None else Listed(located.docs, np.ones(len(located.docs), np.float32))
        )

    def _whoosh(self, node: Query) -> Matches:
        from searcher.search.whoosh_tree import segment_searcher, whoosh_searcher

        # The parent is kept here: a Whoosh sub-searcher only has a weak reference to it.
        parent = whoosh_searcher(self.snapshot)
        matcher = node.matcher(segment_searcher(parent, self.snapshot, self.files))
        docs, scores = [], []
        while matcher.is_active():
            docs.append(matcher.id())
            scores.append(matcher.score())
            matcher.next()
        return Listed(np.array(docs, np.int64), np.array(scores, np.float32))


def _narrowed(
    docs: Array, scores: dict[int, Array | None], mask: Array
) -> tuple[Array, dict[int, Array | None]]:
    rows = mask.nonzero()[0]
    if len(rows) == len(docs):
        return docs, scores
    return docs[rows], {i: None if each is None else each[rows] for i, each in scores.items()}


def _is_word(node: Query) -> bool:
    return type(node) is whoosh.Term or (type(node) is tree.Word and type(node.query) is whoosh.Term)


def _overlaps(node: During, starts: Array, ends: Array) -> Array:
    mask: Array = starts < ends
    if node.end is not None:
        mask &= starts < node.end
    if node.start is not None:
        mask &= ends > node.start
    return mask


def _not_score(node: Any) -> float:
    """Ours adds nothing; Whoosh's own Not scores its boost."""
    return 0.0 if type(node) is tree.Not else float(node.boost)


def _sum(scores: Sequence[Array | None]) -> Array | None:
    total: Array | None = None
    for each in scores:
        if each is not None:
            total = each if total is None else total + each
    return total


_MATCH: dict[type, Callable[[Evaluator, Any], Matches]] = {
    whoosh.Term: Terms.term,
    tree.Consecutive: Evaluator._phrase,
    tree.Near: Evaluator._near,
    whoosh.And: Evaluator._and,
    tree.And: Evaluator._and,
    whoosh.Or: Evaluator._or,
    tree.Or: Evaluator._or,
    tree.Forms: Evaluator._forms,
    whoosh.Not: Evaluator._not,
    tree.Not: Evaluator._not,
    whoosh.AndNot: Evaluator._and_not,
    whoosh.AndMaybe: Evaluator._and_maybe,
    whoosh.Require: Evaluator._require,
    During: Evaluator._during,
    whoosh.Every: Evaluator._every,
    tree.Every: Evaluator._every,
    Pattern: Evaluator._lexical,
    Fuzzy: Evaluator._lexical,
    tree.Word: Evaluator._expanded,
    tree.Exact: Evaluator._exact,
    tree.Raw: Evaluator._raw,
}
_AT: dict[type, Callable[[Evaluator, Any, Array], At]] = {
    whoosh.Term: Terms.term_at,
    tree.Consecutive: Evaluator._phrase_at,
    whoosh.Not: Evaluator._not_at,
    tree.Not: Evaluator._not_at,
    During: Evaluator._during_at,
    tree.Word: Evaluator._expanded_at,
    tree.Exact: Evaluator._exact_at,
}
_COST: dict[type, Callable[[Evaluator, Any], int]] = {
    whoosh.Term: Terms.term_cost,
    tree.Consecutive: Evaluator._phrase_cost,
    tree.Word: lambda self, node: self.cost(node.query),
    tree.Exact: lambda self, node: self.cost(node.query),
    tree.Raw: lambda self, node: 1,
    tree.Near: lambda self, node: min(self.cost(node.left), self.cost(node.right)),
    tree.Forms: lambda self, node: sum(self.cost(each) for each in node.subqueries),
    tree.And: lambda self, node: min((self.cost(each) for each in node.subqueries), default=0),
    tree.Or: lambda self, node: sum(self.cost(each) for each in node.subqueries),
    During: lambda self, node: self.size + 1,
}
_CHEAP = {whoosh.Term, tree.Word, tree.Or, During, tree.Not, tree.Every}
"""What is as quickly matched everywhere as in a few documents."""
