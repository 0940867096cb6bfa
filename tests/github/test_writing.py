"""Whose turn it is to write, where several want to at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from github.errors import Later
from github.pace import Urgency
from github.writing import Line

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MINUTE, NO_TIME = timedelta(minutes=1), timedelta(0)


class Times:
    """A clock that goes on only when everybody waits, to the moment that the first of them waits for."""

    def __init__(self) -> None:
        self.time = NOW
        self.alarms: list[tuple[datetime, int, asyncio.Event]] = []
        self.out: list[tuple[str, float]] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        alarm = asyncio.Event()
        self.alarms.append((self.time + timedelta(seconds=seconds), len(self.out) + len(self.alarms), alarm))
        await alarm.wait()

    async def run(self) -> None:
        """Let time pass until nobody waits."""
        while True:
            for _ in range(20):
                await asyncio.sleep(0)
            if not self.alarms:
                return
            first = min(self.alarms)
            self.alarms.remove(first)
            self.time = max(self.time, first[0])
            first[2].set()

    def wanted(self, line: Line, name: str, urgency: Urgency, patience: timedelta = MINUTE) -> asyncio.Task[None]:
        """Stand in line, and note when the turn came."""

        async def turn() -> None:
            waited = await line.turn(urgency, patience, self.now, self.sleep)
            assert waited >= NO_TIME
            self.out.append((name, (self.time - NOW).total_seconds()))

        return asyncio.create_task(turn())


async def used_up(times: Times) -> Line:
    """Return a line whose burst of five has just gone."""
    line = Line()
    for _ in range(5):
        await line.turn(Urgency.EDIT, NO_TIME, times.now, times.sleep)
    return line


async def test_the_most_urgent_goes_first_whoever_came_first() -> None:
    times = Times()
    line = await used_up(times)
    tasks = [
        times.wanted(line, "answer", Urgency.ANSWER),
        times.wanted(line, "another answer", Urgency.ANSWER),
        times.wanted(line, "edit", Urgency.EDIT),
    ]
    await times.run()
    await asyncio.gather(*tasks)
    assert times.out == [("edit", 1.0), ("answer", 2.0), ("another answer", 3.0)]


async def test_who_comes_while_others_wait_goes_before_them_if_that_is_more_urgent() -> None:
    times = Times()
    line = await used_up(times)
    waiting = [times.wanted(line, f"answer {number}", Urgency.ANSWER) for number in range(3)]
    for _ in range(20):
        await asyncio.sleep(0)
    late = times.wanted(line, "edit", Urgency.EDIT)
    await times.run()
    await asyncio.gather(late, *waiting)
    assert times.out[0][0] == "edit"
    assert [seconds for _, seconds in times.out] == [1.0, 2.0, 3.0, 4.0]


async def test_who_has_no_patience_comes_later_and_holds_nobody_up() -> None:
    """What nobody waits for is told when to come again: behind everybody, and leaving two places of the burst free."""
    times = Times()
    line = await used_up(times)
    answer = times.wanted(line, "answer", Urgency.ANSWER)
    for _ in range(20):
        await asyncio.sleep(0)
    with pytest.raises(Later) as later:
        await line.turn(Urgency.UNASKED, NO_TIME, times.now, times.sleep)
    assert later.value.until == NOW + timedelta(seconds=4)
    await times.run()
    await answer
    assert times.out == [("answer", 1.0)]
    assert line.waiting == []


async def test_who_gives_up_leaves_the_line() -> None:
    times = Times()
    line = await used_up(times)
    first, second = (times.wanted(line, name, Urgency.ANSWER) for name in ("first", "second"))
    for _ in range(20):
        await asyncio.sleep(0)
    first.cancel()
    await times.run()
    await second
    assert [name for name, _ in times.out] == ["second"]
    assert line.waiting == []


async def test_a_clock_that_stands_still_keeps_nobody_waiting_for_ever() -> None:
    """Whoever has waited as long as was asked has its turn, as in a story whose time is stopped."""
    times = Times()
    line = await used_up(times)

    async def no_time_passes(_seconds: float) -> None:
        await asyncio.sleep(0)

    waited = [await line.turn(Urgency.ANSWER, MINUTE, lambda: NOW, no_time_passes) for _ in range(3)]
    assert waited == [timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=3)]


async def test_looking_how_long_it_would_take_is_no_turn() -> None:
    times = Times()
    line = await used_up(times)
    assert line.earliest(Urgency.EDIT, NOW) == line.earliest(Urgency.EDIT, NOW) == NOW + timedelta(seconds=1)
    assert line.earliest(Urgency.PASSING, NOW) == NOW + timedelta(seconds=3)
