"""A run of captures while it lasts: how far it is, and which other runs there are."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update

from storage.captures import CaptureRun
from storage.connection import Connection
from storage.schema_installed import installations
from storage.schema_traffic import capture_runs


async def capture_run(conn: Connection, installation_id: int, run: str) -> CaptureRun | None:
    """Return one run, or None."""
    query = select(capture_runs).where(capture_runs.c.installation_id == installation_id)
    row = (await conn.execute(query.where(capture_runs.c.run == run))).first()
    return None if row is None else CaptureRun(*row)


async def runs_after(conn: Connection, installation_id: int, day: date) -> list[CaptureRun]:
    """Return an installation's runs of later UTC dates, in order."""
    query = select(capture_runs).where(capture_runs.c.installation_id == installation_id, capture_runs.c.day > day)
    return [CaptureRun(*row) for row in await conn.execute(query.order_by(capture_runs.c.run))]


async def note_progress(conn: Connection, installation_id: int, run: str, *, repositories: int, requests: int) -> None:
    """Add to what a run has done so far; do so in the transaction that stores it."""
    of = update(capture_runs).where(capture_runs.c.installation_id == installation_id, capture_runs.c.run == run)
    added = {
        "repositories": capture_runs.c.repositories + repositories,
        "requests": capture_runs.c.requests + requests,
    }
    await conn.execute(of.values(added))


async def planned_after(conn: Connection, day: date, moment: datetime, second: str) -> list[int]:
    """Return the installations whose run of a UTC date was planned after `moment`, by a clock that stood wrong.

    Those that have a run by the name `second` by now are left out, as are suspended and removed ones.
    """
    wrong = (
        select(capture_runs.c.run)
        .where(capture_runs.c.installation_id == installations.c.id, capture_runs.c.run == day.isoformat())
        .where(capture_runs.c.planned_at > moment)
    )
    again = select(capture_runs.c.run).where(
        capture_runs.c.installation_id == installations.c.id, capture_runs.c.run == second
    )
    there = select(installations.c.id).where(
        installations.c.removed_at.is_(None), installations.c.suspended_at.is_(None)
    )
    found = there.where(wrong.exists(), ~again.exists()).order_by(installations.c.id)
    return list((await conn.execute(found)).scalars())


async def runs_ended(conn: Connection, since: datetime) -> list[CaptureRun]:
    """Return the runs of all installations that ended at or after `since`, in the order of their ends."""
    ended = capture_runs.c.finished_at
    query = select(capture_runs).where(ended >= since)
    ordered = query.order_by(ended, capture_runs.c.installation_id, capture_runs.c.run)
    return [CaptureRun(*row) for row in await conn.execute(ordered)]
