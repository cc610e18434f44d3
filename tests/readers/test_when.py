"""Dates in records: as everywhere, plus the numbers that machines write; never what depends on the day of reading."""

from __future__ import annotations

import pytest

from searcher.errors import DateError
from searcher.readers.base.date_values import period


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("Mo, 31.03.2025", "2025-03-31"),
        ("Thu, 1 Jan 2015 23:30:00 -0000", "2015-01-02 00:30"),
        ("Fri, 31 Mar 2023 13:46:00 +0200", "2023-03-31 13:46"),
        ("20230331134600", "2023-03-31 13:46"),
        ("202303311146Z", "2023-03-31 13:46"),
        ("1680263160", "2023-03-31 13:46"),
        (" 1680263160000\n", "2023-03-31 13:46"),
        (1680263160.5, "2023-03-31 13:46"),
        (20230331, "2023-03-31"),
        (2023, "2023"),
        ("", "None"),
        (None, "None"),
    ],
)
def test_what_a_record_calls_a_date(value: object, printed: str) -> None:
    assert str(period(value)) == printed


@pytest.mark.parametrize(
    "value", ["heute", "gestern, 13:46 Uhr", "99999999999999", -5, 10**400, float("-inf"), float("nan"), True]
)
def test_what_is_no_date_of_a_record(value: object) -> None:
    with pytest.raises(DateError):
        period(value)
