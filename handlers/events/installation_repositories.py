"""`installation_repositories`: repositories were given to an installation, or taken from it; it always arrives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from handlers.following import add_repositories, capture_added, keep_installation, remove_repositories
from handlers.reported import installation_in, listed_in
from reports.services import Services
from storage.connection import Connection

EVENT = "installation_repositories"

log = structlog.get_logger(__name__)


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Follow what the installation sees; what is new there is captured at once."""
    reported = installation_in(payload)
    if reported is None:
        return
    added = listed_in(payload, "repositories_added", reported.id)
    removed = {one.id for one in listed_in(payload, "repositories_removed", reported.id)}
    now = services.now()

    async def work(conn: Connection) -> None:
        there = await keep_installation(conn, reported)
        await remove_repositories(conn, reported.id, removed, now)
        if there and added:
            await add_repositories(conn, added)
            await capture_added(conn, reported.id, now)

    await services.store.write(work)
    log.info("repositories are followed", installation=reported.id, added=len(added), removed=len(removed))
    services.wakeup.set()
