"""What is due: from what is stored and the moment, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.capture_rules import CaptureRules
from reports.capture_runs import is_from_the_future, overtaken_by
from reports.capture_times import SPREAD, begins, next_capture, slot, today
from scheduler import plan

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOON.date()
DAY = timedelta(days=1)
ids = st.integers(1, 2**31)
moments = st.datetimes(datetime(2008, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
dates = st.dates(date(2020, 1, 1), date(2040, 1, 1))
frequencies = st.sampled_from(["daily", "weekly", "off"])


@dataclass(frozen=True)
class Repository:
    id: int = 1
    name: str = "lantern"
    full_name: str = "quartz-labs/lantern"
    archived: bool = False


@dataclass(frozen=True)
class Run:
    run: str
    day: date
    planned_at: datetime
    state: str = "planned"


@dataclass(frozen=True)
class Tries:
    read: date | None
    whole: date | None


def whole(last: date | None) -> Tries | None:
    """Return what is stored of a repository whose last try brought everything; None: it was never tried."""
    return None if last is None else Tries(last, last)


@given(ids)
def test_a_slot_is_always_the_same_and_in_the_first_hours(one: int) -> None:
    assert timedelta(0) <= slot(one) < SPREAD == timedelta(hours=6)
    assert slot(one) == slot(one)


def test_thousands_of_installations_begin_evenly() -> None:
    """Ids that follow one another, as GitHub gives them, land in every quarter of an hour about equally often."""
    hours = [int(slot(51_000_000 + number) / timedelta(minutes=15)) for number in range(4_800)]
    counts = [hours.count(quarter) for quarter in range(24)]
    assert min(counts) > 150
    assert max(counts) < 250


@given(moments, st.lists(ids, unique=True, max_size=20))
def test_late_on_the_day_every_installation_is_due(now: datetime, installations: list[int]) -> None:
    late = datetime.combine(now.date(), time(6), UTC) + (now - datetime.combine(now.date(), time(), UTC)) * 0.75
    assert plan.begun(late, installations) == installations
    assert plan.begun(datetime.combine(now.date(), time(), UTC), installations) == [
        one for one in installations if slot(one) == timedelta(0)
    ]


@given(moments, ids)
def test_what_has_begun_stays_begun_on_its_day(now: datetime, one: int) -> None:
    if plan.begun(now, [one]):
        assert plan.begun(datetime.combine(now.date(), time.max, UTC), [one])


@given(moments, ids, st.booleans())
def test_the_next_capture_is_ahead_and_at_most_thirty_hours(now: datetime, one: int, planned: bool) -> None:
    due = next_capture(one, now, planned=planned)
    assert now <= due < now + DAY + SPREAD
    if planned:
        assert due == begins(one, today(now) + DAY)


@given(dates, st.one_of(st.none(), dates), frequencies, st.booleans())
def test_nothing_is_captured_twice_a_day_nor_forgotten_for_more_than_a_week(
    day: date, last: date | None, frequency: str, asked: bool
) -> None:
    rules = CaptureRules((("*", frequency),))  # type: ignore[arg-type]
    due = plan.is_due(Repository(), rules, whole(last), day, asked=asked)
    if frequency == "off":
        assert not due
    elif asked or last is None:
        assert due
    elif last == day:
        assert not due
    elif last > day or day - last >= timedelta(days=7):
        assert due, "a date that has not come yet was written by a wrong clock and must not put captures off"
    else:
        assert due is (frequency == "daily")


@given(dates, st.integers(1, 60), frequencies.filter(lambda word: word != "off"))
def test_day_after_day_captures_come_as_often_as_asked(first: date, count: int, frequency: str) -> None:
    rules = CaptureRules((("*", frequency),))  # type: ignore[arg-type]
    captured: list[date] = []
    for number in range(count):
        day = first + number * DAY
        if plan.is_due(Repository(), rules, whole(captured[-1] if captured else None), day):
            captured.append(day)
    assert len(captured) == (count if frequency == "daily" else -(-count // 7))


def test_archived_repositories_are_weekly_unless_a_pattern_says_otherwise() -> None:
    yesterday = whole(TODAY - DAY)
    archived = Repository(archived=True)
    assert not plan.is_due(archived, CaptureRules(), yesterday, TODAY)
    assert plan.is_due(archived, CaptureRules((("lan*", "daily"),)), yesterday, TODAY)
    assert plan.is_due(archived, CaptureRules(), whole(TODAY - 7 * DAY), TODAY)


@pytest.mark.parametrize(
    ("read", "last_whole", "due"), [(1, 1, False), (1, None, True), (1, 6, False), (1, 7, True), (0, None, False)]
)
def test_a_part_of_the_answer_does_not_do_for_a_week(read: int, last_whole: int | None, due: bool) -> None:
    """Dates are days ago. What came in part is due again the next day, and not on the same."""
    tries = Tries(TODAY - read * DAY, None if last_whole is None else TODAY - last_whole * DAY)
    assert plan.is_due(Repository(archived=True), CaptureRules(), tries, TODAY) is due


def test_one_that_was_tried_in_vain_is_due() -> None:
    assert plan.is_due(Repository(archived=True), CaptureRules(), Tries(None, None), TODAY)


def test_a_witness_is_one_of_those_read_last_and_another_each_minute() -> None:
    read = {1: TODAY, 2: TODAY - DAY, 3: TODAY}
    asked = [plan.witness([1, 2, 3, 4], read, NOON + timedelta(minutes=minute)) for minute in range(4)]
    assert set(asked) == {1, 3}
    assert {plan.witness([4, 5], {}, NOON + timedelta(minutes=minute)) for minute in range(2)} == {4, 5}
    assert plan.witness([], read, NOON) is None


@given(st.dictionaries(st.integers(1, 50), st.one_of(st.none(), dates)), dates, st.sets(st.integers(1, 50)))
def test_the_longest_untried_has_its_turn_first(known: dict[int, date | None], day: date, first: set[int]) -> None:
    repositories = [Repository(one, f"r{one}", f"o/r{one}") for one in known]
    last = {one: when for one, when in known.items() if when is not None}
    order = plan.in_turn(repositories, last, day, first)

    assert sorted(order) == sorted(known)
    ages = [(one not in first, min(last.get(one, date.min), day + DAY)) for one in order]
    assert [early for early, _ in ages] == sorted(early for early, _ in ages)
    plain = [last[one] if one in last and last[one] <= day else date.min for one in order if one not in first]
    assert plain == sorted(plain)


def test_a_later_days_run_takes_over_and_one_from_the_future_does_not() -> None:
    mine = Run("2026-11-20", date(2026, 11, 20), NOON - 2 * DAY)
    newer = Run("2026-11-22", TODAY, NOON - timedelta(hours=9))
    wrong = Run("2027-01-05", date(2027, 1, 5), NOON + 44 * DAY)
    assert overtaken_by(mine, [], NOON) is None
    assert overtaken_by(mine, [newer], NOON) == "2026-11-22"
    assert overtaken_by(mine, [wrong, newer], NOON) == "2026-11-22"
    assert overtaken_by(newer, [wrong], NOON) is None
    assert is_from_the_future(wrong, NOON)
    assert not is_from_the_future(newer, NOON)
    assert not is_from_the_future(Run("x", TODAY, NOON + timedelta(minutes=5)), NOON), "clocks differ a little"


def test_a_run_that_was_asked_for_is_told_from_the_days_own() -> None:
    assert not plan.is_asked(plan.run_of(TODAY), TODAY)
    assert not plan.is_asked(plan.second_run_of(TODAY), TODAY)
    assert plan.is_asked("2026-11-22T20:26:30Z", TODAY)
