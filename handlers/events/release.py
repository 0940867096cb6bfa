"""`release`: it was published, edited, deleted; a payload tells neither its tag's commit nor which of two is newer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.activity.keeping import read_soon
from handlers.reported import ODD
from handlers.speaking.release import speak
from reports.services import Services
from storage.activity_events import forget_release
from storage.connection import Connection
from storage.currency import count_one_more

EVENT = "release"
HIDDEN = frozenset({"deleted", "unpublished"})
"""An unpublished one is a draft again, which GitHub shows to nobody who may only read."""


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Have the releases read soon; one that is no more goes at once."""
    try:
        action, identity = str(payload["action"]), str(payload["release"]["node_id"])
    except ODD:
        return

    async def save(conn: Connection, repository_id: int) -> None:
        if action in HIDDEN and await forget_release(conn, repository_id, identity):
            await count_one_more(conn, repository_id, "releases", -1)

    await read_soon(services, payload, "releases", save)
    await speak(services, EVENT, payload)
