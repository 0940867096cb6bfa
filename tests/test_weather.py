"""The parts of the benchmarks `weather` and `soak` that count: time, loads, and what became of a command."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bench.steady import due_times
from bench.weather_hour import fate_of, most_within
from bench.weather_kinds import KINDS
from bench.weather_time import Simulated
from sandbox.clock import Clock
from tests.stories.town import WAITING

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_an_hour_of_simulated_time_passes_in_order() -> None:
    """Who sleeps wakes at the moment asked for, the shorter before the longer."""
    clock = Clock(NOON)
    clock.freeze()
    clock.set(NOON)
    time, woken = Simulated(clock), list[tuple[float, timedelta]]()

    async def sleeper(seconds: float) -> None:
        await time.sleep(seconds)
        woken.append((seconds, clock.now() - NOON))

    async with time.passing():
        await asyncio.wait_for(asyncio.gather(*(sleeper(seconds) for seconds in (30.0, 1.5, 12.0))), 10)
    assert woken == [(seconds, timedelta(seconds=seconds)) for seconds in (1.5, 12.0, 30.0)]


def test_the_busiest_minute_is_found_wherever_it_begins() -> None:
    moments = [NOON + timedelta(seconds=second) for second in (0, 50, 55, 100, 105, 109, 300)]
    assert most_within(timedelta(minutes=1), moments) == 5
    assert most_within(timedelta(minutes=1), []) == 0


def test_a_burst_is_ten_times_the_load() -> None:
    """Twenty seconds at 200 a second, the last of them at 2,000."""
    due = list(due_times(20, 200, 2_000, 20, 1))
    assert sum(moment < 19 for moment in due) == pytest.approx(19 * 200, abs=2)
    assert sum(moment >= 19 for moment in due) == pytest.approx(2_000, abs=2)


@pytest.mark.parametrize(
    ("bodies", "fate"),
    [
        ([], "silent"),
        ([f"Wait. {WAITING}."], "waiting"),
        (["12 pull requests"], "answered"),
        (["This could not be answered, through no fault of the question."], "sentence"),
        (["12 pull requests", "12 pull requests"], "twice"),
    ],
)
def test_what_became_of_a_command(bodies: list[str], fate: str) -> None:
    assert fate_of(bodies) == fate


def test_each_kind_of_weather_is_a_fault_that_the_sandbox_knows() -> None:
    for one in KINDS:
        assert one.fault(0.1, NOON).probability == 0.1
    assert len({one.name for one in KINDS}) == len(KINDS)
