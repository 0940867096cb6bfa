"""A Monday's work with trouble in the middle of it; then the server is left alone, and what is due is looked for."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import aiohttp

from bench.crash_checks import Database, Faults, captures, checked, spoken
from bench.crash_kills import Killer, Mortal
from bench.crash_world import MONDAY, WEEK, Load, stopped, world_of
from bench.serving import environment, free_port
from bench.size import Size
from bot.inbox import PATH
from bot.ticking import PATH as TICK
from sandbox.server import Sandbox

A_WEEK = 10  # kills
ASK = 2  # commands in a life, so many at most
AWAY = timedelta(minutes=3)  # until the next life begins, by the sandbox's clock: leases have run out
PATIENCE = 180.0
TOKEN = "the benchmark's own"
SECRET_KEY = "the same in each life of this benchmark"


@dataclass
class Run:
    """What a number of kills gave. refused, unanswered: deliveries that nobody acknowledged."""

    kills: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    refused: int = 0
    unanswered: int = 0
    commands: int = 0
    reports: int = 0
    captured: int = 0
    faults: Faults = field(default_factory=Faults)
    left_over: int = 0
    seconds: float = 0.0


class Weeks:
    """The server, what it is loaded with, and what has been promised so far."""

    def __init__(self, size: Size, url: str, folder: Path, seed: int) -> None:
        self.size, self.url, self.folder = size, url, folder
        self.chance = random.Random(seed)
        self.database = Database(url)
        self.world, self.keys, asked = world_of()
        self.asked = asked
        self.found = Run()
        self.due: list[tuple[int, str]] = []
        self.checked_to = 0

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open the sandbox; whatever server there is at the end is killed."""
        begun, port = time.monotonic(), free_port()
        assert self.world.app is not None
        self.world.app.webhook_url = f"http://127.0.0.1:{port}{PATH}"
        async with (
            Sandbox(self.world, hook_delay=0.0, keep_requests=100) as sandbox,
            aiohttp.ClientSession() as session,
        ):
            given = environment(self.keys, self.folder, port, sandbox)
            given |= {"DATABASE_URL": self.url, "TICK_TOKEN": TOKEN, "SECRET_KEY": SECRET_KEY}
            self.sandbox, self.session = sandbox, session
            self.mortal = Mortal(given, self.folder / "log")
            self.killer = Killer(self.mortal, sandbox, self.url, self.database.file, self.chance)
            self.load = Load(sandbox, self.keys.webhook_secret, port, self.asked, self.chance)
            self.load.open_threads()
            try:
                yield
            finally:
                self.mortal.kill()
                await self.mortal.gone()
            self.found.seconds = time.monotonic() - begun

    async def run(self, kills: int) -> Run:
        """Kill so often."""
        found = self.found
        async with self.opened():
            await self.begin()
            while found.kills < kills:
                await self.week(found.kills // A_WEEK, partial(self.lives, min(A_WEEK, kills - found.kills)))
            self.mortal.kill()
            await self.mortal.gone()
            await asyncio.sleep(5)
            found.left_over = self.mortal.left_over()
        books = self.load.books
        found.acknowledged, found.commands = len(books.acknowledged), len(books.commands)
        found.refused, found.unanswered = books.refused, books.unanswered
        found.kinds, found.captured = self.killer.done, len(captures(self.database))
        found.reports = sum(one.startswith("report-") for one in spoken(self.world)[0])
        return found

    async def lives(self, kills: int) -> None:
        """Let so many lives begin, and end them; then a last one, which is spared."""
        for _ in range(kills):
            await self.life()
        await self.live()

    async def begin(self) -> None:
        """Let the server learn of its repositories and read their settings, on the Friday before."""
        await self.live()
        await self.tick()
        count = "SELECT count(*) FROM subscriptions"
        await self.until(lambda: self.database.rows(count)[0][0] == len(self.asked), "settings to be read")
        await self.until(self.idle, "the first day")

    async def live(self) -> None:
        await self.mortal.start()
        if not await self.mortal.ready(self.session):
            raise RuntimeError(f"the server ended by itself: {self.mortal.log.read_text()[-3000:]}")

    async def week(self, number: int, meanwhile: Callable[[], Awaitable[None]]) -> None:
        """Let something happen in the middle of a Monday's work, from which a server comes; let it end, and look."""
        self.mortal.kill()
        await self.mortal.gone()
        self.sandbox.clock.set(MONDAY + number * WEEK)
        sending = asyncio.create_task(self.load.send_on(self.session))
        try:
            await meanwhile()
            await self.tick()
        finally:
            await stopped(sending)
        books = self.load.books
        day = f"{self.sandbox.clock.now():%Y-%m-%d}"
        self.due += [(one.id, day) for one in self.world.repositories.values() if not one.archived]
        try:
            await self.until(lambda: self.over(number + 1), "everything to be done")
        except TimeoutError as error:
            self.size.tell(f"{error}; {self.unfinished()}")
        await self.sandbox.settled()
        fresh = books.acknowledged[self.checked_to :]
        self.checked_to = len(books.acknowledged)
        faults = await asyncio.to_thread(
            checked, self.database, self.world, fresh, set(books.commands), self.reports(number + 1), self.due
        )
        for told in (*faults.lost, *faults.twice, *faults.half, *faults.broken):
            self.size.tell(f"WRONG: {told}")
        self.found.faults.add(faults)
        self.size.tell(f"week {number + 1}: {self.found.kills} kills, {len(books.acknowledged)} acknowledged")

    def reports(self, weeks: int) -> int:
        return weeks * len(self.asked)

    async def life(self) -> None:
        """Start, be ticked and asked, and be killed."""
        await self.mortal.start()
        ready = asyncio.create_task(self.mortal.ready(self.session))
        busy = asyncio.create_task(self.be_busy(ready))
        await self.killer.one(ready)
        await self.mortal.gone()
        self.found.kills += 1
        await asyncio.gather(ready, busy)
        self.sandbox.clock.advance(AWAY)

    async def be_busy(self, ready: asyncio.Task[bool]) -> None:
        for _ in range(self.chance.randrange(ASK + 1)):
            await self.load.ask()
        if await ready:
            with suppress(aiohttp.ClientError, OSError, TimeoutError):
                await self.tick()

    async def tick(self) -> None:
        address = f"http://127.0.0.1:{self.mortal.environ['PORT']}{TICK}"
        async with self.session.post(address, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
            await answer.read()

    def idle(self) -> bool:
        return self.database.left(self.sandbox.clock.now()) == 0

    def over(self, weeks: int) -> bool:
        """Tell whether all that is due was done, as far as counts tell; what exactly is there is checked after it."""
        keys, odd = spoken(self.world)
        reports = sum(one.startswith("report-") for one in keys)
        answered = all(keys[one] for one in self.load.books.commands)
        return answered and not odd and reports >= self.reports(weeks) and self.idle()

    def unfinished(self) -> str:
        query = f"SELECT kind, key, state, attempts, error FROM {self.database.jobs} WHERE state <> 'done'"
        return "; ".join(map(str, self.database.rows(query)[:20]))

    async def until(self, over: object, what: str) -> None:
        """Let time run forty times as fast until something is so; TimeoutError after three minutes."""
        assert callable(over)
        end = time.monotonic() + PATIENCE
        while not await asyncio.to_thread(over):
            if time.monotonic() > end:
                raise TimeoutError(f"waited {PATIENCE:.0f} s for {what}")
            if not self.mortal.alive:
                raise RuntimeError(f"the server ended by itself: {self.mortal.log.read_text()[-3000:]}")
            self.sandbox.clock.advance(timedelta(seconds=4))
            await asyncio.sleep(0.1)
