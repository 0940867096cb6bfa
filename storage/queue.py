"""Jobs, whichever engine keeps them: embedded in SQLite (`queue_embedded`), Procrastinate's on PostgreSQL.

A job is known by (kind, key) until `prune`, so putting it twice runs it once. A worker that dies keeps nothing:
`release_expired` gives its job to the next. A worker that merely was slow finds its lease gone: `finish`, `retry` and
the others then change nothing and return False. Of the jobs with one lock at most one runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from storage import queue_embedded
from storage.connection import Connection
from storage.engine import Store
from storage.job import KEYS_KEPT, LEAST, SOMEBODY_WAITS, Attempt, Job, NewJob, Worked
from storage.wakeup import Wakeup

__all__ = [
    "KEYS_KEPT",
    "LEAST",
    "SOMEBODY_WAITS",
    "Job",
    "NewJob",
    "Wakeup",
    "Worked",
    "attending",
    "bury",
    "claim",
    "claim_some",
    "counts",
    "extend",
    "finish",
    "next_due",
    "prune",
    "put",
    "release_expired",
    "retry",
    "work_off",
]


class Engine(Protocol):
    """What an engine, which is a module, can do; the functions below say what it means."""

    async def put(self, conn: Connection, new: Iterable[NewJob], now: datetime) -> int: ...
    async def claim(self, store: Store, now: datetime, lease: timedelta, least: int = ...) -> Job | None: ...
    async def claim_some(
        self, store: Store, now: datetime, lease: timedelta, least: int, *, most: int, of: Collection[str]
    ) -> list[Job]: ...
    async def work_off(
        self, store: Store, claimed: Sequence[Job], attempt: Attempt, now: datetime, room: int
    ) -> Worked: ...
    async def extend(self, store: Store, job: Job, now: datetime, lease: timedelta) -> bool: ...
    async def finish(self, store: Store, job: Job, now: datetime) -> bool: ...
    async def bury(self, store: Store, job: Job, now: datetime, error: str) -> bool: ...
    async def retry(self, store: Store, job: Job, run_at: datetime, error: str, *, counted: bool = ...) -> bool: ...
    async def release_expired(self, store: Store, now: datetime) -> int: ...
    async def counts(self, conn: Connection) -> dict[str, int]: ...
    async def next_due(self, conn: Connection, least: int = ...) -> datetime | None: ...
    async def prune(self, store: Store, before: datetime) -> int: ...
    def attending(self, store: Store, wakeup: Wakeup) -> AbstractAsyncContextManager[None]: ...


def engine(dialect: str) -> Engine:
    """Return the engine of a dialect; Procrastinate is imported only where there is PostgreSQL."""
    if dialect == "sqlite":
        return queue_embedded
    from storage import queue_procrastinate  # noqa: PLC0415 - 10 MB that SQLite's servers never need

    return queue_procrastinate


async def put(conn: Connection, new: Iterable[NewJob], now: datetime) -> int:
    """Put jobs that are not there yet by (kind, key), done ones included; return how many were new.

    All of it belongs to the caller's transaction: with that it is kept or not.
    """
    return await engine(conn.dialect.name).put(conn, new, now)


async def claim(store: Store, now: datetime, lease: timedelta, least: int = LEAST) -> Job | None:
    """Take the ready job of the highest priority, the oldest first, until `now + lease`; None if nothing is due.

    least: `LEAST`, or `SOMEBODY_WAITS` to leave alone what nobody waits for.
    """
    return await engine(store.dialect).claim(store, now, lease, least)


async def claim_some(
    store: Store, now: datetime, lease: timedelta, least: int, *, most: int, of: Collection[str]
) -> list[Job]:
    """Take the next job as `claim` does; if it is of a kind in `of`, take others of that kind that are ready with it.

    At most `most` in all, and with the first, unless it was tried before, only what never was: they are for `work_off`.
    PostgreSQL gives one at a time.
    """
    return await engine(store.dialect).claim_some(store, now, lease, least, most=most, of=of)


async def work_off(store: Store, claimed: Sequence[Job], attempt: Attempt, now: datetime, room: int) -> Worked:
    """Try to do jobs that were just claimed, and those that wait behind each, in one transaction with their ends.

    attempt(connection, job) is awaited in that transaction and must await nothing but the connection. Whatever it
    raises, nothing of that job is kept: it is to be run alone, and those behind it wait. Once `room` jobs are to be
    run alone, or the time is used up in which nothing else happens, the others are given back untried. On PostgreSQL
    every job is to be run alone.
    """
    return await engine(store.dialect).work_off(store, claimed, attempt, now, room)


async def extend(store: Store, job: Job, now: datetime, lease: timedelta) -> bool:
    """Hold the job until `now + lease`; False if the lease was lost."""
    return await engine(store.dialect).extend(store, job, now, lease)


async def finish(store: Store, job: Job, now: datetime) -> bool:
    """Mark the job done and drop its payload; its key stays until `prune`. False if the lease was lost."""
    return await engine(store.dialect).finish(store, job, now)


async def bury(store: Store, job: Job, now: datetime, error: str) -> bool:
    """Give the job up and keep it with its payload for a look. False if the lease was lost."""
    return await engine(store.dialect).bury(store, job, now, error)


async def retry(store: Store, job: Job, run_at: datetime, error: str, *, counted: bool = True) -> bool:
    """Put the job back until `run_at`; `counted=False` takes the attempt back (waiting for GitHub is no failure)."""
    return await engine(store.dialect).retry(store, job, run_at, error, counted=counted)


async def release_expired(store: Store, now: datetime) -> int:
    """Let jobs of dead workers wait again; return how many. The attempt stays counted: it may be what killed."""
    return await engine(store.dialect).release_expired(store, now)


async def counts(conn: Connection) -> dict[str, int]:
    """Return how many jobs are scheduled, waiting, running, done and dead; each is there, be it 0."""
    return await engine(conn.dialect.name).counts(conn)


async def next_due(conn: Connection, least: int = LEAST) -> datetime | None:
    """Return when the next job can be claimed: a past time if one is ready, None if none waits or all are running.

    Jobs of a lower priority than `least` do not count.
    """
    return await engine(conn.dialect.name).next_due(conn, least)


async def prune(store: Store, before: datetime) -> int:
    """Forget jobs that were done or given up before `before`, at most 10,000 of each at a time; return how many.

    Give at least `KEYS_KEPT` of time: with the row goes the knowledge that a delivery was worked on.
    """
    return await engine(store.dialect).prune(store, before)


def attending(store: Store, wakeup: Wakeup) -> AbstractAsyncContextManager[None]:
    """Return a context in which this process is known as a worker that lives, and hears of jobs that others put."""
    return engine(store.dialect).attending(store, wakeup)
