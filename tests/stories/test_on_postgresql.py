"""The same server on PostgreSQL, where nothing is said but another DATABASE_URL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.conftest import OpenTown
from tests.stories.town import LANTERN, Town


@pytest.fixture
async def shared_town(town_of: OpenTown, postgresql_town: str) -> AsyncIterator[Town]:
    """A town whose server remembers in PostgreSQL."""
    async with town_of(DATABASE_URL=postgresql_town) as town:
        yield town


async def test_a_command_is_answered_once(shared_town: Town, folder: Path) -> None:
    said = await shared_town.say("/analytics help")
    assert len(shared_town.answers_to(said)) == 1
    assert shared_town.reactions(said) == ["rocket"]
    assert {job["state"] for job in shared_town.jobs("delivery")} == {"done"}
    tables = ("SELECT count(*) AS n FROM procrastinate_jobs", "SELECT count(*) AS n FROM jobs WHERE kind = 'delivery'")
    left, done = (shared_town.rows(query)[0]["n"] for query in tables)
    assert left < done


async def test_a_delivery_that_comes_again_changes_nothing(shared_town: Town) -> None:
    said = await shared_town.say("/analytics stars")
    delivery = shared_town.sandbox.deliveries[-1]
    before = len(shared_town.jobs())
    await shared_town.redeliver(delivery, delivery)
    assert len(shared_town.answers_to(said)) == 1
    assert len(shared_town.jobs()) == before


async def test_time_passes_there_as_everywhere(shared_town: Town) -> None:
    """What GitHub asks to wait for is done when the server's clock says so, not the database's."""
    shared_town.break_("drop", "POST", "/repos/*/issues/*/comments")
    said = await shared_town.say("/analytics help")
    assert shared_town.answers_to(said) == []
    await shared_town.wait(seconds=35)
    assert len(shared_town.answers_to(said)) == 1


async def test_a_title_with_a_nul_in_it_loses_nothing(shared_town: Town) -> None:
    """PostgreSQL keeps no NUL in a text; neither the pull request nor the others of its page are lost for it."""
    lantern = shared_town.world.required(LANTERN)
    for pull in lantern.pulls():
        pull.title = "cut\0here"
    shared_town.answer_to(await shared_town.say("/analytics waiting"))
    titles = shared_town.rows("SELECT DISTINCT title FROM pulls")
    assert titles == [{"title": "cut\ufffdhere"}]
