"""`star`: somebody gave the repository a star, or took it back; GitHub lists only those that are there now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.rows import StarRow
from analytics.traffic import Snapshot
from analytics.window import parse_iso
from handlers.following import ensure_repository
from handlers.reported import ODD, repository_in
from reports.services import Services
from storage.connection import Connection
from storage.stars import save_stars, unstar
from storage.traffic import save_snapshot

EVENT = "star"


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Keep the star with its moment, by the account's number; a report of one taken back has no time but now."""
    reported, action = repository_in(payload), payload.get("action")
    try:
        who = int(payload["sender"]["id"])
        star = StarRow(who, parse_iso(payload["starred_at"])) if action == "created" else None
    except ODD:
        return
    if reported is None or action not in ("created", "deleted"):
        return
    now = services.now()

    async def work(conn: Connection) -> None:
        if not await ensure_repository(conn, reported):
            return
        if star is None:
            await unstar(conn, reported.id, who, now)
            return
        await save_stars(conn, reported.id, [star])
        count = payload["repository"].get("stargazers_count")
        if isinstance(count, int):
            await save_snapshot(conn, Snapshot(reported.id, star.starred_at, count, None, None, None, None))

    await services.store.write(work)
