"""POST /tick: let a scheduler outside be the clock, so that the server need not run while nothing is due."""

from __future__ import annotations

import asyncio
import hmac
import importlib
import math
from collections.abc import Awaitable, Callable

import aiohttp
import structlog
from aiohttp import web

from bot.jobs import TIMED
from github.errors import Gone, Later, Refused
from reports.services import Services
from scheduler.clock import DISCOVER, PRIORITY, Clock
from storage.backlog import to_do
from storage.queue import NewJob, put

PATH = "/tick"
LONGEST_WAIT = 300.0  # seconds; whoever waits for longer asks again
LOOK_EVERY = 0.25
LISTED_WITHIN = 20.0  # seconds: schedulers wait for half a minute and more
BEARER = "Bearer "

log = structlog.get_logger(__name__)


class Ticking:
    """The address for schedulers: one method, `post`."""

    def __init__(
        self, token: bytes | None, services: Services, clock: Clock, set_clock: Callable[[], Awaitable[None]]
    ) -> None:
        self.token = token
        self.set_clock = set_clock
        self.services = services
        self.clock = clock

    async def post(self, request: web.Request) -> web.Response:
        """Put what is due and answer 202 with how much was new; with `?wait=SECONDS` once it is done or time is over.

        403 where no token is configured, 401 for a wrong one, 400 for a wait that is none.
        """
        if self.token is None:
            return refuse(403, "nobody may tick here: TICK_TOKEN is not set")
        given = request.headers.get("Authorization", "")
        if not given.startswith(BEARER) or not hmac.compare_digest(encoded(given.removeprefix(BEARER)), self.token):
            return refuse(401, "the header Authorization must be `Bearer` and the TICK_TOKEN of this server")
        wait = seconds(request.query.get("wait", "0"))
        if wait is None:
            return refuse(400, f"wait must be a number of seconds from 0 to {LONGEST_WAIT:.0f}")
        until = asyncio.get_running_loop().time() + wait
        try:
            await self.set_clock()  # who ticks may just have moved the clock that this server follows
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            log.warning("the followed clock did not answer", error=type(error).__name__)
        new = await tick(self.services, self.clock)
        left = await self.left()
        while left and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(LOOK_EVERY)
            left = await self.left()
        return web.json_response({"put": new, "left": left}, status=202)

    async def left(self) -> int:
        """Return how many of time's jobs are due or running."""
        now = self.services.now()
        return await self.services.store.read(lambda connection: to_do(connection, TIMED, now))


async def tick(services: Services, clock: Clock) -> int:
    """Look where the App is installed and put all that is due on this day; return how much of it was new."""
    discover = await asyncio.to_thread(importlib.import_module, "scheduler.discover")
    ordered = await within(services, discover.learn)
    return ordered + await clock.tick(woken=True)


async def within(services: Services, learn: Callable[[Services], Awaitable[object]]) -> int:
    """Ask GitHub where the App is installed; where that takes long or fails, leave it to a job that tries again."""
    try:
        async with asyncio.timeout(LISTED_WITHIN):
            found = await learn(services)
    except (Later, Gone, Refused, TimeoutError, AttributeError, KeyError, TypeError, ValueError) as error:
        log.warning("installations could not be looked for, which is tried again", error=repr(error))
        now = services.now()
        job = NewJob(DISCOVER, f"again:{now:%Y-%m-%dT%H:%M}", b"", DISCOVER, PRIORITY)
        await services.store.write(lambda connection: put(connection, [job], now))
        return 0
    return int(getattr(found, "ordered", 0))


def seconds(text: str) -> float | None:
    """Return a number of seconds that somebody may wait, or None if it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= LONGEST_WAIT else None


def encoded(token: str) -> bytes:
    """Return a token as it came over the wire; what is no ASCII is merely wrong."""
    return token.strip().encode("utf-8", "surrogateescape")


def refuse(status: int, sentence: str) -> web.Response:
    """Say in one sentence why nothing was done."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return web.Response(status=status, text=sentence + "\n", headers=headers)
