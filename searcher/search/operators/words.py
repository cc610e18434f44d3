"""The operators of single terms, of phrases, and of the leaves made of them."""

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
    """One term. The cache keeps its matches."""

    limit = Limit.NOTHING
    cheap = True

    def match(self, evaluator: Evaluator, node: Term) -> Matches:
        """The living documents with the term, scored by BM25; the cache keeps them."""
        return evaluator.term(node)

    def at(self, evaluator: Evaluator, node: Term, docs: Array) -> At:
        """Which of `docs` have the term, and their scores."""
        return evaluator.term(node).at(docs, evaluator.size)

    def has(self, evaluator: Evaluator, node: Term, docs: Array) -> Array:
        """Which of `docs` have the term."""
        return evaluator.term(node).has(docs, evaluator.size)

    def cost(self, evaluator: Evaluator, node: Term) -> int:
        """The number of documents with the term."""
        return evaluator.term_cost(node)

    def became(self, snapshot: Snapshot, node: Term) -> list[str]:
        """The term itself."""
        return [node.text]


class _Listing(Operator):
    """Base class of phrases: matching some documents costs less than matching all."""

    def within(self, evaluator: Evaluator, node: Consecutive | Exact, docs: Array | None) -> Listed:
        """The matches among `docs`, or among all documents."""
        raise NotImplementedError

    def match(self, evaluator: Evaluator, node: Consecutive | Exact) -> Matches:
        return self.within(evaluator, node, None)

    def at(self, evaluator: Evaluator, node: Consecutive | Exact, docs: Array) -> At:
        return self.within(evaluator, node, docs).at(docs, evaluator.size)


@answers(Consecutive)
class ConsecutiveOperator(_Listing):
    """A phrase: its positions give the documents, its words the scores."""

    limit = Limit.PLACES

    def within(self, evaluator: Evaluator, node: Consecutive, docs: Array | None) -> Listed:  # type: ignore[override]
        """The documents with the phrase, among `docs` or all; scores are those of its words, added."""
        texts = [encoded(word) for word in node.words]
        found = phrases.phrase(evaluator.snapshot, evaluator.files, node.fieldname, texts, docs)
        if not len(found):
            return evaluator.nothing
        docs = found.distinct_docs()
        scores = [evaluator.term_at(Term(node.fieldname, word), docs)[1] for word in node.words]
        return Listed(docs, added(scores)).boosted(node.boost)

    def cost(self, evaluator: Evaluator, node: Consecutive) -> int:
        """The number of documents with its rarest word."""
        return min(evaluator.term_cost(Term(node.fieldname, word)) for word in node.words)

    def became(self, snapshot: Snapshot, node: Consecutive) -> list[str]:
        """The phrase, its words joined by blanks."""
        return [" ".join(node.words)]


@answers(Exact)
class ExactOperator(_Listing):
    """Consecutive printed forms, scored by their stems."""

    limit = Limit.BRANCHES

    def within(self, evaluator: Evaluator, node: Exact, docs: Array | None) -> Listed:  # type: ignore[override]
        """The documents with the wording, among `docs` or all; scores are those of its stems, added."""
        printed = [encoded(word) for word in node.words]
        found = phrases.phrase(evaluator.snapshot, evaluator.files, node.index_field, printed, docs)
        docs = found.distinct_docs()
        scores = [evaluator.term_at(term, docs)[1] for term in node.scored]
        return Listed(docs, added(scores)).boosted(node.boost)

    def cost(self, evaluator: Evaluator, node: Exact) -> int:
        """The cost of its printed forms."""
        return evaluator.cost(node.query)

    def became(self, snapshot: Snapshot, node: Exact) -> list[str]:
        """The wording, its words joined by blanks."""
        return [" ".join(node.words)]


@answers(Word)
class WordOperator(Operator):
    """A word: answered by its analysis, Term or Forms."""

    limit = Limit.BRANCHES
    cheap = True

    def match(self, evaluator: Evaluator, node: Word) -> Matches:
        """The documents of its analysis, with the boost of the word."""
        return evaluator.match(node.query).boosted(node.boost)

    def at(self, evaluator: Evaluator, node: Word, docs: Array) -> At:
        """Which of `docs` its analysis matches, and their scores with the boost of the word."""
        mask, scores = evaluator.at(node.query, docs)
        return mask, scores if scores is None or node.boost == 1.0 else scores * np.float32(node.boost)

    def has(self, evaluator: Evaluator, node: Word, docs: Array) -> Array:
        """Which of `docs` its analysis matches."""
        return evaluator.has(node.query, docs)

    def cost(self, evaluator: Evaluator, node: Word) -> int:
        """The cost of its analysis."""
        return evaluator.cost(node.query)

    def became(self, snapshot: Snapshot, node: Word) -> list[str]:
        """Its stems and phrases, and those of its other forms that occur in the index."""
        # Of the other forms of a word show only those that occur: only they explain a hit.
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
        """The documents with this id or URL; each scores 1."""
        located = locate(evaluator.files, node.fieldname, encoded(node.text))
        if located is None:
            return evaluator.nothing
        return Listed(located.docs, np.ones(len(located.docs), np.float32))

    def cost(self, evaluator: Evaluator, node: Raw) -> int:
        """1: ids and URLs are rare."""
        return 1

    def became(self, snapshot: Snapshot, node: Raw) -> list[str]:
        """The id or URL."""
        return [node.text]
