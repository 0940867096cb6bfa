"""How an answer names its window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reports import when
from reports.period import period

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("30d", "last 30 days"),
        ("all", "whole history"),
        ("ytd", "2026 so far"),
        ("2026", "2026 so far"),
        ("2025", "2025"),
        ("2026-q1", "Q1 2026"),
        ("2026-01-01..2026-03-31", "Q1 2026"),
        ("2026-q4", "Q4 2026 so far"),
        ("2026-03", "March 2026"),
        ("2026-11", "November 2026 so far"),
        ("2026-w05", "week 5 of 2026"),
        ("2026-01-01..2026-06-30", "1 Jan 2026 to 30 Jun 2026"),
        ("2026-03-05..2026-03-05", "5 Mar 2026"),
    ],
)
def test_a_window_that_is_exactly_a_stretch_of_the_calendar_is_called_so(word: str, name: str) -> None:
    assert when.name(period(word, NOW).window, NOW) == name


def test_in_january_it_is_the_month_that_is_so_far() -> None:
    now = datetime(2026, 1, 15, 8, tzinfo=UTC)
    assert when.name(period("ytd", now).window, now) == "January 2026 so far"


def test_a_month_that_began_on_a_monday_is_no_week() -> None:
    now = datetime(2026, 6, 3, 8, tzinfo=UTC)
    assert when.name(period("2026-06", now).window, now) == "June 2026 so far"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "now"),
        (NOW - timedelta(days=1), "1 d ago"),
        (NOW - timedelta(days=30), "30 d ago"),
        (datetime(2026, 7, 1, tzinfo=UTC), "end of 30 Jun 2026"),
        (datetime(2026, 7, 1, 12, tzinfo=UTC), "1 Jul 2026 12:00 UTC"),
    ],
)
def test_a_moment_is_said_as_people_count_to_it(at: datetime, said: str) -> None:
    assert when.moment(at, NOW) == said
