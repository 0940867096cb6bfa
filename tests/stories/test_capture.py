"""Traffic captured by the whole program: ticked from outside, by a command, at its start; killed in the middle."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import scheduler.clock
from tests.stories.conftest import OpenTown
from tests.stories.town import LANTERN, ROOT, STRANGER, STRONGROOM, Town, environment, people_and_github, until

TOKEN = "a-quiet-heron"
TODAY = "2026-11-20"


async def post_tick(town: Town, query: str = "", **headers: str) -> tuple[int, Any]:
    async with town.session.post(f"{town.url}/tick{query}", headers=headers) as response:
        kind = response.headers["content-type"]
        return response.status, await response.json() if "json" in kind else await response.text()


async def ticked(town: Town) -> Any:
    """Tick with the right token and wait for what was due."""
    status, said = await post_tick(town, "?wait=60", Authorization=f"Bearer {TOKEN}")
    assert status == 202
    return said


def runs(town: Town) -> list[tuple[str, str]]:
    return [(row["run"], row["state"]) for row in town.rows("SELECT * FROM capture_runs ORDER BY run")]


def traffic(town: Town, since: int = 0) -> list[str]:
    return [one.path for one in town.requests(since) if "/traffic/" in one.path]


async def test_nobody_ticks_where_no_token_is_set(town: Town) -> None:
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}"}):
        status, said = await post_tick(town, **headers)
        assert status == 403
        assert said == "nobody may tick here: TICK_TOKEN is not set\n"
    assert town.asked == 0
    assert town.jobs() == []


async def test_only_the_token_ticks(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN) as town:
        wrong = ("", "Bearer", "Bearer nobody", f"Basic {TOKEN}", f"bearer{TOKEN}", f"Bearer {TOKEN}x", "Bearer \u00fc")
        for given in wrong:
            status, said = await post_tick(town, Authorization=given)
            assert status == 401, given
            assert TOKEN not in said
        for query in ("?wait=no", "?wait=-1", "?wait=301", "?wait=nan"):
            status, _ = await post_tick(town, query, Authorization=f"Bearer {TOKEN}")
            assert status == 400, query
        async with town.session.get(f"{town.url}/tick") as response:
            assert response.status == 405
        assert town.asked == 0
        assert town.jobs() == []


async def test_a_tick_captures_what_no_webhook_told_of(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN) as town:
        said = await ticked(town)

        assert said["put"] >= 1
        assert said["left"] == 0
        assert runs(town) == [(TODAY, "done")]
        stored = {row["name"] for row in town.rows("SELECT name FROM repositories WHERE removed_at IS NULL")}
        assert stored == {one.name for one in town.world.repositories.values()}
        assert len(traffic(town)) == 6 * len(stored)
        asked = town.asked
        assert await ticked(town) == {"put": 0, "left": 0}
        assert traffic(town, asked) == []


async def test_a_tick_that_github_does_not_answer_is_made_up_for(town_of: OpenTown) -> None:
    """The day's captures do not depend on the list of installations, and the list is asked for again."""
    async with town_of(TICK_TOKEN=TOKEN) as town:
        await ticked(town)
        town.break_("status", "GET", "/app/installations", status=403, body='{"message": "no"}', times=1)
        await town.wait(days=1)
        await ticked(town)
        assert runs(town) == [(TODAY, "done"), ("2026-11-21", "done")]
        assert {job["state"] for job in town.jobs("discover")} == {"done"}


async def test_a_server_catches_up_after_its_start(town_of: OpenTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler.clock, "FIRST", 0.1)
    async with town_of() as town:
        await until(lambda: runs(town) == [(TODAY, "done")], "the day to be captured")


async def test_commands_are_answered_while_everything_is_captured(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN) as town:
        town.break_("latency", "GET", "*/traffic/*", delay=0.3, times=None)
        tick = asyncio.create_task(ticked(town))
        await until(lambda: traffic(town), "captures to begin")
        said = await town.post("/analytics help")
        await until(lambda: town.answers_to(said), "an answer")
        assert runs(town) == [(TODAY, "running")]
        town.sandbox.faults.clear()
        await tick


