"""`fork`: somebody forked the repository; the day's number of forks is right at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.traffic import Snapshot
from analytics.window import parse_iso
from handlers.following import ensure_repository
from handlers.reported import ODD, repository_in
from reports.services import Services
from storage.connection import Connection
from storage.traffic import save_snapshot

EVENT = "fork"


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Keep how many forks there were when this one was made."""
    reported = repository_in(payload)
    try:
        forks = int(payload["repository"]["forks_count"])
        at = parse_iso(payload["forkee"]["created_at"])
    except ODD:
        return
    if reported is None:
        return

    async def work(conn: Connection) -> None:
        if await ensure_repository(conn, reported):
            await save_snapshot(conn, Snapshot(reported.id, at, None, forks, None, None, None))

    await services.store.write(work)
