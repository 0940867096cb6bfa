"""What GitHub allows an installation, kept by one process alone and by two that share a PostgreSQL: the same promises.

`sides` are what two parts of the program go by: in one process both have the same budget, in two each has its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.limits import SharingClients, shared_budgets
from github import shared_turns
from github.auth import App
from github.budget import CORE, EVERYTHING, GRAPHQL, Allowance, Budget
from github.endpoints import Endpoints
from github.errors import Later
from github.pace import Urgency
from storage import github_limits
from storage.connection import Connection
from storage.engine import Store
from storage.github_limits import Board
from tests.storage import cluster

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, NO_TIME = timedelta(minutes=1), timedelta(hours=1), timedelta(0)
FASTER = 40


class Clock:
    """A clock that goes `FASTER` than ours, or stands until it is set."""

    def __init__(self, faster: int = FASTER) -> None:
        self.faster = faster
        self.begun = time.monotonic()
        self.base = NOON

    def now(self) -> datetime:
        return self.base + timedelta(seconds=(time.monotonic() - self.begun) * self.faster)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.faster)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stores(postgresql: Path) -> AsyncIterator[list[Store]]:
    """Two stores on one PostgreSQL, as two processes have them."""
    async with AsyncExitStack() as open_ones:
        address = open_ones.enter_context(cluster.copied(postgresql))
        opened = [await Store.open(address) for _ in range(2)]
        for store in opened:
            open_ones.push_async_callback(store.close)
        yield opened


@pytest.fixture(params=["one process", "two processes"])
def sides(request: pytest.FixtureRequest, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[Budget]:
    """The budgets of installation 1 that two parts of the program go by."""
    if request.param == "one process":
        return [Budget()] * 2
    monkeypatch.setattr(shared_turns, "FRESH", 0.0)
    stores: Sequence[Store] = request.getfixturevalue("stores")
    return [shared_budgets(store, clock.now, clock.now)(1) for store in stores]


async def write(side: Budget, clock: Clock, urgency: Urgency = Urgency.EDIT, patience: timedelta = HOUR) -> datetime:
    """Wait for a turn to write and return when it came."""
    await side.writers.turn(urgency, patience, clock.now, clock.sleep)
    async with side.writing:
        return clock.now()


async def ask(side: Budget, resource: str = CORE, points: int = 1) -> bool:
    """Tell whether a request could go out now."""
    async with side.turns.hold(resource, points):
        return True


async def free(side: Budget, clock: Clock, resource: str = CORE) -> bool:
    """Tell whether nothing holds a request back once it has its turn."""
    async with side.turns.hold(resource, 1):
        return side.held_until(resource, clock.now()) is None


async def test_all_writes_together_keep_the_pace(sides: list[Budget], clock: Clock) -> None:
    """Five at once, then one a second: of all, not of each."""
    begun = clock.now()
    out = sorted(await asyncio.gather(*(write(sides[n % 2], clock) for n in range(24))))
    assert all(moment >= begun + timedelta(seconds=place - 4) for place, moment in enumerate(out))
    assert out[-1] - begun < timedelta(seconds=40), "and no slower than it must be"


async def test_what_nobody_asked_for_leaves_room_to_people_elsewhere(sides: list[Budget], clock: Clock) -> None:
    clock.faster = 0
    one, other = sides
    for _ in range(3):
        await write(one, clock, Urgency.UNASKED, NO_TIME)
    for side in sides:
        with pytest.raises(Later):
            await write(side, clock, Urgency.UNASKED, NO_TIME)
    for _ in range(2):
        await write(other, clock, Urgency.ANSWER, NO_TIME)
    with pytest.raises(Later):
        await write(other, clock, Urgency.EDIT, NO_TIME)


async def test_what_bears_no_waiting_goes_though_a_turn_before_it_was_lost(sides: list[Budget], clock: Clock) -> None:
    """Whoever had that turn gave up; to see that it is too old takes a moment, which is not the new one's fault."""
    clock.faster = 1
    side = sides[0]
    for _ in range(5):
        await write(side, clock)
    gives_up = asyncio.create_task(write(side, clock))
    await asyncio.sleep(0.5)
    assert not gives_up.done()
    gives_up.cancel()
    await asyncio.gather(gives_up, return_exceptions=True)
    clock.base += MINUTE
    await write(side, clock, Urgency.UNASKED, NO_TIME)


async def test_what_bears_no_waiting_waits_for_a_write_that_is_under_way(sides: list[Budget], clock: Clock) -> None:
    side = sides[0]
    async with side.writing:
        unasked = asyncio.create_task(write(side, clock, Urgency.UNASKED, NO_TIME))
        await asyncio.sleep(2 / FASTER)
    assert await unasked > NOON


