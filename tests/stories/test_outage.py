"""Two days without a server: what people wrote meanwhile is answered once it is back, each command exactly once."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

import bot.app
import bot.worker
import handlers.conversation
import scheduler.clock
from reports.pool import Pool
from tests.stories.conftest import SharedPool
from tests.stories.town import LANTERN, MEMBER, Said, Town, listener, people_and_github, serving, until

COMMANDS = 40
QUESTION_EVERY = 10
"""The others ask for help, which takes no drawing."""


@pytest.fixture
def quick(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that looks about at once, as it does ten seconds after its start."""
    monkeypatch.setattr(SharedPool, "shared", pool, raising=False)
    monkeypatch.setattr(bot.app, "Pool", SharedPool)
    monkeypatch.setattr(bot.worker, "IDLE", 0.02)
    monkeypatch.setattr(handlers.conversation, "QUICK", 600.0)
    monkeypatch.setattr(scheduler.clock, "FIRST", 0.05)


def swept(town: Town) -> bool:
    """Tell whether a look for lost deliveries came to its end since the server is back."""
    sweeps = town.jobs("redeliver")
    return bool(sweeps) and sweeps[-1]["state"] == "done"


@pytest.mark.timeout(200)
async def test_forty_commands_of_two_days_are_each_answered_once(tmp_path: Path, migrated: Path, quick: None) -> None:
    shutil.copy(migrated, tmp_path / "almanac.db")
    with listener() as first:
        port = first.getsockname()[1]
        async with people_and_github(tmp_path, port) as town:
            town.sandbox.limits.content_per_minute = town.sandbox.limits.content_per_hour = 10_000
            async with serving(town, first, tmp_path):
                before = await town.say("/analytics pulls 30d")
                assert len(town.answers_to(before)) == 1
            said: list[Said] = []
            for place in range(COMMANDS):
                words = "help" if place % QUESTION_EVERY else "pulls 30d"
                said.append(await town.post(f"/analytics {words}", MEMBER))
                town.sandbox.clock.advance(timedelta(hours=1.2))
            await town.sandbox.settled()
            lost = [one for one in town.sandbox.deliveries if not 200 <= one.status_code < 300]
            assert len(lost) >= COMMANDS
            with listener(port) as second:
                async with serving(town, second, tmp_path):
                    await until(lambda: swept(town), "the look for lost deliveries")
                    for _ in range(60):
                        await town.wait(minutes=1)  # so many answers keep a pace
                        if all(town.answers_to(one) for one in said):
                            break
                    answers = [town.answers_to(one) for one in (before, *said)]
                    again = len(town.answers(LANTERN))
                    # asked again, the same deliveries change nothing
                    for one in lost:
                        await town.sandbox.redeliver(one)
                    await town.settled()
                    assert len(town.answers(LANTERN)) == again
    assert [len(one) for one in answers] == [1] * (COMMANDS + 1)
