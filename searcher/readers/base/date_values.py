"""Date values of records: every form that Period reads, and numbers written by programs.

The numbers are seconds or milliseconds since 1970 (JSON exports), or a moment as 14 digits (web archives).

>>> str(period("Fri, 31 Mar 2023 13:46:00 +0200")), str(period(1680263160)), str(period("20230331134600"))
('2023-03-31 13:46', '2023-03-31 13:46', '2023-03-31 13:46')
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from searcher.dateforms import MONTHS, tidied
from searcher.dates import Period
from searcher.errors import DateError

_MONTHS = "|".join(MONTHS)
_DAY = r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)"
DOUBLE = re.compile(
    rf"(?:{_DAY}[/-]{_DAY},? )?(\d\d?)\.[/-]\d\d?\. ?(?:({_MONTHS})\.? |(\d\d?)\. ?)(\d{{4}})", re.ASCII
)
"""A weekend or double issue, `Samstag/Sonntag, 29./30. April 2023`: the first of its days."""
ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
ROMAN = re.compile(r"(\d\d?)\. ?([ivx]{1,4})\. ?(\d{4})", re.ASCII)
WEEK = re.compile(r"kw ?(\d\d?)[/ ](\d{4})", re.ASCII)
"""A weekly, `KW 18/2023`: the month that holds most of the week, for there is no day to be named."""
STAMP = re.compile(r"(\d{8})(\d{4}(?:\d\d)?)(Z|[+-]\d\d:?\d\d)?", re.ASCII)
EPOCH_DIGITS = re.compile(r"\d{10}|\d{13}", re.ASCII)
SHOWN = 80
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST_EPOCH = 100_000_000
"""Numbers below this (March 1973) are years or days written together, not seconds."""


def period(value: Any) -> Period | None:
    """The period of a value; None for an empty value, DateError if it is not a date."""
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


class DateReader:
    """Reads the dates of one record, and keeps those that are none in `unread`: they cost no text.

    >>> read = DateReader()
    >>> read("31.02.2023"), len(read.unread)
    (None, 1)
    """

    def __init__(self) -> None:
        self.unread: list[str] = []

    def __call__(self, value: Any) -> Period | None:
        """The period `value` means; None where it is empty, or no date."""
        try:
            return period(value)
        except DateError:
            self.unread.append(" ".join(str(value).split())[:SHOWN])
            return None


@lru_cache(maxsize=8192)
def parse(text: str) -> Period:
    """The period `text` means. Words like 'heute' are refused: a record does not know when it is read."""
    if EPOCH_DIGITS.fullmatch(text):
        return _from_number(int(text))
    text = STAMP.sub(r"\1T\2\3", text) if STAMP.fullmatch(text) else text
    return _of_paper(tidied(text)) or Period.parse(text, relative=False)


def _of_paper(text: str) -> Period | None:
    """The forms that only the mastheads of papers have."""
    if found := DOUBLE.fullmatch(text):
        return Period.day(int(found[4]), MONTHS.get(found[2]) or int(found[3]), int(found[1]))
    if (found := ROMAN.fullmatch(text)) and found[2] in ROMANS:
        return Period.day(int(found[3]), ROMANS.index(found[2]) + 1, int(found[1]))
    if found := WEEK.fullmatch(text):
        try:
            thursday = date.fromisocalendar(int(found[2]), int(found[1]), 4)
        except ValueError as error:
            raise DateError(f"'{text}': {error}") from None
        return Period.month(thursday.year, thursday.month)
    return None


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
