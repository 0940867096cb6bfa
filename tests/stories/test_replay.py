"""A delivery that is replayed from a file while the server runs: worked on, and nothing is said twice."""

from __future__ import annotations

import msgspec
import pytest

from bot.commands.replay import read, replay_file
from tests.stories.town import Town


async def test_a_replayed_command_is_not_answered_twice(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """As GitHub's API shows the delivery, so it is read; the comment that was its answer still is, and the only one."""
    said = await town.say("/analytics help")
    delivery = next(one for one in town.sandbox.deliveries if one.event == "issue_comment")
    shown = {"guid": delivery.guid, "event": delivery.event, "request": {"payload": msgspec.Raw(delivery.body)}}
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{town.database}")
    monkeypatch.setenv("CLOCK_URL", town.sandbox.clock_url)
    before = town.answers_to(said)

    told = await replay_file("one.json", read(msgspec.json.encode(shown), None, "one.json"))
    await town.settled()

    key = f"replay:{delivery.guid}:"
    assert key in told
    assert [job["state"] for job in town.jobs("delivery") if job["key"].startswith(key)] == ["done"]
    assert len(before) == 1
    assert town.answers_to(said) == before
