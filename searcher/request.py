"""Request: one search, checked once, before an index is opened.

>>> Request("Waffenruhe", sort="best")
Traceback (most recent call last):
searcher.errors.UsageError: cannot sort by 'best': write one of relevance, newest, oldest
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypedDict, cast, get_args

from searcher.article import FACETS
from searcher.errors import DateError, UsageError
from searcher.frozen import FrozenDict
from searcher.timespans import parse_range

Sort = Literal["relevance", "newest", "oldest"]
"""Order of the hits; ties are ordered by id, undated articles come last."""

SORTS: tuple[Sort, ...] = get_args(Sort)

Match = Literal["auto", "all", "any"]
"""Which words of a query without operators must occur. `all`: all of them. `any`: at least one; articles with much of
the query come first. `auto`: all; if that gives too few hits, articles with some of the words follow."""

MATCHES: tuple[Match, ...] = get_args(Match)

By = Literal["day", "month", "year", "source", "section"]
"""What `Archive.counts` can count by."""

BYS: tuple[str, ...] = ("day", "month", "year", *FACETS)


FILTERS = ("since", "until", *FACETS)
"""The names of all filters."""


class Filters(TypedDict, total=False):
    """Filters of a search; dates in any form of the query language, both included.

    A source or section matches if it contains the given words in a row: Zeit also finds Die Zeit and Zeit Magazin.
    """

    since: str | None
    until: str | None
    source: str | None
    section: str | None


_NONE: Filters = FrozenDict()  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Request:
    """A query, as text or tree, with the wanted range of matches, their order and filters.

    The constructor raises UsageError for a negative number, an unknown order, or an unknown filter.
    """

    query: Any
    limit: int = 10
    offset: int = 0
    sort: Sort = "relevance"
    filters: Filters = _NONE
    match: Match = "auto"

    def __post_init__(self) -> None:
        if type(self.limit) is not int or type(self.offset) is not int:
            raise UsageError("limit and offset must be whole numbers")
        if self.limit < 0 or self.offset < 0:
            raise UsageError("limit and offset must not be negative")
        if self.sort not in SORTS:
            raise UsageError(f"cannot sort by {self.sort!r}", f"write one of {', '.join(SORTS)}")
        if self.match not in MATCHES:
            raise UsageError(f"cannot match {self.match!r} words", f"write one of {', '.join(MATCHES)}")
        for name, value in self.filters.items():
            if name not in FILTERS:
                raise UsageError(f"unknown filter {name!r}", f"there are {', '.join(FILTERS)}")
            if value is not None and not isinstance(value, str):
                raise UsageError(f"the filter {name} is a text, not {type(value).__name__}")

    @property
    def wanted(self) -> int:
        """The number of matches to sort, with those that `offset` skips."""
        return self.offset + self.limit

    def period(self, today: date | None) -> tuple[datetime | None, datetime | None]:
        """The half-open range from `since` to `until`; DateError for an invalid date, or an end before the start."""
        since, until = self.filters.get("since"), self.filters.get("until")
        start = parse_range(f"{since}..", today=today)[0] if since else None
        end = parse_range(f"..{until}", today=today)[1] if until else None
        if start and end and end <= start:
            raise DateError(f"since {since} is after until {until}", "write the earlier date first")
        return start, end


def checked_by(by: str) -> By:
    """`by`, if matches can be counted by it; UsageError otherwise."""
    if by in BYS:
        return cast(By, by)
    raise UsageError(f"cannot count by {by!r}", f"write one of {', '.join(BYS)}")
