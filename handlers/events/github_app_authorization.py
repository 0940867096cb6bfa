"""`github_app_authorization`: a person took back at GitHub what they allowed; it always arrives.

Their token is worth nothing from then on, so it is forgotten, and their sessions, which rested on it, end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from reports.services import Services

EVENT = "github_app_authorization"

log = structlog.get_logger(__name__)


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Sign a person out everywhere and forget their token, if they have ever signed in."""
    sender = payload.get("sender")
    number = sender.get("id") if isinstance(sender, Mapping) else None
    if payload.get("action") != "revoked" or not isinstance(number, int):
        return
    # imported when the first of these comes: a server that nobody signs in at carries none of it
    from storage.taken_back import take_back  # noqa: PLC0415

    now = services.now()
    ended = await services.store.write(lambda conn: take_back(conn, str(number), now))
    if ended is not None:
        log.info("somebody took back what they allowed", sessions=ended)
