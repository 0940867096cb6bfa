"""The runs of captures that people asked for on the dashboard: who did, when, and of which repository."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from storage.connection import Connection
from storage.schema_managed import capture_orders as table
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class CaptureOrder:
    """Who asked for a run. repository_id: None is every repository of the installation."""

    installation_id: int
    run: str
    repository_id: int | None
    ordered_by: str
    ordered_at: datetime


async def save_capture_order(conn: Connection, order: CaptureOrder) -> None:
    """Note who asked for a run."""
    await conn.execute(insert(conn, table), asdict(order))


async def capture_order(conn: Connection, installation_id: int, run: str) -> CaptureOrder | None:
    """Return who asked for a run, None where nobody did."""
    query = select(table).where(table.c.installation_id == installation_id, table.c.run == run)
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else CaptureOrder(**row)


async def capture_orders_since(conn: Connection, installation_id: int, since: datetime) -> list[CaptureOrder]:
    """Return what was asked for later than a moment, the latest first."""
    query = select(table).where(table.c.installation_id == installation_id, table.c.ordered_at > since)
    rows = (await conn.execute(query.order_by(table.c.ordered_at.desc(), table.c.run.desc()))).mappings()
    return [CaptureOrder(**row) for row in rows]
