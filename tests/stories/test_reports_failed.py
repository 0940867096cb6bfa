"""A report that cannot be written is tried again hours later, and `/analytics status` says so meanwhile."""

from __future__ import annotations

import pytest

from reports.pool import Pool
from tests.stories.conftest import OpenTown
from tests.stories.quarter import period_of, reports
from tests.stories.test_capture import TOKEN
from tests.stories.test_reports import due
from tests.stories.town import Town

ATTEMPTS = 6
TIMES = 4


async def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all that a report asks of the pool fail from now on; what people ask is answered."""
    run = Pool.run

    async def broken(self: Pool, function: str, task: object) -> object:
        if function == "unusual":
            raise OSError("No space left on device")
        return await run(self, function, task)

    monkeypatch.setattr(Pool, "run", broken)


async def all_attempts(town: Town) -> None:
    """Let a report's job be tried until it is given up."""
    dead = states(town).count("dead")
    for _ in range(ATTEMPTS):
        await town.wait(minutes=5)
    assert states(town).count("dead") == dead + 1
    await town.until(lambda: len(states(town)) == min(dead + 2, TIMES), "another order")


def states(town: Town) -> list[str]:
    return [job["state"] for job in town.jobs("digest")]


async def test_what_failed_for_minutes_is_written_hours_later(
    town_of: OpenTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        with monkeypatch.context() as meanwhile:
            await failing(meanwhile)
            await due(town)
            await all_attempts(town)
            assert reports(town) == []
            assert states(town) == ["dead", "scheduled"]
            status = town.answer_to(await town.say("/analytics status"))
            assert "about week 2026-W48; the one about 2026-W47 could not be written yet and is tried again" in status
        await town.wait(hours=5)
        assert reports(town) == []
        await town.wait(hours=1)
        assert [period_of(one) for one in reports(town)] == ["2026-W47"]
        assert states(town) == ["dead", "done"]
        assert "could not be written" not in town.answer_to(await town.say("/analytics status"))


async def test_after_three_more_times_the_period_is_given_up_and_the_next_is_not(
    town_of: OpenTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        with monkeypatch.context() as meanwhile:
            await failing(meanwhile)
            await due(town)
            for _ in range(TIMES):
                await all_attempts(town)
                await town.wait(hours=6)
            assert states(town) == ["dead"] * TIMES
            await town.until(lambda: not town.rows("SELECT 1 FROM subscriptions WHERE reason LIKE '%yet%'"), "the last")
            status = town.answer_to(await town.say("/analytics status"))
            assert "; the one about 2026-W47 could not be written\n" in status
        await due(town, days=6)
        assert [period_of(one) for one in reports(town)] == ["2026-W48"]
        assert "could not be written" not in town.answer_to(await town.say("/analytics status"))
