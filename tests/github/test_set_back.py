"""A clock that was ahead is set right: what it noted of limits holds nobody up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from github.budget import CORE, Budget
from github.pace import AHEAD, BURST, Pace, Urgency
from github.writing import Line

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LEAP, MINUTE, NO_TIME = timedelta(hours=5), timedelta(minutes=1), timedelta(0)


async def never(_seconds: float) -> None:
    raise AssertionError("it waits")


def test_a_rest_is_forgotten_that_was_told_in_the_future() -> None:
    budget = Budget()
    assert budget.held_until(CORE, NOW + LEAP) is None
    budget.block(NOW + LEAP + MINUTE)
    assert budget.held_until(CORE, NOW + LEAP) == NOW + LEAP + MINUTE
    assert budget.held_until(CORE, NOW) is None
    budget.block(NOW + MINUTE)
    assert budget.held_until(CORE, NOW - MINUTE) == NOW + MINUTE, "a minute is no leap: some look ahead"


async def test_writes_that_went_out_in_the_future_do_not_hold_up_the_next() -> None:
    line = Line()
    for _ in range(BURST):
        await line.turn(Urgency.EDIT, NO_TIME, lambda: NOW + LEAP, never)
    for _ in range(BURST):
        await line.turn(Urgency.EDIT, NO_TIME, lambda: NOW, never)
    assert line.pace.earliest(NOW) == NOW + timedelta(seconds=1)


def test_what_was_written_before_is_still_counted() -> None:
    pace = Pace().after(NOW - MINUTE).after(NOW + LEAP)
    assert pace.known_at(NOW) == Pace((NOW - MINUTE,), NOW)
    assert pace.known_at(NOW + LEAP - AHEAD + MINUTE) is pace
