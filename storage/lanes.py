"""Who is next: of the waiting jobs with one lock exactly the best is `ready`, unless one of them is running.

"Best" is the highest priority, then the oldest. `settle` restores that order for some locks after any change; its cost
does not depend on how many jobs wait. Jobs without a lock are ready as soon as they are due.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal_column, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from storage.connection import Connection
from storage.schema_jobs import jobs


def in_state(state: str) -> ColumnElement[bool]:
    """Return the condition with the state written out: an index over one state's jobs fits no bound parameter."""
    return jobs.c.state == literal_column(f"'{state}'")


# said the way the unique index says it, so that it is the one that is looked into
holds_lane = jobs.c.state.in_((literal_column("'ready'"), literal_column("'running'")))
of_lane = jobs.c.lock == bindparam("of")

best = (
    select(jobs.c.id)
    .where(in_state("waiting"), of_lane)
    .order_by(jobs.c.priority.desc(), jobs.c.id)
    .limit(1)
    .scalar_subquery()
)
other = jobs.alias()
taken = (
    select(other.c.id)
    .where(other.c.lock == bindparam("of"))
    .where(other.c.state.in_((literal_column("'ready'"), literal_column("'running'"))))
    .exists()
)

STEP_BACK = update(jobs).where(of_lane, holds_lane, in_state("ready")).values(state="waiting")
STEP_UP = update(jobs).where(jobs.c.id == best, ~taken).values(state="ready")
FREE = update(jobs).where(in_state("waiting"), jobs.c.lock.is_(None)).values(state="ready")
DUE_AT_ONCE = 100  # jobs that step out of the schedule in one transaction, for which the event loop waits: 2 ms


def come_due(most: int) -> ReturningUpdate[Any]:
    """Return the statement that lets the `most` jobs that are due longest step out of the schedule."""
    due = select(jobs.c.id).where(in_state("scheduled"), jobs.c.run_at <= bindparam("now"))
    first = due.order_by(jobs.c.run_at, jobs.c.id).limit(most).scalar_subquery()
    return (
        update(jobs)
        .where(jobs.c.id.in_(first))
        .where(in_state("scheduled"))  # said again: PostgreSQL looks once more when a row was locked meanwhile
        .values(state="waiting")
        .returning(jobs.c.lock)
    )


COME_DUE = come_due(DUE_AT_ONCE)


async def settle(conn: Connection, locks: Iterable[str | None]) -> None:
    """Let the best waiting job of each lock be ready, unless a job of that lock is running."""
    touched = set(locks)
    if None in touched:
        await conn.execute(FREE)
    lanes = [{"of": lock} for lock in sorted(lock for lock in touched if lock is not None)]
    if lanes:
        await conn.execute(STEP_BACK, lanes)
        await conn.execute(STEP_UP, lanes)


async def promote_due(conn: Connection, now: datetime) -> None:
    """Let jobs whose time has come wait for their turn, those due longest first, `DUE_AT_ONCE` at a time."""
    await settle(conn, (await conn.execute(COME_DUE, {"now": now})).scalars().all())
