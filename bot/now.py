"""The one clock the server goes by: the machine's, or in demo and tests the one that `CLOCK_URL` shows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import aiohttp
import msgspec
import structlog

from analytics.window import parse_iso

POLL_SECONDS = 0.2

log = structlog.get_logger(__name__)


def machine_now() -> datetime:
    """Return the machine's time as aware UTC."""
    return datetime.now(UTC)


async def machine_is_right() -> None:
    """Look at the clock again: the machine's needs none of that."""


class FollowedClock:
    """Shows the time of another clock, read a few times a second and carried on in between."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session
        self.base = machine_now()
        self.read_at = time.monotonic()

    def now(self) -> datetime:
        # never further ahead than one poll, so that a stopped clock stands still here too
        passed = min(time.monotonic() - self.read_at, POLL_SECONDS)
        return self.base + timedelta(seconds=passed)

    async def read(self) -> None:
        async with self.session.get(self.url) as response:
            answer = msgspec.json.decode(await response.read())
        self.base, self.read_at = parse_iso(answer["now"]), time.monotonic()

    async def follow(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self.read()
            except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
                log.warning("the followed clock did not answer", url=self.url, error=type(error).__name__)


@asynccontextmanager
async def following(url: str, session: aiohttp.ClientSession) -> AsyncIterator[FollowedClock]:
    """Read the clock once, then keep following it until the context ends."""
    clock = FollowedClock(url, session)
    await clock.read()
    task = asyncio.create_task(clock.follow())
    try:
        yield clock
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
