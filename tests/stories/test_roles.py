"""One image, three roles: who serves takes webhooks in, who works answers, whose clock ticks puts what is due."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

import scheduler.clock
from bot.settings import ROLES, Incomplete, Settings
from sandbox.registration import AppKeys
from tests.stories.town import (
    APP,
    LANTERN,
    Said,
    Town,
    listener,
    new_world,
    people_and_github,
    serving,
    until,
)

pytestmark = pytest.mark.usefixtures("pool")


async def test_each_role_does_its_own_and_together_they_do_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler.clock, "FIRST", 0.5)
    async with AsyncExitStack() as open_ones:
        doors, benches, clocks = (open_ones.enter_context(listener()) for _ in range(3))
        town = await open_ones.enter_async_context(people_and_github(folder, doors.getsockname()[1]))
        await open_ones.enter_async_context(serving(town, doors, folder, ROLES="serve"))
        said = await town.post("/analytics pulls 30d")
        await town.sandbox.settled()
        assert [job["state"] for job in town.jobs()] == ["scheduled"], "taken in, and left for who works"
        assert not answered(town, said)
        await open_ones.enter_async_context(serving(town, benches, folder, ROLES="work"))
        await until(lambda: answered(town, said), "the answer of who works")
        assert not [job for job in town.jobs() if job["kind"] == "capture"], "nobody's clock has ticked"
        await open_ones.enter_async_context(serving(town, clocks, folder, ROLES="clock"))
        await until(lambda: captured(town), "what is due at this hour")


async def test_who_does_not_serve_has_no_doors_and_says_whether_it_works(folder: Path) -> None:
    async with AsyncExitStack() as open_ones:
        doors, clocks = (open_ones.enter_context(listener()) for _ in range(2))
        town = await open_ones.enter_async_context(people_and_github(folder, doors.getsockname()[1]))
        await open_ones.enter_async_context(serving(town, clocks, folder, ROLES="clock"))
        base = f"http://127.0.0.1:{clocks.getsockname()[1]}"
        found = [await status(town.session, base + path) for path in ("/healthz", "/readyz", "/", "/login")]
        assert found == [200, 200, 404, 404]
        async with town.session.post(f"{base}/webhooks/github") as response:
            assert response.status == 404


def test_a_role_that_is_none_is_named() -> None:
    _, keys = new_world()
    assert settings(keys).roles == ROLES
    assert settings(keys, ROLES="work, clock").roles == {"work", "clock"}
    for said, why in (("worker", "worker is none"), (",", "it names none")):
        with pytest.raises(Incomplete, match=f"ROLES: {why}; the roles are serve, work and clock"):
            settings(keys, ROLES=said)


def settings(keys: AppKeys, **changed: str) -> Settings:
    return Settings.from_environ(
        {
            "GITHUB_APP_ID": str(keys.app_id),
            "GITHUB_PRIVATE_KEY": keys.private_key,
            "GITHUB_WEBHOOK_SECRET": keys.webhook_secret,
            **changed,
        }
    )


def answered(town: Town, said: Said) -> bool:
    comments = town.sandbox.comments(LANTERN, said.number)
    return any(one["user"]["login"] == APP and "opened" in one["body"] for one in comments)


def captured(town: Town) -> bool:
    return any(job["kind"] == "capture" and job["state"] == "done" for job in town.jobs())


async def status(session: aiohttp.ClientSession, url: str) -> int:
    async with session.get(url) as response:
        return response.status
