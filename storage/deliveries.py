"""Which deliveries are known here, and when GitHub's list of them was last looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage.connection import Connection
from storage.intake import KIND
from storage.jobs_seen import being, jobs_in

CHUNK = 500  # ids in one IN list


async def worked_on(conn: Connection, guids: Sequence[str]) -> set[str]:
    """Return those of the deliveries that are here and were not given up: they are done, or will be."""
    found: set[str] = set()
    jobs = jobs_in(conn)
    for start in range(0, len(guids), CHUNK):
        these = jobs.c.key.in_(guids[start : start + CHUNK])
        query = select(jobs.c.key).where(jobs.c.kind == KIND, these, jobs.c.state != "dead")
        found.update((await conn.execute(query)).scalars())
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """A delivery's job, and its state: scheduled, waiting, ready, running, done or dead."""

    id: int
    state: str


async def job_of(conn: Connection, guid: str) -> Found | None:
    """Return the job of a delivery; None if it never came, or so long ago that it is forgotten."""
    jobs = jobs_in(conn)
    query = select(jobs.c.id, jobs.c.state).where(jobs.c.kind == KIND, jobs.c.key == guid)
    row = (await conn.execute(query)).first()
    return None if row is None else Found(*row)


async def last_done(conn: Connection, kind: str) -> datetime | None:
    """Return when the newest finished job of a kind was put; None if there is none any more."""
    jobs = jobs_in(conn)
    query = select(jobs.c.created_at).where(being(jobs, "done"), jobs.c.kind == kind)
    return (await conn.execute(query.order_by(jobs.c.created_at.desc()).limit(1))).scalar()
