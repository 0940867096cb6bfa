"""Three servers over one PostgreSQL, killed and added at random: everything happens once, and no limit is met."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.sessions import COOKIE
from sandbox.faults import Fault
from tests.dashboard.people import Browser
from tests.stories.replicas import Replicas, replicas
from tests.stories.speaking import settings
from tests.stories.test_capture import TOKEN
from tests.stories.test_reports import MONDAY_NINE
from tests.stories.test_reports_once import FOLLOWED, keys, unfinished
from tests.stories.town import LANTERN, MEMBER, PICTURE_ADDRESS, Said, Town

EMBER = "quartz-labs/ember"
SECRET = "c3VwcG9zZSB0aGlzIHdlcmUgMzIgYnl0ZXMgbG9uZy4="  # the same for all of them
COMMANDS = ("/analytics help", "/analytics pulls 30d", "/analytics help pulls", "/analytics issues 90d")
ASKED, KILLS = 24, 3
PATIENCE = 200.0
DAY = 86_400_000_000  # microseconds


class KillAtRandom:
    """Kills one of the servers when some request arrives at GitHub, before it is carried out."""

    def __init__(self, town: Town, servers: Replicas, kills: int) -> None:
        self.servers, self.left = servers, kills
        self.chance = random.Random(11)
        self.at = self.chance.randrange(5, 40)
        town.sandbox.faults.draw = self.draw  # type: ignore[method-assign, assignment]

    def draw(self, _method: str, _path: str, _operation: str | None) -> Fault | None:
        self.at -= 1
        if self.at <= 0 and self.left:
            self.left -= 1
            self.at = self.chance.randrange(5, 40)
            self.servers.kill_one()
        return None


async def tick(town: Town) -> None:
    async with town.session.post(f"{town.url}/tick", headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
        assert answer.status in (200, 202, 502), answer.status


async def meanwhile(town: Town, servers: Replicas, over: Callable[[], object]) -> None:
    """Let time run until something is so; who was killed is replaced, as an orchestrator would."""
    end = time.monotonic() + PATIENCE
    while not over():
        assert time.monotonic() < end, unfinished(town)
        if await servers.bury():
            await servers.add()
        # forty times as fast, and never in a leap: what a living server holds must not seem forgotten
        town.sandbox.clock.advance(timedelta(seconds=4))
        await asyncio.sleep(0.1)


def captured(town: Town) -> Counter[tuple[int, str]]:
    """Return how often each repository was captured on each day."""
    rows = town.rows("SELECT repository_id, captured_at FROM captures WHERE outcome IN ('captured', 'partly')")
    return Counter((row["repository_id"], str(row["captured_at"] // DAY)) for row in rows)


@pytest.mark.timeout(300)
async def test_everything_happens_once(folder: Path, postgresql_town: str) -> None:
    """Two dozen commands, two reports and a day's captures, while three servers die in the middle of it."""
    async with replicas(folder, 3, DATABASE_URL=postgresql_town, TICK_TOKEN=TOKEN, SECRET_KEY=SECRET) as (
        town,
        servers,
    ):
        for name in (LANTERN, EMBER):
            settings(town, "reports:\n  - every: weekly", name)
        await tick(town)
        await meanwhile(town, servers, lambda: town.jobs("capture") and town.idle())
        first = captured(town)
        town.sandbox.clock.set(MONDAY_NINE - timedelta(seconds=30))
        places = {name: [town.open_issue(name) for _ in range(4)] for name in (LANTERN, EMBER)}
        await asyncio.sleep(FOLLOWED)
        chance = random.Random(3)
        kills = KillAtRandom(town, servers, KILLS)
        said: list[Said] = []
        while len(said) < ASKED:
            name = chance.choice(list(places))
            words, number = chance.choice(COMMANDS), chance.choice(places[name])
            said.append(await town.post(words, MEMBER, name, number))
            if await servers.bury():
                await servers.add()
            town.sandbox.clock.advance(timedelta(seconds=1))
            await asyncio.sleep(0.05)
        await town.sandbox.settled()
        await tick(town)

        def over() -> bool:
            # a job that was put off is not due, and its answer is not there yet
            return keys(town).total() == 2 and kills.left == 0 and town.idle() and all(map(town.is_answered, said))

        await meanwhile(town, servers, over)
        await town.sandbox.settled()
        assert [len(town.answers_to(one)) for one in said] == [1] * ASKED
        assert sorted(keys(town).values()) == [1, 1]
        assert servers.begun == 3 + KILLS
        today = captured(town) - first
        assert set(captured(town).values()) == {1}
        daily = {one.id for one in town.world.repositories.values() if not one.archived}  # the others weekly
        assert {number for number, _ in today} == {number for number, _ in first} & daily
        assert "dead" not in {job["state"] for job in town.jobs()}
        assert town.sandbox.limits.broken == Counter()
        await is_the_same_everywhere(town, servers, said)


async def is_the_same_everywhere(town: Town, servers: Replicas, said: list[Said]) -> None:
    """A picture that one of them has drawn, and a session that one has begun, are known to all."""
    bodies = [town.answer_to(one) for one in said]
    picture = next(found[0] for body in bodies if (found := PICTURE_ADDRESS.search(body)))
    browser = Browser(town.session, town.url)
    assert (await browser.sign_in(MEMBER, "/")).location == "/"
    for one in servers.running:
        async with town.session.get(one.url + picture) as drawn:
            assert (drawn.status, drawn.content_type) == (200, "image/png")
        cookie = f"{COOKIE}={browser.cookies[COOKIE]}"
        async with town.session.get(one.url, headers={"Cookie": cookie}, allow_redirects=False) as page:
            assert page.status == 200
            assert MEMBER in await page.text()
