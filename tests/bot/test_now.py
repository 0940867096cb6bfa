"""The server's clock: the machine's, or the one that CLOCK_URL shows, over real HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import now as clock
from bot.now import POLL_SECONDS, FollowedClock, following, machine_now

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Shown:
    """A small server that shows a time, or whatever else it is told to."""

    def __init__(self) -> None:
        self.answer: Any = {"now": "2026-11-22T12:00:00Z"}
        self.asked = 0
        self.asked_again = asyncio.Event()
        self.url = ""

    async def get(self, _: web.Request) -> web.Response:
        self.asked += 1
        self.asked_again.set()
        if isinstance(self.answer, int):
            return web.Response(status=self.answer, text="no")
        return web.json_response(self.answer)

    async def asked_twice_more(self) -> None:
        """Return once the clock has been read whole: the second question comes after the first's answer was used."""
        for _ in range(2):
            self.asked_again.clear()
            await self.asked_again.wait()


@pytest.fixture
async def shown() -> AsyncIterator[Shown]:
    shown = Shown()
    application = web.Application()
    application.router.add_get("/clock", shown.get)
    async with TestServer(application) as server:
        shown.url = str(server.make_url("/clock"))
        yield shown


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow without pausing."""
    monkeypatch.setattr(clock, "POLL_SECONDS", 0.0)


def test_the_machines_time_is_aware_utc() -> None:
    assert machine_now().utcoffset() == timedelta(0)


async def test_it_is_read_before_anything_goes_by_it(shown: Shown, session: aiohttp.ClientSession) -> None:
    async with following(shown.url, session) as followed:
        assert shown.asked == 1
        assert NOON <= followed.now() <= NOON + timedelta(seconds=POLL_SECONDS)


async def test_it_goes_on_between_readings_but_never_further_than_one_poll(session: aiohttp.ClientSession) -> None:
    """So a stopped clock stands still here too."""
    followed = FollowedClock("http://unused", session)
    followed.base, followed.read_at = NOON, time.monotonic() - 3600

    assert followed.now() == NOON + timedelta(seconds=POLL_SECONDS)
    assert followed.now() == NOON + timedelta(seconds=POLL_SECONDS)


@pytest.mark.usefixtures("impatient")
async def test_it_follows_jumps_both_ways(shown: Shown, session: aiohttp.ClientSession) -> None:
    async with following(shown.url, session) as followed:
        for text, moment in (("2027-01-01T00:00:00Z", 2027), ("2025-01-01T01:00:00+01:00", 2025)):
            shown.answer = {"now": text}
            await shown.asked_twice_more()
            assert followed.now() == datetime(moment, 1, 1, tzinfo=UTC)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("nonsense", [500, {}, [], {"now": 7}, {"now": "noon"}, {"now": "2026-11-22T12:00:00"}, None])
async def test_nonsense_is_passed_over_and_the_next_time_counts(
    shown: Shown, session: aiohttp.ClientSession, nonsense: Any
) -> None:
    async with following(shown.url, session) as followed:
        shown.answer = nonsense
        await shown.asked_twice_more()
        assert followed.now() == NOON
        shown.answer = {"now": "2026-11-23T00:00:00Z"}
        await shown.asked_twice_more()
        assert followed.now() == datetime(2026, 11, 23, tzinfo=UTC)


async def test_a_clock_that_cannot_be_read_at_first_is_no_clock(shown: Shown, session: aiohttp.ClientSession) -> None:
    shown.answer = {}
    with pytest.raises(KeyError):
        async with following(shown.url, session):
            raise AssertionError("nothing may go by it")


async def test_following_ends_with_its_context(shown: Shown, session: aiohttp.ClientSession) -> None:
    before = asyncio.all_tasks()
    async with following(shown.url, session):
        assert any(task.get_coro().__name__ == "follow" for task in asyncio.all_tasks() - before)  # type: ignore[union-attr]
    assert not any("follow" in repr(task.get_coro()) for task in asyncio.all_tasks() - before)
