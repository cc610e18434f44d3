"""Dates: what is read and refused stands in suites/dates.toml; here are the properties that hold for all of it."""

from __future__ import annotations

import csv
import doctest
import pickle
import re
import subprocess
import sys
import tomllib
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher import dateforms, dates, timespans
from searcher.dates import Period
from searcher.errors import Cure, DateError, SearcherError, UsageError
from searcher.timespans import parse_range
from tests.checkout import SHARED, SUITES

TODAY = date(2023, 3, 31)
SUITE: dict[str, Any] = tomllib.loads((SUITES / "dates.toml").read_text(encoding="utf-8"))
READS = [row for rows in SUITE["reads"].values() for row in rows]
REFUSES = [text for texts in SUITE["refuses"].values() for text in texts]
RANGES = [row for rows in SUITE["ranges"].values() for row in rows]
FORMATS = SHARED / "formats"

moments = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
days = st.dates()
periods = st.one_of(
    days.map(lambda day: Period.year(day.year)),
    days.map(lambda day: Period.month(day.year, day.month)),
    days.map(lambda day: Period.day(day.year, day.month, day.day)),
    st.datetimes().map(Period.from_datetime),
)
# Text that comes close to a date, which free text never does.
pieces = (
    "2023",
    "31",
    "3",
    "0",
    "99999",
    "März",
    "mar",
    "fr",
    "heute",
    "stand:",
    "Uhr",
    "um",
    "T",
    "Z",
    "GMT",
    "13:46",
)
signs = ("..", "[", "]", " TO ", "<=", ">", "-7d", "24:00", "–", *".-:/,+|() \u00a0\u0000٣")
nearly_dates = st.lists(st.sampled_from(pieces) | st.sampled_from(signs), max_size=9).map("".join)


def forms_that_match(text: str) -> list[str]:
    tidy = dateforms.tidied(text)
    label = dateforms._LABEL
    return [form.example for form in dateforms.FORMS if re.fullmatch(label + form.pattern, tidy, re.ASCII)]


# --- the suite ---


@pytest.mark.parametrize(("text", "printed"), READS)
def test_reads(text: str, printed: str) -> None:
    assert str(Period.parse(text, today=TODAY)) == printed


@pytest.mark.parametrize(("text", "start", "end"), SUITE["edges"]["rows"])
def test_begins_and_ends(text: str, start: str, end: str) -> None:
    period = Period.parse(text)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
    assert period.precision == {4: "year", 7: "month", 10: "day", 16: "minute"}[len(text)]


@pytest.mark.parametrize("text", REFUSES)
def test_refuses_by_name_and_shows_what_works(text: str) -> None:
    with pytest.raises(DateError) as caught:
        Period.parse(text, today=TODAY)
    assert str(caught.value).startswith(dateforms.shown(text))
    assert "write 2023, 2023-03" in str(caught.value)


@pytest.mark.parametrize(("text", "start", "end"), RANGES)
def test_reads_ranges(text: str, start: str, end: str) -> None:
    expected = tuple(datetime.fromisoformat(edge) if edge else None for edge in (start, end))
    assert parse_range(text, today=TODAY) == expected


@pytest.mark.parametrize(("text", "message"), SUITE["ranges_refused"]["rows"])
def test_refuses_ranges(text: str, message: str) -> None:
    with pytest.raises(DateError, match=re.escape(message)):
        parse_range(text, today=TODAY)


def test_a_date_error_is_wrong_use() -> None:
    with pytest.raises(UsageError) as caught:
        Period.parse("foo")
    assert caught.value.exit_code == 2


# --- the table of forms ---


@pytest.mark.parametrize("form", dateforms.FORMS, ids=lambda form: form.example)
def test_each_form_reads_its_example_as_the_others_do(form: dateforms.Form) -> None:
    assert Period.parse("2023").overlaps(*parse_range(form.example, today=TODAY))
    assert forms_that_match(form.example) == [form.example]


@pytest.mark.parametrize("text", [text for text, _ in READS])
def test_no_text_is_of_two_forms(text: str) -> None:
    assert len(forms_that_match(text)) == 1


@given(nearly_dates)
def test_no_text_close_to_a_date_is_of_two_forms(text: str) -> None:
    assert len(forms_that_match(text)) <= 1


@given(
    moments,
    st.none() | offsets,
    st.sampled_from(["T", " "]),
    st.sampled_from(["minutes", "seconds", "microseconds"]),
)
def test_the_shortcut_reads_as_the_table_does(
    moment: datetime, zone: timezone | None, mark: str, width: str
) -> None:
    text = moment.replace(tzinfo=zone).isoformat(mark, width)
    # A blank in front keeps a text out of the shortcut.
    assert Period.parse(text) == Period.parse(f" {text}")


# --- properties ---


@given(periods)
def test_what_is_printed_is_read_back(period: Period) -> None:
    assert Period.parse(str(period)) == period
    assert parse_range(str(period)) == (period.start, period.end)
    assert pickle.loads(pickle.dumps(period)) == period


