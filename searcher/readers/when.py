"""Dates as sources print them: what Period reads, and the shapes only machines write.

RFC 822 (feeds and mail), ISO basic format (NITF), seconds since 1970 (JSON exports), days without leading
zeros.

>>> str(period("Fri, 31 Mar 2023 13:46:00 +0200")), str(period("20230331T134600+0200"))
('2023-03-31 13:46', '2023-03-31 13:46')
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from searcher.dates import Period
from searcher.errors import DateError

LABEL = re.compile(
    r"^(?:(?:zuletzt )?aktualisiert|stand|datum|veröffentlicht|erschienen|erstellt|update)\s*(?:am)?\s*:?\s+",
    re.IGNORECASE,
)
BASIC = re.compile(r"^(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?(Z|[+-]\d\d:?\d\d)?$")
UNPADDED = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?=$|[T ])")
WEEKDAY_NAME = re.compile(r"^[A-Za-z]{2,3}, \d")
UNIX = re.compile(r"^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d(?::\d\d)?) ([A-Z]{3,4}) (\d{4})$")
ZONES = {"CET": "+0100", "MEZ": "+0100", "CEST": "+0200", "MESZ": "+0200", "UTC": "+0000"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST_EPOCH = 100_000_000
"""Numbers below this (March 1973) are years or days written together, not seconds."""
LONGEST = 500
"""Characters of a date that is kept with its meaning: 8,192 of them, 16 MB at most."""


def period(value: Any) -> Period | None:
    """The period a source's value means; None for an empty one, DateError for what is no date."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return Period.from_datetime(value)
    if isinstance(value, date):
        return Period.day(value.year, value.month, value.day)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise DateError(f"a date cannot be a {type(value).__name__}")
    if not isinstance(value, str):
        return _from_number(value)
    text = " ".join(value.split())
    if len(text) > LONGEST:
        return Period.parse(text)
    return parse(text) if text else None


@lru_cache(maxsize=8192)
def parse(text: str) -> Period:
    """The period `text` means. Words like 'heute' are refused: a record does not know when it is read."""
    if text[4:5] == text[7:8] == "-" and text[:4].isdigit():
        # What machines write most is read by the fastest there is; its oddities are left to Period.
        with suppress(ValueError):
            moment = datetime.fromisoformat(text)
            return Period.from_datetime(moment) if len(text) > 10 else Period.day(*moment.timetuple()[:3])
    if not any(each.isdigit() for each in text):
        raise DateError(f"'{text}' is no date")
    if text.isdigit() and len(text) in (10, 13):
        return _from_number(int(text))
    if basic := BASIC.match(text):
        year, month, day, hour, minute, _, zone = basic.groups()
        text = f"{year}-{month}-{day}" + (f"T{hour}:{minute}{zone or ''}" if hour else "")
    elif WEEKDAY_NAME.match(text):
        return _from_mail(text)
    elif unix := UNIX.match(text):
        month, day, time, zone, year = unix.groups()
        return _from_mail(f"{day} {month} {year} {time} {ZONES.get(zone, zone)}")
    text = UNPADDED.sub(_padded, LABEL.sub("", text))
    return Period.parse(text)


def _padded(match: re.Match[str]) -> str:
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"


def _from_mail(text: str) -> Period:
    try:
        return Period.from_datetime(parsedate_to_datetime(text))
    except (ValueError, TypeError, OverflowError):
        raise DateError(f"'{text}' is no date") from None


def _from_number(value: float) -> Period:
    if 1000 <= value < 10000 and value == int(value):
        return Period.year(int(value))
    if value < EARLIEST_EPOCH:
        return parse(str(int(value)).zfill(8))
    seconds = value / 1000 if value >= EARLIEST_EPOCH * 1000 else value
    try:
        return Period.from_datetime(EPOCH + timedelta(seconds=seconds))
    except (ValueError, OverflowError):
        raise DateError(f"{value} is no date") from None
