"""Buckets: every moment of a window lies in exactly one, and labels say when it begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics.buckets import Buckets, Size, for_picture, label, ordinal, read_label, sizes, start
from analytics.metric import Grid
from analytics.moments import hours, instant
from analytics.window import BEGINNING, Window

AFTER_2005 = datetime(2005, 1, 2, tzinfo=UTC)
MOMENTS = st.integers(0, 95 * 365 * 86_400_000_000).map(lambda passed: AFTER_2005 + timedelta(microseconds=passed))
SIZES = st.sampled_from(list(Size))


def array_of(*moments: datetime) -> NDArray[np.datetime64]:
    return np.array([instant(moment) for moment in moments], dtype="datetime64[us]")


@given(SIZES, MOMENTS)
def test_a_moment_lies_in_the_bucket_of_its_number(size: Size, moment: datetime) -> None:
    number = int(ordinal(size, array_of(moment))[0])
    assert start(size, number) <= moment < start(size, number + 1)


@given(SIZES, MOMENTS)
def test_a_label_says_when_its_bucket_begins(size: Size, moment: datetime) -> None:
    begins = start(size, int(ordinal(size, array_of(moment))[0]))
    assert read_label(size, label(size, begins)) == begins


@given(SIZES, MOMENTS, st.integers(1, 400), st.lists(MOMENTS, max_size=20))
def test_sums_over_buckets_are_the_windows_counts(
    size: Size, since: datetime, days: int, moments: list[datetime]
) -> None:
    window = Window(since, since + timedelta(days=days))
    buckets = Buckets.over(size, window, array_of(*moments))
    assert sum(buckets.tally(array_of(*moments))) == sum(moment in window for moment in moments)
    assert buckets.starts()[0] <= since < buckets.ends()[0].item().replace(tzinfo=UTC)
    assert buckets.ends()[-1].item().replace(tzinfo=UTC) == window.until


def test_weeks_are_labelled_by_iso_year_and_begin_on_monday() -> None:
    window = Window(datetime(2024, 12, 29, tzinfo=UTC), datetime(2025, 1, 6, tzinfo=UTC))
    grid = Buckets.over(Size.WEEK, window).grid({"n": [1, 2]})
    assert grid == Grid(("week", "n"), (("2024-W52", 1), ("2025-W01", 2)))


def test_a_whole_history_without_events_is_its_last_bucket() -> None:
    window = Window(BEGINNING, datetime(2026, 7, 1, tzinfo=UTC))
    assert Buckets.over(Size.MONTH, window, array_of()).grid({"n": [0]}).rows == (("2026-06", 0),)


def test_a_whole_history_begins_with_its_first_event_even_before_1970() -> None:
    window = Window(BEGINNING, datetime(1970, 2, 1, tzinfo=UTC))
    at = array_of(datetime(1969, 11, 30, tzinfo=UTC), datetime(1970, 1, 31, tzinfo=UTC))
    assert Buckets.over(Size.MONTH, window, at).grid({"n": [1, 0, 1]}).rows == (
        ("1969-11", 1), ("1969-12", 0), ("1970-01", 1)
    )  # fmt: skip
    assert Buckets.over(Size.MONTH, window, at).tally(at) == [1, 0, 1]
    assert sum(Buckets.over(Size.WEEK, window, at).tally(at)) == 2


def test_pictures_take_the_finest_buckets_they_have_room_for() -> None:
    short, long = Grid(("b",), (("x",),) * 60), Grid(("b",), (("x",),) * 61)
    assert for_picture({"per_day": short, "per_week": short, "per_month": short})[0] is Size.DAY
    assert for_picture({"per_week": short, "per_month": short})[0] is Size.WEEK
    assert for_picture({"per_week": long, "per_month": long})[0] is Size.MONTH
    with pytest.raises(ValueError, match="no table"):
        for_picture({})


def test_days_are_counted_in_short_windows_only() -> None:
    now = datetime(2026, 7, 1, tzinfo=UTC)
    assert sizes(Window.last(30, now)) == (Size.DAY, Size.WEEK, Size.MONTH)
    assert sizes(Window.last(90, now)) == (Size.WEEK, Size.MONTH)


def test_hours_are_sorted_and_negative_ones_counted() -> None:
    base = datetime(2026, 7, 1, tzinfo=UTC)
    ends = np.append(array_of(base + timedelta(hours=2), base - timedelta(hours=1), base), np.datetime64("NaT", "us"))
    lengths, negative = hours(array_of(base, base, base, base), ends)
    assert lengths.tolist() == [0, 2]
    assert negative == 1
