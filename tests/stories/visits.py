"""What stories about traffic have in common: a capture, a passing day, and the days that are stored."""

from __future__ import annotations

from sandbox.apps import Installation
from tests.stories.town import LANTERN, Town

TOKEN = "a-token-of-the-story"
COLLEAGUE = "even-handed-heron"  # belongs to the repository, may not push


def installed(town: Town) -> Installation:
    """Return the one installation that is there."""
    (only,) = (one for one in town.world.installations.values() if one.removed_at is None)
    return only


async def captured(town: Town) -> None:
    """Have everything captured now: an installation that works again is, at once."""
    town.sandbox.hands.suspend(installed(town))
    town.sandbox.hands.unsuspend(installed(town))
    await town.settled()


async def tick(town: Town) -> None:
    """Do what time has made due; needs the story's TICK_TOKEN."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with town.session.post(f"{town.url}/tick", headers=headers) as response:
        assert response.status == 202, await response.text()
    await town.settled()


def stored(town: Town, repository: str = LANTERN) -> dict[int, int | None]:
    """Return the stored views by day, days counted from 1970."""
    rows = town.rows("SELECT day, views FROM traffic_days WHERE repository_id = ?", town.repository_id(repository))
    return {row["day"]: row["views"] for row in rows}


def colleague(town: Town, repository: str = LANTERN) -> str:
    """Return somebody who belongs to a repository and may only read it."""
    town.world.permit(repository, COLLEAGUE, "read")
    return COLLEAGUE
