"""The reports that were written, or begun: which issue or comment of ours is which report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from storage.connection import Connection
from storage.schema_reports import written_reports as table
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """One report by the hidden key it carries. `number` and `comment_id` are None until GitHub has said them.

    slot: which of the repository's reports it is · period, state: the caller's own words · closed_at: when the report
    after it closed it.
    """

    key: str
    repository_id: int
    slot: str
    period: str
    state: str
    number: int | None
    comment_id: int | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None


async def save_report(conn: Connection, report: WrittenReport) -> None:
    """Insert or overwrite a report by its key. When it was begun stays, and no known number is forgotten."""
    row = asdict(report)
    statement = insert(conn, table)
    taken: dict[str, Any] = {name: statement.excluded[name] for name in row if name not in ("key", "created_at")}
    for name in ("number", "comment_id", "closed_at"):
        taken[name] = func.coalesce(statement.excluded[name], table.c[name])
    await conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_=taken), row)


async def written_report(conn: Connection, key: str) -> WrittenReport | None:
    """Return a report by its key, or None."""
    row = (await conn.execute(select(table).where(table.c.key == key))).mappings().first()
    return None if row is None else WrittenReport(**row)


async def reports_of(conn: Connection, repository_id: int, slot: str | None = None) -> list[WrittenReport]:
    """Return the reports of a repository that GitHub has, the newest first; of one kind, if `slot` is given."""
    query = select(table).where(table.c.repository_id == repository_id, table.c.number.is_not(None))
    if slot is not None:
        query = query.where(table.c.slot == slot)
    ordered = query.order_by(table.c.created_at.desc(), table.c.period.desc())
    return [WrittenReport(**row) for row in (await conn.execute(ordered)).mappings()]


async def forget_report(conn: Connection, key: str) -> None:
    """Forget a report that somebody deleted."""
    await conn.execute(delete(table).where(table.c.key == key))


async def note_closed(conn: Connection, key: str, at: datetime | None) -> None:
    """Note that the report after it has closed it, or, with None, that it is open again."""
    await conn.execute(update(table).where(table.c.key == key).values(closed_at=at))
