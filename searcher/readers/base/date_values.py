"""Dates as records hold them: what Period reads, and the numbers that only machines write.

Seconds or milliseconds since 1970 (JSON exports), and all digits of a moment in one (web archives).

>>> str(period("Fri, 31 Mar 2023 13:46:00 +0200")), str(period(1680263160)), str(period("20230331134600"))
('2023-03-31 13:46', '2023-03-31 13:46', '2023-03-31 13:46')
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from searcher.dates import Period
from searcher.errors import DateError

STAMP = re.compile(r"(\d{8})(\d{4}(?:\d\d)?)(Z|[+-]\d\d:?\d\d)?", re.ASCII)
EPOCH_DIGITS = re.compile(r"\d{10}|\d{13}", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST_EPOCH = 100_000_000
"""Numbers below this (March 1973) are years or days written together, not seconds."""


def period(value: Any) -> Period | None:
    """The period a source's value means; None for an empty one, DateError for what is no date."""
    if isinstance(value, str):
        value = value.strip()
        return parse(value) if value else None
    if value is None:
        return None
    if isinstance(value, datetime):
        return Period.from_datetime(value)
    if isinstance(value, date):
        return Period.day(value.year, value.month, value.day)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DateError(f"a date cannot be a {type(value).__name__}")
    return _from_number(value)


@lru_cache(maxsize=8192)
def parse(text: str) -> Period:
    """The period `text` means. Words like 'heute' are refused: a record does not know when it is read."""
    if EPOCH_DIGITS.fullmatch(text):
        return _from_number(int(text))
    return Period.parse(STAMP.sub(r"\1T\2\3", text) if STAMP.fullmatch(text) else text, relative=False)


def _from_number(value: float) -> Period:
    try:
        if 1000 <= value < 10000 and value == int(value):
            return Period.year(int(value))
        if value < EARLIEST_EPOCH:
            return parse(str(int(value)).zfill(8))
        seconds = value / 1000 if value >= EARLIEST_EPOCH * 1000 else value
        return Period.from_datetime(EPOCH + timedelta(seconds=seconds))
    except (ValueError, OverflowError):
        raise DateError(f"{value} is no date") from None
