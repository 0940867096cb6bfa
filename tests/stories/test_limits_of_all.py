"""Two servers over one PostgreSQL: GitHub counts what both do, and is never asked for more than it allows."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest

import bot.worker
import tests.stories.town
from github.shared_turns import FRESH
from sandbox.state import RequestRecord
from tests.stories.conftest import OpenTown
from tests.stories.test_restraint import EMBER
from tests.stories.test_slow_github import SECONDARY
from tests.stories.town import LANTERN, STRONGROOM, Said, Town, listener, serving, until

FASTER = 8
"""How much faster than ours the stories' time passes."""
TICK = 0.01  # seconds


async def shorter(seconds: float) -> None:
    """Wait as long as it takes for the story's time to pass by so much."""
    await asyncio.sleep(seconds / FASTER)


@pytest.fixture
async def town(
    town_of: OpenTown, folder: Path, postgresql_town: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    """A town whose server takes in and works, and beside it another that works, while time passes."""
    monkeypatch.setattr(tests.stories.town, "shortly", shorter)
    with listener() as benches:
        async with (
            town_of(DATABASE_URL=postgresql_town) as opened,
            serving(opened, benches, folder, DATABASE_URL=postgresql_town, ROLES="work"),
            time_passes(opened),
        ):
            yield opened


@asynccontextmanager
async def time_passes(town: Town) -> AsyncIterator[None]:
    async def passing() -> None:
        while True:
            await asyncio.sleep(TICK)
            town.sandbox.clock.advance(timedelta(seconds=TICK * FASTER))

    task = asyncio.create_task(passing())
    yield
    task.cancel()


async def ask_often(town: Town, times: int, *repositories: str) -> list[Said]:
    """Ask in turn in a new thread of each repository; those of several are worked on at once."""
    threads = cycle([(name, town.open_issue(name)) for name in repositories])
    places = islice(threads, times)
    return [await town.post("/analytics help", repository=name, number=number) for name, number in places]


async def all_answered(town: Town, asked: list[Said]) -> None:
    await until(lambda: all(town.answers_to(said) for said in asked), "every question to be answered", patience=60)
    assert [len(town.answers_to(said)) for said in asked] == [1] * len(asked)


def holders(town: Town) -> int:
    """Return how many servers have asked GitHub for something of late."""
    (row,) = town.rows("SELECT count(DISTINCT holder) AS holders FROM github_places")
    return int(row["holders"])


def rests(town: Town) -> bool:
    """Return whether one server has told the other of a rest."""
    return bool(town.rows("SELECT kind FROM github_limits WHERE rests_until IS NOT NULL"))


async def until_nothing_comes(town: Town, seconds: float) -> None:
    """Return once GitHub has not been asked for so long."""
    asked = -1
    while asked != town.asked:
        asked = town.asked
        await asyncio.sleep(seconds)


async def test_both_together_write_as_slowly_as_one(town: Town) -> None:
    """Five at once and one a second, as GitHub's own record of what came has it."""
    before = town.asked
    asked = await ask_often(town, 30, LANTERN, EMBER, STRONGROOM)
    await all_answered(town, asked)
    assert holders(town) == 2
    assert town.sandbox.limits.broken == Counter()
    moments = [one.at for one in town.requests(before) if creates(one)]
    assert len(moments) >= 30
    # each server may use one turn some seconds late
    assert most_within(moments, timedelta(seconds=10)) <= 5 + 10 + 2
    assert moments[-1] - moments[0] >= timedelta(seconds=30 - 5 - 2)


async def test_a_rest_that_one_is_asked_for_is_kept_by_both(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each server does one thing at a time: the one that was refused waits, and all else is the other's to answer."""
    monkeypatch.setattr(bot.worker, "CONCURRENT", 1)
    path = f"/repos/{STRONGROOM}/issues/*/comments"
    refused = town.break_("status", "POST", path, status=403, headers={"Retry-After": "40"}, body=SECONDARY)
    before = town.asked
    asked = [await town.post("/analytics help", repository=STRONGROOM, number=town.open_issue(STRONGROOM))]
    await until(lambda: rests(town), "the refused server to tell the other")
    # what is under way cannot be called back, and the other looks once in `FRESH`
    await until_nothing_comes(town, 4 * FRESH)
    quiet = town.sandbox.clock.now()
    asked += await ask_often(town, 4, LANTERN, EMBER)
    await all_answered(town, asked)
    told = next(one for one in town.requests(before) if one.status == 403)
    rest = told.at + timedelta(seconds=39)
    installations = [one for one in town.requests(before) if one.caller.startswith("installation/")]
    assert [one.path for one in installations if quiet < one.at < rest] == []
    assert refused.hit == 1


def creates(request: RequestRecord) -> bool:
    return request.method in {"POST", "PATCH"} and request.path.endswith(("/comments", "/reactions"))


def most_within(moments: list[datetime], span: timedelta) -> int:
    return max(sum(one <= other < one + span for other in moments) for one in moments)
