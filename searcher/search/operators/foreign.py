"""Queries of Whoosh's own classes, run document by document through their own matchers."""

from __future__ import annotations

import numpy as np

from searcher.query import Foreign, Query
from searcher.search.doc_sets import Listed, Matches
from searcher.search.evaluate import Evaluator, Limit, Whole, answers


@answers(Foreign)
class ForeignOperator(Whole):
    """A whoosh.query tree without an equivalent among our classes. Only this operator loads Whoosh."""

    limit = Limit.NOTHING

    def match(self, evaluator: Evaluator, node: Foreign) -> Matches:
        """The documents and scores of the matcher of Whoosh, one by one."""
        from searcher.search.whoosh_searcher import segment_searcher, whoosh_searcher

        # Hold the parent: a Whoosh sub-searcher has only a weak reference to it.
        parent = whoosh_searcher(evaluator.snapshot)
        matcher = node.query.matcher(segment_searcher(parent, evaluator.snapshot, evaluator.files))
        docs, scores = [], []
        while matcher.is_active():
            docs.append(matcher.id())
            scores.append(matcher.score())
            matcher.next()
        return Listed(np.array(docs, np.int64), np.array(scores, np.float32))


def as_tree(query: object) -> Query:
    """The tree that a caller passes instead of text: ours unchanged, a whoosh.query tree translated.

    UsageError for any other type.
    """
    if isinstance(query, Query):
        return query
    from searcher.search.whoosh_tree import from_whoosh

    return from_whoosh(query)
