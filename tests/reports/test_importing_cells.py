"""A cell is a value, unknown, or wrong with a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.traffic import Count
from reports.importing.cells import day, moment, monday, pair, whole
from tests.reports.history import TODAY, on


@pytest.mark.parametrize("text", ["", " ", "NaN", "nan", "None", "NULL", "null", "NA", "<NA>"])
def test_what_knows_nothing_is_unknown_and_never_zero(text: str) -> None:
    assert whole("views", text) is None


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("12", 12), (" 12 ", 12), ("2.0", 2), ("2.", 2), ("007", 7)])
def test_a_count_may_be_written_as_pandas_does(text: str, value: int) -> None:
    assert whole("views", text) == value


@pytest.mark.parametrize("text", ["-1", "1.5", "1,000", "1e3", "twelve", "2147483648", "٣", "+1", "0x1"])
def test_anything_else_is_no_count(text: str) -> None:
    with pytest.raises(ValueError, match=r"views is .* not a count"):
        whole("views", text)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-11-18", "2024-11-18"),
        ("2024-11-18 00:00:00+00:00", "2024-11-18"),
        ("2024-11-18T00:00:00Z", "2024-11-18"),
        ("2024-11-18T00:00:00.000000Z", "2024-11-18"),
        ("2024-11-18 00:00:00 UTC", "2024-11-18"),
        ("2024-11-18 23:59", "2024-11-18"),
        ("2024-11-18T23:59:59-00:30", "2024-11-19"),
        ("2024-11-18T01:00:00+02:00", "2024-11-17"),
        ("2024-11-18T01:00:00+0200", "2024-11-17"),
    ],
)
def test_a_day_is_the_utc_date_of_its_time(text: str, utc: str) -> None:
    assert day("date", text, TODAY) == on(utc)


@pytest.mark.parametrize("text", ["", "18.11.2024", "2024-11", "2024-W47-1", "20241118", "2024-11-18T", "2024-11-18x"])
def test_other_dates_are_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="not a date such as 2024-11-18"):
        day("date", text, TODAY)


@pytest.mark.parametrize("text", ["2024-02-30", "2024-11-18T25:00:00Z", "0001-01-01T00:00:00+05:00"])
def test_a_day_that_never_was_is_wrong(text: str) -> None:
    with pytest.raises(ValueError, match="there is no such day or time"):
        day("date", text, TODAY)


def test_a_day_lies_between_the_beginning_of_github_and_tomorrow() -> None:
    assert day("date", "2026-11-23", TODAY) == on("2026-11-23")
    with pytest.raises(ValueError, match="in the future"):
        day("date", "2026-11-24", TODAY)
    with pytest.raises(ValueError, match="before GitHub began"):
        day("date", "2007-12-31", TODAY)


def test_a_week_begins_on_a_monday() -> None:
    assert monday("week", "2024-11-18", TODAY) == on("2024-11-18")
    with pytest.raises(ValueError, match="not a Monday"):
        monday("week", "2024-11-19", TODAY)


def test_a_week_counts_once_it_is_over() -> None:
    week = "2026-11-16"  # Monday; its Sunday is TODAY
    with pytest.raises(ValueError, match="week is 2026-11-16, and that week is not over"):
        monday("week", week, TODAY)
    assert monday("week", week, TODAY + timedelta(days=1)) == on(week)
    with pytest.raises(ValueError, match="not over"):  # tomorrow, where a day is let through
        monday("week", "2026-11-23", TODAY)
    with pytest.raises(ValueError, match="in the future"):
        monday("week", "2026-11-30", TODAY)


def test_a_pair_is_known_in_both_or_in_neither() -> None:
    assert pair({"views": "5", "view_uniques": "2"}, "views", "view_uniques") == Count(5, 2)
    assert pair({"views": "0", "view_uniques": "0"}, "views", "view_uniques") == Count(0, 0)
    assert pair({"views": "", "view_uniques": "nan"}, "views", "view_uniques") is None
    assert pair({}, "views", "view_uniques") is None
    with pytest.raises(ValueError, match="views is given and view_uniques is not"):
        pair({"views": "5"}, "views", "view_uniques")
    with pytest.raises(ValueError, match=r"view_uniques \(5\) is more than views \(2\)"):
        pair({"views": "2", "view_uniques": "5"}, "views", "view_uniques")


naive_times = st.datetimes(datetime(2008, 1, 2), datetime(2026, 11, 20))  # noqa: DTZ001 - a zone is put on below
zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(naive_times, zones)
def test_every_iso_time_with_a_zone_keeps_its_moment(naive: datetime, zone: timezone) -> None:
    aware = naive.replace(tzinfo=zone)
    assert moment("at", aware.isoformat()) == aware
    assert moment("at", aware.isoformat(" ")) == aware
    assert day("at", aware.isoformat(), TODAY) == aware.astimezone(UTC).date()


@given(st.text(max_size=30))
def test_whatever_is_written_is_a_day_or_a_sentence(text: str) -> None:
    try:
        found = day("date", text, TODAY)
    except ValueError as error:
        assert str(error).startswith("date is ")  # noqa: PT017 - any text may be a day
    else:
        assert date(2008, 1, 1) <= found <= on("2026-11-23")
