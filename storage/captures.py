"""The log of captures: which runs there were, and what became of each repository in them.

A run is one installation's capture of one UTC date, known by that date ("2026-11-22"), or one that somebody asked for,
known by its moment ("2026-11-22T20:26:30Z").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import func, literal, or_, select, update

from storage.columns import Moment
from storage.connection import Connection
from storage.schema_installed import installations, repositories
from storage.schema_traffic import capture_runs, captures
from storage.upsert import insert

RunState = Literal["planned", "running", "done", "stopped"]
Outcome = Literal["captured", "partly", "refused", "gone", "failed", "off"]
A_SECOND, INSTANT = timedelta(seconds=1), timedelta(microseconds=1)
READ: tuple[Outcome, ...] = ("captured", "partly")  # the outcomes of a capture that brought traffic


@dataclass(frozen=True, slots=True)
class CaptureRun:
    """One run of an installation. reason: why it ended as it did, one sentence, None if all went well."""

    installation_id: int
    run: str
    day: date
    state: RunState
    planned_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    repositories: int
    requests: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """One try to capture a repository. views … clone_uniques: the answer's own totals of 14 days, None if not read."""

    repository_id: int
    captured_at: datetime
    day: date
    installation_id: int
    run: str
    requests: int
    outcome: Outcome
    reason: str | None
    views: int | None
    view_uniques: int | None
    clones: int | None
    clone_uniques: int | None


async def plan_run(conn: Connection, installation_id: int, run: str, day: date, now: datetime) -> bool:
    """Note that a run is due; False if it is there already, in whatever state."""
    row = {
        "installation_id": installation_id,
        "run": run,
        "day": day,
        "state": "planned",
        "planned_at": now,
        "repositories": 0,
        "requests": 0,
    }
    statement = insert(conn, capture_runs).on_conflict_do_nothing(index_elements=["installation_id", "run"])
    return (await conn.execute(statement.returning(capture_runs.c.run), row)).first() is not None


async def unplanned(conn: Connection, day: date) -> list[int]:
    """Return the installations, neither removed nor suspended, whose run of that UTC date is not there, by id."""
    planned = select(capture_runs.c.run).where(
        capture_runs.c.installation_id == installations.c.id, capture_runs.c.run == day.isoformat()
    )
    there = select(installations.c.id).where(
        installations.c.removed_at.is_(None), installations.c.suspended_at.is_(None)
    )
    return list((await conn.execute(there.where(~planned.exists()).order_by(installations.c.id))).scalars())


async def begin_run(conn: Connection, installation_id: int, run: str, now: datetime) -> None:
    """Note that a planned run is at work; one that goes on after an interruption keeps the time of its beginning.

    Raises LookupError for a run that was never planned.
    """
    begun = func.coalesce(capture_runs.c.started_at, literal(now, Moment()))
    values = {"state": "running", "started_at": begun, "finished_at": None, "reason": None}
    await change(conn, installation_id, run, values)


async def end_run(
    conn: Connection,
    installation_id: int,
    run: str,
    state: RunState,
    *,
    repositories: int,
    requests: int,
    reason: str | None,
    now: datetime,
) -> None:
    """Note how a run ended, over how many repositories and requests. Raises LookupError if it was never planned."""
    values = {
        "state": state,
        "finished_at": now,
        "repositories": repositories,
        "requests": requests,
        "reason": reason,
    }
    await change(conn, installation_id, run, values)


async def change(conn: Connection, installation_id: int, run: str, values: Mapping[str, object]) -> None:
    """Change a run that is there."""
    of = update(capture_runs).where(capture_runs.c.installation_id == installation_id, capture_runs.c.run == run)
    if (await conn.execute(of.values(values))).rowcount != 1:
        raise LookupError(f"installation {installation_id} has no run {run}")


async def free_moment(
    conn: Connection, repository_id: int, at: datetime, *, installation_id: int, run: str
) -> datetime:
    """Return `at`, a few microseconds later where another run has captured the repository at that very moment."""
    moment = captures.c.captured_at
    others = or_(captures.c.run != run, captures.c.installation_id != installation_id)
    query = select(moment).where(captures.c.repository_id == repository_id, moment >= at, moment < at + A_SECOND)
    taken = set((await conn.execute(query.where(others))).scalars())
    while at in taken:
        at += INSTANT
    return at


async def last_captured(conn: Connection, installation_id: int) -> dict[int, date]:
    """Return the UTC date of the last capture that brought traffic, by repository that the installation sees.

    A repository that moved here keeps what was captured elsewhere; one never captured is missing.
    """
    newest = (
        select(captures.c.day)
        .where(captures.c.repository_id == repositories.c.id, captures.c.outcome.in_(READ))
        .order_by(captures.c.captured_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    seen = select(repositories.c.id, newest).where(repositories.c.installation_id == installation_id)
    rows = await conn.execute(seen.where(repositories.c.removed_at.is_(None)))
    return {repository_id: day for repository_id, day in rows if day is not None}


async def recent_runs(conn: Connection, installation_id: int, limit: int = 10) -> list[CaptureRun]:
    """Return an installation's latest runs, the latest first."""
    query = select(capture_runs).where(capture_runs.c.installation_id == installation_id)
    return [CaptureRun(*row) for row in await conn.execute(query.order_by(capture_runs.c.run.desc()).limit(limit))]


async def run_captures(conn: Connection, installation_id: int, run: str) -> list[CaptureRow]:
    """Return what became of each repository in a run, in the order of the tries."""
    query = select(captures).where(captures.c.installation_id == installation_id, captures.c.run == run)
    ordered = query.order_by(captures.c.captured_at, captures.c.repository_id)
    return [CaptureRow(*row) for row in await conn.execute(ordered)]


async def last_capture(conn: Connection, repository_id: int) -> CaptureRow | None:
    """Return the latest try to capture a repository, or None."""
    query = select(captures).where(captures.c.repository_id == repository_id)
    row = (await conn.execute(query.order_by(captures.c.captured_at.desc()).limit(1))).first()
    return None if row is None else CaptureRow(*row)
