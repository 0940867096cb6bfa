"""`pull_request`: it was opened, changed, made ready, closed, merged, or somebody was asked to review it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.activity.keeping import keep
from handlers.activity.payload import pull_in, turns_in
from handlers.speaking.pull_request import speak
from reports.services import Services
from storage.activity_events import save_told_pull
from storage.connection import Connection
from storage.currency import count_one_more

EVENT = "pull_request"


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Keep the pull request as it is shown, and the turn that it took."""
    row = pull_in(payload)
    if row is None:
        return
    turns = turns_in(payload, row)

    async def save(conn: Connection, repository_id: int) -> None:
        if await save_told_pull(conn, repository_id, row, turns):
            await count_one_more(conn, repository_id, "pulls")

    await keep(services, payload, "pulls", row.updated_at, save)
    await speak(services, EVENT, payload)