@given(periods)
def test_a_period_contains_its_start_and_not_its_end(period: Period) -> None:
    assert period.start < period.end
    assert period.contains(period.start)
    assert not period.contains(period.end)
    assert period.overlaps(None, None)
    assert period.overlaps(period.start, None)
    assert period.overlaps(None, period.end)
    assert not period.overlaps(None, period.start)
    assert not period.overlaps(period.end, None)
    middle = period.start + (period.end - period.start) / 2
    assert period.overlaps(middle, middle + timedelta.resolution)
    assert not period.overlaps(middle, middle)


@given(periods, periods)
def test_overlap_is_mutual_and_means_a_shared_moment(one: Period, other: Period) -> None:
    shared = one.contains(other.start) or other.contains(one.start)
    assert one.overlaps(other.start, other.end) == other.overlaps(one.start, one.end) == shared


@given(periods, periods)
def test_a_range_reaches_from_the_first_start_to_the_last_end(one: Period, other: Period) -> None:
    text = f"{one}..{other}"
    if one.start < other.end:
        assert parse_range(text) == parse_range(f"[{one} TO {other}]") == (one.start, other.end)
    else:
        with pytest.raises(DateError, match=f"'{one}' begins after '{other}'"):
            parse_range(text)


@given(st.one_of(st.text(), nearly_dates))
def test_every_failure_is_a_date_error(text: str) -> None:
    for parse in (Period.parse, parse_range):
        try:
            parse(text, today=TODAY)
        except DateError as refused:
            assert str(refused).isprintable()


