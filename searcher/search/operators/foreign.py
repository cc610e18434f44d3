"""Queries of Whoosh's own classes: asked document by document, through their own matchers."""

from __future__ import annotations

import numpy as np

from searcher.query import Foreign, Query
from searcher.search.doc_sets import Listed, Matches
from searcher.search.evaluate import Evaluator, Limit, Whole, answers


@answers(Foreign)
class ForeignOperator(Whole):
    """A whoosh.query tree that has no equal among our classes. Whoosh is loaded here, and only here."""

    limit = Limit.NOTHING

    def match(self, evaluator: Evaluator, node: Foreign) -> Matches:
        from searcher.search.whoosh_searcher import segment_searcher, whoosh_searcher

        # The parent is kept here: a Whoosh sub-searcher only has a weak reference to it.
        parent = whoosh_searcher(evaluator.snapshot)
        matcher = node.query.matcher(segment_searcher(parent, evaluator.snapshot, evaluator.files))
        docs, scores = [], []
        while matcher.is_active():
            docs.append(matcher.id())
            scores.append(matcher.score())
            matcher.next()
        return Listed(np.array(docs, np.int64), np.array(scores, np.float32))


def as_tree(query: object) -> Query:
    """The tree of what a caller gives in the place of text: one of ours as it is, a whoosh.query tree translated.

    UsageError for anything else.
    """
    if isinstance(query, Query):
        return query
    from searcher.search.whoosh_tree import from_whoosh

    return from_whoosh(query)
