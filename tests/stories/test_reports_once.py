"""Each report exists once: whatever dies at report time, and however many servers share a database."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from reports.keys import find_key
from sandbox.faults import Fault
from tests.stories.conftest import OpenTown
from tests.stories.speaking import settings
from tests.stories.test_capture import TOKEN
from tests.stories.test_reports import MONDAY_NINE, due
from tests.stories.town import LANTERN, Child, Town, environment, listener, people_and_github

EMBER = "quartz-labs/ember"
WANTED = "reports:\n  - every: weekly\n  - every: monthly\n    on: monday\n  - every: quarterly\n    rolling: yes"
LEASE_AND_MORE = timedelta(minutes=3)
SEED = 11
FOLLOWED = 2.0  # seconds after which both servers' clocks have followed a leap of the sandbox's


def keys(town: Town) -> Counter[str]:
    """Return how many issues and comments of the App carry each report's key."""
    app = "almanac[bot]"
    found: Counter[str] = Counter()
    for repository in town.world.repositories.values():
        for thread in repository.issues():
            texts = [(thread.body, thread.author), *((one.body, one.author) for one in thread.comments)]
            said = [find_key(body) or "" for body, author in texts if author and author.rest_login == app]
            found.update(key for key in said if key.startswith("report-"))
    return found


async def test_a_lost_response_opens_no_second_issue(town_of: OpenTown) -> None:
    """GitHub opened the issue and its answer got lost: it is found by its key and adopted."""
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        lost = town.break_("lose_response", "POST", "/repos/*/issues")
        await due(town)
        assert lost.hit == 1
        assert list(keys(town).values()) == [1]
        (written,) = town.rows("SELECT state, number FROM written_reports")
        assert written["state"] == "posted"


async def test_a_dropped_post_is_posted_later(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        dropped = town.break_("drop", "POST", "/repos/*/issues")
        await due(town)
        await town.wait(seconds=40)
        assert dropped.hit == 1
        assert list(keys(town).values()) == [1]


async def test_a_lost_response_in_a_thread_writes_no_second_comment(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly in=thread")
        lost = town.break_("lose_response", "POST", "/repos/*/issues/*/comments")
        await due(town)
        assert lost.hit == 1
        assert list(keys(town).values()) == [1]


async def test_a_key_in_somebody_elses_issue_is_not_believed(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        town.break_("drop", "POST", "/repos/*/issues")
        await due(town)
        (begun,) = town.rows("SELECT key FROM written_reports")
        forged = await town.sandbox.state.hands.open_issue(
            LANTERN, "idle-heron", "I am the report", f"<!-- almanac:{begun['key']} -->"
        )
        await town.wait(seconds=40)
        assert list(keys(town).values()) == [1]
        (written,) = town.rows("SELECT number FROM written_reports")
        assert written["number"] != forged["number"]


# two servers as processes of their own over one file, and killed


@asynccontextmanager
async def two_servers(folder: Path) -> AsyncIterator[tuple[Town, list[Child]]]:
    """Open a town with two servers over one database; webhooks go to the first."""
    with listener() as first, listener() as second:
        ports = [one.getsockname()[1] for one in (first, second)]
    async with people_and_github(folder, ports[0]) as town:
        children = []
        for place, port in enumerate(ports):
            given = environment(town.sandbox, town.keys, port, folder, TICK_TOKEN=TOKEN)
            (folder / str(place)).mkdir()
            children.append(Child(folder / str(place), given))
        try:
            await asyncio.gather(*(one.start(town.session) for one in children))
            yield town, children
        finally:
            for one in children:
                one.kill()
            await asyncio.gather(*(one.gone() for one in children))


async def tick_all(town: Town, children: list[Child]) -> None:
    """Tick both servers at the same moment, whichever of them lives."""

    async def one(child: Child) -> None:
        address = f"{child.environment['PUBLIC_URL']}/tick"
        try:
            async with town.session.post(address, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
                await answer.read()
        except aiohttp.ClientError:
            pass  # it is dead just now

    await asyncio.gather(*(one(child) for child in children))


def written(town: Town) -> list[str]:
    """Return how far each report has come."""
    return sorted(row["state"] for row in town.rows("SELECT state FROM written_reports"))


def unfinished(town: Town) -> str:
    """Return what is left to do, for whoever looks why a story does not end."""
    left = [job for job in town.jobs() if job["state"] != "done"]
    return f"{town.sandbox.clock.now()}: {[(job['kind'], job['key'], job['state'], job['error']) for job in left]}"


class KillAtRandom:
    """Kills a server when some request arrives at GitHub, before it is carried out, or after an issue was opened."""

    def __init__(self, town: Town, children: list[Child], kills: int) -> None:
        self.random = random.Random(SEED)
        self.town, self.children, self.left = town, children, kills
        self.at = 0
        self.next()
        town.sandbox.faults.draw = self.draw  # type: ignore[method-assign, assignment]
        self.open_issue = town.world.open_issue
        town.world.open_issue = self.opened  # type: ignore[method-assign]

    def next(self) -> None:
        self.at = self.random.randrange(3, 25)

    def draw(self, _method: str, _path: str, _operation: str | None) -> Fault | None:
        self.at -= 1
        if self.at <= 0 and self.left:
            self.kill()
        return None

    def opened(self, *arguments: Any, **named: Any) -> Any:
        issue = self.open_issue(*arguments, **named)
        if self.left and self.random.random() < 0.5:
            self.kill()
        return issue

    def kill(self) -> None:
        """Kill whichever lives, both at once now and then."""
        self.left -= 1
        self.next()
        for child in self.children if self.random.random() < 0.3 else [self.random.choice(self.children)]:
            child.kill()


@pytest.mark.timeout(300)
async def test_killed_at_report_time_and_two_at_once(folder: Path) -> None:
    """Six reports in two repositories, two servers, three kills in the middle of whatever they were doing."""
    with sqlite3.connect(folder / "almanac.db") as connection:
        assert connection.execute("SELECT COUNT(*) FROM subscriptions").fetchone() == (0,)
    connection.close()
    async with two_servers(folder) as (town, children):
        for name in (LANTERN, EMBER):
            settings(town, WANTED, name)
        await tick_all(town, children)
        end = time.monotonic() + 100
        while len(town.rows("SELECT 1 FROM subscriptions")) < 6:
            assert time.monotonic() < end, unfinished(town)
            town.sandbox.clock.advance(timedelta(minutes=1))
            await asyncio.sleep(0.2)
        await town.until(town.idle, "the first day's work")
        kills = KillAtRandom(town, children, 3)
        town.sandbox.clock.set(MONDAY_NINE + timedelta(days=42, minutes=1))  # the first Monday of a quarter
        await asyncio.sleep(FOLLOWED)
        end = time.monotonic() + 150
        while len(written(town)) < 6 or set(written(town)) != {"posted"} or not town.idle():
            assert time.monotonic() < end, (written(town), unfinished(town))
            await tick_all(town, children)
            for child in children:
                if child.process is not None and child.process.returncode is not None:
                    await child.gone()
                    town.sandbox.clock.advance(LEASE_AND_MORE)
                    await child.start(town.session)
            town.sandbox.clock.advance(timedelta(seconds=3))
            await asyncio.sleep(0.1)
        assert kills.left < 3, "somebody was killed"
        assert len(keys(town)) == 6
        assert set(keys(town).values()) == {1}
        assert "dead" not in {job["state"] for job in town.jobs("digest")}
