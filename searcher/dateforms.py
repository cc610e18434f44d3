"""The forms of a date: a table of those in German newspapers, feeds and exports, each with its reason.

`read` gives the first moment of a date and its precision; `searcher.dates` makes Periods.

>>> read("Freitag, 31. März 2023, 13.46 Uhr")
(datetime.datetime(2023, 3, 31, 13, 46), 'minute')
>>> read("Mrz. 2023")
(datetime.datetime(2023, 3, 1, 0, 0), 'month')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import Literal, NamedTuple, TypeAlias

from searcher.characters import BULLETS, DASHES, INVISIBLE
from searcher.errors import Cure, DateError, SearcherError

Precision = Literal["year", "month", "day", "minute"]
Reading: TypeAlias = tuple[datetime, Precision]

CURE = "write 2023, 2023-03, 2023-03-31, 31.03.2023, '31. März 2023 13:46 Uhr' or heute"

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar jänner jaenner january jan jän",
            "februar feber february feb febr",
            "märz maerz march mär mrz mar",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "dezember december dez dec",
        ),
        start=1,
    )
    for name in names.split()
}
_DAYS_AGO = {"heute": 0, "today": 0, "gestern": 1, "yesterday": 1, "vorgestern": 2}
# Central European names and the American ones that RFC 822 defines; no others, for BST or IST mean several.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "mez": 1, "cet": 1, "met": 1, "mesz": 2, "cest": 2, "mest": 2,
    "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
}  # fmt: skip

_D = r"(?P<day>\d\d?)"
_M = r"(?P<month>\d\d?)"
_NAME = rf"(?P<month>{'|'.join(MONTHS)})"
_Y = r"(?P<year>\d{4})"
_Y2 = r"(?P<year>\d{4}|\d\d)"
_LABEL = (
    r"(?:(?:stand|datum|update|(?:(?:zu)?letzte )?aktualisierung|(?:zuletzt )?aktualisiert|veröffentlicht|publiziert"
    r"|erschienen|erstellt)(?: am| vom)?(?:: ?| )|vom )?"
)
_WEEKDAY = (
    r"(?:(?:mo|di|mi|do|fr|sa|so|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|wed|thu|fri|sat|sun)[., ]{1,3})?(?:de[mnr] )?"
)
_ZONE = rf"(?P<zone>(?:utc|gmt)?[+-]\d\d(?::?\d\d)?|{'|'.join(_ZONES)})"
# XML Schema gives days a zone, which makes no other day of them.
_DAY_ZONE = r"(?:z|\+\d\d:?\d\d)"
_SECOND = r"(?P<second>\d\d)(?:[.,]\d{1,9})?"
# 13.46 and a bare 13 need 'Uhr', else they could be anything. Mail adds the zone's name in brackets.
_TIME = (
    r"(?=\d\d?:\d|\d\d?(?:\.\d\d)? ?uhr)"
    rf"(?P<hour>\d\d?)(?:[:.](?P<minute>\d\d)(?::{_SECOND})?)?(?: ?uhr)?"
    rf"(?: ?{_ZONE}(?: \([^()]{{1,60}}\))?)?"
)
_GAP = r"(?:,? (?:um |[-|] )?|,)"
_CLOCK = rf"(?:{_GAP}{_TIME})?"
# LexisNexis and others name the weekday behind the day.
_BEHIND = (
    r"(?:,? (?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day))?"
)


def _by_year(found: re.Match[str], _: date | None) -> Reading:
    return datetime(int(found["year"]), 1, 1), "year"


def _by_month(found: re.Match[str], _: date | None) -> Reading:
    return datetime(int(found["year"]), _month(found["month"]), 1), "month"


def _by_day(found: re.Match[str], _: date | None) -> Reading:
    year, month, day = found.group("year", "month", "day")
    return _at_clock(datetime(_year(year), _month(month), int(day)), found)


def _by_word(found: re.Match[str], today: date | None) -> Reading:
    day = german_today() if today is None else today
    return _at_clock(datetime(day.year, day.month, day.day) - timedelta(_DAYS_AGO[found["word"]]), found)


class Form(NamedTuple):
    """A form of a date: an example, a pattern over the tidied text, and the function that builds the moment."""

    example: str
    pattern: str
    build: Callable[[re.Match[str], date | None], Reading]


# No text matches two forms, so their order is one of speed alone: the commonest first.
FORMS = (
    # What exports, feeds and databases print. Some leave out a day's zero ('2021-03-4'); URLs print slashes.
    Form(
        "2023-03-31T13:46+02:00",
        rf"{_Y}(?P<mark>[-/]){_M}(?P=mark){_D}(?:(?:t|{_GAP}){_TIME}|{_DAY_ZONE})?",
        _by_day,
    ),
    # What a person types, or a source that knows no better.
    Form("2023", _Y, _by_year),
    Form("2023-03", rf"{_Y}[-/]{_M}", _by_month),
    # What German pages print: 'Stand:' and weekday before it, ' - ', ',', '|' or 'um' between day and time.
    Form("Freitag, 31.03.2023 - 13:46 Uhr", rf"{_WEEKDAY}{_D}\. ?{_M}\. ?{_Y2}{_CLOCK}", _by_day),
    # The same in words. RFC 822 (feeds, mail) and RFC 850 (old feeds, with hyphens) are of this shape too.
    Form(
        "Fri, 31 Mar 2023 13:46:00 +0200",
        rf"{_WEEKDAY}{_D}[. -] ?{_NAME}(?:\.? |\.|-){_Y2}{_BEHIND}{_CLOCK}",
        _by_day,
    ),
    # NITF and iCalendar. Longer runs of digits are refused: a count of seconds looks the same.
    Form(
        "20230331T134600Z",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
        rf"(?:t(?P<hour>\d\d)(?P<minute>\d\d)(?:{_SECOND})?{_ZONE}?|{_DAY_ZONE})?",
        _by_day,
    ),
    Form("März 2023", rf"{_NAME}(?:\.? |\.){_Y}", _by_month),
    Form("03/2023", rf"{_M}(?:\. ?|/){_Y}", _by_month),
    Form("heute, 13:46 Uhr", rf"(?P<word>{'|'.join(_DAYS_AGO)}){_CLOCK}", _by_word),
    # English-language pages. Four digits of a year: 'Mar 31, 23' could be an hour.
    Form("March 31, 2023", rf"{_WEEKDAY}{_NAME}\.? {_D},? {_Y}{_BEHIND}{_CLOCK}", _by_day),
    # What `date` prints, and Java's Date in the metadata of large German sites.
    Form(
        "Fri Mar 31 13:46:00 CEST 2023",
        rf"{_WEEKDAY}{_NAME} {_D} (?P<hour>\d\d):(?P<minute>\d\d):{_SECOND} (?:{_ZONE} )?{_Y}",
        _by_day,
    ),
)

# A shortcut for what nearly every record brings, to the standard library's own parser. What one of the two
# does not take (24:00, 60 seconds) is left to the table, which reads all that the shortcut reads alike.
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-3]):?[0-5]\d)?)?", re.ASCII
)


def read(text: object, today: date | None = None, *, relative: bool = True) -> Reading:
    """The first moment of the date `text`, in German wall time, and its precision.

    `today` is the date of 'heute', by default today's date in Germany; without `relative`, such words are
    refused. Raises DateError and no other error, for any object.
    """
    if isinstance(text, str) and _ISO.fullmatch(text):
        try:
            return in_germany(datetime.fromisoformat(text)), "day" if len(text) == 10 else "minute"
        except (ValueError, OverflowError):
            pass
    tidy = tidied(text)
    for form in FORMS:
        if found := _pattern(form.pattern).fullmatch(tidy):
            if form.build is _by_word and not relative:
                raise DateError(f"{shown(text)} depends on the day it is read", "write 2023-03-31")
            try:
                return form.build(found, today)
            except (ValueError, OverflowError):
                raise DateError(f"{shown(text)} names a day or time that does not exist", CURE) from None
    raise DateError(f"{shown(text)} is no date", CURE)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    # One at a time and only when its turn comes: to compile all takes longer than to import this module.
    return re.compile(_LABEL + pattern, re.ASCII)


def _year(text: str) -> int:
    number = int(text)
    if len(text) == 4:
        return number
    # The pivot of POSIX.
    return number + (1900 if number >= 69 else 2000)


def _month(text: str) -> int:
    return MONTHS.get(text) or int(text)


def _at_clock(day: datetime, found: re.Match[str]) -> Reading:
    """The day, or its minute if the form has a time; ValueError or OverflowError for an impossible one."""
    hours, minutes, seconds, zone = found.group("hour", "minute", "second", "zone")
    if hours is None:
        return day, "day"
    hour, minute, second = int(hours), int(minutes or 0), int(seconds or 0)
    if hour == 24 and minute == second == 0:
        day, hour = day + timedelta(days=1), 0
    # A leap second is the 60th of its minute. Seconds matter: until 1893 Berlin was 53:28 ahead of Greenwich.
    if second > 60:
        raise ValueError(seconds)
    moment = day.replace(
        hour=hour, minute=minute, second=min(second, 59), tzinfo=_offset(zone) if zone else None
    )
    return in_germany(moment), "minute"


@lru_cache(maxsize=256)
def _offset(zone: str) -> timezone:
    if zone in _ZONES:
        return timezone(timedelta(hours=_ZONES[zone]))
    digits = zone.lstrip("utcgm+-").replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    # No place on earth is further from Greenwich than 14 hours.
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        raise ValueError(zone)
    sign = -1 if "-" in zone else 1
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


# No date is longer, even with the indentation of a page around it; it bounds the work on hostile text.
_LONGEST = 500
# Typography to its plain twin, invisible marks to nothing. Digits of other scripts are left, and so refused.
_PLAIN = {
    **dict.fromkeys(map(ord, DASHES), "-"),
    **dict.fromkeys(map(ord, BULLETS), "|"),
    **dict.fromkeys(map(ord, INVISIBLE)),
}


def tidied(text: object) -> str:
    """`text` composed, in lower case, with runs of blanks as one; DateError if too long or not a text."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise DateError(f"{shown(text)} is no date", CURE)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return " ".join(text.split()).lower()


def shown(text: object) -> str:
    """`text` for a message: quoted, printable, short."""
    if not isinstance(text, str):
        return f"a value of type {type(text).__name__}"
    return repr(text if len(text) <= 60 else text[:59] + "…")


@cache
def german_clock() -> tzinfo:
    """The time zone Europe/Berlin."""
    # Slower to import than this module, and needed only for offsets and for today's date.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        # Not a DateError: the machine is at fault, and every later record would fail too.
        raise SearcherError(
            "this system has no time zone database", cure=Cure.INSTALL, detail="tzdata"
        ) from None


def in_germany(moment: datetime) -> datetime:
    """An aware moment as naive German wall time, a naive one as it is. Raises at the ends of the calendar."""
    if moment.utcoffset() is None:
        return moment
    return moment.astimezone(german_clock()).replace(tzinfo=None)


def german_today() -> date:
    """Today's date in Germany."""
    return datetime.now(german_clock()).date()
