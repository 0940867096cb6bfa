"""Windows are half-open spans of aware UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.moments import instant, within
from analytics.window import BEGINNING, Window, iso, parse_iso

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_a_window_holds_its_beginning_and_not_its_end() -> None:
    window = Window.last(30, MORNING)
    assert window.since in window
    assert window.until not in window
    assert window.until - timedelta(microseconds=1) in window


def test_the_whole_history_has_no_lower_end() -> None:
    """Imported history may be dated before 1970; asked for everything, it counts."""
    unix = datetime(1969, 6, 1, tzinfo=UTC)
    assert unix in Window(BEGINNING, MORNING)
    assert unix not in Window(BEGINNING + timedelta(days=1), MORNING)
    assert Window(BEGINNING, MORNING).whole
    assert not Window.last(30, MORNING).whole
    at = np.array([instant(unix), instant(MORNING), np.datetime64("NaT", "us")], dtype="datetime64[us]")
    assert within(at, Window(BEGINNING, MORNING)).tolist() == [True, False, False]
    assert within(at, Window.last(30, MORNING)).tolist() == [False, False, False]


@given(st.floats(0.001, 5000))
def test_the_previous_window_is_as_long_and_ends_where_this_one_begins(days: float) -> None:
    window = Window.last(days, MORNING)
    assert window.previous().until == window.since
    assert window.previous().length == window.length


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    for since in (MORNING, MORNING + timedelta(days=1)):
        with pytest.raises(ValueError, match="is not before"):
            Window(since, MORNING)


def test_naive_times_are_refused_and_other_zones_become_utc() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Window(MORNING.replace(tzinfo=None), MORNING)
    elsewhere = Window(MORNING.astimezone(timezone(timedelta(hours=-9))), MORNING + timedelta(days=1))
    assert elsewhere.since.tzinfo is UTC
    assert elsewhere.days == 1


def test_times_are_written_and_read_as_github_does() -> None:
    assert iso(MORNING) == "2026-11-22T08:00:00Z"
    assert parse_iso("2026-11-22T08:00:00Z") == parse_iso("2026-11-22T17:00:00+09:00") == MORNING
    with pytest.raises(ValueError, match="no time zone"):
        parse_iso("2026-11-22T08:00:00")