async def test_the_status_tells_what_is_kept_and_what_comes_next(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN) as town:
        before = town.answer_to(await town.say("/analytics status"))
        assert f"No traffic of `{LANTERN}` is stored yet." in before
        await ticked(town)
        body = town.answer_to(await town.say("/analytics status"))

        assert re.search(rf"Traffic of `{LANTERN}` is kept since [67] Nov 2026: 1[45] days known, none unknown\.", body)
        assert "The last capture was just now: captured" in body
        assert "the next is due 2026-11-21, about 0" in body
        assert f"`{TODAY}`" in body
        assert STRONGROOM.split("/")[1] not in body, "a private repository is not named in a public thread"
        public = sum(not one.private for one in town.world.repositories.values())
        assert f"{public} captured" in body


async def test_the_status_is_for_members(town: Town) -> None:
    said = await town.say("/analytics status", login=STRANGER)
    assert town.answers_to(said) == []


async def test_the_status_names_a_missing_permission_and_the_page_where_it_is_given(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN) as town:
        (installation,) = town.world.installations.values()
        del installation.permissions["administration"]
        await ticked(town)
        body = town.answer_to(await town.say("/analytics status"))

        assert "**Administration (read-only)** is missing" in body
        page = f"{town.sandbox.url}/organizations/quartz-labs/settings/installations/{installation.id}"
        assert f"({page})" in body
        assert len({path.split("/")[3] for path in traffic(town)}) == 1, "one is asked: what GitHub lists may be sparse"


class Ticker:
    """`python -m bot tick` as a process of its own."""

    def __init__(self, town: Town, folder: Path) -> None:
        given = environment(town.sandbox, town.keys, 0, folder, PUBLIC_URL="")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
        self.environment = {**kept, **given}

    async def start(self, *options: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "tick", *options,
            env=self.environment, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip

    async def run(self, *options: str) -> tuple[int | None, str]:
        """Run it to its end; return its status and what it said."""
        process = await self.start(*options)
        said, _ = await process.communicate()
        return process.returncode, said.decode()


async def test_the_command_does_what_is_due_and_says_so(folder: Path) -> None:
    async with people_and_github(folder, 9) as town:
        ticker = Ticker(town, folder)
        status, said = await ticker.run()
        assert status == 0, said
        assert "Installations: 1, of which new: 1; ended: 0." in said
        count = len(town.world.repositories)
        counted = re.search(rf"run {TODAY}: done, {count} repositories, (\d+) requests", said)
        # what else reads in the installation's name at that moment, such as its settings, may be counted with it
        assert counted is not None, said
        assert 6 * count + 3 <= int(counted[1]) <= 6 * count + 6

        asked = town.asked
        status, said = await ticker.run()
        assert status == 0, said
        assert traffic(town, asked) == []
        town.sandbox.clock.advance(timedelta(hours=1))
        status, said = await ticker.run("--capture")
        assert status == 0, said
        assert len(traffic(town, asked)) == 6 * count
        assert runs(town) == [(TODAY, "done"), (f"{TODAY}T13:00:00Z", "done")]


async def test_the_command_says_what_it_could_not_do(folder: Path) -> None:
    async with people_and_github(folder, 9) as town:
        town.break_("status", "GET", "/app/installations", status=401, body='{"message": "no"}', times=None)
        status, said = await Ticker(town, folder).run()
        assert status == 1
        assert "could not be read from GitHub" in said


async def test_killed_in_the_middle_the_next_one_goes_on(folder: Path) -> None:
    """What is stored is not asked for again, and the dead process is waited for only as long as its lease."""
    async with people_and_github(folder, 9) as town:
        town.sandbox.clock.thaw()
        last = list(town.world.repositories.values())[-1]
        count = len(town.world.repositories)
        stored = "SELECT repository_id FROM captures"
        ticker = Ticker(town, folder)
        process = await ticker.start()
        town.break_("latency", "GET", f"*/{last.name}/traffic/popular/paths", delay=60, times=None)
        await until(lambda: len(town.rows(stored)) >= count - 1, "all repositories but one to be stored")
        process.send_signal(signal.SIGKILL)
        await process.wait()
        done = {row["repository_id"] for row in town.rows(stored)}
        town.sandbox.faults.clear()
        asked = town.asked
        town.sandbox.clock.advance(timedelta(minutes=3))

        status, said = await ticker.run()
        assert status == 0, said
        assert runs(town) == [(TODAY, "done")]
        left = [one for one in town.world.repositories.values() if one.id not in done]
        assert len(traffic(town, asked)) == 6 * len(left)
