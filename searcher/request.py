"""Filters: what narrows a search beside its query, as further branches of the tree; they add nothing to scores."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from searcher import german
from searcher.errors import DateError, UsageError
from searcher.query import And, During, Exact, Query, wording
from searcher.timespans import parse_range


class Filters(TypedDict, total=False):
    """What narrows a search beside its query; dates as the query language reads them, both included.

    A source or section is found by words that stand in it together: Zeit is also Die Zeit and Zeit Magazin.
    """

    since: str | None
    until: str | None
    source: str | None
    section: str | None


def narrowed(tree: Query, filters: Filters, today: date | None) -> Query:
    """The tree with the filters that are set; UsageError for one that does not exist or says nothing."""
    if not filters:
        return tree
    unknown = set(filters) - Filters.__optional_keys__
    if unknown:
        raise UsageError(f"unknown filter {min(unknown)!r}: there are since, until, source and section")
    branches = [tree]
    since, until = filters.get("since"), filters.get("until")
    if since or until:
        start = parse_range(f"{since}..", today=today)[0] if since else None
        end = parse_range(f"..{until}", today=today)[1] if until else None
        if start and end and end <= start:
            raise DateError(f"since {since} is after until {until}: write the earlier date first")
        branches.append(During.between(start, end))
    for name, value in (("source", filters.get("source")), ("section", filters.get("section"))):
        if value:
            words = [token.printed for token in wording(german.analyze(value))]
            if not words:
                raise UsageError(f"{name} {value!r} has no letters or digits")
            branches.append(Exact(name, words))
    return branches[0] if len(branches) == 1 else And(branches)
