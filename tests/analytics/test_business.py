"""The second clock counts only the hours in which a team works, through changes of time and holidays."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.business import business_hours
from analytics.terms import Hours

BERLIN = Hours("Europe/Berlin", (0, 1, 2, 3, 4), 9 * 60, 17 * 60)


def spent(begin: str, end: str, hours: Hours = BERLIN) -> float:
    ends = [np.array([at(text)], dtype="datetime64[us]") for text in (begin, end)]
    return float(business_hours(ends[0], ends[1], hours)[0])


def at(text: str) -> np.datetime64:
    zone = ZoneInfo("Europe/Berlin")
    return np.datetime64(datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None))


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2026-11-18 10:00", "2026-11-18 12:30", 2.5),
        ("2026-11-18 08:00", "2026-11-18 18:00", 8.0),
        ("2026-11-18 16:00", "2026-11-19 10:00", 2.0),
        ("2026-11-20 16:00", "2026-11-23 10:00", 2.0),  # a weekend lies between
        ("2026-11-21 03:00", "2026-11-22 23:00", 0.0),
        ("2026-03-27 12:00", "2026-03-30 12:00", 8.0),  # clocks go forward on the Sunday
        ("2026-11-18 20:00", "2026-11-18 20:00", 0.0),
    ],
)
def test_hours_are_counted_in_the_team_s_own_time(begin: str, end: str, expected: float) -> None:
    assert spent(begin, end) == pytest.approx(expected)


def test_a_night_shift_over_the_change_of_time_has_the_hour_that_it_had() -> None:
    nights = Hours("Europe/Berlin", tuple(range(7)), 0, 24 * 60)
    assert spent("2026-03-29 00:00", "2026-03-30 00:00", nights) == pytest.approx(23)
    assert spent("2026-10-25 00:00", "2026-10-26 00:00", nights) == pytest.approx(25)


def test_holidays_and_further_days_off_do_not_count() -> None:
    of_berlin = Hours("Europe/Berlin", holidays="DE-BE", dates=("2026-12-24",))
    assert spent("2026-12-23 09:00", "2026-12-28 17:00", of_berlin) == pytest.approx(16)  # the 25th is a holiday
    assert spent("2026-03-06 09:00", "2026-03-09 17:00", of_berlin) == pytest.approx(16)
    assert spent("2027-03-08 09:00", "2027-03-08 17:00", of_berlin) == 0  # Women's Day, in Berlin
    assert spent("2027-03-08 09:00", "2027-03-08 17:00", Hours("Europe/Berlin", holidays="DE")) == pytest.approx(8)


def test_what_is_unknown_or_ends_before_it_begins_is_unknown() -> None:
    never = np.array(["NaT"], dtype="datetime64[us]")
    some = np.array([at("2026-11-18 10:00")], dtype="datetime64[us]")
    assert math.isnan(business_hours(some, never, BERLIN)[0])
    assert math.isnan(business_hours(never, some, BERLIN)[0])
    assert math.isnan(spent("2026-11-18 12:00", "2026-11-18 11:00"))
    assert len(business_hours(never[:0], never[:0], BERLIN)) == 0


MOMENTS = st.datetimes(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2027-01-01"))
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])


@given(MOMENTS, st.integers(0, 60 * 24 * 30), st.integers(0, 60 * 24 * 30), ZONES)
def test_two_stretches_make_the_whole_and_none_is_longer_than_the_calendar_s(
    begin: datetime, first: int, second: int, zone: str
) -> None:
    hours = Hours(zone, (0, 1, 2, 3, 4), 8 * 60 + 30, 18 * 60)
    middle, end = begin + timedelta(minutes=first), begin + timedelta(minutes=first + second)
    moments = np.array([begin, middle, end], dtype="datetime64[us]")
    parts = business_hours(moments[[0, 1, 0]], moments[[1, 2, 2]], hours)
    assert parts[0] + parts[1] == pytest.approx(parts[2], abs=1e-9)
    assert 0 <= parts[2] <= (first + second) / 60 + 1e-9


@given(MOMENTS, st.integers(0, 60 * 24 * 10), ZONES)
def test_it_is_what_counting_minute_by_minute_gives(begin: datetime, minutes: int, zone: str) -> None:
    hours = Hours(zone, (0, 2, 4, 6), 9 * 60, 17 * 60)
    begin = begin.replace(second=0, microsecond=0)
    local = ZoneInfo(zone)
    counted = 0
    for step in range(0, minutes, 30):
        here = (begin + timedelta(minutes=step)).replace(tzinfo=UTC).astimezone(local)
        length = min(30, minutes - step)
        for more in range(length):
            now = (here.astimezone(UTC) + timedelta(minutes=more)).astimezone(local)
            counted += now.weekday() in hours.days and hours.begin <= now.hour * 60 + now.minute < hours.end
    ends = np.array([begin, begin + timedelta(minutes=minutes)], dtype="datetime64[us]")
    assert business_hours(ends[:1], ends[1:], hours)[0] * 60 == pytest.approx(counted)
