"""`issues`: an issue was opened, changed, closed, reopened, labelled, deleted or moved to another repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.activity.keeping import keep
from handlers.activity.payload import issue_in
from handlers.speaking.issues import speak
from reports.services import Services
from storage.activity_events import forget_thread, save_told_issue
from storage.connection import Connection
from storage.currency import count_one_more

EVENT = "issues"
ENDED = frozenset({"deleted", "transferred"})


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Keep the issue as it is shown; one that was deleted or moved away goes with its comments."""
    row, ended = issue_in(payload), payload.get("action") in ENDED
    if row is None:
        return

    async def save(conn: Connection, repository_id: int) -> None:
        if ended and await forget_thread(conn, repository_id, "issues", row.number, row.updated_at):
            await count_one_more(conn, repository_id, "issues", -1)
        if not ended and await save_told_issue(conn, repository_id, row):
            await count_one_more(conn, repository_id, "issues")

    await keep(services, payload, "issues", row.updated_at, save)
    await speak(services, EVENT, payload)
