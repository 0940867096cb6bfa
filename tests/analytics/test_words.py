"""Words for numbers, durations and days: what a reader sees is never further from the truth than its last unit."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import words
from analytics.window import BEGINNING, Window

NOW = datetime(2026, 7, 9, 1, 59, 21, tzinfo=UTC)
UNITS = {"s": 1 / 3600, "min": 1 / 60, "h": 1.0, "d": 24.0, "y": 24 * 365.25}


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (0, "0 s"), (40 / 3600, "40 s"), (59.6 / 3600, "1 min"), (12 / 60, "12 min"), (1, "1 h"), (59.9 / 60, "1 h"),
        (5 + 1 / 3, "5 h 20 min"), (9.999, "10 h"), (18.6, "19 h"), (24, "24 h"), (47.4, "47 h"), (48, "2 d"),
        (137.75, "5 d 18 h"), (168, "7 d"), (984, "41 d"), (24 * 730, "730 d"), (24 * 731, "2.0 y"), (20_000, "2.3 y"),
    ],
)  # fmt: skip
def test_durations(hours: float, text: str) -> None:
    assert words.duration(hours) == text


@given(st.floats(0, 200_000))
def test_a_duration_is_right_to_half_its_smallest_unit(hours: float) -> None:
    parts = re.findall(r"([\d.]+) (\w+)", words.duration(hours))
    said = sum(float(amount) * UNITS[unit] for amount, unit in parts)
    last = UNITS[parts[-1][1]]
    # Rounded step by step, seconds to minutes to hours to days; a year has one decimal.
    smallest = 0.1 * last if parts[-1][1] == "y" else last
    assert abs(said - hours) <= 0.52 * smallest + 1e-9


@given(st.floats(0, 100_000), st.floats(0, 100_000))
def test_a_longer_duration_never_reads_shorter(one: float, other: float) -> None:
    def said(hours: float) -> float:
        return sum(float(amount) * UNITS[unit] for amount, unit in re.findall(r"([\d.]+) (\w+)", words.duration(hours)))

    shorter, longer = sorted((one, other))
    # 2.0 y is said from 730.5 days on, which are 2.0 years exactly.
    assert said(shorter) <= said(longer) + 1e-9


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (12345, "12,345"), (9.5, "9.5"), (13.0, "13"), (1234.6, "1,235"), (-3, "-3")]
)
def test_numbers(value: float, text: str) -> None:
    assert words.number(value) == text


@given(st.integers(0, 10**12))
def test_a_count_is_never_rounded(value: int) -> None:
    assert int(words.number(value).replace(",", "")) == value


@given(st.floats(0, 1))
def test_only_none_is_0_percent_and_only_all_is_100(share: float) -> None:
    text = words.percent(share)
    assert (text == "0 %") == (share == 0)
    assert (text == "100 %") == (share == 1)


def test_percents() -> None:
    assert [words.percent(share) for share in (0.62, 0.004, 0.996, 0.5)] == ["62 %", "under 1 %", "over 99 %", "50 %"]


def test_one_is_singular_and_everything_else_plural() -> None:
    assert [words.plural(count, "issue") for count in (0, 1, 2)] == ["0 issues", "1 issue", "2 issues"]
    assert words.plural(3, "person", "people") == "3 people"


def test_days_and_agos() -> None:
    assert words.day(NOW) == "9 Jul 2026"
    passed = (timedelta(seconds=59), timedelta(minutes=3), timedelta(hours=47), timedelta(days=12))
    assert [words.ago(NOW - each, NOW) for each in passed] == ["just now", "3 min ago", "47 h ago", "12 d ago"]


def test_a_window_that_ends_at_midnight_names_its_last_day() -> None:
    quarter = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert words.span(quarter) == "2026-01-01 to 2026-03-31 UTC"
    assert words.period(quarter, NOW) == "1 Jan 2026 to 31 Mar 2026"
    assert words.during(quarter, NOW) == "from 1 Jan 2026 to 31 Mar 2026"


def test_a_window_that_ends_now_is_called_by_its_length() -> None:
    assert words.span(Window.last(365, NOW)) == "2025-07-09 to 2026-07-09 UTC"
    assert words.period(Window.last(90, NOW), NOW) == "last 90 days"
    assert words.during(Window.last(1, NOW), NOW) == "in the last day"


def test_the_whole_history_has_no_first_day() -> None:
    whole = Window(BEGINNING, NOW)
    assert words.span(whole) == "until 2026-07-09 UTC"
    assert words.during(whole, NOW) == "in the whole history"
    assert words.during(whole, NOW + timedelta(days=1)) == "in the history until 9 Jul 2026"


def test_weeks_are_iso_weeks() -> None:
    assert words.week(datetime(2024, 12, 30, tzinfo=UTC)) == "2025-W01"
    assert words.week(datetime(2027, 1, 3, tzinfo=UTC)) == "2026-W53"
    assert words.month(NOW) == "2026-07"


@given(st.text(max_size=60), st.integers(1, 40))
def test_shortened_text_fits(text: str, limit: int) -> None:
    short = words.shorten(text, limit)
    assert len(short) <= limit
    assert short == text if len(text) <= limit else short.endswith("\N{HORIZONTAL ELLIPSIS}")
