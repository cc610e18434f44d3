"""Date ranges: `datum:2023-03`, `datum:2023-03..2023-05`, `datum:..2022`, `datum:*`.

Bounds are whole minutes since 0001-01-01 00:00, half-open, as in the columns `start` and `end` of the index.

>>> march = During.between(datetime(2023, 3, 1), datetime(2023, 4, 1))
>>> str(march), str(During.between(datetime(2023, 1, 1), datetime(2023, 4, 1)))
('datum:2023-03', 'datum:2023-01..2023-03')
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from searcher.query.spans import Places, Token
from searcher.query.tree import TreeLeaf

_MINUTE = timedelta(minutes=1)
END_OF_TIME = datetime.max.toordinal() * 1440
"""The first minute of the year 10000."""


@dataclass(frozen=True)
class During(TreeLeaf):
    """Articles whose period overlaps [start, end), in minutes; None is open. Scores 0; undated articles never match."""

    start: int | None
    end: int | None
    text: str = field(default="", compare=False)
    fieldname: str = field(default="date", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text or self._written())

    @classmethod
    def between(cls, start: datetime | None, end: datetime | None, text: str = "") -> During:
        """The range between two moments of German wall time; `datetime.max` is the end of the year 9999."""
        return cls(_minutes(start), _minutes(end), text)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether an article with these column values, in minutes, matches; an undated one ends before it starts."""
        return (
            start < end
            and (self.end is None or start < self.end)
            and (self.start is None or end > self.start)
        )

    def places(self, tokens: Sequence[Token]) -> Places:
        """No positions: a date is nothing to highlight."""
        return {}

    def _written(self) -> str:
        written = _written(self.start, self.end)
        return f'"{written}"' if " " in written else written


def _minutes(moment: datetime | None) -> int | None:
    # Rounded up, so that datetime.max, which stands for the first moment after 9999, becomes just that.
    if moment is None:
        return None
    whole = (moment.toordinal() - 1) * 1440 + moment.hour * 60 + moment.minute
    return whole + (moment.second > 0 or moment.microsecond > 0)


def _written(start: int | None, end: int | None) -> str:
    """The shortest text of a range with these bounds: in years if exact, else in months, days or minutes."""
    if start == END_OF_TIME:
        return ">9999"
    if end == 0:
        return "<0001"
    if start is None and end is None:
        return "*"
    last = "" if end is None else _shown(end - 1, _width(end))
    if start is None or end is None:
        return ("" if start is None else _shown(start, _width(start))) + ".." + last
    width = max(_width(start), _width(end))
    first = _shown(start, width)
    return first if first == _shown(end - 1, width) else f"{first}..{last}"


def _width(bound: int) -> int:
    """The number of characters of '2023-03-31 13:46' that express this bound exactly."""
    if bound == END_OF_TIME:
        return 4
    moment = datetime.min + bound * _MINUTE
    if moment.hour or moment.minute:
        return 16
    return 10 if moment.day > 1 else 7 if moment.month > 1 else 4


def _shown(minute: int, width: int) -> str:
    return (datetime.min + minute * _MINUTE).isoformat(" ", "minutes")[:width]
