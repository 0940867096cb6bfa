"""Periods: lengths counted by the calendar, stretches of it, and what is not over yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.window import BEGINNING, Window
from reports.calendar_units import months_after, starting_at, unit
from reports.mistake import Mistake
from reports.period import FORMS, looks_like_period, period
from reports.period_meant import meant

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "since", "until"),
    [
        ("1d", utc(2026, 11, 21, 8), NOW),
        ("1w", utc(2026, 11, 15, 8), NOW),
        ("1m", utc(2026, 10, 22, 8), NOW),
        ("6m", utc(2026, 5, 22, 8), NOW),
        ("12m", utc(2025, 11, 22, 8), NOW),
        ("12M", utc(2025, 11, 22, 8), NOW),
        ("ALL", BEGINNING, NOW),
        ("Ytd", utc(2026, 1, 1), NOW),
        ("1y", utc(2025, 11, 22, 8), NOW),
        ("ytd", utc(2026, 1, 1), NOW),
        ("all", BEGINNING, NOW),
        ("2025", utc(2025, 1, 1), utc(2026, 1, 1)),
        ("2026-q1", utc(2026, 1, 1), utc(2026, 4, 1)),
        ("2026q3", utc(2026, 7, 1), utc(2026, 10, 1)),
        ("2025-q4", utc(2025, 10, 1), utc(2026, 1, 1)),
        ("2026-03", utc(2026, 3, 1), utc(2026, 4, 1)),
        ("2025-12", utc(2025, 12, 1), utc(2026, 1, 1)),
        ("2026-w05", utc(2026, 1, 26), utc(2026, 2, 2)),
        ("2026-w01", utc(2025, 12, 29), utc(2026, 1, 5)),
        ("2020-w53", utc(2020, 12, 28), utc(2021, 1, 4)),
        ("2026-01..2026-03", utc(2026, 1, 1), utc(2026, 4, 1)),
        ("2025-q3..2026-q1", utc(2025, 7, 1), utc(2026, 4, 1)),
        ("2024..2025", utc(2024, 1, 1), utc(2026, 1, 1)),
        ("2026-01-15..2026-02", utc(2026, 1, 15), utc(2026, 3, 1)),
        ("2026-01-02t05:00:00z..2026-01-02", utc(2026, 1, 2, 5), utc(2026, 1, 3)),
    ],
)
def test_a_period_is_this_window(word: str, since: datetime, until: datetime) -> None:
    assert looks_like_period(word)
    found = period(word, NOW)
    assert (found.window, found.notes) == (Window(since, until), ())


@pytest.mark.parametrize(
    ("word", "now", "since"),
    [
        ("1m", utc(2026, 3, 31, 8), utc(2026, 2, 28, 8)),
        ("1m", utc(2024, 3, 31, 8), utc(2024, 2, 29, 8)),
        ("1y", utc(2024, 2, 29, 8), utc(2023, 2, 28, 8)),
        ("4y", utc(2024, 2, 29, 8), utc(2020, 2, 29, 8)),
        ("13m", utc(2026, 1, 31), utc(2024, 12, 31)),
    ],
)
def test_months_and_years_are_counted_by_the_calendar(word: str, now: datetime, since: datetime) -> None:
    assert period(word, now).window == Window(since, now)


@pytest.mark.parametrize(
    ("word", "since", "name"),
    [
        ("2026", utc(2026, 1, 1), "2026"),
        ("2026-q4", utc(2026, 10, 1), "Q4 2026"),
        ("2026-11", utc(2026, 11, 1), "November 2026"),
        ("2026-w47", utc(2026, 11, 16), "week 47 of 2026"),
    ],
)
def test_what_is_not_over_ends_now_and_says_so(word: str, since: datetime, name: str) -> None:
    found = period(word, NOW)
    assert found.window == Window(since, NOW)
    assert found.notes == (f"{name} is not over: the end was cut at now, 2026-11-22 08:00 UTC",)


def test_what_ends_right_now_is_over() -> None:
    assert period("2026-11", utc(2026, 12, 1)).notes == ()


@pytest.mark.parametrize(
    ("word", "sentence", "nearest"),
    [
        ("2027", "`2027` has not begun yet; now it is 22 Nov 2026.", "2026"),
        ("2027-q1", "`2027-q1` has not begun yet; now it is 22 Nov 2026.", "2026-Q1"),
        ("2026-12", "`2026-12` has not begun yet; now it is 22 Nov 2026.", "2025-12"),
        ("2026-w53", "`2026-w53` has not begun yet; now it is 22 Nov 2026.", "2025-W52"),
        ("2025-w53", "There is no week `2025-w53`.", "2025-W52"),
        ("2026-q5", "There is no quarter `2026-q5`.", "2026-Q4"),
        ("2026-13", "There is no month `2026-13`.", "2026-11"),
        ("2025-13", "There is no month `2025-13`.", "2025-12"),
        ("2026-W54", "There is no week `2026-W54`.", "2026-W47"),
        ("0000", "There is no year `0000`.", "1d"),
        ("2026-02-30", "There is no day `2026-02-30`.", "2026-02-28..2026-02-28"),
        ("9999", "`9999` has not begun yet; now it is 22 Nov 2026.", "2026"),
        ("9999-q4", "`9999-q4` has not begun yet; now it is 22 Nov 2026.", "2026-Q4"),
        ("1969", "`1969` lies before 1 Jan 1970; periods begin there.", "1969d"),
        ("2026-q2..2026-q1", "`2026-q2..2026-q1` ends before it begins.", "2026-q1..2026-q2"),
        ("3mo", "`3mo` is not a period.", "3m"),
        ("2q", "`2q` is not a period.", "6m"),
        ("2years", "`2years` is not a period.", "2y"),
        ("36h", "`36h` is not a period.", "2d"),
        ("-6m", "`-6m` is not a period.", "6m"),
        ("0", "`0` is not a period.", "1d"),
        ("2026/03/01", "`2026/03/01` is not a period.", "2026-03-01..2026-03-01"),
        ("2026/03", "`2026/03` is not a period.", "2026-03"),
        ("2026-01-01..", "`2026-01-01..` lacks one of its two dates.", "2026-01-01..2026-11-22"),
        ("2027-Q1", "`2027-Q1` has not begun yet; now it is 22 Nov 2026.", "2026-Q1"),
        ("2026-Q2..2026-Q1", "`2026-Q2..2026-Q1` ends before it begins.", "2026-Q1..2026-Q2"),
        ("3MO", "`3MO` is not a period.", "3m"),
        ("99999W", "`99999W` is longer than a century; `all` stands for the whole history.", "all"),
    ],
)
def test_a_mistake_names_the_nearest_that_there_is(word: str, sentence: str, nearest: str | None) -> None:
    with pytest.raises(Mistake) as caught:
        period(word, NOW)
    assert (caught.value.sentence, caught.value.nearest) == (sentence, nearest)


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("yesterday", "2026-11-21..2026-11-21"),
        ("Q1", "2026-Q1"),
        ("q4 2025", "2025-Q4"),
        ("2025 Q7", "2025-Q4"),
        ("W48", "2025-W48"),
        ("2025-W60", "2025-W52"),
        ("last 30 days", "30d"),
        ("past-month", "1m"),
        ("last month", "2026-10"),
        ("this month", "2026-11"),
        ("the last week", "2026-W46"),
        ("previous quarter", "2026-Q3"),
        ("this quarter", "2026-Q4"),
        ("last year", "2025"),
        ("this_year", "2026"),
        ("3 months ago", "3m"),
        ("forever", "all"),
        ("2026/02/30", "2026-02-28..2026-02-28"),
        ("2027-01..", None),
        ("1960-Q1", None),
        ("soon", None),
    ],
)
def test_what_was_meant_is_a_period(words: str, near: str | None) -> None:
    assert meant(words, NOW) == near


@given(st.one_of(st.text("0123456789-/. wWqQdmy", max_size=12), st.text(max_size=12)))
def test_whatever_is_meant_can_be_asked(words: str) -> None:
    found = meant(words, NOW)
    assert found is None or period(found, NOW).window.until <= NOW


def test_at_its_first_moment_a_year_has_no_days_yet() -> None:
    with pytest.raises(Mistake, match="`ytd` has not begun yet; now it is 1 Jan 2026"):
        period("ytd", utc(2026, 1, 1))


def test_every_form_that_help_lists_is_one() -> None:
    for form in FORMS:
        assert period(form.casefold(), NOW).window.until <= NOW


@given(st.integers(0, 10**10).map(lambda seconds: BEGINNING + timedelta(seconds=seconds)))
def test_every_moment_lies_in_its_year_quarter_month_week_and_day(moment: datetime) -> None:
    iso = moment.isocalendar()
    quarter = (moment.month - 1) // 3 + 1
    names = [f"{moment:%Y}", f"{moment:%Y}-Q{quarter}", f"{moment:%Y-%m}", f"{iso.year}-W{iso.week:02}"]
    for name in [*names, f"{moment:%Y-%m-%d}"]:
        found = unit(name)
        assert found is not None
        assert found.begin <= moment < found.end
        if found.kind != "day":
            assert found in starting_at(found.begin)


@given(st.dates(date(1900, 2, 1), date(2200, 1, 1)), st.integers(-600, 600))
def test_months_keep_the_day_where_the_month_has_it(start: date, months: int) -> None:
    found = months_after(start, months)
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == months
    assert found.day == start.day or (found.day < start.day and (found + timedelta(days=1)).day == 1)
