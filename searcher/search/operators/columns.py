"""Operators that read columns: date ranges, and fields that are not empty."""

from __future__ import annotations

import numpy as np

from searcher.index.read.postings import view
from searcher.query import During, Every
from searcher.query.fields import is_raw
from searcher.search.doc_sets import Matches, Tabled
from searcher.search.evaluate import Evaluator, Limit, Whole, answers
from searcher.search.kernels import Array
from searcher.search.snapshot import Snapshot
from searcher.search.term_expansion import raw_docs
from searcher.search.term_scoring import At


@answers(During)
class DuringOperator(Whole):
    """A comparison of the date columns. A conjunction runs it last, on the remaining documents."""

    limit = Limit.NOTHING
    cheap = True

    def match(self, evaluator: Evaluator, node: During) -> Matches:
        """All documents whose period overlaps the range; scores are 0."""
        columns = evaluator.files.columns
        return Tabled(_overlaps(node, columns.doc_starts, columns.doc_ends), None)

    def at(self, evaluator: Evaluator, node: During, docs: Array) -> At:
        """Which of `docs` overlap the range; scores are None, that is 0."""
        columns = evaluator.files.columns
        return _overlaps(node, columns.doc_starts[docs], columns.doc_ends[docs]), None

    def cost(self, evaluator: Evaluator, node: During) -> int:
        """More than any other node, so that a conjunction asks dates last."""
        return evaluator.size + 1

    def became(self, snapshot: Snapshot, node: During) -> list[str]:
        """The range as the query language writes it."""
        return [str(node)]


def _overlaps(node: During, starts: Array, ends: Array) -> Array:
    mask: Array = starts < ends
    if node.end is not None:
        mask &= starts < node.end
    if node.start is not None:
        mask &= ends > node.start
    return mask


@answers(Every)
class EveryOperator(Whole):
    """All documents, or those where one field is not empty."""

    limit = Limit.NOTHING
    cheap = True

    def match(self, evaluator: Evaluator, node: Every) -> Matches:
        """All documents, or all with something in the field; each scores the boost."""
        return Tabled(_filled(evaluator, node.fieldname), None, node.boost)


def _filled(evaluator: Evaluator, name: str | None) -> Array:
    """Booleans per document: is this field filled? False throughout for an unknown field."""
    if name is None:
        return np.ones(evaluator.size, bool)
    if is_raw(name):
        return raw_docs(evaluator.files, name)
    row = view(name).length_row
    if row is None:
        return np.zeros(evaluator.size, bool)
    filled: Array = evaluator.files.columns.doc_lengths[row] > 0
    return filled
