"""The nightly comparison with GitHub: which repositories are due, how far each dataset's has come, what it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, delete, exists, func, select, update

from storage.connection import Connection
from storage.currency import change, later
from storage.jobs_seen import jobs_in
from storage.schema import installations, repositories, watermarks
from storage.schema_activity import reconciliations
from storage.watermarks import Watermark

DATASETS = ("commits", "issues", "pulls", "releases")
OVERLAP = timedelta(minutes=2)  # GitHub's clock and ours may differ


@dataclass(frozen=True, slots=True)
class Comparison:
    """One dataset's comparison of one night.

    compared, missed: how many rows, and how many of them were missing, different or no more · begun_at, edge: what
    changed between them is compared · cursor: where it goes on · finished_at: None where it has not come to its end.
    """

    dataset: str
    night: date
    compared: int
    missed: int
    begun_at: datetime
    edge: datetime
    cursor: str | None
    finished_at: datetime | None


async def begin_comparison(conn: Connection, mark: Watermark, night: date, now: datetime) -> Comparison:
    """Begin a night's comparison of a dataset that was synced before, or return it where it was begun.

    It reaches back to the last one, to the last sync, and to the earliest change that webhooks have told of since.
    """
    known = await comparison(conn, mark.repository_id, mark.dataset, night)
    if known is not None:
        return known
    moments = (mark.reconciled_at or mark.newest_at, mark.newest_at, mark.told_since)
    edge = min(moment for moment in (*moments, now) if moment is not None) - OVERLAP
    begun = Comparison(mark.dataset, night, 0, 0, now, edge, None, None)
    row = {name: getattr(begun, name) for name in Comparison.__slots__}
    await conn.execute(reconciliations.insert(), {"repository_id": mark.repository_id, **row})
    # what webhooks tell from now on is the next comparison's
    await change(conn, mark.repository_id, mark.dataset, {"told_since": None})
    return begun


async def comparison(conn: Connection, repository_id: int, dataset: str, night: date) -> Comparison | None:
    """Return a night's comparison as it stands."""
    query = select(*columns()).where(*of(repository_id, dataset, night))
    row = (await conn.execute(query)).one_or_none()
    return None if row is None else Comparison(*row)


async def add_page(
    conn: Connection, repository_id: int, at: Comparison, *, compared: int, missed: int, cursor: str | None
) -> None:
    """Add what one page showed; do so in the transaction that keeps the page's rows."""
    c = reconciliations.c
    values = {"compared": c.compared + compared, "missed": c.missed + missed, "cursor": cursor}
    await conn.execute(update(reconciliations).where(*of(repository_id, at.dataset, at.night)).values(**values))


async def finish_comparison(
    conn: Connection, repository_id: int, at: Comparison, now: datetime, rows: int | None = None
) -> None:
    """Note that a comparison came to its end: as a sync it reached from its beginning back to what was known.

    rows: how many GitHub says there are.
    """
    here = of(repository_id, at.dataset, at.night)
    await conn.execute(update(reconciliations).where(*here).values(finished_at=now, cursor=None))
    c = watermarks.c
    values: dict[str, Any] = {name: later(c[name], at.begun_at) for name in ("newest_at", "synced_at", "reconciled_at")}
    await change(conn, repository_id, at.dataset, values if rows is None else {**values, "rows": rows})


async def last_comparisons(conn: Connection, repository_id: int) -> list[Comparison]:
    """Return the latest comparison of each dataset that came to its end, by the dataset's name."""
    c = reconciliations.c
    ended = c.repository_id == repository_id, c.finished_at.is_not(None)
    rows = await conn.execute(select(*columns()).where(*ended).order_by(c.night))
    latest = {row.dataset: Comparison(*row) for row in rows}
    return [latest[name] for name in sorted(latest)]


async def forget_comparisons(conn: Connection, before: date) -> int:
    """Forget the comparisons of nights before `before`; return how many."""
    return (await conn.execute(delete(reconciliations).where(reconciliations.c.night < before))).rowcount


def columns() -> list[Any]:
    """Return the columns of a comparison, in the order of its fields."""
    return [reconciliations.c[name] for name in Comparison.__slots__]


def of(repository_id: int, dataset: str, night: date) -> tuple[Any, ...]:
    """Return the conditions that choose one dataset's night."""
    c = reconciliations.c
    return c.repository_id == repository_id, c.dataset == dataset, c.night == night


async def uncompared(conn: Connection, kind: str, night: str, since: datetime) -> list[int]:
    """Return the repositories with a dataset that was neither read nor compared since that moment, by id.

    Left out are those that were removed, those of installations that have ended or are suspended, and those that have
    a job of this kind for this night, whose key is `<repository>:<night>`.
    """
    w, r, i = watermarks.c, repositories.c, installations.c
    old = exists().where(
        w.repository_id == r.id,
        w.dataset.in_(DATASETS),
        w.error.is_(None),
        w.newest_at.is_not(None),
        func.coalesce(w.reconciled_at, w.synced_at) < since,
        w.synced_at.is_not(None),
    )
    here = exists().where(i.id == r.installation_id, i.removed_at.is_(None), i.suspended_at.is_(None))
    jobs = jobs_in(conn)
    ordered = exists().where(jobs.c.kind == kind, jobs.c.key == cast(r.id, Text) + f":{night}")
    query = select(r.id).where(r.removed_at.is_(None), old, here, ~ordered).order_by(r.id)
    return list((await conn.execute(query)).scalars())
