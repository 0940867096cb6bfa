"""Which days and weeks an answer of GitHub speaks for."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.traffic import SPAN, Count, known_days, whole_weeks

TODAY = date(2026, 6, 18)  # a Thursday
COUNTS = st.builds(Count, st.integers(0, 9), st.integers(0, 9))
DATES = st.dates(date(2026, 5, 20), date(2026, 6, 22))


def test_a_covered_day_that_is_not_listed_is_zero() -> None:
    said = known_days({TODAY - timedelta(days=3): Count(7, 2)}, TODAY)
    assert len(said) == SPAN
    assert min(said) == date(2026, 6, 5)
    assert max(said) == TODAY
    assert said[TODAY - timedelta(days=3)] == Count(7, 2)
    assert said[TODAY] == Count(0, 0)


def test_listed_days_outside_the_span_are_kept() -> None:
    """Answers reach up to 16 days back, and another clock may be ahead."""
    early, late = TODAY - timedelta(days=15), TODAY + timedelta(days=1)
    said = known_days({early: Count(3, 1), late: Count(1, 1)}, TODAY)
    assert (said[early], said[late], len(said)) == (Count(3, 1), Count(1, 1), SPAN + 2)
    assert TODAY - timedelta(days=14) not in said


@given(st.dictionaries(DATES, COUNTS, max_size=16), DATES)
def test_every_listed_and_every_covered_day_is_known_and_no_other(days: dict[date, Count], captured_on: date) -> None:
    said = known_days(days, captured_on)
    covered = {captured_on - timedelta(days=back) for back in range(SPAN)}
    assert said.keys() == days.keys() | covered
    assert list(said) == sorted(said)
    assert all(said[day] == days.get(day, Count(0, 0)) for day in said)


def test_only_weeks_that_the_answer_shows_from_end_to_end() -> None:
    mondays = {date(2026, 6, day): Count(day, 1) for day in (1, 8, 15)}
    assert whole_weeks(mondays, TODAY) == {date(2026, 6, 8): Count(8, 1)}
    assert list(whole_weeks(mondays, date(2026, 6, 14))) == [date(2026, 6, 1)]
    # On Monday the week before is over, and the one before that lost its first day.
    assert list(whole_weeks(mondays, date(2026, 6, 15))) == [date(2026, 6, 8)]


@given(DATES)
def test_an_answer_shows_one_whole_week(captured_on: date) -> None:
    mondays = {date(2026, 5, 4) + timedelta(weeks=week): Count(1, 1) for week in range(10)}
    (week,) = whole_weeks(mondays, captured_on)
    assert captured_on - timedelta(days=13) <= week
    assert week + timedelta(days=7) <= captured_on
