"""The log of captures a page at a time: runs with how their repositories fared, and single tries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from storage.captures import CaptureRow, CaptureRun, Outcome
from storage.connection import Connection
from storage.schema_managed import capture_orders
from storage.schema_traffic import capture_runs, captures


@dataclass(frozen=True, slots=True)
class LoggedRun:
    """A run with how many repositories ended in which way; ordered_by: who asked for it, None where time did."""

    run: CaptureRun
    outcomes: dict[Outcome, int]
    ordered_by: str | None


async def run_count(conn: Connection, installation_id: int) -> int:
    """Return how many runs an installation has had."""
    query = select(func.count()).select_from(capture_runs).where(capture_runs.c.installation_id == installation_id)
    return int((await conn.execute(query)).scalar_one())


async def logged_runs(conn: Connection, installation_id: int, most: int, skip: int) -> list[LoggedRun]:
    """Return runs, the latest first."""
    order = (capture_orders.c.installation_id == capture_runs.c.installation_id) & (
        capture_orders.c.run == capture_runs.c.run
    )
    query = (
        select(capture_runs, capture_orders.c.ordered_by)
        .outerjoin(capture_orders, order)
        .where(capture_runs.c.installation_id == installation_id)
        .order_by(capture_runs.c.run.desc())
        .limit(most)
        .offset(skip)
    )
    rows = list(await conn.execute(query))
    found = {row.run: LoggedRun(CaptureRun(*row[:-1]), {}, row[-1]) for row in rows}
    counted: Select[Any] = (
        select(captures.c.run, captures.c.outcome, func.count())
        .where(captures.c.installation_id == installation_id, captures.c.run.in_(found))
        .group_by(captures.c.run, captures.c.outcome)
    )
    for run, outcome, count in await conn.execute(counted):
        found[run].outcomes[outcome] = count
    return list(found.values())


async def logged_tries(  # noqa: PLR0917 - what is looked for, and which part of it
    conn: Connection,
    installation_id: int,
    repository_ids: Collection[int] | None,
    outcome: str | None,
    since: datetime | None,
    most: int,
    skip: int,
) -> list[CaptureRow]:
    """Return tries to capture repositories, the latest first. None is whichever repository, outcome, or time."""
    where: list[ColumnElement[bool]] = [captures.c.installation_id == installation_id]
    if repository_ids is not None:
        where.append(captures.c.repository_id.in_(repository_ids))
    if outcome is not None:
        where.append(captures.c.outcome == outcome)
    if since is not None:
        # a run's name begins with its date, so that the index over names leads to what is new
        where.extend((captures.c.run >= since.date().isoformat(), captures.c.captured_at >= since))
    query = select(captures).where(*where).order_by(captures.c.captured_at.desc(), captures.c.repository_id)
    return [CaptureRow(*row) for row in await conn.execute(query.limit(most).offset(skip))]
