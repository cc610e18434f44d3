"""Words: single terms, phrases, and the leaves that are made of them."""

from __future__ import annotations

import numpy as np

from searcher.index.read.postings import locate
from searcher.query import Consecutive, Exact, Raw, Term, Word
from searcher.search import phrases
from searcher.search.doc_sets import Listed, Matches
from searcher.search.evaluate import OPERATORS, Evaluator, Limit, Operator, Whole, added, answers
from searcher.search.kernels import Array
from searcher.search.snapshot import Snapshot
from searcher.search.term_scoring import At, encoded


@answers(Term)
class TermOperator(Operator):
    """One term: its matches are kept for the next query."""

    limit = Limit.NOTHING
    cheap = True

    def match(self, evaluator: Evaluator, node: Term) -> Matches:
        return evaluator.term(node)

    def at(self, evaluator: Evaluator, node: Term, docs: Array) -> At:
        return evaluator.term(node).at(docs, evaluator.size)

    def has(self, evaluator: Evaluator, node: Term, docs: Array) -> Array:
        return evaluator.term(node).has(docs, evaluator.size)

    def cost(self, evaluator: Evaluator, node: Term) -> int:
        return evaluator.term_cost(node)

    def became(self, snapshot: Snapshot, node: Term) -> list[str]:
        return [node.text]


class _Listing(Operator):
    """What is as well sought in some documents as in all."""

    def within(self, evaluator: Evaluator, node: Consecutive | Exact, docs: Array | None) -> Listed:
        """The matches among `docs`, or among all documents."""
        raise NotImplementedError

    def match(self, evaluator: Evaluator, node: Consecutive | Exact) -> Matches:
        return self.within(evaluator, node, None)

    def at(self, evaluator: Evaluator, node: Consecutive | Exact, docs: Array) -> At:
        return self.within(evaluator, node, docs).at(docs, evaluator.size)


@answers(Consecutive)
class ConsecutiveOperator(_Listing):
    """A phrase: the documents come from its positions, the scores from its words."""

    limit = Limit.PLACES

    def within(self, evaluator: Evaluator, node: Consecutive, docs: Array | None) -> Listed:  # type: ignore[override]
        texts = [encoded(word) for word in node.words]
        found = phrases.phrase(evaluator.snapshot, evaluator.files, node.fieldname, texts, docs)
        if not len(found):
            return evaluator.nothing
        docs = found.distinct_docs()
        scores = [evaluator.term_at(Term(node.fieldname, word), docs)[1] for word in node.words]
        return Listed(docs, added(scores)).boosted(node.boost)

    def cost(self, evaluator: Evaluator, node: Consecutive) -> int:
        return min(evaluator.term_cost(Term(node.fieldname, word)) for word in node.words)

    def became(self, snapshot: Snapshot, node: Consecutive) -> list[str]:
        return [" ".join(node.words)]


@answers(Exact)
class ExactOperator(_Listing):
    """Printed forms one behind the other, scored by their stems."""

    limit = Limit.BRANCHES

    def within(self, evaluator: Evaluator, node: Exact, docs: Array | None) -> Listed:  # type: ignore[override]
        printed = [encoded(word) for word in node.words]
        found = phrases.phrase(evaluator.snapshot, evaluator.files, node.index_field, printed, docs)
        docs = found.distinct_docs()
        scores = [evaluator.term_at(term, docs)[1] for term in node.scored]
        return Listed(docs, added(scores)).boosted(node.boost)

    def cost(self, evaluator: Evaluator, node: Exact) -> int:
        return evaluator.cost(node.query)

    def became(self, snapshot: Snapshot, node: Exact) -> list[str]:
        return [" ".join(node.words)]


@answers(Word)
class WordOperator(Operator):
    """A word is what its analysis is."""

    limit = Limit.BRANCHES
    cheap = True

    def match(self, evaluator: Evaluator, node: Word) -> Matches:
        return evaluator.match(node.query).boosted(node.boost)

    def at(self, evaluator: Evaluator, node: Word, docs: Array) -> At:
        mask, scores = evaluator.at(node.query, docs)
        return mask, scores if scores is None or node.boost == 1.0 else scores * np.float32(node.boost)

    def has(self, evaluator: Evaluator, node: Word, docs: Array) -> Array:
        return evaluator.has(node.query, docs)

    def cost(self, evaluator: Evaluator, node: Word) -> int:
        return evaluator.cost(node.query)

    def became(self, snapshot: Snapshot, node: Word) -> list[str]:
        # Other forms of a word are looked for too, but only those that are there say why something is found.
        return [
            text
            for form in node.forms
            if form.boost == 1.0
            or type(form) is not Term
            or snapshot.frequency(form.fieldname, encoded(form.text))
            for text in OPERATORS[type(form)].became(snapshot, form)
        ]


@answers(Raw)
class RawOperator(Whole):
    """One id or URL; every match scores 1."""

    limit = Limit.NOTHING

    def match(self, evaluator: Evaluator, node: Raw) -> Matches:
        located = locate(evaluator.files, node.fieldname, encoded(node.text))
        if located is None:
            return evaluator.nothing
        return Listed(located.docs, np.ones(len(located.docs), np.float32))

    def cost(self, evaluator: Evaluator, node: Raw) -> int:
        return 1

    def became(self, snapshot: Snapshot, node: Raw) -> list[str]:
        return [node.text]
