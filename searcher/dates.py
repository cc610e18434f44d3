"""Dates as periods: half-open [start, end), as wide as the source was precise, in German wall time.

'März 2023' is some day of that month; a Period keeps that precision and never invents a day. Times are naive, on the
wall clock of Europe/Berlin. A timestamp with an offset is converted: it never falls into the hour skipped in spring,
and both passes of the hour repeated in autumn are equal. A time without offset is kept as printed, even in the skipped
hour. Seconds are cut off; 24:00 is 00:00 of the next day.

>>> str(Period.parse("Stand: 31.03.2023 13:46 Uhr"))
'2023-03-31 13:46'
>>> str(Period.parse("2023-03-31T22:30:00Z"))
'2023-04-01 00:30'
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from searcher.dateforms import Precision, in_germany, read
from searcher.errors import DateError

__all__ = ["Period", "Precision"]

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
# How much of '2023-03-31 13:46' a precision prints.
_PRINTED: dict[Precision, int] = {"year": 4, "month": 7, "day": 10, "minute": 16}


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A stretch of German wall time; `end` is the first moment after it. Sorted by start, then end.

    Make one with `parse`, `from_datetime` or the constructor of its precision; they raise DateError for
    impossible dates. Years run from 1 to 9999; an `end` that would be the year 10000 is `datetime.max`.
    """

    start: datetime
    end: datetime
    precision: Precision

    @classmethod
    def year(cls, year: int) -> Period:
        """The whole year; DateError outside 1 to 9999."""
        end = datetime.max if year == 9999 else _moment(year + 1)
        return cls(_moment(year), end, "year")

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """The whole month; DateError for one that does not exist."""
        start = _moment(year, month)
        end = datetime.max if (year, month) == (9999, 12) else _moment(year + month // 12, month % 12 + 1)
        return cls(start, end, "month")

    @classmethod
    def day(cls, year: int, month: int, day: int) -> Period:
        """The whole day; DateError for one that does not exist."""
        start = _moment(year, month, day)
        return cls(start, _later(start, _DAY), "day")

    @classmethod
    def minute(cls, year: int, month: int, day: int, hour: int, minute: int) -> Period:
        """The minute, in German wall time; DateError for one that does not exist."""
        start = _moment(year, month, day, hour, minute)
        return cls(start, _later(start, _MINUTE), "minute")

    @classmethod
    def from_datetime(cls, moment: datetime) -> Period:
        """The minute of `moment`: an aware one is converted, a naive one is German wall time already."""
        try:
            moment = in_germany(moment)
        except (OverflowError, ValueError):
            raise DateError(f"'{moment}' lies outside the years 1 to 9999 in Germany") from None
        start = datetime(moment.year, moment.month, moment.day, moment.hour, moment.minute)
        return cls(start, _later(start, _MINUTE), "minute")

    @classmethod
    def parse(cls, text: str, *, today: date | None = None, relative: bool = True) -> Period:
        """The date that `text` is, in any of the forms listed in `searcher.dateforms`, upper or lower case.

        Two-digit years 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068. A weekday is ignored, even a
        wrong one. `today` is the date of 'heute', by default today's date in Germany; `relative=False` refuses
        such words, for texts of an unknown day. Raises DateError for any other text.
        """
        moment, precision = read(text, today, relative=relative)
        if precision == "minute":
            return cls.from_datetime(moment)
        if precision == "day":
            return cls(moment, _later(moment, _DAY), "day")
        return cls.month(moment.year, moment.month) if precision == "month" else cls.year(moment.year)

    def overlaps(self, start: datetime | None, end: datetime | None) -> bool:
        """Whether any moment of the half-open range lies in this period; an empty range overlaps nothing."""
        if start is not None and (self.end <= start or (end is not None and end <= start)):
            return False
        return end is None or self.start < end

    def contains(self, moment: datetime) -> bool:
        """Whether the naive `moment` lies in this period."""
        return self.start <= moment < self.end

    def __str__(self) -> str:
        """'2023', '2023-03', '2023-03-31' or '2023-03-31 13:46'; `parse` reads it back."""
        return self.start.isoformat(" ", "minutes")[: _PRINTED[self.precision]]


def _moment(year: int, month: int = 1, day: int = 1, hour: int = 0, minute: int = 0) -> datetime:
    try:
        return datetime(year, month, day, hour, minute)
    except (ValueError, OverflowError) as impossible:
        raise DateError(f"no such date: {impossible}") from None


def _later(start: datetime, span: timedelta) -> datetime:
    try:
        return start + span
    except OverflowError:
        return datetime.max
