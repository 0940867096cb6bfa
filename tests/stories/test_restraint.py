"""GitHub's limits on writing are never met, whatever people do at once; who has asked goes before what nobody asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

import tests.stories.town
from sandbox.things import Account
from tests.stories.conftest import OpenTown
from tests.stories.speaking import merged, settings, spoken, tell_merged
from tests.stories.town import APP, LANTERN, STRONGROOM, Town, until

EMBER = "quartz-labs/ember"
FASTER = 15
"""How much faster than ours the time of the story with a hundred commands passes."""
TICK = 0.01  # seconds


async def shorter(seconds: float) -> None:
    """Wait as long as it takes for the story's time to pass by so much."""
    await asyncio.sleep(seconds / FASTER)


async def test_a_hundred_commands_at_once_are_all_answered_and_no_limit_is_met(
    town_of: OpenTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In three repositories of one installation, so that several are worked on at once; each is answered once."""
    monkeypatch.setattr(tests.stories.town, "shortly", shorter)
    async with town_of() as town:
        threads = [(LANTERN, town.number)]
        threads += [(name, town.open_issue(name)) for name in (EMBER, STRONGROOM)]

        async def time_passes() -> None:
            while True:
                await asyncio.sleep(TICK)
                town.sandbox.clock.advance(timedelta(seconds=TICK * FASTER))

        begun = town.sandbox.clock.now()
        passing = asyncio.create_task(time_passes())
        asked = [
            await town.post("/analytics help", repository=threads[place % 3][0], number=threads[place % 3][1])
            for place in range(100)
        ]
        await until(lambda: written(town, threads) >= len(asked), "a hundred commands to be answered", patience=60)
        passing.cancel()
        await town.settled()
        took = (town.sandbox.clock.now() - begun).total_seconds()
        assert all(len(town.answers_to(said)) == 1 for said in asked)
        assert town.sandbox.limits.broken == Counter()
        assert town.sandbox.limits.most_content <= 80
        assert took >= 95  # five at once, and one a second


def is_person(account: Account | None) -> bool:
    return account is not None and account.type == "User"


def written(town: Town, threads: list[tuple[str, int]]) -> int:
    """Return how many comments the App has written."""
    comments = [one for place in threads for one in town.world.thread(*place).comments]
    return sum(one.author is not None and one.author.rest_login == APP for one in comments)


async def test_who_asks_goes_before_what_nobody_has_asked_for(town: Town) -> None:
    """Six are merged at once: three are spoken of, two places stay free, and a command is answered without a wait."""
    settings(town, "on:\n  merged: yes\n")
    unmerged = [one for one in town.world.required(LANTERN).pulls() if not one.merged_at and is_person(one.author)]
    pulls = [merged(town, one.number) for one in unmerged[-6:]]
    for pull in pulls:
        await tell_merged(town, pull)
    assert len(spoken(town)) == 3
    before = town.asked
    said = await town.say("/analytics help")
    assert "/analytics" in town.answer_to(said)
    assert [one.method for one in town.requests(before) if one.path.endswith("/comments")] == ["POST"]
    # what had to wait has read and measured nothing meanwhile
    waiting = [job for job in town.jobs("speak") if job["state"] == "scheduled"]
    assert len(waiting) == 3
    for _ in range(12):
        await town.wait(seconds=10)
    assert {number for number, _ in spoken(town)} == {pull.number for pull in pulls}
    assert town.sandbox.limits.broken == Counter()