async def test_a_rest_that_one_is_asked_for_is_kept_by_all(sides: list[Budget], clock: Clock) -> None:
    one, other = sides
    assert await free(other, clock)
    until = clock.now() + MINUTE
    one.block(until, EVERYTHING)
    await one.turns.tell(EVERYTHING, until)
    for resource in (CORE, GRAPHQL):
        assert not await free(other, clock, resource)
    assert not other.background_allowed(clock.now())
    clock.base += MINUTE
    assert await free(other, clock)


async def test_an_hour_that_is_used_up_is_so_for_all(sides: list[Budget], clock: Clock) -> None:
    one, other = sides
    assert await free(other, clock)
    one.learn_points(0, clock.now() + HOUR)
    await free(one, clock)
    assert not await free(other, clock, GRAPHQL)
    assert await free(other, clock, CORE)
    clock.base += HOUR
    assert await free(other, clock, GRAPHQL)


async def test_background_stops_everywhere_once_half_of_the_hour_is_spent(sides: list[Budget], clock: Clock) -> None:
    one, other = sides
    other.allowances[CORE] = Allowance(5000, 4000, NOON + HOUR)
    assert other.background_allowed(clock.now())
    one.allowances[CORE] = Allowance(5000, 2400, NOON + HOUR)
    await ask(one)
    await ask(other)
    assert not other.background_allowed(clock.now())


async def test_a_process_asks_four_things_at_once(sides: list[Budget]) -> None:
    running = most = 0

    async def one_request(side: Budget) -> None:
        nonlocal running, most
        async with side.turns.hold(CORE, 1):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.02)
            running -= 1

    await asyncio.gather(*(one_request(sides[0]) for _ in range(12)))
    assert most == 4


# What only several processes need


@pytest.fixture
def boards(stores: list[Store], clock: Clock) -> list[Board]:
    """How two processes see installation 1 on a clock that stands still."""
    clock.faster = 0
    return [Board(store, 1, f"process {n}", clock.now) for n, store in enumerate(stores)]


async def test_of_all_processes_no_more_than_80_a_minute_and_500_an_hour_are_written(
    boards: list[Board], clock: Clock
) -> None:
    """Whoever is given a turn as soon as there is one, for more than an hour; the pace alone would be 65 a minute."""
    out = await written(boards, clock, 500, minute=75)
    assert most_within(out, MINUTE) <= 75
    assert most_within(out, HOUR) == 490
    clock.base += HOUR
    assert most_within(await written(boards, clock, 30, minute=12), MINUTE) == 12


async def written(boards: list[Board], clock: Clock, many: int, minute: int) -> list[datetime]:
    """Return when so many turns came, the processes asking in turn."""
    out: list[datetime] = []
    while len(out) < many:
        given, seconds, _ = await boards[len(out) % 2].turn(4, minute, 490, 2.0)
        clock.base += timedelta(seconds=seconds)
        if given:
            out.append(clock.now())
    return out


def most_within(moments: list[datetime], span: timedelta) -> int:
    return max(sum(one <= other < one + span for other in moments) for one in moments)


async def test_a_write_costs_one_statement(stores: list[Store], clock: Clock) -> None:
    asked = 0
    ask_it = Board.turn

    async def counted(self: Board, *values: Any, **named: Any) -> Any:
        nonlocal asked
        asked += 1
        return await ask_it(self, *values, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Board, "turn", counted)
        sides = [shared_budgets(store, clock.now, clock.now)(1) for store in stores]
        await asyncio.gather(*(write(sides[n % 2], clock) for n in range(16)))
    assert asked <= 17


async def test_during_a_rest_no_turn_to_write_is_taken(stores: list[Store], clock: Clock) -> None:
    """Else all that wait would be written together when the rest is over."""
    clock.faster = 0
    one = shared_budgets(stores[0], clock.now, clock.now)(1)
    one.block(clock.now() + MINUTE, EVERYTHING)
    with pytest.raises(Later) as later:
        await write(one, clock, patience=MINUTE / 2)
    assert later.value.until == clock.now() + MINUTE
    one.lift(clock.now() + MINUTE)
    for _ in range(5):
        await write(one, clock, patience=NO_TIME)


