"""The log of captures a page at a time, and when a repository's traffic was read last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from storage.captures import READ, CaptureRun
from storage.connection import Connection
from storage.schema_traffic import capture_runs, captures


async def runs_before(conn: Connection, installation_id: int, before: str | None, limit: int) -> list[CaptureRun]:
    """Return an installation's runs before one of them, the latest first; from the latest on without one."""
    query = select(capture_runs).where(capture_runs.c.installation_id == installation_id)
    if before is not None:
        query = query.where(capture_runs.c.run < before)
    return [CaptureRun(*row) for row in await conn.execute(query.order_by(capture_runs.c.run.desc()).limit(limit))]


async def last_read(conn: Connection, repository_id: int) -> datetime | None:
    """Return when a capture brought a repository's traffic last, None if none ever did."""
    query = select(captures.c.captured_at).where(
        captures.c.repository_id == repository_id, captures.c.outcome.in_(READ)
    )
    return (await conn.execute(query.order_by(captures.c.captured_at.desc()).limit(1))).scalar()
