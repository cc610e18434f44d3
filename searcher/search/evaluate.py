"""Evaluation: a whoosh.query tree and one segment in, matching documents and their scores out, by whole arrays.

`match` answers a node alone; `at` answers it for given documents only, which is how conjunctions narrow: the rarest
branch is matched, the others are asked about what is left. Scores are float32, summed in the order of the branches,
so they do not depend on the segment an article lies in. A class that is not in the table below is asked through its
own Whoosh matcher.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from whoosh import query as whoosh
from whoosh.query import Query

from searcher.index import frequencies
from searcher.index.postings import locate, postings, view
from searcher.index.segment import SegmentFiles
from searcher.query import tree
from searcher.query.during import During
from searcher.query.patterns import Fuzzy, Pattern
from searcher.search import words
from searcher.search.kernels import Array, accumulate, bm25, contains, find
from searcher.search.lexicon import matching_docs
from searcher.search.snapshot import Snapshot


@dataclass(frozen=True)
class Matches:
    """Sorted documents and their scores; None instead of scores means that each is 0."""

    docs: Array
    scores: Array | None

    def boosted(self, boost: float) -> Matches:
        if boost == 1.0 or self.scores is None:
            return self
        return Matches(self.docs, self.scores * np.float32(boost))


At = tuple[Array, "Array | None"]
"""(booleans: which of the given documents match, scores of all given documents or None for zeros)."""


class Evaluator:
    """Evaluates trees over one segment of a snapshot. Deleted documents are among the matches."""

    def __init__(self, snapshot: Snapshot, files: SegmentFiles) -> None:
        self.snapshot = snapshot
        self.files = files
        self.size = files.docs
        self.none = np.zeros(0, files.columns.posting_docs.dtype)

    def match(self, node: Query) -> Matches:
        """All documents of the segment that match."""
        known = _MATCH.get(type(node))
        return known(self, node) if known else self._whoosh(node)

    def at(self, node: Query, docs: Array) -> At:
        """Which of the sorted documents `docs` match, and how they score."""
        known = _AT.get(type(node))
        if known:
            return known(self, node, docs)
        found = self.match(node)
        if not len(found.docs):
            return np.zeros(len(docs), bool), None
        if found.scores is None:
            return contains(found.docs, docs, self.size), None
        rows = find(found.docs, docs, self.size)
        return rows >= 0, found.scores[rows]

    def cost(self, node: Query) -> int:
        """An upper estimate of the matches: branches of a conjunction are taken in this order."""
        known = _COST.get(type(node))
        return known(self, node) if known else self.size

    def numbers(self, mask: Array) -> Array:
        """The documents where the mask is True, in the segment's own type."""
        return np.flatnonzero(mask).astype(self.none.dtype)

    # --- terms -------------------------------------------------------------------------------------------------

    def _postings(self, node: Any) -> tuple[Array, Array] | None:
        """(documents, weights) of a term in any field."""
        text = encoded(node.text)
        seen = view(node.fieldname)
        rows = locate(self.files, node.fieldname, text)
        if rows is None:
            return None
        if rows.form is None and seen.zone is None:
            columns = self.files.columns
            low, high = columns.term_postings[rows.term : rows.term + 2].tolist()
            return columns.posting_docs[low:high], frequencies.weights(columns, low, high)
        found = postings(self.files, node.fieldname, text)
        return None if found is None else (found.docs, found.weights)

    def _scores(self, node: Any, docs: Array, weights: Array) -> Array:
        factor = self.snapshot.factor(node.fieldname, encoded(node.text)) * node.boost
        return bm25(weights, self.snapshot.norms(self.files, node.fieldname)[docs], factor)

    def _term(self, node: Any) -> Matches:
        found = self._postings(node)
        if found is None:
            return Matches(self.none, None)
        return Matches(found[0], self._scores(node, *found))

    def _term_at(self, node: Any, docs: Array) -> At:
        seen = view(node.fieldname)
        rows = locate(self.files, node.fieldname, encoded(node.text))
        if rows is None:
            return np.zeros(len(docs), bool), None
        if rows.form is None and seen.zone is None:
            columns = self.files.columns
            low, high = columns.term_postings[rows.term : rows.term + 2].tolist()
            places = find(columns.posting_docs[low:high], docs, self.size)
            mask = places >= 0
            weights = frequencies.weights_at(columns, np.where(mask, places, 0) + low)
            return mask, self._scores(node, docs, weights)
        found = postings(self.files, node.fieldname, encoded(node.text))
        if found is None:
            return np.zeros(len(docs), bool), None
        places = find(found.docs, docs, self.size)
        return places >= 0, self._scores(node, docs, found.weights[places])

    def _term_cost(self, node: Any) -> int:
        rows = locate(self.files, node.fieldname, encoded(node.text))
        if rows is None:
            return 0
        low, high = self.files.columns.term_postings[rows.term : rows.term + 2].tolist()
        return int(high - low)

    # --- words in order ----------------------------------------------------------------------------------------

    def _phrase(self, node: Any) -> Matches:
        return self._phrase_within(node, None)

    def _phrase_at(self, node: Any, docs: Array) -> At:
        found = self._phrase_within(node, docs)
        rows = find(found.docs, docs, self.size) if len(found.docs) else np.full(len(docs), -1)
        return rows >= 0, None if found.scores is None or not len(found.docs) else found.scores[rows]

    def _phrase_within(self, node: Any, docs: Array | None) -> Matches:
        texts = [encoded(word) for word in node.words]
        found = words.phrase(self.files, node.fieldname, texts, docs)
        if not len(found):
            return Matches(self.none, None)
        docs = found.distinct_docs()
        total = np.zeros(len(docs), np.float32)
        for text in texts:
            total += self._scores(
                whoosh.Term(node.fieldname, text), docs, self._weights(node.fieldname, text, docs)
            )
        return Matches(docs, total).boosted(node.boost)

    def _weights(self, field: str, text: bytes, docs: Array) -> Array:
        """The weights of a term in documents that have it."""
        seen = view(field)
        rows = locate(self.files, field, text)
        if rows is not None and rows.form is None and seen.zone is None:
            columns = self.files.columns
            low, high = columns.term_postings[rows.term : rows.term + 2].tolist()
            return frequencies.weights_at(columns, find(columns.posting_docs[low:high], docs, self.size) + low)
        return words.weights(self.files, field, text, docs)

    def _phrase_cost(self, node: Any) -> int:
        return min(self._term_cost(whoosh.Term(node.fieldname, word)) for word in node.words)

    def _near(self, node: Any) -> Matches:
        left, right = self.match(node.left), self.match(node.right)
        both = left.docs[contains(right.docs, left.docs, self.size)] if len(right.docs) else self.none
        found = words.near(self.files, node, both)
        if not len(found):
            return Matches(self.none, None)
        docs = found.distinct_docs()
        total = np.zeros(len(docs), np.float32)
        for side in (left, right):
            if side.scores is not None:
                total += side.scores[find(side.docs, docs, self.size)]
        return Matches(docs, total).boosted(node.boost)

    # --- sets --------------------------------------------------------------------------------------------------

    def _and(self, node: Any) -> Matches:
        wanted, unwanted = _sides(node)
        if not wanted:
            excluded = np.zeros(self.size, bool)
            for each in unwanted:
                excluded[self.match(each.query).docs] = True
            return self._constant(~excluded, sum(_not_score(each) for each in unwanted)).boosted(node.boost)
        order = sorted(range(len(wanted)), key=lambda i: self.cost(wanted[i]))
        first = self.match(wanted[order[0]])
        docs = first.docs
        scores: dict[int, Array | None] = {order[0]: first.scores}
        for i in order[1:]:
            if not len(docs):
                return Matches(self.none, None)
            mask, scores[i] = self.at(wanted[i], docs)
            if not mask.all():
                docs = docs[mask]
                scores = {j: None if found is None else found[mask] for j, found in scores.items()}
        for each in unwanted:
            if len(docs):
                mask = ~self.at(each.query, docs)[0]
                docs = docs[mask]
                scores = {j: None if found is None else found[mask] for j, found in scores.items()}
        total = _sum([scores[i] for i in range(len(wanted))])
        bonus = sum(_not_score(each) for each in unwanted)
        if bonus:
            total = (np.zeros(len(docs), np.float32) if total is None else total) + np.float32(bonus)
        return Matches(docs, total).boosted(node.boost)

    def _or(self, node: Any) -> Matches:
        found = [self.match(each) for each in node.subqueries]
        found = [each for each in found if len(each.docs)]
        if len(found) < 2:
            return (found[0] if found else Matches(self.none, None)).boosted(node.boost)
        total = np.zeros(self.size, np.float32)
        mask = np.zeros(self.size, bool)
        for each in found:
            mask[each.docs] = True
            if each.scores is not None:
                accumulate(total, each.docs, each.scores)
        docs = self.numbers(mask)
        return Matches(docs, total[docs]).boosted(node.boost)

    def _forms(self, node: Any) -> Matches:
        total = np.full(self.size, -np.inf, np.float32)
        for each in node.subqueries:
            found = self.match(each)
            scores = np.float32(0) if found.scores is None else found.scores
            total[found.docs] = np.maximum(total[found.docs], scores)
        docs = self.numbers(total > -np.inf)
        return Matches(docs, total[docs]).boosted(node.boost)

    def _not(self, node: Any) -> Matches:
        mask = np.ones(self.size, bool)
        mask[self.match(node.query).docs] = False
        return self._constant(mask, _not_score(node))

    def _not_at(self, node: Any, docs: Array) -> At:
        mask = ~self.at(node.query, docs)[0]
        score = _not_score(node)
        return mask, np.full(len(docs), score, np.float32) if score else None

    def _and_not(self, node: Any) -> Matches:
        found = self.match(node.a)
        mask = ~self.at(node.b, found.docs)[0] if len(found.docs) else np.zeros(0, bool)
        return Matches(found.docs[mask], None if found.scores is None else found.scores[mask])

    def _and_maybe(self, node: Any) -> Matches:
        found = self.match(node.a)
        if not len(found.docs):
            return found
        mask, scores = self.at(node.b, found.docs)
        return Matches(
            found.docs, _sum([found.scores, None if scores is None else np.where(mask, scores, 0)])
        )

    def _require(self, node: Any) -> Matches:
        found = self.match(node.a)
        mask = self.at(node.b, found.docs)[0] if len(found.docs) else np.zeros(0, bool)
        return Matches(found.docs[mask], None if found.scores is None else found.scores[mask])

    def _constant(self, mask: Array, score: float) -> Matches:
        docs = self.numbers(mask)
        return Matches(docs, np.full(len(docs), score, np.float32) if score else None)

    # --- columns and lexica ------------------------------------------------------------------------------------

    def _during(self, node: During) -> Matches:
        return Matches(
            self.numbers(_overlaps(node, self.files.columns.doc_starts, self.files.columns.doc_ends)), None
        )

    def _during_at(self, node: During, docs: Array) -> At:
        columns = self.files.columns
        return _overlaps(node, columns.doc_starts[docs], columns.doc_ends[docs]), None

    def _every(self, node: Any) -> Matches:
        if node.fieldname is None:
            return self._constant(np.ones(self.size, bool), node.boost)
        row = view(node.fieldname).length_row
        if row is None:
            return self._whoosh(node)
        return self._constant(self.files.columns.doc_lengths[row] > 0, node.boost)

    def _lexical(self, node: Any) -> Matches:
        return self._constant(matching_docs(self.files, node), node.boost)

    def _expanded(self, node: Any) -> Matches:
        return self.match(node.query).boosted(node.boost)

    def _expanded_at(self, node: Any, docs: Array) -> At:
        mask, scores = self.at(node.query, docs)
        return mask, scores if scores is None or node.boost == 1.0 else scores * np.float32(node.boost)

    def _raw(self, node: Any) -> Matches:
        found = self._postings(node.query)
        docs = self.none if found is None else found[0]
        return Matches(docs, np.ones(len(docs), np.float32))

    def _whoosh(self, node: Query) -> Matches:
        from searcher.search.whoosh_bridge import segment_searcher, whoosh_searcher

        # The parent is kept here: a Whoosh sub-searcher only has a weak reference to it.
        parent = whoosh_searcher(self.snapshot)
        matcher = node.matcher(segment_searcher(parent, self.snapshot, self.files))
        docs, scores = [], []
        while matcher.is_active():
            docs.append(matcher.id())
            scores.append(matcher.score())
            matcher.next()
        return Matches(np.array(docs, self.none.dtype), np.array(scores, np.float32))


def encoded(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def _overlaps(node: During, starts: Array, ends: Array) -> Array:
    mask: Array = starts < ends
    if node.end is not None:
        mask &= starts < node.end
    if node.start is not None:
        mask &= ends > node.start
    return mask


def _sides(node: Any) -> tuple[list[Query], list[Any]]:
    unwanted = [each for each in node.subqueries if type(each) in (tree.Not, whoosh.Not)]
    return [each for each in node.subqueries if type(each) not in (tree.Not, whoosh.Not)], unwanted


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
    whoosh.Term: Evaluator._term,
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
    tree.Exact: Evaluator._expanded,
    tree.Raw: Evaluator._raw,
}
_AT: dict[type, Callable[[Evaluator, Any, Array], At]] = {
    whoosh.Term: Evaluator._term_at,
    tree.Consecutive: Evaluator._phrase_at,
    whoosh.Not: Evaluator._not_at,
    tree.Not: Evaluator._not_at,
    During: Evaluator._during_at,
    tree.Word: Evaluator._expanded_at,
    tree.Exact: Evaluator._expanded_at,
}
_COST: dict[type, Callable[[Evaluator, Any], int]] = {
    whoosh.Term: Evaluator._term_cost,
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
