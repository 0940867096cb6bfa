"""An upgrade without a pause: this version goes on while a newer one has migrated the database and puts its jobs."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import queue
from storage.engine import Store
from storage.queue import NewJob
from tests.storage.test_versions import migrated_by_a_newer
from tests.stories.conftest import OpenTown
from tests.stories.town import LANTERN

NEWER = "0099_0013"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of a database of this version's schema."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'almanac.db'}"
    found: str = request.getfixturevalue("postgresql_town")
    return found


async def test_the_older_version_serves_on_and_leaves_what_it_does_not_know(town_of: OpenTown, address: str) -> None:
    async with town_of(DATABASE_URL=address) as town:
        assert town.answer_to(await town.say("/analytics help"))
        migrated_by_a_newer(address, NEWER)
        newer = await Store.open(address)
        jobs = [NewJob("of-tomorrow", "one", b"{}", f"repository:{town.repository_id(LANTERN)}")]
        await newer.write(lambda conn: queue.put(conn, jobs, town.sandbox.clock.now()))
        await newer.close()
        for _ in range(3):
            assert town.answer_to(await town.say("/analytics pulls 30d"))
            await town.wait(seconds=35)
        async with town.session.get(f"{town.url}/readyz") as ready:
            assert ready.status == 200
        (left,) = town.jobs("of-tomorrow")
        assert (left["state"], left["attempts"]) == ("scheduled", 0)


async def test_the_older_version_starts_again_on_what_the_newer_has_added_to(town_of: OpenTown, address: str) -> None:
    migrated_by_a_newer(address, NEWER)
    async with town_of(DATABASE_URL=address) as town:
        assert town.answer_to(await town.say("/analytics pulls 30d"))
