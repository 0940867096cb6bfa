"""Where history came from that Almanac did not see itself: one row per file or folder that was imported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from storage.connection import Connection
from storage.schema_traffic import imports
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Import:
    """One import. sha256: of what was read · first_day, last_day: the dates it spoke of · rows: how many changed."""

    id: int
    repository_id: int
    format: str
    source: str
    sha256: str
    imported_at: datetime
    first_day: date | None
    last_day: date | None
    rows: int


async def new_import(
    conn: Connection,
    repository_id: int,
    *,
    format: str,  # noqa: A002 - the column's name
    source: str,
    sha256: str,
    imported_at: datetime,
    first_day: date | None,
    last_day: date | None,
    rows: int = 0,
) -> int:
    """Note an import and return its id. The same content again keeps its id, first time and source, and adds rows."""
    row = {
        "repository_id": repository_id,
        "format": format,
        "source": source,
        "sha256": sha256,
        "imported_at": imported_at,
        "first_day": first_day,
        "last_day": last_day,
        "rows": rows,
    }
    statement = insert(conn, imports)
    again = statement.on_conflict_do_update(
        index_elements=["repository_id", "format", "sha256"], set_={"rows": imports.c.rows + statement.excluded.rows}
    )
    number: int = (await conn.execute(again.returning(imports.c.id), row)).scalar_one()
    return number


async def count_rows(conn: Connection, import_id: int, rows: int) -> None:
    """Note that an import changed `rows` more rows; its id must be known before its rows can be saved."""
    await conn.execute(imports.update().where(imports.c.id == import_id).values(rows=imports.c.rows + rows))


async def imports_of(conn: Connection, repository_id: int) -> list[Import]:
    """Return a repository's imports, the oldest first."""
    query = select(imports).where(imports.c.repository_id == repository_id)
    return [Import(*row) for row in await conn.execute(query.order_by(imports.c.imported_at, imports.c.id))]
