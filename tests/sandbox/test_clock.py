"""The sandbox's clock runs, jumps and stops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sandbox.clock import Clock, iso, parse_iso

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_running_clock_runs_on_from_its_start() -> None:
    clock = Clock(NOON)

    assert NOON <= clock.now() < NOON + timedelta(seconds=5)
    assert not clock.frozen


def test_a_frozen_clock_moves_only_when_told() -> None:
    clock = Clock(NOON)
    clock.set(NOON)
    clock.freeze()
    frozen = clock.now()
    clock.advance(timedelta(hours=3))

    assert clock.frozen
    assert clock.now() == frozen + timedelta(hours=3)


def test_a_thawed_clock_runs_on_from_where_it_stood() -> None:
    clock = Clock(NOON)
    clock.freeze()
    frozen = clock.now()
    clock.thaw()

    assert not clock.frozen
    assert frozen <= clock.now() < frozen + timedelta(seconds=5)


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Clock(NOON).set(datetime(2026, 11, 22))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        parse_iso("2026-11-22T12:00:00")


def test_times_are_written_in_utc_and_whole_seconds() -> None:
    assert iso(datetime(2026, 11, 22, 14, 0, 0, 999, tzinfo=timezone(timedelta(hours=2)))) == "2026-11-22T12:00:00Z"
    assert parse_iso("2026-11-22T14:00:00+02:00") == NOON
