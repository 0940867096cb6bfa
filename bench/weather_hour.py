"""One hour under one kind of weather, and what follows it: a server, people who ask, and everything that was asked."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aiohttp import web

import bot.app
import bot.worker
import handlers.conversation
import sandbox.middleware
import scheduler.clock
import tests.stories.town
from bench.weather_kinds import Weather
from bench.weather_time import Simulated
from bot.ticking import PATH as TICK
from github.wire import Wire
from reports.pool import Pool
from sandbox.control import Handler
from sandbox.faults import Fault
from sandbox.state import RequestRecord
from tests.stories.town import LANTERN, STRONGROOM, WAITING, Said, Town, listener, people_and_github, serving

EMBER = "quartz-labs/ember"
WORDS = ("help", "pulls 30d", "issues 30d", "traffic")
TICK_EVERY = timedelta(minutes=5)
PATIENCE_OF_ONE = timedelta(seconds=0.4)  # of the machine, for thirty by the clock
AFTERWARDS = timedelta(hours=7)  # as long as a command is kept, and an hour
QUIET = timedelta(minutes=40)  # in which nothing may come any more


@dataclass
class Hour:
    """What was seen. during, after: the requests of the hour and of the time after it · fate: of each command."""

    weather: Weather | None
    chance: float
    commands: int
    during: list[RequestRecord] = field(default_factory=list)
    after: list[RequestRecord] = field(default_factory=list)
    hit: int = 0
    fate: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    most_content: int = 0
    left: int = 0
    dead: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def most_in_a_minute(self, requests: list[RequestRecord]) -> int:
        """Return how many of these requests came within one minute at most."""
        return most_within(timedelta(minutes=1), [one.at for one in requests])


def most_within(span: timedelta, moments: list[datetime]) -> int:
    """Return how many of the moments, which are in order, lie within one span at most."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - span:
            first += 1
        most = max(most, last - first + 1)
    return most


class Lent(Pool):
    """One pool for the servers of all hours: closing a server leaves it open."""

    shared: Pool
    time: Simulated

    async def warm(self) -> None:
        """It is warm."""

    async def run(self, function: str, task: object) -> object:
        with self.time.doing():
            return await self.shared.run(function, task)

    def close(self) -> None:
        """It is needed again."""


@contextmanager
def by_the_clock(time: Simulated, pool: Pool) -> Iterator[None]:
    """Let a server in this process live by simulated time: what waits by the machine's waits for it, or not at all."""
    exchange = Wire._request  # noqa: SLF001 - where a request is under way is seen nowhere else
    faulty = sandbox.middleware._faulty  # noqa: SLF001 - and here, where it may go on when nobody waits any more

    async def counted(self: Wire, *arguments: Any) -> tuple[int, Mapping[str, str], bytes]:
        with time.doing():
            return await exchange(self, *arguments)

    async def answered(request: web.Request, handler: Handler, fault: Fault | None) -> tuple[web.StreamResponse, bool]:
        # what GitHub does for somebody who has waited long enough is done within seconds, not within the hour
        with time.doing():
            return await faulty(request, handler, fault)

    Lent.shared, Lent.time = pool, time
    defaults = (PATIENCE_OF_ONE,)
    with (
        patch.object(Wire, "_request", counted),
        patch.object(sandbox.middleware, "_faulty", answered),
        patch.object(Wire.__init__, "__defaults__", defaults),
        patch.object(bot.app, "Pool", Lent),
        patch.object(bot.worker, "IDLE", 0.02),
        patch.object(scheduler.clock, "FIRST", 36_000.0),
        patch.object(handlers.conversation, "QUICK", 36_000.0),
        patch.object(tests.stories.town, "shortly", time.sleep),
    ):
        yield


@asynccontextmanager
async def town_of(folder: Path, pool: Pool, token: str) -> AsyncIterator[tuple[Town, Simulated]]:
    """Open a town whose time is simulated."""
    with listener() as listening:
        async with people_and_github(folder, listening.getsockname()[1]) as town:
            time = Simulated(town.sandbox.clock)
            with by_the_clock(time, pool):
                async with serving(town, listening, folder, TICK_TOKEN=token), time.passing():
                    yield town, time


async def hour_of(
    weather: Weather | None, chance: float, folder: Path, pool: Pool, commands: int, span: timedelta
) -> Hour:
    """Let people ask `commands` times in `span` of weather (None: of fair weather), then let it clear and see it end.

    folder: with a migrated, empty database.
    """
    found, token = Hour(weather, chance, commands), secrets.token_hex(16)
    async with town_of(folder, pool, token) as (town, time):
        threads = [(LANTERN, town.number), *((name, town.open_issue(name)) for name in (EMBER, STRONGROOM))]
        ticking = asyncio.create_task(tick_on(town, time, token))
        begun = town.sandbox.clock.now()
        fault = None if weather is None else town.sandbox.faults.add(weather.fault(chance, begun))
        said: list[Said] = []
        for place in range(commands):
            repository, number = threads[place % len(threads)]
            words = WORDS[place // len(threads) % len(WORDS)]
            said.append(await town.post(f"/analytics {words}", repository=repository, number=number))
            await time.sleep(span.total_seconds() / commands)
        found.during = list(town.requests())
        town.sandbox.faults.clear()
        found.hit = 0 if fault is None else fault.hit
        await over(town, time)
        found.after = town.requests(len(found.during))
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
        look(found, town, said)
    return found


async def tick_on(town: Town, time: Simulated, token: str) -> None:
    """Tick as a scheduler outside would."""
    while True:
        headers = {"Authorization": f"Bearer {token}"}
        async with town.session.post(f"{town.url}{TICK}?wait=0", headers=headers) as response:
            response.raise_for_status()
        await time.sleep(TICK_EVERY.total_seconds())


async def over(town: Town, time: Simulated) -> None:
    """Return once every command has its answer and for a while nothing else came, at the latest after `AFTERWARDS`."""
    end = town.sandbox.clock.now() + AFTERWARDS
    since = town.sandbox.clock.now()
    while town.sandbox.clock.now() < end:
        await time.sleep(60)
        await town.sandbox.settled()
        if delivering(town):
            since = town.sandbox.clock.now()
        elif town.sandbox.clock.now() - since > QUIET:
            return


def delivering(town: Town) -> int:
    """Return how many deliveries are not worked off."""
    return int(
        town.rows("SELECT count(*) AS jobs FROM jobs WHERE kind = 'delivery' AND state NOT IN ('done', 'dead')")[0][
            "jobs"
        ]
    )


def look(found: Hour, town: Town, said: list[Said]) -> None:
    """Note what became of each command, and which limits were met."""
    for one in said:
        fate = fate_of([each["body"] for each in town.answers_to(one)])
        found.fate[fate] += 1
        if fate == "silent":
            found.silent.append(town.world.comments[one.id].text or "")
    found.broken, found.most_content = town.sandbox.limits.broken, town.sandbox.limits.most_content
    found.left = delivering(town)
    found.dead = [f"{row['kind']}: {row['error']}" for row in town.jobs() if row["state"] == "dead"]


SORRY = "This could not be answered"


def fate_of(bodies: list[str]) -> str:
    """Return what became of a command: answered, told honestly that it cannot be, waiting, silent or answered twice."""
    if len(bodies) > 1:
        return "twice"
    if not bodies:
        return "silent"
    if WAITING in bodies[0]:
        return "waiting"
    return "sentence" if SORRY in bodies[0] else "answered"
