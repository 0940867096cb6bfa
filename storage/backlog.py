"""What is left of some kinds of jobs: how many are to be done now, and which were put off or given up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from storage.connection import Connection
from storage.jobs_seen import being, jobs_in


@dataclass(frozen=True, slots=True)
class Left:
    """A job that did not come to its end. state: scheduled (put off until `run_at`) or dead · error: why."""

    kind: str
    key: str
    state: str
    run_at: datetime
    error: str | None


async def to_do(conn: Connection, kinds: Collection[str], now: datetime) -> int:
    """Return how many jobs of these kinds are due or running, in whatever process."""
    total, jobs = 0, jobs_in(conn)
    for state in ("ready", "waiting", "running"):
        query = select(func.count()).select_from(jobs).where(being(jobs, state), jobs.c.kind.in_(kinds))
        total += (await conn.execute(query)).scalar_one()
    due = select(func.count()).select_from(jobs).where(being(jobs, "scheduled"), jobs.c.run_at <= now)
    return total + int((await conn.execute(due.where(jobs.c.kind.in_(kinds)))).scalar_one())


async def left_over(conn: Connection, kinds: Collection[str], now: datetime, since: datetime) -> list[Left]:
    """Return the jobs of these kinds that wait for a later time, or were given up at or after `since`; by id."""
    jobs = jobs_in(conn)
    columns = (jobs.c[name] for name in Left.__slots__)
    put_off = being(jobs, "scheduled") & (jobs.c.run_at > now)
    given_up = being(jobs, "dead") & (jobs.c.finished_at >= since)
    query = select(*columns).where(or_(put_off, given_up), jobs.c.kind.in_(kinds)).order_by(jobs.c.id)
    return [Left(*row) for row in await conn.execute(query)]


async def locks_under_way(conn: Connection, kind: str) -> set[str]:
    """Return the locks of the jobs of a kind that have not come to their end, whether they run or wait."""
    found: set[str] = set()
    jobs = jobs_in(conn)
    for state in ("scheduled", "ready", "waiting", "running"):
        query = select(jobs.c.lock).where(being(jobs, state), jobs.c.kind == kind, jobs.c.lock.is_not(None))
        found.update((await conn.execute(query)).scalars())
    return found
