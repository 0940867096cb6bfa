"""How long ago captures came to their end: GitHub forgets traffic after 14 days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from storage.connection import Connection
from storage.schema_installed import installations
from storage.schema_traffic import capture_runs

FORGOTTEN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class CaptureAge:
    """How many installations are at work, how many of them without a capture that was done in 14 days.

    oldest: when the latest capture of one of the others ended, of all these the earliest; None where there is none.
    """

    installations: int
    without: int
    oldest: datetime | None


async def capture_age(conn: Connection, now: datetime) -> CaptureAge:
    """Look at each installation's latest capture that was done; a run is known by its day, so few rows are read."""
    since = (now - FORGOTTEN).date().isoformat()
    latest = (
        select(func.max(capture_runs.c.finished_at))
        .where(
            capture_runs.c.installation_id == installations.c.id,
            capture_runs.c.run >= since,
            capture_runs.c.state == "done",
        )
        .correlate(installations)
        .scalar_subquery()
    )
    there = installations.c.removed_at.is_(None), installations.c.suspended_at.is_(None)
    each = select(latest.label("latest")).select_from(installations).where(*there).subquery()
    without = func.sum(case((each.c.latest.is_(None), 1), else_=0))
    row = (await conn.execute(select(func.count(), without, func.min(each.c.latest)).select_from(each))).one()
    return CaptureAge(int(row[0]), int(row[1] or 0), row[2])
