"""`installation`: the App was installed, suspended, allowed more, or uninstalled; it always arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog

from handlers.following import (
    add_repositories,
    capture_first,
    capture_newly_allowed,
    end_installation,
    keep_installation,
)
from handlers.reported import installation_in, listed_in
from reports.capture_order import order_now
from reports.services import Services
from reports.settings_looks import look_soon
from storage.connection import Connection

EVENT = "installation"

log = structlog.get_logger(__name__)


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Follow the installation; a new one, and one that may read more or again, is captured at once.

    Reports that a new one's files want are not left to the next day.
    """
    reported, action = installation_in(payload), payload.get("action")
    if reported is None:
        return
    now = services.now()
    mark = f"{now:%Y-%m-%dT%H:%M}"

    async def work(conn: Connection) -> None:
        if action == "deleted":
            await end_installation(conn, reported, now)
        elif action == "suspend":
            await keep_installation(conn, replace(reported, suspended_at=reported.suspended_at or now))
        elif action == "created":
            if await keep_installation(conn, reported):
                await add_repositories(conn, listed_in(payload, "repositories", reported.id))
                await capture_first(conn, reported.id, now)
                await look_soon(conn, [reported.id], mark, now)
        elif action == "unsuspend":
            # what was missed lies within the days that GitHub still shows, if it was not for long
            if await keep_installation(conn, replace(reported, suspended_at=None)):
                await order_now(conn, reported.id, now)
                await look_soon(conn, [reported.id], mark, now)
        elif action == "new_permissions_accepted" and await keep_installation(conn, reported):
            await capture_newly_allowed(conn, reported.id, now)

    await services.store.write(work)
    log.info("an installation is followed", installation=reported.id, action=action)
    services.wakeup.set()
