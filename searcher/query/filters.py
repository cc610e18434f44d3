"""The filters of a search, added to its tree as branches that score 0."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from searcher.article import FACETS
from searcher.errors import UsageError
from searcher.query.date_range import During
from searcher.query.leaves import Analyze
from searcher.query.spans import wording
from searcher.query.tree import And, Exact, Query
from searcher.request import Request


def narrowed(tree: Query, request: Request, analyze: Analyze, today: date | None) -> Query:
    """The tree and the filters set in the request, joined by And; UsageError for a filter without letters or digits."""
    if not request.filters:
        return tree
    branches = [tree]
    start, end = request.period(today)
    if start or end:
        branches.append(During.between(start, end))
    filters: Mapping[str, Any] = request.filters
    for name in FACETS:
        if value := filters.get(name):
            words = [token.printed for token in wording(analyze(value))]
            if not words:
                raise UsageError(f"{name} {value!r} has no letters or digits")
            branches.append(Exact(name, words))
    return branches[0] if len(branches) == 1 else And(branches)