HOSTILE = {
    "ten megabytes": "9" * 10_000_000,
    "ten megabytes of blanks": " " * 10_000_000,
    "a date behind too many blanks": " " * 500 + "2023",
    "many digits": "9" * 5000,
    "many signs": "-" * 499,
    "many dots": "." * 499,
    "many weekdays": "mo. " * 120,
    "brackets and words": "[" + "to " * 160 + "]",
    "combining marks": "a" + "\u0308" * 498,
    "a lone surrogate": "\ud800",
    "bytes": b"2023",
    "a number": 2023,
    "none": None,
    "a list": ["2023"],
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_values_are_date_errors_of_one_short_line(text: Any) -> None:
    for parse in (Period.parse, parse_range):
        with pytest.raises(DateError) as caught:
            parse(text)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 300


# --- constructors ---


def test_constructors_and_parse_agree() -> None:
    assert Period.year(2023) == Period.parse("2023")
    assert Period.month(2023, 3) == Period.parse("2023-03")
    assert Period.day(2023, 3, 31) == Period.parse("2023-03-31")
    assert Period.minute(2023, 3, 31, 13, 46) == Period.parse("2023-03-31 13:46")


@pytest.mark.parametrize("number", [0, -1, 10_000, 10**30])
def test_constructors_refuse_what_no_calendar_has(number: int) -> None:
    impossible: list[Callable[[], Period]] = [
        lambda: Period.year(number),
        lambda: Period.month(2023, number),
        lambda: Period.month(number, 12),
        lambda: Period.day(2023, 3, number),
        lambda: Period.minute(2023, 3, 31, 24, 0),
        lambda: Period.minute(2023, 3, 31, 13, number or 60),
    ]
    for make in impossible:
        with pytest.raises(DateError, match="no such date"):
            make()


def test_periods_sort_by_start_then_end() -> None:
    printed = ["2022-12-31 23:59", "2023-01-01 00:00", "2023-01-01", "2023-01", "2023", "2023-02"]
    assert sorted(map(Period.parse, reversed(printed))) == list(map(Period.parse, printed))


def test_a_period_cannot_be_changed_and_can_be_a_key() -> None:
    period = Period.year(2023)
    with pytest.raises(AttributeError):
        period.precision = "day"  # type: ignore[misc]
    assert {period: 1}[Period.parse("2023")] == 1


# --- German wall time ---


def hours_around_the_changes_of_2023() -> Iterator[datetime]:
    for first in (datetime(2023, 3, 25, 12, tzinfo=UTC), datetime(2023, 10, 28, 12, tzinfo=UTC)):
        yield from (first + timedelta(minutes=30 * step) for step in range(48))


@pytest.mark.parametrize("moment", list(hours_around_the_changes_of_2023()), ids=str)
def test_offsets_become_german_wall_time(moment: datetime) -> None:
    summer = datetime(2023, 3, 26, 1, tzinfo=UTC) <= moment < datetime(2023, 10, 29, 1, tzinfo=UTC)
    expected = moment.replace(tzinfo=None) + timedelta(hours=2 if summer else 1)
    assert moment.astimezone(zoneinfo.ZoneInfo("Europe/Berlin")).replace(tzinfo=None, fold=0) == expected
    for hours in (-12, -5, 0, 1, 2, 14):
        elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
        for text in (elsewhere.isoformat(), elsewhere.strftime("%d.%m.%Y, %H:%M %z")):
            assert Period.parse(text).start == expected
        assert Period.from_datetime(elsewhere) == Period.parse(expected.isoformat())


def test_springs_missing_hour_is_kept_where_it_is_printed_and_never_converted_to() -> None:
    assert str(Period.parse("2023-03-26 02:30")) == "2023-03-26 02:30"
    assert str(Period.parse("2023-03-26T00:59Z")) == "2023-03-26 01:59"
    assert str(Period.parse("2023-03-26T01:00Z")) == "2023-03-26 03:00"


def test_both_passes_of_autumns_repeated_hour_are_one_period() -> None:
    first, second = Period.parse("2023-10-29T00:30Z"), Period.parse("2023-10-29T01:30Z")
    assert first == second == Period.parse("2023-10-29 02:30")
    assert second.start.fold == 0


@given(moments.map(lambda moment: moment.replace(fold=1)))
def test_a_naive_datetime_is_german_wall_time_to_the_minute(moment: datetime) -> None:
    period = Period.from_datetime(moment)
    assert period.start == moment.replace(second=0, microsecond=0, fold=0)
    assert (period.precision, period.start.fold) == ("minute", 0)


@pytest.mark.parametrize(
    "moment", [datetime.min.replace(tzinfo=timezone(timedelta(hours=5))), datetime.max.replace(tzinfo=UTC)]
)
def test_a_datetime_beyond_the_german_calendar_is_refused(moment: datetime) -> None:
    with pytest.raises(DateError, match="outside the years 1 to 9999"):
        Period.from_datetime(moment)


# --- today ---


def test_a_month_back_keeps_the_day_where_it_can() -> None:
    assert parse_range("-1m..-1m", today=date(2023, 3, 15)) == parse_range("2023-02-15")
    assert parse_range("-1m..-1m", today=date(2024, 3, 30)) == parse_range("2024-02-29")
    assert parse_range("-1y..-1y", today=date(2024, 2, 29)) == parse_range("2023-02-28")


def test_today_is_asked_for_only_when_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []

    def german_today() -> date:
        asked.append(TODAY)
        return TODAY

    for module in (timespans, dateforms):
        monkeypatch.setattr(module, "german_today", german_today)
    for text in (
        "2023",
        "31.03.2023 13:46 Uhr",
        "2022..2023",
        "2020-Q1",
        "Winter 2022/23",
        "März bis Mai 2020",
    ):
        parse_range(text)
    parse_range("vorgestern..-1d", today=TODAY)
    assert not asked
    assert str(Period.parse("gestern")) == "2023-03-30"
    assert parse_range("-1d..") == (datetime(2023, 3, 30), None)
    assert len(asked) == 2


def test_today_is_the_day_in_germany(monkeypatch: pytest.MonkeyPatch) -> None:
    class LateInGreenwich(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> LateInGreenwich:
            return cls(2023, 3, 31, 22, 30, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr(dateforms, "datetime", LateInGreenwich)
    assert dateforms.german_today() == date(2023, 4, 1)


def test_today_may_be_the_first_day_of_all() -> None:
    assert str(Period.parse("heute", today=date.min)) == "0001-01-01"
    with pytest.raises(DateError, match="does not exist"):
        Period.parse("gestern", today=date.min)


@pytest.mark.parametrize("text", [text for text, _ in SUITE["reads"]["words"]])
def test_words_can_be_refused(text: str) -> None:
    with pytest.raises(DateError, match="depends on the day it is read"):
        Period.parse(text, today=TODAY, relative=False)
    assert Period.parse("31.03.2023", relative=False) == Period.day(2023, 3, 31)


# --- around ---


def test_a_system_without_time_zones_is_told_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(key: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(key)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", missing)
    dateforms.german_clock.cache_clear()
    with pytest.raises(SearcherError, match="no time zone database") as caught:
        Period.parse("2023-03-31T13:46Z")
    assert not isinstance(caught.value, DateError)
    assert (caught.value.cure, caught.value.detail) == (Cure.INSTALL, "tzdata")
    assert str(Period.parse("2023-03-31T13:46")) == "2023-03-31 13:46"


def test_importing_dates_loads_no_time_zones() -> None:
    program = "import sys, searcher.dates; print('zoneinfo' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize("module", [dates, dateforms, timespans])
def test_the_examples_in_the_module_run(module: Any) -> None:
    failed, tried = doctest.testmod(module)
    assert tried and not failed


@pytest.mark.skipif(
    not FORMATS.is_dir(), reason="the collection of real archive formats is not beside this checkout"
)
@pytest.mark.parametrize(
    ("path", "column", "delimiter"),
    [("csv/polizei-berlin.csv", "date", ","), ("csv/polizei-frankfurt.csv", "Timestamp", ";")],
)
def test_every_date_of_a_real_table_is_read_to_the_minute(path: str, column: str, delimiter: str) -> None:
    with (FORMATS / path).open(encoding="utf-8", newline="") as table:
        precisions = {
            Period.parse(row[column]).precision for row in csv.DictReader(table, delimiter=delimiter)
        }
    assert precisions == {"minute"}