async def test_places_are_so_many_and_those_of_the_dead_are_given_away(
    stores: list[Store], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.faster = 0
    monkeypatch.setattr(github_limits, "PLACES", 3)
    many = [Board(stores[n % 2], 1, f"process {n}", clock.now) for n in range(8)]

    async def have(*boards: Board) -> list[bool]:
        return [one.place for one in await asyncio.gather(*(one.meet([], CORE, 0, renew=True) for one in boards))]

    for _ in range(3):
        # who lost a race for a place may find another free
        assert (await have(*many)).count(True) <= 3
    holding = [one for one, held in zip(many, await have(*many), strict=True) if held]
    assert len(holding) == 3
    await holding[0].leave()
    waiting = [one for one in many if one not in holding]
    assert (await have(waiting[0])) == [True]
    assert (await have(waiting[1])) == [False]
    clock.base += MINUTE
    assert (await have(waiting[1], waiting[2])).count(True) >= 1
    assert (await have(*holding[1:])).count(True) <= 2


async def test_a_process_without_a_place_asks_nothing(
    stores: list[Store], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.faster = 0
    monkeypatch.setattr(github_limits, "PLACES", 1)
    one, other = (shared_budgets(store, clock.now, clock.now)(1) for store in stores)
    assert await free(one, clock)
    assert not await free(other, clock)
    clock.base += MINUTE
    assert await free(other, clock)


async def test_points_are_spent_by_all_from_one_minute(boards: list[Board], clock: Clock) -> None:
    """200 at once and 10 a second: 850 in the worst 65 seconds, of 900 that GitHub bears in a minute."""
    spent = 0
    for second in range(65):
        for place in range(40):
            heard = await boards[place % 2].meet([], CORE, 10, renew=False)
            spent += heard.points
            if not heard.points:
                assert heard.points_in > 0
                break
        clock.base = NOON + timedelta(seconds=second + 1)
    assert 800 <= spent <= 850


async def test_another_installation_has_limits_of_its_own(stores: list[Store], clock: Clock) -> None:
    clock.faster = 0
    budgets = shared_budgets(stores[0], clock.now, clock.now)
    for _ in range(5):
        await write(budgets(1), clock, patience=NO_TIME)
    await write(budgets(2), clock, patience=NO_TIME)
    with pytest.raises(Later):
        await write(budgets(1), clock, patience=NO_TIME)


async def test_without_another_clock_it_is_the_databases_that_counts(stores: list[Store]) -> None:
    """One machine's clock stands an hour ahead: what it is asked for ends no later for the other."""
    right, ahead = Clock(1), Clock(1)
    right.base = datetime.now(UTC)
    ahead.base = right.base + HOUR
    one = shared_budgets(stores[0], ahead.now, None)(1)
    other = shared_budgets(stores[1], right.now, None)(1)
    await one.turns.tell(EVERYTHING, ahead.now() + MINUTE)
    await ask(other)
    until = other.held_until(CORE, right.now())
    assert until is not None
    assert timedelta(seconds=50) < until - right.now() <= MINUTE


async def test_whoever_is_asked_tells_what_any_process_was_told(stores: list[Store]) -> None:
    """The operator's page may be served by a process that never speaks to GitHub itself."""
    await Board(stores[0], 7, "a process").meet([(CORE, None, 5000, 4321, NOON)], CORE, 0, renew=False)
    registration, endpoints = App("1", ""), Endpoints.of("http://127.0.0.1:9")
    async with aiohttp.ClientSession() as session:
        given = session, registration, endpoints, lambda: NOON, asyncio.sleep
        known = await SharingClients(*given, store=stores[1], clock=None).budgets()
    assert {number: one.allowances for number, one in known.items()} == {7: {CORE: Allowance(5000, 4321, NOON)}}


async def test_of_an_installation_that_is_gone_nothing_is_kept(stores: list[Store]) -> None:
    for number in (1, 2):
        board = Board(stores[0], number, "a process")
        await board.turn(4, 75, 490, 0.0)
        await board.meet([], CORE, 1, renew=True)
    await stores[0].write(lambda conn: github_limits.forget(conn, [1]))

    async def left(conn: Connection) -> list[list[int]]:
        tables = ("github_paces", "github_limits", "github_places")
        asked = [await conn.exec_driver_sql(f"SELECT installation_id FROM {table}") for table in tables]
        return [[number for (number,) in found.fetchall()] for found in asked]

    assert await stores[0].read(left) == [[2], [2], [2]]


async def test_what_was_noted_by_a_clock_that_was_ahead_holds_nobody_up(stores: list[Store], clock: Clock) -> None:
    clock.faster = 0
    side = shared_budgets(stores[0], clock.now, clock.now)(1)
    clock.base += timedelta(hours=5)
    for _ in range(4):
        await write(side, clock)
    while await free(side, clock):
        assert await ask(side, points=100)
    clock.base -= timedelta(hours=5)
    assert await free(side, clock)
    for _ in range(4):
        await write(side, clock, Urgency.ANSWER, MINUTE)
