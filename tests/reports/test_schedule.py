"""When reports are due: by a clock on the wall, once a period whatever clocks do, never before the period is over."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.schedule import Schedule, due_in, last_due, moved, next_due, unit_key, unit_name, unit_of

ZONES = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 6 * 366 * 86_400).map(lambda seconds: BEGIN + timedelta(seconds=seconds))
CLOCKS = st.fixed_dictionaries({"at": st.integers(0, 24 * 60 - 1), "timezone": st.sampled_from(ZONES)})
SCHEDULES = st.one_of(
    st.builds(
        lambda clock, weekday: Schedule("weekly", weekday=weekday, **clock), CLOCKS, st.none() | st.integers(0, 6)
    ),
    st.builds(
        lambda every, clock, weekday, day: Schedule(every, weekday=weekday, day=None if weekday else day, **clock),
        st.sampled_from(["monthly", "quarterly"]),
        CLOCKS,
        st.none() | st.integers(0, 6),
        st.none() | st.integers(1, 31),
    ),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "after", "due", "period"),
    [
        (Schedule("weekly"), "2026-11-20T12:00", "2026-11-23T09:00", "2026-W47"),
        (Schedule("weekly", timezone="Europe/Berlin"), "2026-11-20T12:00", "2026-11-23T08:00", "2026-W47"),
        (Schedule("weekly", timezone="Europe/Berlin"), "2026-07-17T12:00", "2026-07-20T07:00", "2026-W29"),
        (Schedule("weekly", weekday=4, at=0), "2026-11-20T00:00", "2026-11-27T00:00", "2026-W47"),
        # at five in Tokyo the week is not over in UTC
        (Schedule("weekly", at=300, timezone="Asia/Tokyo"), "2026-11-20T12:00", "2026-11-23T00:00", "2026-W47"),
        (Schedule("weekly", at=1439, timezone="Pacific/Pago_Pago"), "2026-11-20T12:00", "2026-11-24T10:59", "2026-W47"),
        (Schedule("monthly"), "2026-11-20T12:00", "2026-12-01T09:00", "2026-11"),
        (Schedule("monthly", day=15), "2026-11-20T12:00", "2026-12-15T09:00", "2026-11"),
        (Schedule("monthly", day=31), "2026-11-20T12:00", "2026-11-30T09:00", "2026-10"),
        (Schedule("monthly", day=31), "2027-02-01T12:00", "2027-02-28T09:00", "2027-01"),
        (Schedule("monthly", weekday=0), "2026-11-20T12:00", "2026-12-07T09:00", "2026-11"),
        (Schedule("quarterly"), "2026-11-20T12:00", "2027-01-01T09:00", "2026-Q4"),
        (Schedule("quarterly", weekday=2), "2026-01-01T00:00", "2026-01-07T09:00", "2025-Q4"),
        # the week in which a year ends
        (Schedule("weekly"), "2026-12-30T12:00", "2027-01-04T09:00", "2026-W53"),
    ],
)
def test_a_report_is_due_after_its_period(schedule: Schedule, after: str, due: str, period: str) -> None:
    found = next_due(schedule, at(after))
    assert (found.at, unit_key(found.period)) == (at(due), period)


@pytest.mark.parametrize(
    ("minute", "due"),
    [
        (2 * 60 + 30, "2027-03-28T01:30"),  # the hour that Berlin skips: at half past three then
        (3 * 60, "2027-03-28T01:00"),
        (60, "2027-03-28T00:00"),
    ],
)
def test_a_time_that_the_clock_skips_is_so_much_later(minute: int, due: str) -> None:
    schedule = Schedule("weekly", weekday=6, at=minute, timezone="Europe/Berlin")
    assert next_due(schedule, at("2027-03-25T00:00")).at == at(due)


def test_of_a_time_that_comes_twice_the_first_counts_and_only_that() -> None:
    schedule = Schedule("weekly", weekday=6, at=2 * 60 + 30, timezone="Europe/Berlin")
    first = next_due(schedule, at("2026-10-24T00:00"))
    assert first.at == at("2026-10-25T00:30")
    assert next_due(schedule, first.at).at == at("2026-11-01T01:30")


@settings(deadline=None)
@given(SCHEDULES, MOMENTS)
def test_what_is_due_next_is_later_and_what_was_due_last_is_not(schedule: Schedule, now: datetime) -> None:
    last, following = last_due(schedule, now), next_due(schedule, now)
    assert last.at <= now < following.at
    assert next_due(schedule, last.at) == following
    assert last_due(schedule, following.at) == following


@settings(deadline=None)
@given(SCHEDULES, MOMENTS)
def test_every_period_has_exactly_one_report_and_it_comes_after_the_period(schedule: Schedule, now: datetime) -> None:
    due = next_due(schedule, now)
    for _ in range(14):
        following = next_due(schedule, due.at)
        assert following.period.begin == due.period.end, "no period is left out, and none comes twice"
        assert following.before == due.period
        assert due.period.end <= due.at
        due = following


@settings(deadline=None)
@given(SCHEDULES, MOMENTS)
def test_the_wall_clock_shows_the_time_that_was_asked_for(schedule: Schedule, now: datetime) -> None:
    due = next_due(schedule, now)
    local = due.at.astimezone(ZoneInfo(schedule.timezone))
    if due.at == due.period.end:
        return  # it waited for the period's end
    if local.hour * 60 + local.minute != schedule.at:
        before = due.at - timedelta(hours=3)
        assert before.astimezone(ZoneInfo(schedule.timezone)).utcoffset() != local.utcoffset(), "only a clock set ahead"


@settings(deadline=None)
@given(SCHEDULES, MOMENTS)
def test_a_period_is_written_and_read_again(schedule: Schedule, now: datetime) -> None:
    unit = next_due(schedule, now).period
    assert unit_of(unit_key(unit)) == unit


def test_a_title_calls_periods_by_their_names() -> None:
    begins = {"weekly": "2026-11-16", "monthly": "2026-11-01", "quarterly": "2026-10-01"}
    names = []
    for every, begin in begins.items():
        schedule = Schedule(every)  # type: ignore[arg-type]
        names.append(unit_name(due_in(schedule, moved(schedule.every, at(begin).date(), 1)).period))
    assert names == ["week 2026-W47", "November 2026", "Q4 2026"]
