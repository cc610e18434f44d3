"""Date ranges as people write them in queries: 'letzte Woche', 'Q1 2020', 'Frühjahr 2023', 'März bis Mai 2020'.

A range is half-open, [start, end), in German wall time; None is an open side. Relative ranges take `today`
as a parameter.

>>> start, end = parse_range("2023-03..31.05.2023")
>>> str(start), str(end)
('2023-03-01 00:00:00', '2023-06-01 00:00:00')
>>> start, end = parse_range("letzte Woche", today=date(2023, 3, 31))
>>> str(start), str(end)
('2023-03-20 00:00:00', '2023-03-27 00:00:00')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeAlias

from searcher.dateforms import MONTHS, german_today, shown, tidied
from searcher.dates import Period
from searcher.errors import DateError

Range: TypeAlias = tuple[datetime | None, datetime | None]
"""Half-open; None is an open side."""

Span: TypeAlias = tuple[datetime, datetime]
"""Half-open, both sides known."""

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_NUMBERS = {"erst": 1, "zweit": 2, "dritt": 3, "viert": 4}
# The first month of each season; meteorologists count whole months, as archives do.
_SEASONS = {"frühjahr": 3, "fruehjahr": 3, "frühling": 3, "fruehling": 3, "spring": 3}
_SEASONS |= {"sommer": 6, "summer": 6, "herbst": 9, "autumn": 9}
_UNITS = {
    **dict.fromkeys(["d", "t", "tag", "tage", "tagen", "day", "days"], "day"),
    **dict.fromkeys(["w", "woche", "wochen", "week", "weeks"], "week"),
    **dict.fromkeys(["m", "monat", "monate", "monaten", "month", "months"], "month"),
    **dict.fromkeys(["y", "j", "jahr", "jahre", "jahren", "year", "years"], "year"),
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_AGO = rf"-(\d{{1,7}}) ?({_UNIT})"
_Y = r"(?P<year>\d{4})"
_LAST = r"(?P<which>letzte[nrsm]?|vorige[nrsm]?|vergangene[nrsm]?|last|diese[nrsm]?|this)"

# Movable feasts: name -> first and last day, counted from Easter Sunday.
_MOVING = {
    **dict.fromkeys(("rosenmontag", "karneval", "fasching", "fastnacht"), (-48, -46)),
    "aschermittwoch": (-46, -46),
    "karfreitag": (-2, -2),
    **dict.fromkeys(("ostern", "easter"), (-2, 1)),
    **dict.fromkeys(("himmelfahrt", "christi himmelfahrt", "vatertag"), (39, 39)),
    "pfingsten": (49, 50),
    "fronleichnam": (60, 60),
}
_MOVES = re.compile(rf"({'|'.join(_MOVING)})(?: (\d{{4}}))?")


class Stretch(NamedTuple):
    """A form of a time span: an example, a pattern over tidied text, and the function that builds the span."""

    example: str
    pattern: str
    build: Callable[[re.Match[str], date | None], Span]


def _months(year: int, month: int, count: int) -> Span:
    start = Period.month(year, month).start
    last = year * 12 + month - 2 + count
    return start, Period.month(last // 12, last % 12 + 1).end


def _quarter(found: re.Match[str], _: date | None) -> Span:
    return _months(int(found["year"]), 3 * _number(found["number"]) - 2, 3)


def _half(found: re.Match[str], _: date | None) -> Span:
    return _months(int(found["year"]), 6 * _number(found["number"]) - 5, 6)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text]


def _season(found: re.Match[str], _: date | None) -> Span:
    return _months(int(found["year"]), _SEASONS[found["season"]], 3)


def _winter(found: re.Match[str], _: date | None) -> Span:
    year, following = int(found["year"]), found["next"]
    if int(following) != (year + 1) % 10 ** len(following):
        raise DateError(f"{shown(found[0])} is no winter", f"write 'Winter {year}/{(year + 1) % 100:02}'")
    return _months(year, 12, 3)


def _iso_week(found: re.Match[str], _: date | None) -> Span:
    # ISO 8601: the week with the first Thursday of the year is its first.
    try:
        monday = datetime.fromisocalendar(int(found["year"]), int(found["week"]), 1)
    except ValueError:
        raise DateError(f"{found['year']} has no week {found['week']}", "write 'KW 18/2023'") from None
    return monday, monday + _WEEK


def _decade(found: re.Match[str], _: date | None) -> Span:
    digits = found["decade"]
    if len(digits) == 2 and digits < "30":
        raise DateError(
            f"{shown(found[0])} could be of two centuries", f"write '20{digits}er' or '19{digits}er'"
        )
    year = int(digits if len(digits) == 4 else f"19{digits}")
    return Period.year(year).start, Period.year(year + 9).end


def _calendar(found: re.Match[str], today: date | None) -> Span:
    """The calendar week, month, quarter or year of today, or the one before it."""
    today = today or german_today()
    back = 0 if found["which"].startswith(("diese", "this")) else 1
    unit = found["unit"]
    if unit in ("woche", "week"):
        monday = datetime(today.year, today.month, today.day) - (today.weekday() + 7 * back) * _DAY
        return monday, monday + _WEEK
    if unit in ("jahr", "year"):
        return _months(today.year - back, 1, 12)
    size = 3 if unit in ("quartal", "quarter") else 1
    first = (today.year * 12 + today.month - 1) // size * size - back * size
    return _months(first // 12, first % 12 + 1, size)


def _last_few(found: re.Match[str], today: date | None) -> Span:
    """From that day until the end of today."""
    today = today or german_today()
    start = _before(today, int(found["count"]), _UNITS[found["unit"]], found[0])
    return start, Period.day(today.year, today.month, today.day).end


def _feast(first: tuple[int, int], last: tuple[int, int]) -> Callable[[re.Match[str], date | None], Span]:
    def build(found: re.Match[str], _: date | None) -> Span:
        year = int(found["year"])
        return Period.day(year, *first).start, Period.day(year, *last).end

    return build


STRETCHES = (
    Stretch("2020-Q1", rf"{_Y}[-/ ]?q(?P<number>[1-4])", _quarter),
    Stretch("Q1 2020", rf"q(?P<number>[1-4])[-/ ]?{_Y}", _quarter),
    Stretch("1. Quartal 2020", rf"(?P<number>[1-4])\. ?quartal {_Y}", _quarter),
    Stretch("erstes Quartal 2020", rf"(?P<number>erst|zweit|dritt|viert)e[sn]? quartal {_Y}", _quarter),
    Stretch("2020-H1", rf"{_Y}[-/ ]?h(?P<number>[12])", _half),
    Stretch("1. Halbjahr 2020", rf"(?P<number>[12])\. ?halbjahr {_Y}", _half),
    Stretch("erstes Halbjahr 2020", rf"(?P<number>erst|zweit)e[sn]? halbjahr {_Y}", _half),
    Stretch("Frühjahr 2023", rf"(?:im )?(?P<season>{'|'.join(_SEASONS)}) {_Y}", _season),
    Stretch("Winter 2022/23", rf"(?:im )?winter {_Y} ?[-/] ?(?P<next>\d\d|\d{{4}})", _winter),
    Stretch("KW 18/2023", rf"(?:kw|kalenderwoche|woche|week) ?(?P<week>\d\d?)(?: ?/ ?| ){_Y}", _iso_week),
    Stretch("18. KW 2023", rf"(?P<week>\d\d?)\. ?(?:kw|kalenderwoche|woche) ?/? ?{_Y}", _iso_week),
    Stretch("2023-W18", rf"{_Y}-?w(?P<week>\d\d)", _iso_week),
    Stretch("1990er Jahre", r"(?:die )?(?P<decade>\d{3}0|\d0)er(?: ?-? ?jahren?)?", _decade),
    Stretch(
        "letzte Woche", rf"{_LAST} (?P<unit>woche|monats?|jahr|quartal|week|month|year|quarter)", _calendar
    ),
    Stretch(
        "letzte 7 Tage",
        rf"(?:die |der |in den )?(?:letzte|vergangene|last)n? (?P<count>\d{{1,7}}) (?P<unit>{_UNIT})",
        _last_few,
    ),
    # '-7d' alone is refused: as an operand of a range it is one day, and this would be a second meaning.
    Stretch("-1 week", rf"-(?P<count>\d{{1,7}}) ?(?P<unit>(?!.\b)(?:{_UNIT}))", _last_few),
    Stretch("Neujahr 2023", rf"neujahr {_Y}", _feast((1, 1), (1, 1))),
    Stretch("Weihnachten 2022", rf"(?:weihnachten|christmas) {_Y}", _feast((12, 24), (12, 26))),
    Stretch("Silvester 2022", rf"silvester {_Y}", _feast((12, 31), (12, 31))),
)

# Which edge each operand gives: first and last are inside the range, after and before are outside.
_RANGES = (
    r"\[(?P<first>.*?)\b(?:to|bis)\b(?P<last>.*)\]",
    r"(?P<first>.*?)\.\.(?P<last>.*)",
    r"(?:>=|≥)(?P<first>.+)",
    r"(?:<=|≤)(?P<last>.+)",
    r">(?P<after>.+)",
    r"<(?P<before>.+)",
    r"(?:(?:von|vom|from)\s+)?(?P<first>\S.*?)\s+(?:bis|to|until)\s+(?:zum\s+)?(?P<last>\S.*)",
    r"(?:zwischen|between)\s+(?P<first>\S.*?)\s+(?:und|and)\s+(?P<last>\S.*)",
    r"(?:seit|ab|since)\s+(?P<first>\S.*)",
    r"(?:bis|until)\s+(?:zum\s+)?(?P<last>\S.*)",
    r"(?:vor|before)\s+(?P<before>\S.*)",
    r"(?:nach|after)\s+(?P<after>\S.*)",
)
_NOW = ("jetzt", "now")
_YEARLESS = re.compile(
    rf"(?:\d\d?\. ?)?(?P<month>{'|'.join(MONTHS)})\.?|\d\d?\. ?\d\d?\.?|(?:kw|kalenderwoche) ?\d\d?"
    rf"|\d\d?\. ?kw|q[1-4]|{'|'.join(_SEASONS)}|winter|weihnachten|silvester|neujahr"
)


def parse_range(text: str, *, today: date | None = None) -> Range:
    """The range of `text`; both ends are included, each at its own precision.

    Written as one date or stretch of time (`STRETCHES`), as 'A..B', '..B', 'A..', '>=A', '>A', '<=B', '<B', '[A TO B]'
    ('BIS' and '*' too), or in words: 'A bis B', 'zwischen A und B', 'seit A', 'vor B', 'nach A'. A and B may count
    back from `today`: '-7d' days (or t), '-2w' weeks, '-1m' months, '-1y' years (or j), each meaning that one day.
    Raises DateError, also for a range that runs backwards and for a feast that moves from year to year.
    """
    tidied(text)
    whole = text.strip()
    for pattern in _RANGES:
        if found := re.fullmatch(pattern, whole, re.ASCII | re.IGNORECASE | re.DOTALL):
            return _between({name: part.strip() for name, part in found.groupdict().items()}, whole, today)
    return _span(text, today)


def _span(text: str, today: date | None) -> Span:
    """One date or one stretch of time."""
    tidy = tidied(text)
    for form in STRETCHES:
        if found := re.fullmatch(form.pattern, tidy, re.ASCII):
            try:
                return form.build(found, today)
            except OverflowError:
                raise DateError(f"{shown(text)} lies outside the years 1 to 9999") from None
    if moving := _MOVES.fullmatch(tidy):
        raise DateError(f"{shown(text)} moves from year to year", f"write {_days_of(moving)}")
    if re.fullmatch(_AGO, tidy, re.ASCII):
        raise DateError(
            f"{shown(text)} could mean a day or a span", f"write '{tidy}..' for all since that day"
        )
    if _YEARLESS.fullmatch(tidy):
        year = "2023" if tidy[-1] == "." else ".2023" if tidy[-1].isdigit() and "." in tidy else " 2023"
        raise DateError(f"{shown(text)} names no year", f"add the year, as in '{text.strip()}{year}'")
    period = Period.parse(text, today=today)
    return period.start, period.end


def _between(operands: dict[str, str], whole: str, today: date | None) -> Range:
    start = end = None
    # 'März bis Mai 2020': the year after the second month applies to both.
    if "first" in operands and "last" in operands:
        operands["first"] = _with_year_of(operands["last"], operands["first"])
    for edge, operand in operands.items():
        if operand not in ("", "*"):
            first, behind = _operand(operand, today)
            if edge in ("first", "after"):
                start = first if edge == "first" else behind
            else:
                end = behind if edge == "last" else first
    if start is None and end is None:
        raise DateError(
            f"{shown(whole)} names no date", "write '2023-03..', '..2023-05' or '2023-03..2023-05'"
        )
    if start is not None and end is not None and end <= start:
        first_text, last_text = operands["first"], operands["last"]
        raise DateError(
            f"{shown(first_text)} begins after {shown(last_text)} has ended",
            f"write '{last_text}..{first_text}'",
        )
    return start, end


def _with_year_of(last: str, first: str) -> str:
    year = re.search(r"\b(\d{4})$", last)
    return f"{first} {year[1]}" if year and _YEARLESS.fullmatch(tidied(first)) else first


def _operand(text: str, today: date | None) -> Span:
    tidy = tidied(text)
    if tidy in _NOW:
        text = "heute"
    found = re.fullmatch(_AGO, tidy, re.ASCII)
    if found is None:
        return _span(text, today)
    day = _before(today or german_today(), int(found[1]), _UNITS[found[2]], text)
    return day, day + _DAY


def _before(today: date, count: int, unit: str, text: str) -> datetime:
    """The first moment of the day that lies `count` units before `today`."""
    day = datetime(today.year, today.month, today.day)
    try:
        if unit in ("day", "week"):
            return day - count * (_WEEK if unit == "week" else _DAY)
        months = day.year * 12 + day.month - 1 - count * (1 if unit == "month" else 12)
        month = Period.month(months // 12, months % 12 + 1)
        # A month back from the 31st is the last day of a shorter month.
        return month.start.replace(day=min(day.day, (month.end - _DAY).day))
    except (DateError, OverflowError):
        raise DateError(f"{shown(text)} reaches back before the year 1") from None


def _days_of(moving: re.Match[str]) -> str:
    """The days of a feast in a year, as a range to write instead."""
    if not moving[2]:
        return "its days, such as 2023-04-07..2023-04-10"
    sunday = easter(int(moving[2]))
    first, last = (sunday + offset * _DAY for offset in _MOVING[moving[1]])
    return f"{first.isoformat()}..{last.isoformat()}" if last > first else first.isoformat()


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the algorithm of Meeus, Jones and Butcher.

    >>> easter(2023), easter(2024)
    (datetime.date(2023, 4, 9), datetime.date(2024, 3, 31))
    """
    golden = year % 19
    century, rest = divmod(year, 100)
    leap, common = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap - shift + 15) % 30
    quarter, years = divmod(rest, 4)
    weekday = (32 + 2 * common + 2 * quarter - moon - years) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
